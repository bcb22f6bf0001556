package import Case
package import Wire

/// What the frames of both directions amount to.
package struct SessionLog: Sendable {
    private let mostViolations: Int
    private let mostFirstFrames: Int
    let keepsEveryFrame: Bool
    /// What was added so far.
    package var session = Session()
    /// Every frame, when wanted.
    var frames: [FrameRecord] = []
    /// Pings of each side that no pong has answered.
    private var waiting = PerSide<[(payload: [UInt8], at: Timestamp?)]>(client: [], server: [])
    private var oldest = 0

    /// Pings of one side that may wait, and times that are kept.
    private static let mostPings = 64
    /// Unpreviewed frames that are kept from the end of the session.
    private static let mostLastFrames = 8

    /// A session of which nothing was seen yet.
    package init(limits: Limits, keepsEveryFrame: Bool = false) {
        mostViolations = limits.violations
        mostFirstFrames = 2 * limits.previewedFrames
        self.keepsEveryFrame = keepsEveryFrame
    }

    /// Notes a broken rule, once per rule and side.
    mutating func note(_ rule: Violation.Rule, by side: Side, at time: Timestamp?, place: Place) {
        guard session.violations.count < mostViolations,
            !session.violations.contains(where: { $0.rule == rule && $0.by == side })
        else { return }
        session.violations.append(Violation(rule: rule, by: side, at: time, place: place))
    }

    /// Takes a whole frame. `control` is the payload of a control frame.
    package mutating func add(
        _ frame: consuming FrameRecord, control: [UInt8], isPreviewed: Bool, isDamaged: Bool
    ) {
        session.counts[frame.by].add(frame)
        if let at = frame.at {
            if let last = session.lastActivityAt, session.closes.isEmpty {
                session.longestGapSeconds = max(session.longestGapSeconds, at.seconds(since: last))
            }
            session.lastFrameAt[frame.by] = at
            if session.closes.isEmpty, frame.opcode != 8 { session.lastActivityAt = at }
        }
        switch frame.opcode {
        case 8: addClose(frame, control, isDamaged: isDamaged)
        case 9: addPing(frame, control)
        case 10: answerPings(of: frame.by.peer, control)
        default: break
        }
        if keepsEveryFrame { frames.append(copy frame) }
        if isPreviewed, session.firstFrames.count < mostFirstFrames {
            if session.firstFrames.isEmpty { session.firstFrames.reserveCapacity(min(mostFirstFrames, 12)) }
            session.firstFrames.append(frame)
        } else if frame.opcode != 8 {
            keepLast(frame)
        }
    }

    /// Puts the last frames in order and settles the pings.
    package mutating func finish() {
        if oldest != 0 {
            session.lastFrames = Array(session.lastFrames[oldest...] + session.lastFrames[..<oldest])
            oldest = 0
        }
        session.unansweredPings = PerSide(client: waiting.client.count, server: waiting.server.count)
        session.unansweredPingAt = (waiting.client + waiting.server).compactMap(\.at).max()
    }

    private mutating func addClose(_ frame: FrameRecord, _ payload: [UInt8], isDamaged: Bool) {
        guard session.closes.count < 4 else { return }
        let code = 2 <= payload.count ? Int(payload[0]) << 8 | Int(payload[1]) : nil
        let reason = payload.dropFirst(2)
        var check = UTF8Check()
        check.receive(Array(reason).span)
        if !isDamaged {
            if payload.count == 1 || (code.map { !mayBeSent($0) } ?? false) {
                note(.closePayload, by: frame.by, at: frame.at, place: frame.place)
            }
            if !check.isWhole { note(.invalidUTF8, by: frame.by, at: frame.at, place: frame.place) }
        }
        session.closes.append(
            CloseFrame(
                by: frame.by, code: isDamaged ? nil : code, reason: String(decoding: reason, as: UTF8.self),
                at: frame.at, place: frame.place))
    }

    private mutating func addPing(_ frame: FrameRecord, _ payload: [UInt8]) {
        if waiting[frame.by].count < Self.mostPings { waiting[frame.by].append((payload, frame.at)) }
        if let at = frame.at, session.pingTimes[frame.by].count < Self.mostPings {
            session.pingTimes[frame.by].append(at)
        }
    }

    /// A pong answers the ping of its payload and all before it (RFC 6455 §5.5.3).
    private mutating func answerPings(of side: Side, _ payload: [UInt8]) {
        guard let index = waiting[side].lastIndex(where: { $0.payload == payload }) else { return }
        waiting[side].removeFirst(index + 1)
    }

    private mutating func keepLast(_ frame: consuming FrameRecord) {
        if !frame.preview.isEmpty { frame.preview = [] }
        if session.lastFrames.count < Self.mostLastFrames {
            if session.lastFrames.isEmpty { session.lastFrames.reserveCapacity(Self.mostLastFrames) }
            session.lastFrames.append(frame)
        } else {
            session.lastFrames[oldest] = frame
            oldest = (oldest + 1) % Self.mostLastFrames
        }
    }
}

extension Session.Counts {
    /// Counts a frame.
    fileprivate mutating func add(_ frame: borrowing FrameRecord) {
        switch (frame.opcode, frame.isFinal) {
        case (0, _): continuation += 1
        case (1, true): text += 1
        case (1, false): textFragmented += 1
        case (2, true): binary += 1
        case (2, false): binaryFragmented += 1
        case (8, _): close += 1
        case (9, _): ping += 1
        case (10, _): pong += 1
        default: reserved += 1
        }
        if frame.reservedBits & 4 != 0 { compressed += 1 }
        bytes += Int(min(frame.length, UInt64(Int32.max)))
    }
}

/// Whether a close frame may carry the code: 1005, 1006 and 1015 never travel, 1004 and 1016 to 2999 are reserved,
/// below 1000 and from 5000 there are none (RFC 6455 §7.4; IANA WebSocket Close Code registry, 2026-11).
func mayBeSent(_ code: Int) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
}
