import Wire

/// A word of prose.
struct Word {
    /// Lower case, without the punctuation around it; empty when it is too long to be one.
    var text: String
    var range: Range<Int>
    /// Whether a sentence ends behind it.
    var endsSentence: Bool
}

extension TextDocument {
    /// The words of a range. Curly apostrophes become straight ones.
    func words(_ range: Range<Int>) -> [Word] {
        var words: [Word] = []
        var index = range.lowerBound
        while index < range.upperBound {
            while index < range.upperBound, bytes[index] <= 0x20 { index += 1 }
            let start = index
            while index < range.upperBound, 0x20 < bytes[index] { index += 1 }
            if start < index { words.append(word(start..<index)) }
        }
        return words
    }

    private func word(_ range: Range<Int>) -> Word {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isPunctuation(bytes[start]) { start += 1 }
        while start < end, isPunctuation(bytes[end - 1]) { end -= 1 }
        var tail = range.upperBound
        while end < tail, closers.contains(bytes[tail - 1]) { tail -= 1 }
        let ends = end < tail && [0x2e, 0x3f, 0x21].contains(bytes[tail - 1])
        guard end - start <= 48 else { return Word(text: "", range: start..<end, endsSentence: ends) }
        if bytes[start..<end].allSatisfy({ ($0 < 0x41 || 0x5a < $0) && $0 < 0x80 }) {
            return Word(text: text(start..<end), range: start..<end, endsSentence: ends)
        }
        var text: [UInt8] = []
        var index = start
        while index < end {
            if has("\u{2019}", at: index, before: end) {
                text.append(0x27)
                index += 3
            } else {
                let byte = bytes[index]
                text.append(0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte)
                index += 1
            }
        }
        return Word(text: String(decoding: text, as: UTF8.self), range: start..<end, endsSentence: ends)
    }
}

private let closers: Set<UInt8> = [0x22, 0x27, 0x29, 0x5d, 0x60, 0x2a, 0x5f]

private func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x22, 0x27...0x2a, 0x2c, 0x2e, 0x3a...0x3c, 0x3e...0x3f, 0x5b, 0x5d, 0x5f...0x60, 0x7b, 0x7d:
        true
    default: false
    }
}

extension [Word] {
    /// Whether the words of `phrase` stand at `index`.
    func has(_ phrase: [String], at index: Int) -> Bool {
        guard phrase.count <= count - index else { return false }
        for offset in phrase.indices where self[index + offset].text != phrase[offset] { return false }
        return true
    }
}
