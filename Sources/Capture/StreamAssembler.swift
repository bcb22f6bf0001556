package import Wire

/// A segment in hand: its header, and where its bytes stand.
struct Segment {
    var sequence: UInt32
    var acknowledgement: UInt32
    var flags: UInt8
    /// Offset of the payload.
    var start: Int
    /// Length of the payload on the wire.
    var length: Int
    /// Bytes of the payload that were captured.
    var captured: Int
    var at: Timestamp?
    var frame: Frame

    var isSYN: Bool { flags & 0x02 != 0 }
    var isFIN: Bool { flags & 0x01 != 0 }
    var isRST: Bool { flags & 0x04 != 0 }
    var isACK: Bool { flags & 0x10 != 0 }
}

/// Puts TCP streams together from packets, and hands their bytes to a sink without copying those in order.
///
/// Laws: streams are numbered and forgotten by headers alone, so every shard of the same packets agrees on numbers;
/// a shard buffers and delivers only the streams whose number is its own. All files of a case go through one assembler.
package struct StreamAssembler {
    let limits: Limits
    private let shard: Int
    private let shards: Int
    private var layers: LayerWalk
    var table: ConversationTable
    var streams: [Stream] = []
    /// What every packet touches, by the same index as `streams`.
    var pulses: [StreamPulse] = []
    /// Two for each stream: of the lesser end, then of the upper end.
    var halves: [StreamHalf] = []
    /// What every packet touches of them.
    var edges: [StreamEdge] = []
    private var freeSlots: [Int] = []
    var heldBytes = 0
    var recent = RecentSegments()
    private var segmentCount = 0
    private var streamCount = 0
    var overfullGaps = 0
    private var evictedStreams = 0
    /// Conversations that are over, in the order they ended.
    private var over: [(index: Int, number: Int)] = []
    /// The first of them that is still remembered.
    private var overHead = 0
    /// The first of them whose stream may still be open.
    private var closingHead = 0
    /// Segments of all conversations after which one that is over is closed.
    private static let closingGrace = 1024

    /// An assembler of all streams, or of every `shards`-th. `seed` should differ from run to run.
    package init(limits: Limits, seed: UInt64, shard: Int = 0, of shards: Int = 1) {
        precondition(0 <= shard && shard < shards)
        self.limits = limits
        self.shard = shard
        self.shards = shards
        layers = LayerWalk(limits: limits)
        table = ConversationTable(seed: seed)
    }

    /// What was met so far.
    package var census: CaptureCensus {
        var census = layers.census
        census.segments = segmentCount
        census.streams = streamCount
        census.overfullGaps = overfullGaps
        census.evictedStreams = evictedStreams
        return census
    }

    /// Takes the next packet of the case.
    package mutating func receive<Sink: StreamSink>(
        _ packet: Packet, _ bytes: Span<UInt8>, into sink: inout Sink
    ) {
        layers.census.packets += 1
        if bytes.count < packet.wireLength { layers.census.cutPackets += 1 }
        if let place = layers.ordinarySegment(packet, bytes) {
            receive(place, packet, bytes, into: &sink)
        } else {
            receiveOtherwise(packet, bytes, into: &sink)
        }
    }

    @inline(never) private mutating func receiveOtherwise<Sink: StreamSink>(
        _ packet: Packet, _ bytes: Span<UInt8>, into sink: inout Sink
    ) {
        switch layers.walk(packet, bytes) {
        case .segment(let place): receive(place, packet, bytes, into: &sink)
        case .datagram(let datagram): receive(datagram, packet, into: &sink)
        case .nothing: break
        }
    }

    /// Says that no more packets will come: every stream is closed.
    package mutating func finish<Sink: StreamSink>(into sink: inout Sink) {
        layers.finish()
        for slot in streams.indices.sorted(by: { pulses[$0].number < pulses[$1].number })
        where streams[slot].isOpen {
            close(slot, end(streams[slot].conversation), into: &sink)
        }
    }

    private mutating func receive<Sink: StreamSink>(
        _ first: Datagram, _ packet: Packet, into sink: inout Sink
    ) {
        var datagram = first
        // A datagram may hold a tunnel whose packets are fragments again.
        for depth in 1...max(1, limits.encapsulationDepth) {
            let bytes = datagram.bytes
            switch layers.walk(datagram, bytes.span, packet.frame, depth: depth) {
            case .segment(let place): return receive(place, packet, bytes.span, into: &sink)
            case .datagram(let inner): datagram = inner
            case .nothing: return
            }
        }
    }

    @inline(__always) private mutating func receive<Sink: StreamSink>(
        _ place: SegmentPlace, _ packet: Packet, _ bytes: Span<UInt8>, into sink: inout Sink
    ) {
        let position = place.position
        let capturedEnd = min(bytes.count, place.end)
        // Past the flags nothing of the header is needed but its length.
        guard 14 <= capturedEnd - position else {
            layers.census.malformedPackets += 1
            return
        }
        let header = Int(bytes[position + 12] >> 4) * 4
        guard 20 <= header, header <= place.end - position else {
            layers.census.malformedPackets += 1
            return
        }
        let start = position + header
        let segment = Segment(
            sequence: bytes.big32(position + 4), acknowledgement: bytes.big32(position + 8),
            flags: bytes[position + 13], start: start, length: place.end - start,
            captured: max(0, capturedEnd - start), at: packet.at, frame: packet.frame)
        let (key, fromUpper) = ConversationKey.make(
            place.addresses, sourcePort: bytes.big16(position), destinationPort: bytes.big16(position + 2))
        segmentCount += 1
        if closingHead < over.count { tidy(into: &sink) }

        let hash = table.hash(key)
        var index: Int
        if let known = table.find(key, hash) {
            index = known
            table.records[index].lastSeen = segmentCount
            if segment.flags & 0x07 != 0
                || !table.records[index].marks.contains(fromUpper ? .upperInitial : .lowerInitial)
            {
                index = noteMarks(segment, index, fromUpper, into: &sink)
            }
        } else {
            index = open(key, hash, segment, fromUpper, into: &sink)
        }
        let slot = Int(table.records[index].slot)
        guard 0 <= slot else { return }
        follow(segment, slot, fromUpper, bytes, into: &sink)
    }
}

