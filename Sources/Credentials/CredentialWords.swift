/// Words that credentials go with, three letters of each: `token`, `auth`, `key`, `password`, `jwt`, `credential`,
/// `ticket`, a JWT itself, `bearer`, `signature`, `pwd`, `session`, MQTT in two spellings.
private let spelled: [StaticString] = [
    "oke", "aut", "key", "pas", "jwt", "cre", "ick", "eyj", "bea", "sig", "pwd", "ses", "mqt", "mqi",
]

/// The same words, ready to be looked up.
private struct WordTable {
    /// Each as one number.
    private(set) var words: [UInt32] = []
    /// For each pair of letters 1 where a word begins or ends with it.
    private(set) var pairs = [UInt8](repeating: 0, count: 1024)
    /// For each pair the letters that make a word behind it, and in the upper half those that do before it: one bit
    /// for each letter.
    private(set) var thirds = [UInt64](repeating: 0, count: 1024)

    init() {
        for word in spelled {
            let letters = word.withUTF8Buffer { unsafe [$0[0], $0[1], $0[2]] }
            words.append(Self.number(letters[0], letters[1], letters[2]))
            let (beginning, end) = (Self.slot(letters[0], letters[1]), Self.slot(letters[1], letters[2]))
            (pairs[beginning], pairs[end]) = (1, 1)
            thirds[beginning] |= 1 << UInt64(letters[2] & 0x1f)
            thirds[end] |= 1 << UInt64(32 | letters[0] & 0x1f)
        }
    }

    /// Three letters in either case.
    static func number(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first | 0x20) << 16 | UInt32(second | 0x20) << 8 | UInt32(third | 0x20)
    }

    /// Letters have their number in the alphabet in the low five bits, in either case.
    static func slot(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 0x1f) | Int(second & 0x1f) << 5 }
}

private let wordTable = WordTable()

/// Whether any word that a credential goes with stands in the bytes. Most messages of a healthy session end here.
///
/// Every word of three letters begins or ends with one of the pairs that start at even places: every other byte is
/// looked up, four pairs at a time, and what may be a word is compared.
func mayHoldCredential(_ bytes: Span<UInt8>) -> Bool {
    let table = wordTable
    var index = 0
    while true {
        index = nextPair(table.pairs.span, bytes, from: index)
        guard index + 1 < bytes.count else { return false }
        let thirds = table.thirds[WordTable.slot(bytes[index], bytes[index + 1])]
        if index + 2 < bytes.count, thirds >> UInt64(bytes[index + 2] & 0x1f) & 1 != 0,
            holds(table.words.span, bytes, at: index)
        {
            return true
        }
        if 0 < index, thirds >> UInt64(32 | bytes[index - 1] & 0x1f) & 1 != 0,
            holds(table.words.span, bytes, at: index - 1)
        {
            return true
        }
        index += 2
    }
}

/// The first even place from `start`, which is even, whose pair may be of a word; the end of the bytes or more where
/// there is none.
private func nextPair(_ pairs: Span<UInt8>, _ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    // Eight bytes are four pairs, whose five low bits of each letter move together: a quarter of the work.
    unsafe bytes.withUnsafeBytes { raw in
        unsafe pairs.withUnsafeBufferPointer { pairs in
            while index + 8 <= raw.count {
                let letters = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
                let slots = letters & 0x001f_001f_001f_001f | letters >> 3 & 0x03e0_03e0_03e0_03e0
                let (first, second) = unsafe (pairs[Int(slots & 0xffff)], pairs[Int(slots >> 16 & 0xffff)])
                let (third, fourth) = unsafe (pairs[Int(slots >> 32 & 0xffff)], pairs[Int(slots >> 48)])
                if first | second | third | fourth != 0 {
                    index += first != 0 ? 0 : second != 0 ? 2 : third != 0 ? 4 : 6
                    return
                }
                index += 8
            }
        }
    }
    while index + 1 < bytes.count, pairs[WordTable.slot(bytes[index], bytes[index + 1])] == 0 { index += 2 }
    return index
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
