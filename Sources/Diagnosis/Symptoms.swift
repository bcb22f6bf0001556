import Case
import Wire

/// How an attempt went wrong, in the coarsest terms: which causes are worth a look.
package struct Symptoms: OptionSet, Sendable, Equatable {
    /// The bits.
    package var rawValue: UInt8
    /// From bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The upgrade was answered with another final status than 101.
    package static let refused = Symptoms(rawValue: 1)
    /// No HTTP answer came.
    package static let failed = Symptoms(rawValue: 2)
    /// A close frame ended the session, and not in the ordinary way.
    package static let closed = Symptoms(rawValue: 4)
    /// The session ended without a close frame.
    package static let lost = Symptoms(rawValue: 8)
    /// The 101 breaks a rule, or the subprotocol negotiation ended the session.
    package static let oddSwitch = Symptoms(rawValue: 16)
    /// A framing rule was broken.
    package static let broken = Symptoms(rawValue: 32)
    /// The server reported an error inside the open socket.
    package static let inBand = Symptoms(rawValue: 64)

    /// Everything after a 101.
    package static let session: Symptoms = [.closed, .lost, .oddSwitch, .broken, .inBand]
    /// A server that said no, at whichever point.
    package static let rejected: Symptoms = [.refused, .closed, .inBand]
    /// Everything.
    package static let any = Symptoms(rawValue: 127)
}

/// What is wrong with an attempt; empty for a healthy one, and for one whose outcome the input does not show.
///
/// This is the judge's fast path: nothing is built here.
func symptoms(of attempt: borrowing Attempt, tokens: [Token]) -> Symptoms {
    switch attempt.outcome {
    case .incomplete: return attempt.connection.ending == .unanswered ? .failed : []
    case .failed: return .failed
    case .refused: return .refused
    case .opened: break
    }
    var found: Symptoms = []
    let check = attempt.handshake
    let isOfferKnown = attempt.request != nil && !attempt.unseen.contains(.requestFields)
    if check.accept == .wrong || check.accept == .missing || check.responseUpgrade == false
        || check.responseConnection == false || (check.extensionsAgree == false && isOfferKnown)
    {
        found.insert(.oddSwitch)
    }
    let negotiated = check.selectedSubprotocols
    if isOfferKnown, !negotiated.isEmpty,
        negotiated.count != 1 || !check.offeredSubprotocols.contains(negotiated[0])
    {
        found.insert(.oddSwitch)
    }
    guard let session = attempt.session else { return found }
    if session.violations.contains(where: isHarmful), !endedWell(session) { found.insert(.broken) }
    if let close = session.firstClose, isArtefact(close, attempt.basis) {
        found.insert(.lost)
    } else if let close = session.firstClose {
        if !isOrdinary(close, session, attempt, tokens) { found.insert(.closed) }
    } else if attempt.unseen.isDisjoint(with: .partsOfSession) {
        switch attempt.connection.ending {
        case .finished, .reset: found.insert(.lost)
        case .open, .refused, .unanswered: break
        }
    }
    // The client went away at once after a 101 without the subprotocol it had asked for.
    if !check.offeredSubprotocols.isEmpty, negotiated.isEmpty, !attempt.unseen.contains(.frames),
        endedByClientAtOnce(attempt, session)
    {
        found.insert(.oddSwitch)
    }
    if session.firstFrames.contains(where: mentionsTrouble), inBandError(session.firstFrames) != nil {
        found.insert(.inBand)
    }
    return found
}

/// Whether a close frame that is only told never was one: 1005, 1006 and 1015 are what an API says where none came
/// (RFC 6455 §7.4.1). On the wire they are a fault of the peer.
func isArtefact(_ close: CloseFrame, _ basis: Basis) -> Bool {
    basis == .reported && [1005, 1006, 1015].contains(close.code)
}

/// Data after one's own close frame is rude and breaks nothing.
private func isHarmful(_ violation: Violation) -> Bool { violation.rule != .dataAfterClose }

/// Whether both ends put up with whatever they sent: the session is open, or was closed with 1000 or 1001.
private func endedWell(_ session: Session) -> Bool {
    session.firstClose?.code == 1000 || session.firstClose?.code == 1001
}