// MARK: - Conversations

extension StreamAssembler {
    /// Notes SYN, FIN and RST by header; begins another stream when the ports are used again. Answers the record.
    private mutating func noteMarks<Sink: StreamSink>(
        _ segment: Segment, _ index: Int, _ fromUpper: Bool, into sink: inout Sink
    ) -> Int {
        let marks = table.records[index].marks
        if segment.isSYN, !segment.isACK {
            let initial = fromUpper ? table.records[index].upperInitial : table.records[index].lowerInitial
            let isKnown = marks.contains(fromUpper ? .upperInitial : .lowerInitial)
            // A SYN that is sent again after RST belongs to the same stream, as Wireshark counts, while that is open.
            let isPast =
                marks.contains(.over)
                && table.records[index].overSince + StreamAssembler.closingGrace <= segmentCount
            if isPast || isKnown && initial != segment.sequence {
                return reopen(index, segment, fromUpper, into: &sink)
            }
        }
        note(segment, index, fromUpper)
        return index
    }

    private mutating func note(_ segment: Segment, _ index: Int, _ fromUpper: Bool) {
        if segment.isSYN || !table.records[index].marks.contains(fromUpper ? .upperInitial : .lowerInitial) {
            let initial = segment.isSYN ? segment.sequence : segment.sequence &- 1
            if fromUpper {
                table.records[index].upperInitial = initial
            } else {
                table.records[index].lowerInitial = initial
            }
            table.records[index].marks.insert(fromUpper ? .upperInitial : .lowerInitial)
        }
        // An acknowledgement tells where the other end stands, for want of better.
        if segment.isACK, !table.records[index].marks.contains(fromUpper ? .lowerInitial : .upperInitial) {
            if fromUpper {
                table.records[index].lowerInitial = segment.acknowledgement &- 1
            } else {
                table.records[index].upperInitial = segment.acknowledgement &- 1
            }
            table.records[index].marks.insert(fromUpper ? .lowerInitial : .upperInitial)
        }
        if segment.isFIN { table.records[index].marks.insert(fromUpper ? .upperFinished : .lowerFinished) }
        if segment.isRST { table.records[index].marks.insert(.reset) }
        let marks = table.records[index].marks
        guard !marks.contains(.over) else { return }
        if marks.contains(.reset) || marks.isSuperset(of: [.upperFinished, .lowerFinished]) {
            table.records[index].marks.insert(.over)
            table.records[index].overSince = segmentCount
            over.append((index, table.records[index].number))
        }
    }

    private mutating func open<Sink: StreamSink>(
        _ key: ConversationKey, _ hash: UInt32, _ segment: Segment, _ fromUpper: Bool, into sink: inout Sink
    ) -> Int {
        if limits.liveConnections <= table.count - (over.count - overHead) { evict(into: &sink) }
        let index = table.insert(
            Conversation(key: key, hash: hash, number: streamCount, lastSeen: segmentCount))
        begin(index, segment, fromUpper, into: &sink)
        return index
    }

    private mutating func reopen<Sink: StreamSink>(
        _ index: Int, _ segment: Segment, _ fromUpper: Bool, into sink: inout Sink
    ) -> Int {
        let slot = Int(table.records[index].slot)
        if 0 <= slot { close(slot, .portsReused, into: &sink) }
        let old = table.records[index]
        table.records[index] = Conversation(
            key: old.key, hash: old.hash, number: streamCount, lastSeen: segmentCount)
        begin(index, segment, fromUpper, into: &sink)
        return index
    }

