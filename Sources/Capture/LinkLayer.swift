import Wire

/// What stands next in a packet.
enum Layer: Equatable {
    case ethernet
    /// What an EtherType (IEEE 802) names.
    case etherType(Int)
    case multiprotocolLabels
    case pointToPoint
    /// IPv4 or IPv6, as its first four bits say.
    case internet
    /// What an IP protocol number names.
    case transport(Int)
    /// Nothing that leads to TCP.
    case other
}

/// A packet on its way down its layers.
struct LayerCursor {
    /// What stands next.
    var layer: Layer
    /// Where it stands.
    var position: Int
    /// Where the packet ends on the wire; past the end of the captured bytes when it was cut.
    var end: Int

    /// How many bytes were captured of what stands next.
    func captured(_ bytes: Span<UInt8>) -> Int { min(bytes.count, end) - position }
}

/// The first layer of a packet of a link type, or nil when the type is not known here.
/// Source: https://www.tcpdump.org/linktypes.html, 2026-11-21
func firstLayer(of packet: Packet, _ bytes: Span<UInt8>) -> LayerCursor? {
    var cursor = LayerCursor(layer: .other, position: 0, end: packet.wireLength)
    switch packet.linkType {
    case 1: cursor.layer = .ethernet
    case 12, 14, 101, 228, 229: cursor.layer = .internet
    case 9, 50: cursor.layer = .pointToPoint
    case 0, 108:
        guard 4 <= bytes.count else { return cursor }
        // The address family in the capturing host's byte order; all of them are small numbers.
        let family = bytes.big32(0)
        switch family <= 0xffff ? family : family.byteSwapped {
        case 2, 10, 24, 28, 30: (cursor.layer, cursor.position) = (.internet, 4)
        default: break
        }
    case 113:
        guard 16 <= bytes.count else { return cursor }
        (cursor.layer, cursor.position) = (.etherType(bytes.big16(14)), 16)
    case 276:
        guard 20 <= bytes.count else { return cursor }
        (cursor.layer, cursor.position) = (.etherType(bytes.big16(0)), 20)
    case 239: return netfilterLog(bytes, cursor)
    default: return nil
    }
    return cursor
}

/// Linux netfilter log: type-length-value attributes in the host's byte order, of which 9 is the packet.
/// Source: https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html
private func netfilterLog(_ bytes: Span<UInt8>, _ start: LayerCursor) -> LayerCursor {
    var cursor = start
    cursor.position = 4
    while 4 <= bytes.count - cursor.position {
        // A type never exceeds 255, so its bytes show their order.
        let order: ByteOrder = bytes[cursor.position + 3] == 0 ? .little : .big
        let length = bytes.integer16(cursor.position, order)
        let type = bytes.integer16(cursor.position + 2, order)
        guard 4 <= length else { break }
        if type == 9 {
            cursor.layer = .internet
            cursor.end = min(cursor.end, cursor.position + length)
            cursor.position += 4
            return cursor
        }
        cursor.position += (length + 3) & ~3
    }
    return cursor
}

extension LayerCursor {
    /// Steps over the header at the cursor when it is one below IP.
    /// Shape: false when the bytes end inside it.
    mutating func stepBelowInternet(_ bytes: Span<UInt8>) -> Bool {
        let captured = captured(bytes)
        switch layer {
        case .ethernet:
            guard 14 <= captured else { return false }
            advance(14, to: .etherType(bytes.big16(position + 12)))
        case .etherType(let type): return step(etherType: type, bytes, captured)
        case .multiprotocolLabels:
            guard 4 <= captured else { return false }
            let isBottom = bytes[position + 2] & 1 == 1
            advance(4, to: .multiprotocolLabels)
            if isBottom { return stepBelowLabels(bytes) }
        case .pointToPoint:
            // Address and control (ff 03) may be left out, and the protocol be one byte (RFC 1661 §6.5, RFC 1662).
            guard 2 <= captured else { return false }
            let skipped = bytes[position] == 0xff && bytes[position + 1] == 0x03 ? 2 : 0
            guard skipped + 2 <= captured else { return false }
            let first = Int(bytes[position + skipped])
            let number = first & 1 == 1 ? first : bytes.big16(position + skipped)
            advance(skipped + (first & 1 == 1 ? 1 : 2), to: .other)
            switch number {
            case 0x21, 0x57: layer = .internet
            case 0x281, 0x283: layer = .multiprotocolLabels
            default: break
            }
        case .internet, .transport, .other: break
        }
        return true
    }

    private mutating func step(etherType: Int, _ bytes: Span<UInt8>, _ captured: Int) -> Bool {
        switch etherType {
        case 0x0800, 0x86dd: layer = .internet
        case 0x8100, 0x88a8, 0x9100, 0x9200:
            guard 4 <= captured else { return false }
            advance(4, to: .etherType(bytes.big16(position + 2)))
        case 0x8847, 0x8848: layer = .multiprotocolLabels
        case 0x8864:
            guard 8 <= captured else { return false }
            end = min(end, position + 6 + bytes.big16(position + 4))
            advance(6, to: .pointToPoint)
        case 0x6558: layer = .ethernet
        case 0...1500:
            // IEEE 802.3 with LLC: only SNAP of the Ethernet organisation leads on (RFC 1042).
            guard 8 <= captured, bytes.big32(position) == 0xaaaa_0300, bytes[position + 4] == 0,
                bytes[position + 5] == 0
            else {
                layer = .other
                return true
            }
            advance(8, to: .etherType(bytes.big16(position + 6)))
        // An EtherType that is a length again would go round for ever only as long as there are bytes.
        default: layer = .other
        }
        return true
    }

    /// Nothing names what labels carry; its first four bits have to tell (RFC 4928).
    private mutating func stepBelowLabels(_ bytes: Span<UInt8>) -> Bool {
        guard 1 <= captured(bytes) else { return false }
        switch bytes[position] >> 4 {
        case 4, 6: layer = .internet
        case 0: advance(4, to: .ethernet)  // The control word of a pseudowire (RFC 4385).
        default: layer = .ethernet
        }
        return true
    }

    /// Moves on.
    mutating func advance(_ count: Int, to next: Layer) {
        position += count
        layer = next
    }
}
