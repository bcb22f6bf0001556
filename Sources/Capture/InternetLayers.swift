import Wire

/// Source and destination of an IP packet.
struct AddressPair: Equatable, Hashable {
    var sourceHigh: UInt64 = 0
    var sourceLow: UInt64 = 0
    var destinationHigh: UInt64 = 0
    var destinationLow: UInt64 = 0
}

/// A TCP segment found in a packet: where its header begins, and where it ends on the wire.
struct SegmentPlace {
    var addresses: AddressPair
    var position: Int
    var end: Int
}

/// Goes down the layers of a packet until TCP is found.
struct LayerWalk {
    /// What a packet led to.
    enum Found {
        case segment(SegmentPlace)
        /// The last missing fragment came: the walk goes on in these bytes.
        case datagram(Datagram)
        case nothing
    }

    private let limits: Limits
    private var fragments: FragmentTable
    var census = CaptureCensus()

    init(limits: Limits) {
        self.limits = limits
        fragments = FragmentTable(limits: limits)
    }

    /// Walks a packet from its link layer.
    mutating func walk(_ packet: Packet, _ bytes: Span<UInt8>) -> Found {
        guard let cursor = firstLayer(of: packet, bytes) else {
            census.unknownLinkTypes[packet.linkType, default: 0] += 1
            return .nothing
        }
        return walk(cursor, AddressPair(), bytes, packet.frame, depth: 0)
    }

    /// Walks on in a reassembled datagram.
    mutating func walk(_ datagram: Datagram, _ bytes: Span<UInt8>, _ frame: Frame, depth: Int) -> Found {
        let cursor = LayerCursor(layer: .transport(datagram.transport), position: 0, end: bytes.count)
        return walk(cursor, datagram.addresses, bytes, frame, depth: depth)
    }

    /// Says that no more fragments will come.
    mutating func finish() { census.incompleteDatagrams += fragments.removeAll() }

    /// TCP in an IPv4 packet without options or fragmentation in an Ethernet frame without tags: nearly every packet.
    /// The walk would find the same, step by step.
    @inline(__always) func ordinarySegment(_ packet: Packet, _ bytes: Span<UInt8>) -> SegmentPlace? {
        guard packet.linkType == 1, 54 <= bytes.count, bytes.big32(12) & 0xffff_ff00 == 0x0800_4500,
            bytes.big16(20) & 0x3fff == 0,
            bytes[23] == 6
        else { return nil }
        let length = bytes.big16(16)
        guard 40 <= length else { return nil }
        let addresses = AddressPair(
            sourceHigh: 0, sourceLow: 0xffff_0000_0000 | UInt64(bytes.big32(26)),
            destinationHigh: 0, destinationLow: 0xffff_0000_0000 | UInt64(bytes.big32(30)))
        return SegmentPlace(addresses: addresses, position: 34, end: 14 + length)
    }

    private mutating func walk(
        _ start: LayerCursor, _ from: AddressPair, _ bytes: Span<UInt8>, _ frame: Frame, depth startDepth: Int
    ) -> Found {
        var (cursor, addresses, depth) = (start, from, startDepth)
        while true {
            switch cursor.layer {
            case .other: return .nothing
            case .internet:
                depth += 1
                guard depth <= limits.encapsulationDepth else {
                    census.tooDeepPackets += 1
                    return .nothing
                }
                switch stepOverInternet(&cursor, &addresses, bytes) {
                case .whole: break
                case .malformed: return malformed()
                case .datagram(let datagram): return .datagram(datagram)
                case .incomplete: return .nothing
                }
            case .transport(6):
                return .segment(
                    SegmentPlace(addresses: addresses, position: cursor.position, end: cursor.end))
            case .transport(let number):
                guard stepOverTransport(number, &cursor, bytes, frame) else { return malformed() }
            default:
                guard cursor.stepBelowInternet(bytes) else { return malformed() }
            }
        }
    }

    private mutating func malformed() -> Found {
        census.malformedPackets += 1
        return .nothing
    }
}

