extension Vocabulary {
    /// Whether a text says one of its phrases plainly: neither as one of several possibilities, nor in a piece of
    /// advice, nor denied.
    ///
    /// What a server says of itself is its own only where it commits itself: "invalid or expired token" names no reason,
    /// "check that the token has the required scopes" none either, and "the token has not expired" the contrary.
    ///
    /// Shape: the phrase stands in one sentence, or its words stand in several; then the text as a whole is looked at.
    func isPlain(_ phrase: Phrase, in text: String) -> Bool {
        var isInOne = false
        for sentence in Vocabulary.sentences(of: text)
        where phrase.words.allSatisfy({ contains(sentence, $0) }) {
            isInOne = true
            if isCommitted(sentence, to: phrase) { return true }
        }
        return !isInOne && isCommitted(Vocabulary.normalised(text), to: phrase)
    }

    private func isCommitted(_ said: [UInt8], to phrase: Phrase) -> Bool {
        if hedges.contains(where: { contains(said, $0) }) { return false }
        if !eitherWay.contains(phrase.means),
            alternatives.contains(where: { word in
                contains(said, word) && !phrase.words.contains { contains($0, word) }
            })
        {
            return false
        }
        return !phrase.words.contains { isDenied($0, in: said) }
    }

    /// Whether each occurrence of `words` follows a word that denies it: "has not expired", "is not a rate limit".
    private func isDenied(_ words: [UInt8], in said: [UInt8]) -> Bool {
        var start = 0
        var isFound = false
        while start <= said.count - words.count {
            if said[start..<start + words.count].elementsEqual(words) {
                isFound = true
                if !endsInDenial(said[...start]) { return false }
            }
            start += 1
        }
        return isFound
    }

    /// Whether the last word of `before`, but for an article, denies what follows.
    private func endsInDenial(_ before: ArraySlice<UInt8>) -> Bool {
        var words = before.split(separator: 0x20).suffix(4)
        while let last = words.last, fillers.contains(Array(last)) { words = words.dropLast() }
        return words.last.map { deniers.contains(Array($0)) } ?? false
    }

    /// The sentences of a text, normalised: what stands between marks that end one, or between quotation marks.
    static func sentences(of text: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var piece: [UInt8] = []
        let bytes = Array(text.utf8.prefix(2048))
        for (index, byte) in bytes.enumerated() {
            let isLast = index + 1 == bytes.count || bytes[index + 1] <= 0x20
            switch byte {
            case 0x22, 0x3b, 0x3c, 0x3e, 0x7b, 0x7d, 0x0a, 0x0d:
                found.append(piece)
                piece = []
            case 0x2e, 0x21, 0x3f:
                if isLast {
                    found.append(piece)
                    piece = []
                } else {
                    piece.append(byte)
                }
            default: piece.append(byte)
            }
        }
        found.append(piece)
        return found.map { normalised(String(decoding: $0, as: UTF8.self)) }.filter { !$0.isEmpty }
    }
}

private let fillers: Set<[UInt8]> = Set(["a", "an", "the", "yet", "been", "your"].map { Array($0.utf8) })
private let deniers: Set<[UInt8]> = Set(["not", "never", "t", "without", "nor"].map { Array($0.utf8) })
