import Wire

/// One stream: sequence numbers into bytes in order. (Conversations as a whole: StreamAssembler.swift.)
extension StreamAssembler {
    /// Packets of a stream for which bytes that the receiver has acknowledged may still turn up behind the
    /// acknowledgement: captures of several queues are in disorder by a few packets.
    private static let gapPatience = 8

    @inline(__always) mutating func follow<Sink: StreamSink>(
        _ segment: Segment, _ slot: Int, _ upper: Bool, _ bytes: Span<UInt8>, into sink: inout Sink
    ) {
        if upper { pulses[slot].packets.1 += 1 } else { pulses[slot].packets.0 += 1 }
        pulses[slot].lastAt = segment.at
        let half = slot * 2 + (upper ? 1 : 0)
        if segment.flags & 0x17 == 0x10, edges[half].isPlain, edges[half ^ 1].isPlain,
            segment.sequence == edges[half].next, segment.captured == segment.length
        {
            if 0 < segment.length {
                edges[half].next = segment.sequence &+ UInt32(truncatingIfNeeded: segment.length)
                edges[half].hasMoved = true
                let payload = bytes.extracting(segment.start..<segment.start + segment.length)
                recent.remember(direction(slot, upper), segment.sequence, payload)
                sink.streamReceived(
                    StreamID(slot: slot, number: pulses[slot].number), payload,
                    from: pulses[slot].side(upper: upper), at: segment.at, frame: segment.frame)
            }
            acknowledge(half ^ 1, segment.acknowledgement)
            return
        }
        followClosely(segment, slot, upper, bytes, into: &sink)
    }

    /// The name of one direction of a stream, for `recent`.
    @inline(__always) private func direction(_ slot: Int, _ upper: Bool) -> UInt32 {
        UInt32(truncatingIfNeeded: pulses[slot].number) << 1 | (upper ? 1 : 0)
    }

    @inline(__always) private mutating func acknowledge(_ half: Int, _ number: UInt32) {
        if 0 <= Int32(bitPattern: number &- edges[half].acknowledged) { edges[half].acknowledged = number }
    }

    @inline(never) private mutating func followClosely<Sink: StreamSink>(
        _ segment: Segment, _ slot: Int, _ upper: Bool, _ bytes: Span<UInt8>, into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        if segment.isSYN { synchronize(segment, slot, upper, into: &sink) }
        begin(half, segment)
        if segment.isACK { learn(segment, slot, half) }
        let sequence = segment.isSYN ? segment.sequence &+ 1 : segment.sequence
        if 0 < segment.length, !halves[half].hasEnded, !segment.isRST {
            place(segment, sequence, slot, upper, bytes, into: &sink)
        }
        if segment.isFIN, !segment.isSYN { noteFinish(segment, sequence, slot, half) }
        if segment.isRST { reset(segment, slot, upper, into: &sink) }
        drain(slot, upper, into: &sink)
        if !halves[half ^ 1].held.isEmpty { considerGap(slot, !upper, into: &sink) }
        if halves[half].hasEnded, halves[half ^ 1].hasEnded {
            return close(
                slot, halves[half].isReset || halves[half ^ 1].isReset ? .reset : .finished, into: &sink)
        }
        settle(slot)
    }

    /// Decides anew whether the next segments can take the short way.
    private mutating func settle(_ slot: Int) {
        let isSettled = streams[slot].answer == nil && !streams[slot].mayTurn
        for half in [slot * 2, slot * 2 + 1] {
            edges[half].isPlain =
                isSettled && halves[half].hasBegun && halves[half].hasAcknowledged && !halves[half].hasFinish
                && halves[half].held.isEmpty && !halves[half].isReset
                && (edges[half].hasMoved || !streams[slot].facts.directionIsGuessed)
        }
    }

    // MARK: Beginning

