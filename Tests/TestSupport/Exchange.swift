package import Wire

/// What two ends say to each other, as the packets of one TCP connection with its handshake.
///
/// Shape: pieces of any length; each becomes segments of at most 30,000 bytes.
package func connection(
    _ pieces: [(from: Side, bytes: [UInt8])], clientPort: UInt16 = 40_000, serverPort: UInt16 = 80
) -> CaptureContent {
    let ends = PerSide(
        client: Endpoint(ipv4: 0xc000_0209, port: clientPort),
        server: Endpoint(ipv4: 0xc000_020a, port: serverPort))
    var next = PerSide<UInt32>(client: 1000, server: 5000)
    var packets: [TestPacket] = []
    func send(_ side: Side, flags: UInt8, _ payload: [UInt8]) {
        let at = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(packets.count) * 1_000_000)
        packets.append(
            TestSegment(
                source: ends[side], destination: ends[side.peer], sequence: next[side],
                acknowledgement: flags & 16 == 0 ? 0 : next[side.peer], flags: flags, payload: payload, at: at
            ).packet())
        next[side] &+= UInt32(payload.count) &+ (flags & 3 == 0 ? 0 : 1)
    }
    send(.client, flags: 2, [])
    send(.server, flags: 18, [])
    send(.client, flags: 16, [])
    for piece in pieces {
        for start in stride(from: 0, to: piece.bytes.count, by: 30_000) {
            let end = min(piece.bytes.count, start + 30_000)
            send(piece.from, flags: 16, Array(piece.bytes[start..<end]))
        }
    }
    return CaptureContent(packets: packets)
}

extension CaptureContent {
    /// Every connection begins with what a client and a proxy say before there is a tunnel.
    package func tunnelled(client opening: [UInt8], server answer: [UInt8]) -> CaptureContent {
        var isOpen: Set<[Endpoint]> = []
        return rewritten { segment in
            let forward = [segment.source, segment.destination]
            let backward = [segment.destination, segment.source]
            var moved = segment
            if isOpen.contains(forward) {
                moved.sequence &+= UInt32(opening.count)
                moved.acknowledgement &+= UInt32(answer.count)
                return [moved]
            }
            if isOpen.contains(backward) {
                moved.sequence &+= UInt32(answer.count)
                moved.acknowledgement &+= UInt32(opening.count)
                return [moved]
            }
            guard !segment.payload.isEmpty else { return [segment] }
            isOpen.insert(forward)
            var asked = segment
            asked.payload = opening
            asked.flags = 16
            var answered = asked
            swap(&answered.source, &answered.destination)
            answered.sequence = segment.acknowledgement
            answered.acknowledgement = segment.sequence &+ UInt32(opening.count)
            answered.payload = answer
            moved.sequence &+= UInt32(opening.count)
            moved.acknowledgement &+= UInt32(answer.count)
            return [asked, answered, moved]
        }
    }
}
