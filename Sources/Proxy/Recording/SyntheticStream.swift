import Wire

/// One recorded connection as TCP that was never on a wire: what was relayed, in segments that add up.
///
/// Laws: sequence numbers grow by what was relayed, whether or not it was written, so that a gap shows; every segment
/// acknowledges everything before it; checksums are right.
///
///     IPv4 20 bytes | TCP 20 (a SYN has 28) | payload
///     IPv6 40 bytes | TCP 20 (a SYN has 28) | payload
struct SyntheticStream {
    /// Flags of a segment (RFC 9293 §3.1).
    struct Flags: OptionSet {
        var rawValue: UInt8
        static let finish = Flags(rawValue: 1)
        static let synchronize = Flags(rawValue: 2)
        static let reset = Flags(rawValue: 4)
        static let push = Flags(rawValue: 8)
        static let acknowledge = Flags(rawValue: 16)
    }

    /// The longest payload: an IPv4 packet has 16 bits for its length.
    static let longestPayload = 65_535 - 40

    let client: Endpoint
    let server: Endpoint
    /// The next sequence number of each side.
    private var next = PerSide<UInt32>(client: 1_000_000, server: 2_000_000)
    /// Counts packets, for the identification field of IPv4.
    private var identification: UInt16 = 0

    /// A connection by its number: one that has the ports of an earlier one begins with other sequence numbers.
    init(client: Endpoint, server: Endpoint, id: Int) {
        self.client = client
        self.server = server
        skip(id &* 65_537, from: .client)
        skip(id &* 65_537, from: .server)
    }

    /// Bytes that were relayed and are not written.
    mutating func skip(_ count: Int, from side: Side) {
        next[side] &+= UInt32(truncatingIfNeeded: count)
    }

    /// Appends one packet.
    mutating func append(
        _ flags: Flags, from side: Side, payload: Span<UInt8>, to packet: inout [UInt8]
    ) {
        let isSYN = flags.contains(.synchronize)
        let (source, target) = side == .client ? (client, server) : (server, client)
        let headerLength = isSYN ? 28 : 20
        let length = headerLength + payload.count
        let usesFour = client.isIPv4 && server.isIPv4
        packet.reserveCapacity(packet.count + 40 + length + 16)
        if usesFour {
            appendFour(source, target, length, to: &packet)
        } else {
            appendSix(source, target, length, to: &packet)
        }
        let start = packet.count
        packet.append16(source.port)
        packet.append16(target.port)
        packet.append32(next[side])
        packet.append32(flags.contains(.acknowledge) ? next[side.peer] : 0)
        packet.append(UInt8(headerLength / 4) << 4)
        packet.append(flags.rawValue)
        packet.append16(0xffff)
        packet.append32(0)  // Checksum, urgent pointer.
        if isSYN {
            // Maximum segment size, window scale 14: no window of this connection is ever full.
            packet += [2, 4, 0xff, 0xd7, 1, 3, 3, 14]
        }
        packet.append(payload)
        let sum = checksum(
            packet.span.extracting(start..<packet.count),
            initial: pseudoHeader(source, target, length, usesFour: usesFour))
        packet[start + 16] = UInt8(sum >> 8)
        packet[start + 17] = UInt8(sum & 0xff)
        skip(payload.count + (isSYN || flags.contains(.finish) ? 1 : 0), from: side)
    }

    private mutating func appendFour(
        _ source: Endpoint, _ target: Endpoint, _ length: Int, to packet: inout [UInt8]
    ) {
        let start = packet.count
        packet += [0x45, 0]
        packet.append16(UInt16(truncatingIfNeeded: 20 + length))
        packet.append16(identification)
        identification &+= 1
        packet += [0x40, 0, 64, 6, 0, 0]  // Do not fragment; 64 hops; TCP; checksum.
        packet.append32(UInt32(truncatingIfNeeded: source.low))
        packet.append32(UInt32(truncatingIfNeeded: target.low))
        let sum = checksum(packet.span.extracting(start..<start + 20), initial: 0)
        packet[start + 10] = UInt8(sum >> 8)
        packet[start + 11] = UInt8(sum & 0xff)
    }

    private func appendSix(
        _ source: Endpoint, _ target: Endpoint, _ length: Int, to packet: inout [UInt8]
    ) {
        packet += [0x60, 0, 0, 0]
        packet.append16(UInt16(truncatingIfNeeded: length))
        packet += [6, 64]
        for half in [source.high, source.low, target.high, target.low] {
            packet.append32(UInt32(truncatingIfNeeded: half >> 32))
            packet.append32(UInt32(truncatingIfNeeded: half))
        }
    }

    private func pseudoHeader(
        _ source: Endpoint, _ target: Endpoint, _ length: Int, usesFour: Bool
    ) -> UInt64 {
        var sum = UInt64(6 + length)
        for half in usesFour
            ? [source.low & 0xffff_ffff, target.low & 0xffff_ffff]
            : [source.high, source.low, target.high, target.low]
        {
            for shift in stride(from: UInt64(0), to: 64, by: 16) { sum &+= (half >> shift) & 0xffff }
        }
        return sum
    }
}

/// The Internet checksum (RFC 1071), eight bytes at a time.
private func checksum(_ bytes: Span<UInt8>, initial: UInt64) -> UInt16 {
    var sum = initial
    bytes.withUnsafeBytes { buffer in
        var index = 0
        var wide: UInt64 = 0
        while index + 8 <= buffer.count {
            let word = buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            wide &+= (word & 0xffff_ffff) &+ (word >> 32)
            index += 8
        }
        // The sum of little-endian words is that of big-endian words with its bytes swapped.
        var folded = wide
        while folded >> 16 != 0 { folded = (folded & 0xffff) &+ (folded >> 16) }
        sum &+= UInt64(UInt16(truncatingIfNeeded: folded).byteSwapped)
        while index < buffer.count {
            sum &+= UInt64(buffer[index]) << (index.isMultiple(of: 2) ? 8 : 0)
            index += 1
        }
    }
    while sum >> 16 != 0 { sum = (sum & 0xffff) &+ (sum >> 16) }
    return ~UInt16(truncatingIfNeeded: sum)
}

extension [UInt8] {
    fileprivate mutating func append16(_ value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    fileprivate mutating func append32(_ value: UInt32) {
        append16(UInt16(truncatingIfNeeded: value >> 16))
        append16(UInt16(truncatingIfNeeded: value))
    }
}