    private mutating func synchronize<Sink: StreamSink>(
        _ segment: Segment, _ slot: Int, _ upper: Bool, into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        if !edges[half].hasMoved {
            edges[half].next = segment.sequence &+ 1
            halves[half].hasBegun = true
        }
        let senderIsClient = !segment.isACK
        if streams[slot].mayTurn, !edges[half].hasMoved, !edges[half ^ 1].hasMoved {
            if senderIsClient != (pulses[slot].side(upper: upper) == .client) { turn(slot, into: &sink) }
            streams[slot].mayTurn = false
            streams[slot].facts.directionIsGuessed = false
        }
        let mark = StreamMark(
            by: pulses[slot].side(upper: upper), at: segment.at, frame: segment.frame)
        if senderIsClient {
            if mark.by == .client { streams[slot].facts.synCount += 1 }
        } else if streams[slot].facts.answered == nil, mark.by == .server {
            streams[slot].facts.answered = mark
            streams[slot].answer = segment.sequence &+ 1
        }
    }

    /// A stream that began before the capture begins with the first thing that tells where it stands.
    private mutating func begin(_ half: Int, _ segment: Segment) {
        if !halves[half].hasBegun {
            guard !segment.isRST || 0 < segment.length else { return }
            halves[half].hasBegun = true
            edges[half].next = segment.sequence
        } else if !edges[half].hasMoved, 0 < segment.length, !segment.isSYN,
            edges[half].distance(to: segment.sequence) == 1, !halves[half].hasAcknowledged
        {
            // What came before was a keep-alive probe, which stands one below the next byte.
            edges[half].next = segment.sequence
        }
    }

    private mutating func learn(_ segment: Segment, _ slot: Int, _ half: Int) {
        let other = half ^ 1
        if !halves[other].hasBegun {
            // A RST that answers a SYN acknowledges, and says nothing of where the other end stands.
            guard !segment.isRST else { return }
            halves[other].hasBegun = true
            edges[other].next = segment.acknowledgement
        }
        if !halves[other].hasAcknowledged {
            halves[other].hasAcknowledged = true
            edges[other].acknowledged = segment.acknowledgement
        }
        acknowledge(other, segment.acknowledgement)
        guard let answer = streams[slot].answer, !segment.isSYN, !segment.isRST,
            pulses[slot].side(upper: half & 1 == 1) == .client,
            0 <= Int32(bitPattern: segment.acknowledgement &- answer)
        else { return }
        streams[slot].answer = nil
        streams[slot].facts.established = StreamMark(by: .client, at: segment.at, frame: segment.frame)
    }

    private mutating func turn<Sink: StreamSink>(_ slot: Int, into sink: inout Sink) {
        pulses[slot].clientIsUpper.toggle()
        let facts = streams[slot].facts
        streams[slot].facts.client = facts.server
        streams[slot].facts.server = facts.client
        sink.streamTurned(
            StreamID(slot: slot, number: pulses[slot].number), currentFacts(slot))
    }

    // MARK: Bytes

    /// Delivers what is next of a segment, keeps what is not yet, and leaves out what is known.
    private mutating func place<Sink: StreamSink>(
        _ segment: Segment, _ sequence: UInt32, _ slot: Int, _ upper: Bool, _ bytes: Span<UInt8>,
        into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        // A packet may be cut inside the TCP header, before its payload's place.
        let start = min(segment.start, bytes.count)
        let payload = bytes.extracting(start..<start + segment.captured)
        // What lies below the next byte was delivered before: a retransmission, or a keep-alive probe.
        var offset = max(0, -edges[half].distance(to: sequence))
        if segment.length <= offset, recent.differs(direction(slot, upper), sequence, payload) {
            streams[slot].facts.differingOverlaps += 1
        }
        while offset < segment.length {
            let position = edges[half].distance(to: sequence &+ UInt32(truncatingIfNeeded: offset))
            let index = firstHeld(half, endingAfter: position)
            let start =
                index < halves[half].held.count
                ? edges[half].distance(to: halves[half].held[index].sequence) : Int.max
            if start <= position {
                let old = halves[half].held[index]
                let length = min(start + old.length - position, segment.length - offset)
                if differ(old.bytes, position - start, payload, offset, length) {
                    streams[slot].facts.differingOverlaps += 1
                }
                offset += length
                continue
            }
            let length = min(segment.length - offset, start - position)
            let captured = min(max(0, payload.count - offset), length)
            let first = min(offset, payload.count)
            let piece = payload.extracting(first..<first + captured)
            if position == 0 {
                deliver(piece, length, slot, upper, segment.at, segment.frame, into: &sink)
            } else {
                let kept = HeldSegment(
                    sequence: sequence &+ UInt32(truncatingIfNeeded: offset), length: length,
                    bytes: piece.bytes(), at: segment.at, frame: segment.frame)
                halves[half].held.insert(kept, at: index)
                halves[half].heldBytes += kept.cost
                heldBytes += kept.cost
            }
            offset += length
        }
        while limits.streamBufferBytes < halves[half].heldBytes
            || limits.reassemblyBytes < heldBytes && !halves[half].held.isEmpty
        {
            overfullGaps += 1
            declareGap(slot, upper, into: &sink)
        }
    }