/// A close that nobody needs to explain: by the client with 1000, 1001 or no code, or by the server with 1000 and
/// without complaint.
private func isOrdinary(
    _ close: CloseFrame, _ session: Session, _ attempt: borrowing Attempt, _ tokens: [Token]
) -> Bool {
    switch (close.by, close.code) {
    case (.client, nil), (.client, 1000), (.client, 1001):
        return true
    case (.server, nil), (.server, 1000):
        guard close.reason.isEmpty || !Vocabulary.embedded.hasMeaning(close.reason) else { return false }
        return !closesAtExpiry(close, attempt, tokens) && !endedByServerAtOnce(close, session, attempt)
    default:
        return false
    }
}

/// Whether the close stands within 15 s of the expiry of a token that this attempt sent, and the session had lived
/// for longer than that.
private func closesAtExpiry(_ close: CloseFrame, _ attempt: borrowing Attempt, _ tokens: [Token]) -> Bool {
    guard let closedAt = close.at, let openedAt = attempt.response?.at, 15 < closedAt.seconds(since: openedAt)
    else { return false }
    for credential in attempt.credentials where 1 <= credential.token && credential.token <= tokens.count {
        guard let expiry = tokens[credential.token - 1].jwt?.expiresAt else { continue }
        if abs(closedAt.seconds(since: expiry)) <= 15 { return true }
    }
    return false
}

/// Whether the server closed within a second of the 101, and neither side had sent anything: it said yes and meant no.
private func endedByServerAtOnce(
    _ close: CloseFrame, _ session: Session, _ attempt: borrowing Attempt
) -> Bool {
    guard attempt.basis == .observed, attempt.unseen.isDisjoint(with: [.frames, .closes]),
        session.counts.client.frames - session.counts.client.close - session.counts.client.pong == 0,
        session.counts.server.frames - session.counts.server.close == 0,
        let closedAt = close.at, let openedAt = attempt.response?.at
    else { return false }
    return closedAt.seconds(since: openedAt) < 1
}

/// Whether the client ended the session, by any means, within 2 s of the 101 and before the server had sent a frame.
private func endedByClientAtOnce(_ attempt: borrowing Attempt, _ session: Session) -> Bool {
    guard session.counts.server.frames - session.counts.server.close == 0 else { return false }
    let endedAt: Timestamp?
    if let close = session.firstClose {
        guard close.by == .client, close.code != 1000, close.code != 1001 else { return false }
        endedAt = close.at
    } else {
        switch attempt.connection.ending {
        case .finished(by: .client), .reset(by: .client): endedAt = attempt.connection.endedAt
        default: return false
        }
    }
    guard let endedAt, let openedAt = attempt.response?.at else { return true }
    return endedAt.seconds(since: openedAt) <= 2
}

/// Whether a text frame of the server holds a word that an error message would hold. One pass, no text is built.
private func mentionsTrouble(_ frame: FrameRecord) -> Bool {
    guard frame.by == .server, frame.opcode == 1, 2 <= frame.preview.count else { return false }
    let bytes = frame.preview.span
    var index = 0
    while index < bytes.count {
        switch bytes[index] | 0x20 {
        case 0x65:  // e
            if follows(bytes, index, "error") || follows(bytes, index, "expired") { return true }
        case 0x66:  // f
            if follows(bytes, index, "forbidden") { return true }
        case 0x75:  // u
            if follows(bytes, index, "unauth") { return true }
        case 0x61:  // a
            if follows(bytes, index, "auth_") || follows(bytes, index, "authoriz") { return true }
        case 0x64:  // d
            if follows(bytes, index, "denied") { return true }
        case 0x69:  // i
            if follows(bytes, index, "invalid") { return true }
        case 0x63:  // c
            if follows(bytes, index, "code\":4") || follows(bytes, index, "code\": 4") { return true }
        default: break
        }
        index += 1
    }
    return false
}

/// Whether `word` (ASCII lower case) stands at `start`, compared without regard to case.
private func follows(_ bytes: Span<UInt8>, _ start: Int, _ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard length <= bytes.count - start else { return false }
    return word.withUTF8Buffer { wanted in
        for offset in 0..<length {
            let byte = bytes[start + offset]
            let lowered = 0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte
            if unsafe lowered != wanted[offset] { return false }
        }
        return true
    }
}