    private mutating func begin<Sink: StreamSink>(
        _ index: Int, _ segment: Segment, _ fromUpper: Bool, into sink: inout Sink
    ) {
        let number = streamCount
        streamCount += 1
        note(segment, index, fromUpper)
        guard number % shards == shard else { return }
        let key = table.records[index].key
        let (sender, receiver) = (
            key.endpoint(isUpper: fromUpper), key.endpoint(isUpper: !fromUpper)
        )
        let senderIsClient: Bool
        if segment.isSYN {
            senderIsClient = !segment.isACK
        } else if isServerPort(sender.port) != isServerPort(receiver.port) {
            senderIsClient = isServerPort(receiver.port)
        } else {
            senderIsClient = receiver.port <= sender.port
        }
        let stream = Stream(
            facts: StreamFacts(
                client: senderIsClient ? sender : receiver, server: senderIsClient ? receiver : sender,
                directionIsGuessed: !segment.isSYN, openedAt: segment.at, openedFrame: segment.frame),
            conversation: index, mayTurn: !segment.isSYN)
        let pulse = StreamPulse(number: number, clientIsUpper: senderIsClient == fromUpper)
        let slot: Int
        if let reused = freeSlots.popLast() {
            slot = reused
            streams[slot] = stream
            pulses[slot] = pulse
        } else {
            slot = streams.count
            streams.append(stream)
            pulses.append(pulse)
            halves.append(StreamHalf())
            halves.append(StreamHalf())
            edges.append(StreamEdge())
            edges.append(StreamEdge())
        }
        table.records[index].slot = Int32(truncatingIfNeeded: slot)
        sink.streamOpened(StreamID(slot: slot, number: number), currentFacts(slot))
    }

    /// The facts of a stream with the counters that are kept apart from them.
    func currentFacts(_ slot: Int) -> StreamFacts {
        let pulse = pulses[slot]
        var facts = streams[slot].facts
        facts.lastAt = pulse.lastAt
        facts.packets =
            pulse.clientIsUpper
            ? PerSide(client: pulse.packets.1, server: pulse.packets.0)
            : PerSide(client: pulse.packets.0, server: pulse.packets.1)
        return facts
    }

    /// Closes the streams of conversations that ended a while ago, and forgets the oldest of these once there are
    /// too many.
    private mutating func tidy<Sink: StreamSink>(into sink: inout Sink) {
        while closingHead < over.count {
            let (index, number) = over[closingHead]
            let record = table.records[index]
            // Another number: its ports were used again, or it made room.
            if record.number == number, 0 <= record.slot {
                let isCrowded = limits.closedConnections < over.count - closingHead
                guard isCrowded || record.lastSeen + StreamAssembler.closingGrace <= segmentCount else {
                    break
                }
                close(Int(record.slot), end(index), into: &sink)
            }
            closingHead += 1
        }
        while limits.closedConnections < over.count - overHead, overHead < closingHead {
            let (index, number) = over[overHead]
            if table.records[index].number == number { table.remove(index) }
            overHead += 1
        }
        if limits.closedConnections < overHead {
            over.removeFirst(overHead)
            closingHead -= overHead
            overHead = 0
        }
    }

    /// How a conversation ended, by its headers.
    private func end(_ index: Int) -> StreamFacts.End {
        let marks = table.records[index].marks
        return marks.contains(.reset) ? .reset : marks.contains(.over) ? .finished : .inputEnded
    }

    /// Gives up the conversations that have been silent the longest, a sixteenth of all at once.
    private mutating func evict<Sink: StreamSink>(into sink: inout Sink) {
        let living = table.records.indices.filter {
            0 <= table.records[$0].number && !table.records[$0].marks.contains(.over)
        }
        let silent = living.sorted { table.records[$0].lastSeen < table.records[$1].lastSeen }
        for index in silent.prefix(max(1, limits.liveConnections / 16)) {
            let slot = Int(table.records[index].slot)
            if 0 <= slot {
                evictedStreams += 1
                close(slot, .evicted, into: &sink)
            }
            table.remove(index)
        }
    }

    /// Ends a stream: what still waits is delivered, with its gaps, and its slot is free.
    mutating func close<Sink: StreamSink>(_ slot: Int, _ end: StreamFacts.End, into sink: inout Sink) {
        let clientIsUpper = pulses[slot].clientIsUpper
        for upper in [clientIsUpper, !clientIsUpper] { flush(slot, upper, into: &sink) }
        guard streams[slot].isOpen else { return }
        streams[slot].isOpen = false
        streams[slot].facts.end = end
        table.records[streams[slot].conversation].slot = -1
        for half in [slot * 2, slot * 2 + 1] {
            heldBytes -= halves[half].heldBytes
            halves[half] = StreamHalf()
            edges[half] = StreamEdge()
        }
        freeSlots.append(slot)
        sink.streamClosed(
            StreamID(slot: slot, number: pulses[slot].number), currentFacts(slot))
    }
}