    /// The first held segment that ends after `position`, counted from the next byte.
    private func firstHeld(_ half: Int, endingAfter position: Int) -> Int {
        var (low, high) = (0, halves[half].held.count)
        while low < high {
            let middle = (low + high) / 2
            let end =
                edges[half].distance(to: halves[half].held[middle].sequence)
                + halves[half].held[middle].length
            if end <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func differ(
        _ old: [UInt8], _ oldStart: Int, _ new: Span<UInt8>, _ newStart: Int, _ length: Int
    ) -> Bool {
        let count = min(length, old.count - oldStart, new.count - newStart)
        var index = 0
        while index < count {
            if old[oldStart + index] != new[newStart + index] { return true }
            index += 1
        }
        return false
    }

    private mutating func deliver<Sink: StreamSink>(
        _ bytes: Span<UInt8>, _ length: Int, _ slot: Int, _ upper: Bool, _ at: Timestamp?, _ frame: Frame,
        into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        if streams[slot].mayTurn {
            if let sender = sink.sender(ofFirstBytes: bytes), sender != pulses[slot].side(upper: upper) {
                turn(slot, into: &sink)
            }
            streams[slot].mayTurn = false
        }
        edges[half].hasMoved = true
        if 0 < bytes.count { recent.remember(direction(slot, upper), edges[half].next, bytes) }
        edges[half].next &+= UInt32(truncatingIfNeeded: length)
        let stream = StreamID(slot: slot, number: pulses[slot].number)
        let side = pulses[slot].side(upper: upper)
        if 0 < bytes.count { sink.streamReceived(stream, bytes, from: side, at: at, frame: frame) }
        guard bytes.count < length else { return }
        streams[slot].facts.missingBytes += length - bytes.count
        sink.streamMissing(stream, bytes: length - bytes.count, from: side, frame: frame)
    }

    /// Delivers held segments whose turn has come, and tells the end of the side when all was delivered.
    private mutating func drain<Sink: StreamSink>(_ slot: Int, _ upper: Bool, into sink: inout Sink) {
        let half = slot * 2 + (upper ? 1 : 0)
        var count = 0
        while count < halves[half].held.count, halves[half].held[count].sequence == edges[half].next {
            let segment = halves[half].held[count]
            deliver(
                segment.bytes.span, segment.length, slot, upper, segment.at, segment.frame, into: &sink)
            halves[half].heldBytes -= segment.cost
            heldBytes -= segment.cost
            count += 1
        }
        if 0 < count {
            halves[half].held.removeFirst(count)
            halves[half].patience = 0
        }
        guard halves[half].hasFinish, !halves[half].hasEnded,
            0 <= -edges[half].distance(to: halves[half].finish)
        else { return }
        halves[half].hasEnded = true
        guard !halves[half].isReset else { return }
        sink.streamEnded(
            StreamID(slot: slot, number: pulses[slot].number), by: pulses[slot].side(upper: upper),
            isReset: false, at: halves[half].finishAt, frame: halves[half].finishFrame)
    }

    // MARK: Gaps

    /// Gives up waiting for lost bytes once the receiver has had them for some packets.
    private mutating func considerGap<Sink: StreamSink>(_ slot: Int, _ upper: Bool, into sink: inout Sink) {
        let half = slot * 2 + (upper ? 1 : 0)
        guard halves[half].hasAcknowledged,
            edges[half].distance(to: halves[half].held[0].sequence)
                <= edges[half].distance(to: edges[half].acknowledged)
        else { return }
        halves[half].patience += 1
        guard StreamAssembler.gapPatience <= halves[half].patience else { return }
        declareGap(slot, upper, into: &sink)
    }

    private mutating func declareGap<Sink: StreamSink>(_ slot: Int, _ upper: Bool, into sink: inout Sink) {
        let half = slot * 2 + (upper ? 1 : 0)
        let first = (halves[half].held[0].sequence, halves[half].held[0].frame)
        miss(edges[half].distance(to: first.0), slot, upper, first.1, into: &sink)
        drain(slot, upper, into: &sink)
    }

    private mutating func miss<Sink: StreamSink>(
        _ count: Int, _ slot: Int, _ upper: Bool, _ frame: Frame, into sink: inout Sink
    ) {
        guard 0 < count else { return }
        deliver(Span(), count, slot, upper, nil, frame, into: &sink)
    }

    /// Delivers all that waits, with its gaps.
    mutating func flush<Sink: StreamSink>(_ slot: Int, _ upper: Bool, into sink: inout Sink) {
        let half = slot * 2 + (upper ? 1 : 0)
        while !halves[half].held.isEmpty { declareGap(slot, upper, into: &sink) }
        missAcknowledged(slot, upper, into: &sink)
        guard halves[half].hasBegun, halves[half].hasFinish, !halves[half].hasEnded else { return }
        miss(
            edges[half].distance(to: halves[half].finish), slot, upper, halves[half].finishFrame, into: &sink
        )
        drain(slot, upper, into: &sink)
    }

    /// What the receiver acknowledged and the capture does not hold is missing: bytes, or the FIN, which counts as one
    /// (RFC 9293 §3.4). Who ended the connection first is then unknown.
    private mutating func missAcknowledged<Sink: StreamSink>(
        _ slot: Int, _ upper: Bool, into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        guard halves[half].hasBegun, halves[half].hasAcknowledged, !halves[half].hasFinish,
            !halves[half].isReset
        else { return }
        miss(
            edges[half].distance(to: edges[half].acknowledged), slot, upper,
            streams[slot].facts.openedFrame, into: &sink)
    }

    // MARK: End

    private mutating func noteFinish(_ segment: Segment, _ sequence: UInt32, _ slot: Int, _ half: Int) {
        let mark = StreamMark(
            by: pulses[slot].side(upper: half & 1 == 1), at: segment.at, frame: segment.frame)
        if streams[slot].facts.firstFinish == nil { streams[slot].facts.firstFinish = mark }
        guard !halves[half].hasFinish else { return }
        halves[half].hasFinish = true
        halves[half].finish = sequence &+ UInt32(truncatingIfNeeded: segment.length)
        halves[half].finishAt = segment.at
        halves[half].finishFrame = segment.frame
    }

    private mutating func reset<Sink: StreamSink>(
        _ segment: Segment, _ slot: Int, _ upper: Bool, into sink: inout Sink
    ) {
        let half = slot * 2 + (upper ? 1 : 0)
        let mark = StreamMark(by: pulses[slot].side(upper: upper), at: segment.at, frame: segment.frame)
        if streams[slot].facts.firstReset == nil { streams[slot].facts.firstReset = mark }
        guard !halves[half].isReset, !halves[half].hasEnded else { return }
        halves[half].isReset = true
        sink.streamEnded(
            StreamID(slot: slot, number: pulses[slot].number), by: mark.by, isReset: true, at: mark.at,
            frame: mark.frame)
    }
}
