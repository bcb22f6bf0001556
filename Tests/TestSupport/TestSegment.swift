package import Wire

/// A TCP segment to put into packets, or taken from one.
package struct TestSegment: Equatable, Sendable {
    /// Who sends it.
    package var source: Endpoint
    /// Who gets it.
    package var destination: Endpoint
    /// The sequence number.
    package var sequence: UInt32
    /// The acknowledgement number.
    package var acknowledgement: UInt32
    /// FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
    package var flags: UInt8
    /// Its bytes.
    package var payload: [UInt8]
    /// When it is sent.
    package var at: Timestamp

    /// A segment.
    package init(
        source: Endpoint, destination: Endpoint, sequence: UInt32, acknowledgement: UInt32 = 0,
        flags: UInt8 = 16, payload: [UInt8] = [], at: Timestamp = Timestamp(seconds: 1_700_000_000)
    ) {
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.payload = payload
        self.at = at
    }

    /// Takes the TCP segment out of a packet of Ethernet, cooked v1 or v2, null, loop or raw IP without tunnels,
    /// fragments or extension headers; nil for anything else.
    package init?(_ packet: TestPacket) {
        let bytes = packet.bytes
        let starts = [1: 14, 113: 16, 276: 20, 0: 4, 108: 4, 101: 0, 12: 0, 228: 0, 229: 0]
        guard packet.wireLength == nil, let start = starts[packet.linkType], start + 40 <= bytes.count
        else { return nil }
        let span = bytes.span
        let (tcp, end, low): (Int, Int, (Int) -> (UInt64, UInt64))
        switch bytes[start] >> 4 {
        case 4 where bytes[start + 9] == 6 && span.big16(start + 6) & 0x3fff == 0:
            tcp = start + Int(bytes[start] & 15) * 4
            end = start + span.big16(start + 2)
            low = { (0, 0xffff_0000_0000 | UInt64(bytes.span.big32(start + 12 + 4 * $0))) }
        case 6 where bytes[start + 6] == 6:
            tcp = start + 40
            end = start + 40 + span.big16(start + 4)
            low = { index in
                let half = { bytes.span.integer(at: start + 8 + 16 * index + $0, width: 8) ?? 0 }
                return (half(0), half(8))
            }
        default: return nil
        }
        guard tcp + 20 <= end, end <= bytes.count else { return nil }
        let data = tcp + Int(bytes[tcp + 12] >> 4) * 4
        guard data <= end else { return nil }
        self.init(
            source: Endpoint(high: low(0).0, low: low(0).1, port: UInt16(span.big16(tcp))),
            destination: Endpoint(high: low(1).0, low: low(1).1, port: UInt16(span.big16(tcp + 2))),
            sequence: span.big32(tcp + 4), acknowledgement: span.big32(tcp + 8), flags: bytes[tcp + 13],
            payload: Array(bytes[data..<end]), at: packet.at)
    }

    /// The TCP header and the bytes. Checksums are zero: readers of captures ignore them.
    package var tcp: [UInt8] {
        var writer = ByteWriter()
        writer.put16(Int(source.port))
        writer.put16(Int(destination.port))
        writer.put32(Int(sequence))
        writer.put32(Int(acknowledgement))
        writer.bytes += [0x50, flags]
        writer.put16(64_000)
        writer.put32(0)
        return writer.bytes + payload
    }

    /// The whole packet in a link layer.
    package func packet(_ link: TestLink = .ethernet) -> TestPacket {
        let content =
            source.isIPv4
            ? ipv4(transport: 6, tcp, source, destination) : ipv6(next: 6, tcp, source, destination)
        return TestPacket(
            at: at, linkType: link.linkType, bytes: link.wrap(content, isIPv4: source.isIPv4))
    }

    /// The packet in fragments of at most `size` bytes of content, a multiple of 8, in order.
    package func fragments(size: Int, _ link: TestLink = .ethernet, identification: Int = 77) -> [TestPacket]
    {
        let whole = tcp
        return stride(from: 0, to: whole.count, by: size).map { offset in
            let part = Array(whole[offset..<min(whole.count, offset + size)])
            let isLast = offset + size >= whole.count
            let content: [UInt8]
            if source.isIPv4 {
                content = ipv4(
                    transport: 6, part, source, destination, identification: identification,
                    fragment: offset / 8 | (isLast ? 0 : 0x2000))
            } else {
                var header = ByteWriter()
                header.bytes = [6, 0]
                header.put16(offset | (isLast ? 0 : 1))
                header.put32(identification)
                content = ipv6(next: 44, header.bytes + part, source, destination)
            }
            return TestPacket(
                at: at, linkType: link.linkType, bytes: link.wrap(content, isIPv4: source.isIPv4))
        }
    }
}

/// An IPv4 packet.
package func ipv4(
    transport: Int, _ content: [UInt8], _ source: Endpoint, _ destination: Endpoint, identification: Int = 1,
    fragment: Int = 0, options: [UInt8] = [], length: Int? = nil
) -> [UInt8] {
    var writer = ByteWriter()
    writer.bytes = [UInt8(0x45 + options.count / 4), 0]
    writer.put16(length ?? 20 + options.count + content.count)
    writer.put16(identification)
    writer.put16(fragment)
    writer.bytes += [64, UInt8(transport), 0, 0]
    writer.put32(Int(source.low & 0xffff_ffff))
    writer.put32(Int(destination.low & 0xffff_ffff))
    return writer.bytes + options + content
}

/// An IPv6 packet.
package func ipv6(next: Int, _ content: [UInt8], _ source: Endpoint, _ destination: Endpoint) -> [UInt8] {
    var writer = ByteWriter()
    writer.put32(0x6000_0000)
    writer.put16(content.count)
    writer.bytes += [UInt8(next), 64]
    for word in [source.high, source.low, destination.high, destination.low] {
        writer.put32(Int(word >> 32))
        writer.put32(Int(word & 0xffff_ffff))
    }
    return writer.bytes + content
}