// MARK: - IP

extension LayerWalk {
    private enum Step {
        case whole
        case malformed
        case incomplete
        case datagram(Datagram)
    }

    private mutating func stepOverInternet(
        _ cursor: inout LayerCursor, _ addresses: inout AddressPair, _ bytes: Span<UInt8>
    ) -> Step {
        guard 20 <= cursor.captured(bytes) else { return .malformed }
        switch bytes[cursor.position] >> 4 {
        case 4: return stepOverVersion4(&cursor, &addresses, bytes)
        case 6: return stepOverVersion6(&cursor, &addresses, bytes)
        default: return .malformed
        }
    }

    private mutating func stepOverVersion4(
        _ cursor: inout LayerCursor, _ addresses: inout AddressPair, _ bytes: Span<UInt8>
    ) -> Step {
        let start = cursor.position
        let header = Int(bytes[start] & 15) * 4
        let total = bytes.big16(start + 2)
        // Segmentation offload leaves 0 there: the packet goes to the end of the frame.
        if total != 0 { cursor.end = start + total }
        guard 20 <= header, header <= cursor.captured(bytes) else { return .malformed }
        addresses = AddressPair(
            sourceHigh: 0, sourceLow: 0xffff_0000_0000 | UInt64(bytes.big32(start + 12)),
            destinationHigh: 0, destinationLow: 0xffff_0000_0000 | UInt64(bytes.big32(start + 16)))
        cursor.advance(header, to: .transport(Int(bytes[start + 9])))
        let fragment = bytes.big16(start + 6)
        guard fragment & 0x3fff != 0 else { return .whole }
        return keep(
            cursor, bytes,
            FragmentKey(
                addresses: addresses, identification: UInt32(bytes.big16(start + 4)),
                transport: Int(bytes[start + 9])),
            offset: (fragment & 0x1fff) * 8, isLast: fragment & 0x2000 == 0)
    }

    private mutating func stepOverVersion6(
        _ cursor: inout LayerCursor, _ addresses: inout AddressPair, _ bytes: Span<UInt8>
    ) -> Step {
        let start = cursor.position
        guard 40 <= cursor.captured(bytes) else { return .malformed }
        let length = bytes.big16(start + 4)
        // 0 is a jumbogram (RFC 2675) or segmentation offload.
        if length != 0 { cursor.end = start + 40 + length }
        func half(_ offset: Int) -> UInt64 {
            UInt64(bytes.big32(start + offset)) << 32 | UInt64(bytes.big32(start + offset + 4))
        }
        addresses = AddressPair(
            sourceHigh: half(8), sourceLow: half(16), destinationHigh: half(24), destinationLow: half(32))
        var next = Int(bytes[start + 6])
        cursor.position = start + 40
        while true {
            let position = cursor.position
            switch next {
            case 0, 43, 60, 135, 139, 140, 51:
                guard 8 <= cursor.captured(bytes) else { return .malformed }
                let units = Int(bytes[position + 1])
                // Only the authentication header counts in units of four bytes (RFC 4302 §2.2).
                cursor.position += next == 51 ? (units + 2) * 4 : (units + 1) * 8
                next = Int(bytes[position])
            case 44:
                guard 8 <= cursor.captured(bytes) else { return .malformed }
                let fragment = bytes.big16(position + 2)
                next = Int(bytes[position])
                cursor.advance(8, to: .transport(next))
                // An atomic fragment is a whole packet (RFC 6946).
                if fragment & 0xfff9 == 0 { continue }
                return keep(
                    cursor, bytes,
                    FragmentKey(
                        addresses: addresses, identification: bytes.big32(position + 4), transport: next),
                    offset: fragment & 0xfff8, isLast: fragment & 1 == 0)
            default:
                cursor.layer = .transport(next)
                return .whole
            }
        }
    }

