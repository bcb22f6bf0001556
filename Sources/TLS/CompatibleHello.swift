import Wire

/// A ClientHello in the form of SSL 2, by which clients of another age offered SSL 3 and TLS to servers that might know
/// neither. Everything behind it is in the form of the version that the server chose.
///
///     +-----------+---+---------+-------------+--------------+----------------+--------+---------+-----------+
///     | 1, length | 1 | version | suite bytes | session bytes| challenge bytes| suites | session | challenge |
///     |     2     | 1 |    2    |      2      |      2       |       2        |
///     +-----------+---+---------+-------------+--------------+----------------+--------+---------+-----------+
///
/// Source: RFC 5246 appendix E.2.
enum CompatibleHello {
    private static let headerBytes = 11
    /// Of which five bytes are looked at first: the length, the type and the version.
    private static let lengths = 9 + 3 + 16...1024

    /// Whether a record that begins with this byte is one: no content type has the highest bit.
    static func canBegin(with first: UInt8) -> Bool { first & 0x80 != 0 }

    /// How long it is in all, when its first five bytes stand at `place`; nil when they do not.
    static func length(_ bytes: Span<UInt8>, at place: Int) -> Int? {
        let length = bytes.big16(place) & 0x7fff
        guard canBegin(with: bytes[place]), lengths.contains(length), bytes[place + 2] == 1,
            bytes[place + 3] == 3, bytes[place + 4] <= 4
        else { return nil }
        return 2 + length
    }

    /// Whether the first bytes of a client are one.
    static func begins(_ bytes: Span<UInt8>) -> Bool {
        guard headerBytes <= bytes.count, let length = length(bytes, at: 0) else { return false }
        let suites = bytes.big16(5)
        let session = bytes.big16(7)
        let challenge = bytes.big16(9)
        return suites % 3 == 0 && (session == 0 || session == 16) && (16...32).contains(challenge)
            && length == headerBytes + suites + session + challenge
    }
}

extension ClientHello {
    /// From a whole hello in the form of SSL 2; nil when it is broken.
    init?(compatible record: Span<UInt8>) {
        guard CompatibleHello.begins(record) else { return nil }
        var place = 11
        let suiteEnd = place + record.big16(5)
        var suites: [Int] = []
        while place < suiteEnd, suiteEnd <= record.count {
            // Suites of SSL 2 itself have a first byte that is not zero.
            if record[place] == 0 { suites.append(record.big16(place + 1)) }
            place += 3
        }
        let challengeStart = suiteEnd + record.big16(7)
        guard challengeStart <= record.count else { return nil }
        // A shorter challenge stands at the end of the random, behind zeros.
        let challenge = record.extracting(challengeStart...)
        var random = [UInt8](repeating: 0, count: max(0, 32 - challenge.count))
        random.append(challenge)
        guard random.count == 32 else { return nil }
        self.random = ClientRandom(random.span, at: 0)
        sessionID = record.extracting(suiteEnd..<challengeStart).bytes()
        self.suites = suites
        versions = [record.big16(3)]
    }
}

extension TLSConnection {
    /// Takes a hello in the form of SSL 2.
    mutating func receiveCompatibleHello(_ record: Span<UInt8>) {
        if let hello = ClientHello(compatible: record) { receive(hello) }
    }

    /// Whether the first bytes of a client are a ClientHello in the form of SSL 2; they must have come in one piece.
    package static func looksLikeCompatibleHello(_ beginning: Span<UInt8>) -> Bool {
        CompatibleHello.begins(beginning)
    }
}
