import Capture
package import Wire

/// A packet to write into a capture, or read from one.
package struct TestPacket: Equatable, Sendable {
    /// When.
    package var at: Timestamp
    /// The LINKTYPE.
    package var linkType: Int
    /// What was captured.
    package var bytes: [UInt8]
    /// The length on the wire; nil when nothing was cut.
    package var wireLength: Int?

    /// A packet.
    package init(at: Timestamp, linkType: Int, bytes: [UInt8], wireLength: Int? = nil) {
        self.at = at
        self.linkType = linkType
        self.bytes = bytes
        self.wireLength = wireLength
    }

    /// The same packet, cut as a snap length would.
    package func cut(to length: Int) -> TestPacket {
        var packet = self
        guard length < bytes.count else { return packet }
        packet.wireLength = wireLength ?? bytes.count
        packet.bytes.removeSubrange(length...)
        return packet
    }
}

/// The content of a capture file: what is left when its format is taken away.
package struct CaptureContent: Equatable, Sendable {
    /// Its packets.
    package var packets: [TestPacket]
    /// The text of its Decryption Secrets Blocks.
    package var keyLog: [UInt8]

    /// Packets and keys.
    package init(packets: [TestPacket], keyLog: [UInt8] = []) {
        self.packets = packets
        self.keyLog = keyLog
    }

    /// Reads a capture, pcap or pcapng, as far as it can be read.
    package init(reading bytes: [UInt8]) {
        var (packets, keyLog): ([TestPacket], [UInt8]) = ([], [])
        var reader = PacketReader(limits: .standard)
        _ = try? reader.scan(bytes.span, isLast: true) { item, data in
            switch item {
            case .keyLog: keyLog += data.bytes()
            case .change: break
            case .packet(let packet):
                packets.append(
                    TestPacket(
                        at: packet.at ?? Timestamp(nanoseconds: 0), linkType: packet.linkType,
                        bytes: data.bytes(),
                        wireLength: packet.wireLength == data.count ? nil : packet.wireLength))
            }
        }
        self.init(packets: packets, keyLog: keyLog)
    }

    /// As a pcap file of the first packet's link type.
    package func pcap(order: ByteOrder = .little, nanoseconds: Bool = false) -> [UInt8] {
        var file = ByteWriter(order: order)
        file.put32(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4)
        file.put16(2)
        file.put16(4)
        file.put32(0)
        file.put32(0)
        file.put32(262_144)
        file.put32(packets.first?.linkType ?? 1)
        for packet in packets {
            file.put32(Int(packet.at.nanoseconds / 1_000_000_000))
            file.put32(Int(packet.at.nanoseconds % 1_000_000_000) / (nanoseconds ? 1 : 1000))
            file.put32(packet.bytes.count)
            file.put32(packet.wireLength ?? packet.bytes.count)
            file.bytes += packet.bytes
        }
        return file.bytes
    }

    /// As a pcapng file: one section, one interface for each link type, keys first.
    package func pcapng(order: ByteOrder = .little, nanoseconds: Bool = false) -> [UInt8] {
        var file = ByteWriter(order: order)
        file.section()
        var linkTypes: [Int] = []
        for packet in packets where !linkTypes.contains(packet.linkType) {
            linkTypes.append(packet.linkType)
            file.interface(linkType: packet.linkType, resolution: nanoseconds ? 9 : nil)
        }
        if !keyLog.isEmpty { file.secrets(keyLog) }
        for packet in packets {
            let ticks = UInt64(packet.at.nanoseconds) / (nanoseconds ? 1 : 1000)
            file.enhanced(
                packet.bytes, interface: linkTypes.firstIndex(of: packet.linkType) ?? 0, ticks: ticks,
                wireLength: packet.wireLength ?? packet.bytes.count)
        }
        return file.bytes
    }
}

/// Writes integers of a byte order, and pcapng blocks.
package struct ByteWriter {
    /// What was written.
    package var bytes: [UInt8] = []
    /// The byte order.
    package var order: ByteOrder

    /// Nothing written yet.
    package init(order: ByteOrder = .big) { self.order = order }

    /// Writes 16 bits.
    package mutating func put16(_ value: Int) {
        let value = UInt16(truncatingIfNeeded: value)
        let (high, low) = (UInt8(value >> 8), UInt8(value & 255))
        bytes += order == .big ? [high, low] : [low, high]
    }

    /// Writes 32 bits.
    package mutating func put32(_ value: Int) {
        let (high, low) = (value >> 16 & 0xffff, value & 0xffff)
        put16(order == .big ? high : low)
        put16(order == .big ? low : high)
    }

    /// A pcapng block. `length` writes another length than the true one.
    package mutating func block(type: Int, _ body: [UInt8], length: Int? = nil, trailer: Int? = nil) {
        let padding = (4 - body.count % 4) % 4
        let total = 12 + body.count + padding
        put32(type)
        put32(length ?? total)
        bytes += body + [UInt8](repeating: 0, count: padding)
        put32(trailer ?? length ?? total)
    }

    /// A Section Header Block.
    package mutating func section() {
        var body = ByteWriter(order: order)
        body.put32(0x1a2b_3c4d)
        body.put16(1)
        body.put16(0)
        body.put32(-1)
        body.put32(-1)
        block(type: 0x0a0d_0d0a, body.bytes)
    }

    /// An Interface Description Block with if_tsresol and if_tsoffset where given.
    package mutating func interface(
        linkType: Int, snapLength: Int = 0, resolution: UInt8? = nil, offsetSeconds: Int? = nil
    ) {
        var body = ByteWriter(order: order)
        body.put16(linkType)
        body.put16(0)
        body.put32(snapLength)
        if let resolution {
            body.put16(9)
            body.put16(1)
            body.bytes += [resolution, 0, 0, 0]
        }
        if let offsetSeconds {
            body.put16(14)
            body.put16(8)
            body.put32(order == .big ? offsetSeconds >> 32 : offsetSeconds)
            body.put32(order == .big ? offsetSeconds : offsetSeconds >> 32)
        }
        block(type: 1, body.bytes)
    }

    /// An Enhanced Packet Block.
    package mutating func enhanced(
        _ packet: [UInt8], interface: Int = 0, ticks: UInt64, wireLength: Int? = nil
    ) {
        var body = ByteWriter(order: order)
        body.put32(interface)
        body.put32(Int(ticks >> 32))
        body.put32(Int(ticks & 0xffff_ffff))
        body.put32(packet.count)
        body.put32(wireLength ?? packet.count)
        body.bytes += packet
        block(type: 6, body.bytes)
    }

    /// A Decryption Secrets Block with a TLS key log.
    package mutating func secrets(_ text: [UInt8]) {
        var body = ByteWriter(order: order)
        body.put32(0x544c_534b)
        body.put32(text.count)
        body.bytes += text
        block(type: 10, body.bytes)
    }
}