    private mutating func keep(
        _ cursor: LayerCursor, _ bytes: Span<UInt8>, _ key: FragmentKey, offset: Int, isLast: Bool
    ) -> Step {
        census.fragments += 1
        let captured = cursor.captured(bytes)
        guard 0 <= captured else { return .malformed }
        let part = bytes.extracting(cursor.position..<cursor.position + captured)
        // A fragment that was cut can never make a whole packet.
        let isCut = cursor.position + captured < cursor.end
        let answer = fragments.keep(part, of: key, offset: offset, isLast: isLast, isCut: isCut)
        census.incompleteDatagrams += answer.givenUp
        return answer.datagram.map { .datagram($0) } ?? .incomplete
    }
}

// MARK: - Tunnels

extension LayerWalk {
    private mutating func stepOverTransport(
        _ number: Int, _ cursor: inout LayerCursor, _ bytes: Span<UInt8>, _ frame: Frame
    ) -> Bool {
        switch number {
        case 4, 41: cursor.layer = .internet
        case 0, 43, 44, 51, 60:
            // Extension headers inside a reassembled IPv6 packet: the fragment header stood before them.
            guard number != 44, 8 <= cursor.captured(bytes) else {
                cursor.layer = .other
                return true
            }
            let units = Int(bytes[cursor.position + 1])
            cursor.advance(
                number == 51 ? (units + 2) * 4 : (units + 1) * 8, to: .transport(Int(bytes[cursor.position])))
        case 17: return stepOverUserDatagram(&cursor, bytes, frame)
        case 47: return stepOverRoutingEncapsulation(&cursor, bytes)
        case 137: cursor.layer = .multiprotocolLabels
        default: cursor.layer = .other
        }
        return true
    }

    private mutating func stepOverUserDatagram(
        _ cursor: inout LayerCursor, _ bytes: Span<UInt8>, _ frame: Frame
    ) -> Bool {
        guard 8 <= cursor.captured(bytes) else { return false }
        let (source, destination) = (bytes.big16(cursor.position), bytes.big16(cursor.position + 2))
        cursor.advance(8, to: .other)
        let (position, captured) = (cursor.position, cursor.captured(bytes))
        switch destination {
        case 4789, 8472:
            // VXLAN (RFC 7348 §5); 8472 was Linux's port before it was assigned one.
            guard 8 <= captured, bytes[position] & 0x08 != 0 else { return true }
            cursor.advance(8, to: .ethernet)
        case 6081:
            // Geneve (RFC 8926 §3.4).
            guard 8 <= captured, bytes[position] >> 6 == 0 else { return true }
            cursor.advance(
                8 + Int(bytes[position] & 0x3f) * 4, to: .etherType(bytes.big16(position + 2)))
        default:
            if source == 443 || destination == 443, 5 <= captured, 0xc0 <= bytes[position] {
                census.quicPackets += 1
                if census.firstQUIC == nil { census.firstQUIC = frame }
            }
        }
        return true
    }

    /// GRE (RFC 2784, RFC 2890), its PPTP variant (RFC 2637 §4.1), and mirrored frames in it (ERSPAN).
    ///
    ///     |C|R|K|S|…    version| protocol | [checksum 4] [key 4] [sequence 4]
    private mutating func stepOverRoutingEncapsulation(
        _ cursor: inout LayerCursor, _ bytes: Span<UInt8>
    ) -> Bool {
        guard 4 <= cursor.captured(bytes) else { return false }
        let flags = bytes.big16(cursor.position)
        let type = bytes.big16(cursor.position + 2)
        var header = 4
        for bit in [0x8000, 0x2000, 0x1000] where flags & bit != 0 { header += 4 }
        switch (flags & 7, type) {
        case (1, 0x880b):
            if flags & 0x80 != 0 { header += 4 }
            cursor.advance(header, to: .pointToPoint)
        case (0, 0x88be): cursor.advance(header + (flags & 0x1000 != 0 ? 8 : 0), to: .ethernet)
        case (0, 0x22eb): cursor.advance(header + 12, to: .ethernet)
        case (0, _) where flags & 0x4000 == 0: cursor.advance(header, to: .etherType(type))
        default: cursor.layer = .other
        }
        return true
    }
}
