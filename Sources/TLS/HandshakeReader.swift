import Wire

/// Puts handshake messages together that are split over records, and apart that share one.
///
///     +------+--------+----------------+
///     | type | length | length bytes … |
///     |  1   |   3    |                |
///     +------+--------+----------------+
///
/// Source: RFC 8446 §4.
struct HandshakeReader {
    private var held: [UInt8] = []
    /// Bytes still to come of a message that is longer than any that is read.
    private var skipping = 0

    /// Takes the handshake bytes of one record, and calls `each` with the type and body of every message that is now
    /// whole.
    mutating func receive(
        _ bytes: Span<UInt8>, longest: Int, each: (_ type: UInt8, _ body: Span<UInt8>) -> Void
    ) {
        let skipped = min(skipping, bytes.count)
        skipping -= skipped
        let fresh = bytes.extracting(skipped...)
        if held.isEmpty {
            let taken = take(fresh, longest: longest, each: each)
            if taken < fresh.count { held.append(fresh.extracting(taken...)) }
            return
        }
        held.append(fresh)
        var all: [UInt8] = []
        swap(&all, &held)
        let taken = take(all.span, longest: longest, each: each)
        if taken < all.count {
            if 0 < taken { all.removeSubrange(..<taken) }
            held = all
        }
    }

    /// Forgets a message of which a part is missing.
    mutating func reset() {
        held = []
        skipping = 0
    }

    /// Answers how many bytes are done with.
    private mutating func take(
        _ bytes: Span<UInt8>, longest: Int, each: (_ type: UInt8, _ body: Span<UInt8>) -> Void
    ) -> Int {
        var place = 0
        while 4 <= bytes.count - place {
            let length = bytes.big24(place + 1)
            guard length <= longest else {
                skipping = max(0, 4 + length - (bytes.count - place))
                return min(bytes.count, place + 4 + length)
            }
            guard 4 + length <= bytes.count - place else { return place }
            each(bytes[place], bytes.extracting(place + 4..<place + 4 + length))
            place += 4 + length
        }
        return place
    }
}

/// The types of handshake messages that are read.
enum HandshakeType {
    static let clientHello: UInt8 = 1
    static let serverHello: UInt8 = 2
    static let endOfEarlyData: UInt8 = 5
    /// Of drafts of TLS 1.3 before the 22nd.
    static let retryRequest: UInt8 = 6
    static let encryptedExtensions: UInt8 = 8
    static let certificate: UInt8 = 11
    static let certificateRequest: UInt8 = 13
    static let serverHelloDone: UInt8 = 14
    static let finished: UInt8 = 20
    static let keyUpdate: UInt8 = 24
}
