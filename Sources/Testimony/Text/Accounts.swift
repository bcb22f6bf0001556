import Case
import Wire

/// Reads statuses and close codes out of sentences.
///
/// A number counts only where the sentence speaks of a handshake or a close and the words beside the number say that it is
/// one; a sentence that supposes, wishes or quotes documentation tells nothing.
struct Accounts {
    let document: TextDocument
    let limits: Limits
    private(set) var told: [Told] = []
    /// Sentences that say a REST call with the token was answered with a success, for the report.
    private(set) var successes: [(offset: Int, path: String)] = []
    /// Where a sentence says that the token was verified.
    private(set) var verified: Int?
    /// Where a sentence says that the token is expired.
    private(set) var expired: Int?
    /// Where a 101 is spoken of.
    private(set) var switches: [Int] = []

    init(_ document: TextDocument, limits: Limits) {
        self.document = document
        self.limits = limits
    }

    /// Reads one line of words. `printed` are ranges that a program printed and that are read already.
    mutating func read(_ line: Range<Int>, skipping printed: [Range<Int>]) {
        guard maySay(line) else { return }
        let words = document.words(line)
        var start = 0
        var range = printed.startIndex
        for index in words.indices
        where words[index].endsSentence || index == words.count - 1 || limits.sentenceWords <= index - start {
            let sentence = Array(words[start...index])
            start = index + 1
            guard told.count < limits.statements, switches.count < limits.statements else { return }
            // Both are in order, so that each printed range is passed once.
            while range < printed.endIndex, printed[range].upperBound <= sentence[0].range.lowerBound {
                range += 1
            }
            read(sentence, line, printed[range...].prefix(4))
        }
    }

    /// Whether a line holds a digit or speaks of a token: most do neither.
    private func maySay(_ line: Range<Int>) -> Bool {
        for index in line {
            switch document.bytes[index] {
            case 0x30...0x39: return true
            case 0x6f: if document.has("oken", at: index, before: line.upperBound) { return true }
            case 0x4a, 0x6a: return true
            default: break
            }
        }
        return false
    }

    private mutating func read(_ sentence: [Word], _ line: Range<Int>, _ printed: ArraySlice<Range<Int>>) {
        readToken(sentence)
        var numbers: [Int] = []
        for (index, word) in sentence.enumerated() where (3...4).contains(word.text.utf8.count) {
            // A sentence with more numbers than this is a table.
            guard numbers.count < 8 else { break }
            guard Int(word.text) != nil, !printed.contains(where: { $0.overlaps(word.range) }) else {
                continue
            }
            numbers.append(index)
        }
        guard !numbers.isEmpty else { return }
        let texts = sentence.map(\.text)
        let speaksOfHandshake = texts.contains { handshakeWords.contains($0) || $0.hasPrefix("reconnect") }
        let speaksOfClose = texts.contains { closeWords.contains($0) }
        for (order, index) in numbers.enumerated() {
            guard let number = Int(texts[index]), !supposes(texts, before: index) else { continue }
            let previous = order == 0 ? 0 : numbers[order - 1] + 1
            let end = order == numbers.count - 1 ? texts.count : index
            let isLater = speaksOfLater(texts, previous..<end)
            if texts[index].utf8.count == 3 {
                guard speaksOfHandshake, isNamed(texts, index, statusBefore, statusAfter) else { continue }
                if number == 101 {
                    switches.append(sentence[index].range.lowerBound)
                } else if 300 <= number, number <= 599 {
                    var found = Told(.refused(number), at: sentence[index].range.lowerBound)
                    found.isReconnect = isLater
                    told.append(found)
                }
            } else if speaksOfClose || speaksOfHandshake, isCloseCode(texts, index, number) {
                addClose(number, sentence, index, line, isLater: isLater)
            }
        }
    }

    /// What a sentence says of the token: that it works elsewhere, that it is expired.
    private mutating func readToken(_ sentence: [Word]) {
        guard successes.count < 16,
            let token = sentence.firstIndex(where: { $0.text == "token" || $0.text == "jwt" })
        else { return }
        let texts = sentence.map(\.text)
        guard !supposes(texts, before: texts.count) else { return }
        let negation = texts.firstIndex { negations.contains($0) }
        if let word = texts.firstIndex(of: "expired") {
            let isDenied = negation.map { $0 < word && word <= $0 + 3 } ?? false
            if !isDenied, token < word, expired == nil { expired = sentence[word].range.lowerBound }
            return
        }
        guard negation == nil, texts.contains(where: { successWords.contains($0) }) else { return }
        // A token that was got was handed out, and accepted nowhere yet.
        guard !texts[..<token].contains(where: { gettingWords.contains($0) }) else { return }
        let place = sentence[token].range.lowerBound
        if texts.contains("verified"), texts.contains("valid"), verified == nil { verified = place }
        let path = sentence.first { word in
            3 < word.range.count && document.bytes[word.range.lowerBound] == 0x2f
        }
        guard let path, path.range.count <= 200 else { return }
        successes.append((place, document.text(path.range)))
    }

    private mutating func addClose(
        _ code: Int, _ sentence: [Word], _ index: Int, _ line: Range<Int>, isLater: Bool
    ) {
        let texts = sentence.map(\.text)
        if code == 1006 || code == 1005 || code == 1015 {
            told.append(Told(.abnormal, at: sentence[index].range.lowerBound))
            return
        }
        let byClient =
            texts[..<index].contains { ["client", "i", "we", "browser"].contains($0) }
            && !texts[..<index].contains("server")
        var found = Told(
            .closed(code: code, by: byClient ? .client : .server), at: sentence[index].range.lowerBound)
        found.isReconnect = isLater
        found.reason = reason(sentence, index, line)
        told.append(found)
    }

