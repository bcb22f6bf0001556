import Wire

/// Other captures of the same conversation: whatever is done to the packets here, the streams stay the same.
extension CaptureContent {
    /// Every TCP segment with bytes becomes segments of at most `size` bytes.
    package func split(size: Int) -> CaptureContent {
        rewritten { segment in
            guard size < segment.payload.count else { return [segment] }
            return stride(from: 0, to: segment.payload.count, by: size).map { offset in
                var piece = segment
                let end = min(segment.payload.count, offset + size)
                piece.payload = Array(segment.payload[offset..<end])
                piece.sequence = segment.sequence &+ UInt32(offset)
                if end < segment.payload.count { piece.flags &= ~0x09 }
                return piece
            }
        }
    }

    /// Every second segment with bytes changes places with the next one of its direction, where nothing of the other
    /// direction stands between them.
    package var swapped: CaptureContent {
        var copy = self
        var index = 0
        while index + 1 < copy.packets.count {
            if let first = TestSegment(copy.packets[index]),
                let second = TestSegment(copy.packets[index + 1]),
                first.source == second.source, first.destination == second.destination,
                !first.payload.isEmpty, !second.payload.isEmpty, (first.flags | second.flags) & 0x07 == 0
            {
                copy.packets.swapAt(index, index + 1)
                index += 1
            }
            index += 1
        }
        return copy
    }

    /// Every packet twice.
    package var duplicated: CaptureContent {
        CaptureContent(packets: packets.flatMap { [$0, $0] }, keyLog: keyLog)
    }

    /// Every segment also brings the last bytes of the one before it again.
    package func overlapping(by count: Int) -> CaptureContent {
        var before: [[Endpoint]: TestSegment] = [:]
        return rewritten { segment in
            guard !segment.payload.isEmpty, segment.flags & 0x06 == 0 else { return [segment] }
            defer { before[[segment.source, segment.destination]] = segment }
            guard let previous = before[[segment.source, segment.destination]],
                previous.sequence &+ UInt32(previous.payload.count) == segment.sequence
            else { return [segment] }
            let again = previous.payload.suffix(count)
            var longer = segment
            longer.payload = again + segment.payload
            longer.sequence = segment.sequence &- UInt32(again.count)
            return [longer]
        }
    }

    /// Every TCP packet in IP fragments with at most `size` bytes of content, a multiple of 8; the last one first when
    /// `isReversed`.
    package func fragmented(size: Int, isReversed: Bool = false) -> CaptureContent {
        var identification = 0
        return rewrittenPackets { segment in
            identification += 1
            let fragments = segment.fragments(size: size, identification: identification)
            return isReversed ? fragments.reversed() : fragments
        }
    }

    /// Every TCP packet in another link layer or tunnel.
    package func relinked(_ link: TestLink) -> CaptureContent { rewrittenPackets { [$0.packet(link)] } }

    /// Every IPv4 address a.b.c.d as 2001:db8::a.b.c.d.
    package var asIPv6: CaptureContent {
        func mapped(_ endpoint: Endpoint) -> Endpoint {
            guard endpoint.isIPv4 else { return endpoint }
            return Endpoint(
                high: 0x2001_0db8_0000_0000, low: endpoint.low & 0xffff_ffff, port: endpoint.port)
        }
        return rewritten { segment in
            var segment = segment
            segment.source = mapped(segment.source)
            segment.destination = mapped(segment.destination)
            return [segment]
        }
    }

    /// The packets before `index`, and the rest: two files of one case. The keys go with both.
    package func divided(at index: Int) -> (CaptureContent, CaptureContent) {
        (
            CaptureContent(packets: Array(packets[..<index]), keyLog: keyLog),
            CaptureContent(packets: Array(packets[index...]), keyLog: keyLog)
        )
    }

    /// Every TCP segment becomes others, in Ethernet; other packets stay.
    package func rewritten(_ change: (TestSegment) -> [TestSegment]) -> CaptureContent {
        rewrittenPackets { change($0).map { $0.packet() } }
    }

    private func rewrittenPackets(_ change: (TestSegment) -> [TestPacket]) -> CaptureContent {
        let packets = packets.flatMap { packet in TestSegment(packet).map(change) ?? [packet] }
        return CaptureContent(packets: packets, keyLog: keyLog)
    }
}
