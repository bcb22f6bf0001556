import Wire

/// What is put around an IP packet.
package enum TestLink: String, CaseIterable, Sendable {
    case ethernet, vlan, vlanStack, labels, labelsBridge, pppoe, snap
    case nullLittle, nullBig, loop, raw, rawOld, rawBSD, cooked, cookedSecond
    case pointToPoint, pointToPointBare, pointToPointFramed
    case gre, greKey, greAll, greBridge, greMirror, ipInIP, ipInIPv6, vxlan, geneve, pptp
    case nested

    /// The LINKTYPE number.
    package var linkType: Int {
        switch self {
        case .nullLittle, .nullBig: 0
        case .loop: 108
        case .raw: 101
        case .rawOld: 12
        case .rawBSD: 14
        case .cooked: 113
        case .cookedSecond: 276
        case .pointToPoint, .pointToPointBare: 9
        case .pointToPointFramed: 50
        default: 1
        }
    }

    /// The packet around an IP packet.
    package func wrap(_ content: [UInt8], isIPv4: Bool) -> [UInt8] {
        let type: [UInt8] = isIPv4 ? [0x08, 0x00] : [0x86, 0xdd]
        let pppType: [UInt8] = isIPv4 ? [0x00, 0x21] : [0x00, 0x57]
        let addresses: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
        let inner = addresses + type + content
        switch self {
        case .ethernet: return inner + [UInt8](repeating: 0xee, count: max(0, 60 - inner.count))
        case .vlan: return addresses + [0x81, 0, 0, 7] + type + content
        case .vlanStack: return addresses + [0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0x81, 0, 0, 9] + type + content
        case .labels: return addresses + [0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64] + content
        case .labelsBridge: return addresses + [0x88, 0x47, 0, 2, 1, 64, 0, 0, 0, 0] + inner
        case .pppoe:
            var header = ByteWriter()
            header.bytes = [0x88, 0x64, 0x11, 0, 0, 9]
            header.put16(content.count + 2)
            return addresses + header.bytes + pppType + content
        case .snap:
            // The length field holds 1500 at most (IEEE 802.3 §3.2.6); a bigger packet goes as Ethernet II.
            guard content.count + 8 <= 1500 else { return addresses + type + content }
            var header = ByteWriter()
            header.put16(content.count + 8)
            return addresses + header.bytes + [0xaa, 0xaa, 3, 0, 0, 0] + type + content
        case .nullLittle: return [isIPv4 ? 2 : 30, 0, 0, 0] + content
        case .nullBig, .loop: return [0, 0, 0, isIPv4 ? 2 : 24] + content
        case .raw, .rawOld, .rawBSD: return content
        case .cooked: return [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + type + content
        case .cookedSecond:
            return type + [0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0] + content
        case .pointToPoint, .pointToPointFramed: return [0xff, 0x03] + pppType + content
        case .pointToPointBare: return [isIPv4 ? 0x21 : 0x57] + content
        case .gre: return outer(47, [0, 0] + type + content)
        case .greKey: return outer(47, [0x20, 0] + type + [0, 0, 0, 5] + content)
        case .greAll:
            return outer(47, [0xb0, 0] + type + [UInt8](repeating: 1, count: 12) + content)
        case .greBridge: return outer(47, [0, 0, 0x65, 0x58] + inner)
        case .greMirror:
            return outer(47, [0x10, 0, 0x88, 0xbe] + [UInt8](repeating: 1, count: 12) + inner)
        case .pptp:
            return outer(
                47,
                [0x30, 0x81, 0x88, 0x0b] + [UInt8](repeating: 0, count: 12) + [0xff, 3] + pppType + content)
        case .ipInIP: return outer(isIPv4 ? 4 : 41, content)
        case .ipInIPv6:
            return addresses + [0x86, 0xdd]
                + ipv6(
                    next: isIPv4 ? 4 : 41, content, .init(high: 1, low: 1, port: 0),
                    .init(high: 1, low: 2, port: 0))
        case .vxlan: return outer(17, udp(4789, [8, 0, 0, 0, 0, 0, 1, 0] + inner))
        case .geneve:
            return outer(17, udp(6081, [2, 0] + type + [0, 0, 1, 0] + [0, 1, 0, 1, 0, 0, 0, 0] + content))
        case .nested:
            let bridged = TestLink.greBridge.wrap(content, isIPv4: isIPv4)
            return outer(17, udp(4789, [8, 0, 0, 0, 0, 0, 1, 0] + bridged))
        }
    }

    private func udp(_ port: Int, _ content: [UInt8]) -> [UInt8] {
        var header = ByteWriter()
        header.put16(54_321)
        header.put16(port)
        header.put16(content.count + 8)
        header.put16(0)
        return header.bytes + content
    }

    /// An IPv4 packet of a tunnel's two ends, in Ethernet.
    private func outer(_ transport: Int, _ content: [UInt8]) -> [UInt8] {
        [2, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 4, 0x08, 0x00]
            + ipv4(
                transport: transport, content, Endpoint(ipv4: 0xc000_0201, port: 0),
                Endpoint(ipv4: 0xc000_0202, port: 0))
    }
}
