import Wire

/// The header of a TLS record.
///
///     +------+---------+--------+----------------+
///     | type | version | length | length bytes … |
///     |  1   |   2     |   2    |                |
///     +------+---------+--------+----------------+
///
/// Source: RFC 8446 §5.1, RFC 5246 §6.2.
enum RecordHeader {
    static let bytes = 5
    /// The longest record: RFC 5246 §6.2.3 allows 2048 bytes beyond 2^14.
    static let longestRecord = bytes + (1 << 14) + 2048

    /// Whether a record may begin at `offset`, of which five bytes are there.
    @inline(__always) static func isPlausible(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        let type = bytes[offset]
        guard ContentType.changeCipherSpec <= type, type <= ContentType.heartbeat,
            bytes[offset + 1] == 3, bytes[offset + 2] <= 4
        else { return false }
        let length = bytes.big16(offset + 3)
        return 0 < length && length <= longestRecord - Self.bytes
    }
}

/// What a record holds.
enum ContentType {
    static let changeCipherSpec: UInt8 = 20
    static let alert: UInt8 = 21
    static let handshake: UInt8 = 22
    static let applicationData: UInt8 = 23
    static let heartbeat: UInt8 = 24
}

extension TLSConnection {
    /// Whether the first bytes of a side are TLS; nil when more of them are needed to tell.
    package static func looksLikeTLS(_ beginning: Span<UInt8>) -> Bool? {
        guard 0 < beginning.count else { return nil }
        if looksLikeCompatibleHello(beginning) { return true }
        guard ContentType.changeCipherSpec <= beginning[0], beginning[0] <= ContentType.applicationData else {
            return false
        }
        guard beginning.count < 2 || beginning[1] == 3 else { return false }
        guard RecordHeader.bytes <= beginning.count else { return nil }
        guard RecordHeader.isPlausible(beginning, at: 0) else { return false }
        guard beginning[0] == ContentType.handshake, RecordHeader.bytes < beginning.count else { return true }
        // A stream may begin with any handshake message, and with the ciphertext of one.
        return beginning[5] <= 2 || 4 <= beginning.big16(3)
    }
}
