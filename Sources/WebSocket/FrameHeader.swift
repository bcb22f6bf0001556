import Wire

/// The header of a frame (RFC 6455 §5.2).
///
///      0               1               2               3
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R| opcode|M| Payload len |    extended payload length    |
///     |I|S|S|S|  (4)  |A|     (7)     |  16 bits after 126, 64 after  |
///     |N|V|V|V|       |S|             |  127; then the masking key    |
///     | |1|2|3|       |K|             |  (32 bits) when MASK is set   |
///     +-+-+-+-+-------+-+-------------+-------------------------------+
struct FrameHeader {
    /// The longest a header can be. Bytes.
    static let longest = 14

    var isFinal: Bool
    /// RSV1, RSV2 and RSV3 as bits 4, 2 and 1.
    var reservedBits: UInt8
    var opcode: UInt8
    var isMasked: Bool
    /// The masking key, its first byte uppermost; 0 without mask.
    var key: UInt32
    /// The payload's length as it was spelled, the top bit of a 64-bit length included.
    var length: UInt64
    /// Whether the length is spelled in the fewest bytes and below 2^63.
    var lengthIsCanonical: Bool
    /// The length of this header. Bytes.
    var headerLength: Int

    /// Reads the header at `offset`; nil when more bytes are needed.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        let present = bytes.count - offset
        guard 2 <= present else { return nil }
        let first = bytes[offset]
        let second = bytes[offset + 1]
        let short = second & 0x7f
        let extended = short < 126 ? 0 : short == 126 ? 2 : 8
        let masked = second & 0x80 != 0
        let needed = 2 + extended + (masked ? 4 : 0)
        guard needed <= present else { return nil }
        isFinal = first & 0x80 != 0
        reservedBits = (first >> 4) & 7
        opcode = first & 0x0f
        isMasked = masked
        switch extended {
        case 0:
            length = UInt64(short)
            lengthIsCanonical = true
        case 2:
            length = UInt64(bytes.big16(offset + 2))
            lengthIsCanonical = 126 <= length
        default:
            length = UInt64(bytes.big32(offset + 2)) << 32 | UInt64(bytes.big32(offset + 6))
            lengthIsCanonical = 65_536 <= length && length < 1 << 63
        }
        key = masked ? bytes.big32(offset + needed - 4) : 0
        headerLength = needed
    }

    /// Close, ping, pong and the reserved opcodes 11 to 15 (RFC 6455 §5.5).
    var isControl: Bool { opcode & 8 != 0 }

    /// Whether the opcode has no meaning (RFC 6455 §5.2).
    var isReserved: Bool { 3...7 ~= opcode || 11 <= opcode }

    /// Whether these bytes look like a header that this side would send now: used to find a boundary after a gap.
    func isPlausible(from side: Side, compressed: Bool) -> Bool {
        !isReserved && isMasked == (side == .client) && lengthIsCanonical
            && reservedBits & (compressed ? 3 : 7) == 0
            && (!isControl || isFinal && length <= 125 && reservedBits == 0) && length < 1 << 32
    }
}
