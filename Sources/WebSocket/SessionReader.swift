package import Case
package import Wire

/// Reads a WebSocket session from the bytes after its 101.
///
/// Memory: a few hundred bytes, the previews within `Limits`, and one inflater for each side that sends compressed
/// messages.
package struct SessionReader {
    private var directions: PerSide<DirectionReader>
    private var log: SessionLog

    /// A reader for the session that `response` opened; nil when the 101 was not seen, and then nothing is known to be
    /// negotiated.
    package init(response: MessageHead?, limits: Limits, keepsEveryFrame: Bool) {
        let deflate = response.flatMap { DeflateAgreement($0) }
        directions = PerSide(
            client: DirectionReader(side: .client, deflate: deflate, limits: limits),
            server: DirectionReader(side: .server, deflate: deflate, limits: limits))
        log = SessionLog(limits: limits, keepsEveryFrame: keepsEveryFrame)
    }

    /// Takes the next bytes of one side.
    package mutating func receive(_ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place) {
        directions[side].receive(bytes, at: time, place: place, into: &log)
    }

    /// Takes the fact that bytes of one side are missing.
    package mutating func skipped(bytes: Int, from side: Side) { directions[side].skipped(bytes) }

    /// Ends the session; `session` is complete after it.
    package mutating func finish() { log.finish() }

    /// What was seen so far.
    package var session: Session { log.session }

    /// Every frame in time order, when they were asked for.
    package var frames: [FrameRecord] { log.frames }

    /// Takes the frames out, for somebody who keeps them elsewhere.
    package mutating func takeFrames() -> [FrameRecord] {
        defer { log.frames.removeAll(keepingCapacity: true) }
        return log.frames
    }

    /// Whether messages of a side were left compressed, because they unfold beyond every measure.
    package var gaveUpInflating: Bool {
        directions.client.gaveUpInflating || directions.server.gaveUpInflating
    }
}