    /// The reason beside a code: `4003: Reason`, `4003 "Reason"`, `4003 and the reason Reason.`
    private func reason(_ sentence: [Word], _ index: Int, _ line: Range<Int>) -> String {
        let bytes = document.bytes
        let after = sentence[index].range.upperBound
        let bound = min(line.upperBound, after + limits.previewBytes / 8)
        var next = after
        if next < bound, bytes[next] == 0x3a || bytes[next] == 0x2c { next += 1 }
        let colon = after < next && bytes[after] == 0x3a
        while next < bound, bytes[next] == 0x20 { next += 1 }
        if let quoted = quoted(next, bound) { return quoted }
        if colon, next < bound { return document.text(document.trimmed(next..<bound)) }
        guard let word = sentence[(index + 1)...].prefix(8).firstIndex(where: { $0.text == "reason" })
        else {
            return ""
        }
        var first = word + 1
        while first < sentence.count,
            ["is", "was", "of", "text", "string", "message", "being", ""].contains(sentence[first].text)
        {
            first += 1
        }
        guard first < sentence.count, let last = sentence.last else { return "" }
        let start = sentence[first].range.lowerBound
        if let quoted = quoted(max(0, start - 1), bound) { return quoted }
        return document.text(start..<min(last.range.upperBound, bound))
    }

    private func quoted(_ start: Int, _ bound: Int) -> String? {
        let bytes = document.bytes
        guard start + 1 < bound else { return nil }
        let close: UInt8
        switch bytes[start] {
        case 0x22, 0x27, 0x60: close = bytes[start]
        default: return nil
        }
        guard let end = bytes[(start + 1)..<bound].firstIndex(of: close) else { return nil }
        return document.text(start + 1..<end)
    }
}

/// Whether the sentence supposes or cites, before the number.
private func supposes(_ texts: [String], before index: Int) -> Bool {
    if let first = texts.first(where: { !$0.isEmpty }), suppositions.contains(first) { return true }
    return texts[..<index].contains {
        ["if", "would", "should", "expect", "expected", "documentation", "docs", "unless"].contains($0)
    }
}

private func speaksOfLater(_ texts: [String], _ range: Range<Int>) -> Bool {
    for index in range {
        if texts[index].hasPrefix("reconnect") || texts[index] == "re-connect" { return true }
        guard ["second", "next", "subsequent", "following", "2nd"].contains(texts[index]),
            index + 1 < texts.count
        else {
            continue
        }
        if ["handshake", "attempt", "connection", "connect", "upgrade", "websocket"].contains(
            texts[index + 1])
        {
            return true
        }
    }
    return false
}

private func isNamed(_ texts: [String], _ index: Int, _ before: Set<String>, _ after: Set<String>) -> Bool {
    if 0 < index, before.contains(texts[index - 1]) { return true }
    return index + 1 < texts.count && after.contains(texts[index + 1])
}

private func isCloseCode(_ texts: [String], _ index: Int, _ number: Int) -> Bool {
    guard (1000...1015).contains(number) || (4000...4999).contains(number) || (3000...3999).contains(number)
    else {
        return false
    }
    if index + 1 < texts.count,
        ["ms", "bytes", "seconds", "milliseconds", "users", "kb"].contains(texts[index + 1])
    {
        return false
    }
    return 0 < index && closeBefore.contains(texts[index - 1])
}

private let handshakeWords: Set<String> = [
    "handshake", "handshakes", "upgrade", "upgrading", "websocket", "websockets", "ws", "wss", "socket",
    "connection",
    "connect", "connecting", "connects", "switch", "switching", "handshaking",
]

private let closeWords: Set<String> = [
    "close", "closed", "closes", "closing", "disconnect", "disconnects", "disconnected", "onclose",
    "closeevent",
    "dropped", "drops", "terminated",
]

private let statusBefore: Set<String> = [
    "a", "an", "the", "with", "http", "status", "code", "get", "gets", "got", "getting", "return", "returns",
    "returned",
    "returning", "error", "response", "receive", "receives", "received", "handshake", "always", "is", "to",
    "throws",
    "gives", "same", "=", "as", "and", "then", "immediate", "raises",
]

private let statusAfter: Set<String> = [
    "forbidden", "unauthorized", "error", "errors", "status", "response", "bad", "not", "on", "when",
    "during", "at",
    "proxy", "too", "internal", "service", "gateway", "code", "switch", "switching", "found", "after",
]

private let closeBefore: Set<String> = [
    "code", "codes", "frame", "with", "close", "closed", "onclose", "status", "a", "error", "closes",
    "disconnect",
    "disconnected", "event", "closing", "code:", "=", "by",
]

private let suppositions: Set<String> = [
    "if", "does", "is", "are", "should", "would", "could", "can", "do", "will",
]

private let negations: Set<String> = [
    "not", "isn't", "isnt", "aren't", "wasn't", "never", "hasn't", "can't", "cannot", "doesn't", "didn't",
    "won't", "fails",
]

private let gettingWords: Set<String> = [
    "get", "gets", "getting", "got", "receive", "receives", "received", "obtain", "obtains", "obtained",
    "acquire", "acquires", "generate", "generates", "generated", "issue", "issues", "issued", "mint", "mints",
]

private let successWords: Set<String> = [
    "200", "ok", "valid", "verified", "successfully", "works", "working", "accepts", "accepted",
]
