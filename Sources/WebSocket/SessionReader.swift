package import Case
package import Wire

/// What sessions share: their bounds, and room to work in. What many of them touch stays in the processor's cache that
/// way: with buffers and bounds in each direction, 256 open sessions had 4 MB of them.
///
/// Law: one thread, and one session at a time.
package final class SessionScratch {
    let limits: Limits
    /// Payload bytes without their mask.
    private var unmasked: [UInt8] = []
    /// Where inflated bytes are made.
    let inflating = InflatingRoom()

    /// For the sessions of one reader of input.
    package init(limits: Limits) { self.limits = limits }

    func takeUnmasked() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &unmasked)
        return taken
    }

    func giveBack(unmasked: consuming [UInt8]) { self.unmasked = unmasked }
}

/// Reads a WebSocket session from the bytes after its 101.
///
/// Memory: a few hundred bytes, the previews within `Limits`, and one inflater for each side that sends compressed
/// messages.
package struct SessionReader {
    private var directions: PerSide<DirectionReader>
    private var log: SessionLog

    /// A reader for the session that `response` opened; nil when the 101 was not seen, and then nothing is known to be
    /// negotiated. Of the messages of `barelyKept` no more is kept than `Session.keepEssentials` leaves.
    package init(
        response: MessageHead?, keepsEveryFrame: Bool, barelyKept: Side?, sharing scratch: SessionScratch
    ) {
        let deflate = response.flatMap { DeflateAgreement($0) }
        directions = PerSide(
            client: DirectionReader(
                side: .client, deflate: deflate, keepsEssentials: barelyKept == .client && !keepsEveryFrame,
                scratch: scratch),
            server: DirectionReader(
                side: .server, deflate: deflate, keepsEssentials: barelyKept == .server && !keepsEveryFrame,
                scratch: scratch))
        log = SessionLog(limits: scratch.limits, keepsEveryFrame: keepsEveryFrame)
    }

    /// A reader that shares nothing with others.
    package init(response: MessageHead?, limits: Limits, keepsEveryFrame: Bool) {
        self.init(
            response: response, keepsEveryFrame: keepsEveryFrame, barelyKept: nil,
            sharing: SessionScratch(limits: limits))
    }

    /// Takes the next bytes of one side.
    package mutating func receive(_ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place) {
        directions[side].receive(bytes, at: time, place: place, into: &log)
    }

    /// Takes the fact that bytes of one side are missing.
    package mutating func skipped(bytes: Int, from side: Side) { directions[side].skipped(bytes) }

    /// Ends the session; `session` is complete after it.
    package mutating func finish() { log.finish() }

    /// Ends the session and hands it out, which leaves the reader empty: nothing of it is copied.
    package mutating func end() -> (session: Session, gaveUpInflating: Bool) {
        log.finish()
        var session = Session()
        swap(&session, &log.session)
        return (session, gaveUpInflating)
    }

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
