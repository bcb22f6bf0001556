import Wire

/// Who speaks. Pasted threads have no marks of their authors, so the asker's account ends where something first reads as
/// an answer; nothing behind that is taken as a fact.
struct Speakers {
    /// The index of the first line that is not the asker's; nil when all is.
    private(set) var answersFrom: Int?

    init(_ document: TextDocument, _ kinds: [LineKind]) {
        var accounts = 0
        var index = 0
        while index < kinds.count {
            guard kinds[index] == .words else {
                index += 1
                continue
            }
            let end = unitEnd(document, kinds, index)
            let words = document.words(
                document.lines[index]
                    .lowerBound..<min(
                        document.lines[end - 1].upperBound, document.lines[index].lowerBound + 8192))
            if 0 < accounts, isHeading(words) || 2 <= answering(words) {
                answersFrom = index
                return
            }
            // A title alone is no account yet, and neither is a line of a log.
            if 12 <= words.count, 3 <= words.count(where: { commonWords.contains($0.text) }) { accounts += 1 }
            index = end
        }
    }
}

/// The end of what one person says in one go: a paragraph that was wrapped by hand, else the line.
private func unitEnd(_ document: TextDocument, _ kinds: [LineKind], _ start: Int) -> Int {
    var end = start
    while end < kinds.count, kinds[end] == .words, document.lines[end].count <= 120, end - start < 200 {
        end += 1
    }
    return end - start <= 1 ? start + 1 : end
}

/// A line that names what follows.
private func isHeading(_ words: [Word]) -> Bool {
    guard words.count <= 6 else { return false }
    let texts = words.map(\.text).filter { !$0.isEmpty && $0 != "#" && $0 != "##" && $0 != "###" }
    guard let first = texts.first else { return false }
    if ["answer", "answers", "reply", "replies", "solution", "comments"].contains(first) {
        return texts.count <= 3
    }
    return texts.count == 2
        && ["answer", "answers", "replies", "comments", "reply", "solution"].contains(texts[1])
        && (Int(texts[0]) != nil || ["accepted", "best", "suggested"].contains(texts[0]))
        || texts.last == "wrote" || texts.last == "replied"
}

/// How much a paragraph sounds like advice: 2 and more is an answer.
private func answering(_ words: [Word]) -> Int {
    var score = 0
    var speaksOfSelf = false
    var isStrong = false
    for index in words.indices {
        let word = words[index].text
        let before = index == 0 ? "" : words[index - 1].text
        if firstPerson.contains(word) { speaksOfSelf = true }
        if let phrases = adviceByFirstWord[word], phrases.contains(where: { words.has($0, at: index) }) {
            // "Do you need to …?" asks.
            if !askingWords.contains(before) { isStrong = true }
        }
        if word == "your" || word == "you" || word == "you're" || word == "you'll" || word == "you've" {
            let after = index + 1 < words.count ? words[index + 1].text : ""
            if !askingWords.contains(before), !courtesies.contains(after) { score += 1 }
        }
        if index == 0 || words[index - 1].endsSentence, imperatives.contains(word) { score += 1 }
    }
    if isStrong { return score + 2 }
    return speaksOfSelf ? 0 : score
}

private let firstPerson: Set<String> = [
    "i", "i'm", "i've", "i'd", "i'll", "my", "we", "we're", "we've", "our", "me", "us",
]

/// Words before "you" that make it a question or a courtesy.
private let askingWords: Set<String> = [
    "can", "could", "would", "do", "does", "did", "have", "if", "thank", "let", "are", "should", "as", "will",
    "when",
]

private let courtesies: Set<String> = [
    "help", "advice", "time", "thoughts", "suggestions", "input", "guidance", "guys", "all", "can", "see",
    "know", "in",
]

private let imperatives: Set<String> = [
    "check", "verify", "ensure", "make", "try", "use", "set", "add", "pass", "send", "update", "remove",
    "replace",
    "enable", "consider", "double-check", "confirm", "switch", "always", "never", "stop", "just",
]

private let adviceByFirstWord: [String: [[String]]] = Dictionary(
    grouping: [
        ["you", "need", "to"], ["you'll", "need"], ["you", "must"], ["you", "should"], ["you", "have", "to"],
        ["make", "sure", "you"], ["make", "sure", "your"], ["make", "sure", "that", "you"],
        ["make", "sure", "you're"],
        ["pretty", "sure"], ["almost", "certainly"], ["most", "likely"], ["is", "spot", "on"],
        ["here", "is", "the", "correct"], ["here's", "the", "correct"], ["here's", "how", "i"],
        ["here", "is", "how"],
        ["the", "suggestion", "above"], ["isn't", "your"], ["hope", "this", "helps"], ["check", "your"],
        ["is", "expected", "behavior"], ["usually", "indicates"], ["usually", "means"],
        ["your", "problem", "is"],
        ["you", "are", "missing"], ["you're", "missing"], ["why", "not", "just"], ["i", "would", "suggest"],
        ["i'd", "suggest"], ["i", "highly", "recommend"], ["i", "recommend"], ["i'd", "recommend"],
        ["the", "issue", "often", "stems"], ["you", "forgot"], ["ensure", "your"], ["ensure", "you"],
    ], by: { $0[0] })

private let commonWords: Set<String> = [
    "the", "a", "an", "to", "of", "and", "is", "in", "that", "it", "with", "for", "on", "when", "this", "i",
    "my", "am",
    "but", "not", "have", "has", "are", "be", "from", "by", "as", "at", "i'm",
]
