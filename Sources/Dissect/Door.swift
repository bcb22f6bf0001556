import Capture
import Case
import Wire

/// The end of reassembly and the beginning of dissection: takes streams, keeps one dissector for each.
struct Door: StreamSink {
    var context: DissectContext
    /// Whether the packet in hand is one of a recording, of bytes that TLS carried.
    var packetIsDecrypted = false
    private var live: [ConnectionDissector?] = []

    init(context: DissectContext) { self.context = context }

    mutating func streamOpened(_ stream: StreamID, _ facts: StreamFacts) {
        while live.count <= stream.slot { live.append(nil) }
        var connection = Connection(stream: stream.number)
        connection.take(facts)
        live[stream.slot] = ConnectionDissector(connection)
        context.builder.connectionCount += 1
    }

    mutating func streamTurned(_ stream: StreamID, _ facts: StreamFacts) {
        live[stream.slot]?.connection.take(facts)
    }

    mutating func sender(ofFirstBytes bytes: Span<UInt8>) -> Side? {
        if bytes.starts(with: "HTTP/1.") { return .server }
        for method in ["GET ", "POST ", "PUT ", "CONNECT ", "OPTIONS ", "HEAD ", "DELETE ", "PATCH "]
            as [StaticString]
        where bytes.starts(with: method) { return .client }
        // A TLS handshake record: ClientHello (1) or ServerHello (2) is its sixth byte (RFC 8446 §4).
        if 6 <= bytes.count, bytes[0] == 0x16, bytes[1] == 3 {
            return bytes[5] == 1 ? .client : bytes[5] == 2 ? .server : nil
        }
        return nil
    }

    mutating func streamReceived(
        _ stream: StreamID, _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, frame: Frame
    ) {
        if packetIsDecrypted { live[stream.slot]?.isDecrypted = true }
        live[stream.slot]?.receive(bytes, from: side, at: time, place: place(frame, stream), &context)
    }

    mutating func streamMissing(_ stream: StreamID, bytes: Int, from side: Side, frame: Frame) {
        let gap: Place? = place(frame, stream)
        if gap.isBefore(context.builder.tally.firstGap) { context.builder.tally.firstGap = gap }
        live[stream.slot]?.connection.missingBytes += bytes
        live[stream.slot]?.skipped(bytes: bytes, from: side, &context)
    }

    mutating func streamEnded(
        _ stream: StreamID, by side: Side, isReset: Bool, at time: Timestamp?, frame: Frame
    ) {
        live[stream.slot]?.ended(side, at: time, place: place(frame, stream), &context)
    }

    mutating func streamClosed(_ stream: StreamID, _ facts: StreamFacts) {
        if facts.synCount == 0, facts.answered == nil { context.builder.tally.connectionsBegunBefore += 1 }
        live[stream.slot]?.connection.take(facts, inputEndedAt: context.inputEndedAt)
        live[stream.slot]?.finish(&context)
        live[stream.slot] = nil
    }

}

private func place(_ frame: Frame, _ stream: StreamID) -> Place {
    .frame(frame.number, stream: stream.number, input: frame.input)
}

extension Connection {
    /// Takes over what TCP tells. `inputEndedAt` is the last moment the inputs tell of, once it is known.
    mutating func take(_ facts: StreamFacts, inputEndedAt: Timestamp? = nil) {
        client = facts.client
        server = facts.server
        startedAt = facts.openedAt
        establishedAt = facts.established?.at
        synCount = facts.synCount
        missingBytes = facts.missingBytes
        differingOverlaps = facts.differingOverlaps
        guard let end = facts.ending(until: inputEndedAt) else { return }
        ending = end.ending
        endedAt = end.mark?.at ?? facts.lastAt
        endedPlace = end.mark.map { .frame($0.frame.number, stream: stream, input: $0.frame.input) }
    }
}

extension StreamFacts {
    /// Silence for so long after the first SYN, so that it was sent again at least once (RFC 6298 §2: after one second,
    /// then two), is no answer; a shorter one may be the end of the capture.
    private static let silenceSeconds = 3.0

    /// How the stream ended: the first of FIN and RST counts; nil while it lives.
    fileprivate func ending(until inputEndedAt: Timestamp?) -> (ending: Connection.Ending, mark: StreamMark?)?
    {
        if isRefused { return (.refused, firstReset) }
        switch (firstFinish, firstReset) {
        case (let finish?, let reset?):
            let finishIsFirst = (finish.at?.nanoseconds ?? 0) <= (reset.at?.nanoseconds ?? 0)
            return finishIsFirst ? (.finished(by: finish.by), finish) : (.reset(by: reset.by), reset)
        case (let finish?, nil): return (.finished(by: finish.by), finish)
        case (nil, let reset?): return (.reset(by: reset.by), reset)
        case (nil, nil):
            guard end != .none else { return nil }
            guard isUnanswered, 0 < synCount, let openedAt, let last = inputEndedAt ?? lastAt,
                Self.silenceSeconds <= last.seconds(since: openedAt)
            else { return (.open, nil) }
            return (.unanswered, nil)
        }
    }
}
