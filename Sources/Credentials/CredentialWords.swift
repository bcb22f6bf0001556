/// Words that credentials go with, three letters of each: `token`, `auth`, `key`, `password`, `jwt`, `credential`,
/// `ticket`, a JWT itself, `bearer`, `signature`, `pwd`, `session`, MQTT in two spellings.
private let spelled: [StaticString] = [
    "oke", "aut", "key", "pas", "jwt", "cre", "ick", "eyj", "bea", "sig", "pwd", "ses", "mqt", "mqi",
]

/// The same words, ready to be looked up.
private struct WordTable {
    /// Each as one number.
    private(set) var words: [UInt32] = []
    /// For each pair of letters whether a word begins or ends with it.
    private(set) var pairs = [Bool](repeating: false, count: 1024)

    init() {
        for word in spelled {
            let letters = word.withUTF8Buffer { unsafe [$0[0], $0[1], $0[2]] }
            words.append(Self.number(letters[0], letters[1], letters[2]))
            pairs[Self.slot(letters[0], letters[1])] = true
            pairs[Self.slot(letters[1], letters[2])] = true
        }
    }

    /// Three letters in either case.
    static func number(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first | 0x20) << 16 | UInt32(second | 0x20) << 8 | UInt32(third | 0x20)
    }

    /// Letters have their number in the alphabet in the low five bits, in either case.
    static func slot(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 0x1f) << 5 | Int(second & 0x1f) }
}

private let wordTable = WordTable()

/// Whether any word that a credential goes with stands in the bytes. Most messages of a healthy session end here.
///
/// Every word of three letters begins or ends with one of the pairs that start at even places: every other byte is
/// looked up, and what may be a word is compared.
func mayHoldCredential(_ bytes: Span<UInt8>) -> Bool {
    let table = wordTable
    let pairs = table.pairs.span
    let words = table.words.span
    var index = 0
    while index + 1 < bytes.count {
        if pairs[WordTable.slot(bytes[index], bytes[index + 1])],
            holds(words, bytes, at: index) || holds(words, bytes, at: index - 1)
        {
            return true
        }
        index += 2
    }
    return false
}

/// Whether one of the words stands at a place. `key` ends every name that it stands in, so that `whiskey sour` is none
/// of them.
private func holds(_ words: Span<UInt32>, _ bytes: Span<UInt8>, at start: Int) -> Bool {
    guard 0 <= start, start + 2 < bytes.count else { return false }
    let number = WordTable.number(bytes[start], bytes[start + 1], bytes[start + 2])
    var isHere = false
    for index in words.indices where words[index] == number { isHere = true }
    let isKey = bytes[start] | 0x20 == 0x6b
    return isHere && !(isKey && start + 3 < bytes.count && isInsideText(bytes[start + 3]))
}

/// Whether what stands before this byte cannot be the end of a name: a letter, a digit or a space follows.
private func isInsideText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
}
