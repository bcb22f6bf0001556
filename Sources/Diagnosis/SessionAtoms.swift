import Case
import Wire

/// How one session ended, as far as the comparison of sessions needs it.
struct SessionEnd {
    var attempt: Int
    /// The silence before the end. Seconds.
    var gap: Double
    /// From the 101 to the end. Seconds.
    var age: Double
}

/// How the session of any attempt ended, in few bytes.
struct SessionEnding {
    private enum Kind: UInt8 { case none, close, closeWithoutCode, withoutClose }
    private var kind = Kind.none
    private var code: Int32 = 0
    /// The silence before the end. Seconds.
    private(set) var gap: Double = 0
    /// From the 101 to the end. Seconds.
    private(set) var age: Double = 0

    /// Nothing to compare where the client closed, where it is still open, or where the times are not known.
    init(_ attempt: borrowing Attempt) {
        guard attempt.outcome == .opened, let session = attempt.session, let opened = attempt.response?.at
        else { return }
        let close = session.firstClose
        if close?.by == .client || close == nil && attempt.connection.ending == .open { return }
        guard let ended = close?.at ?? attempt.connection.endedAt else { return }
        if let close {
            kind = close.code == nil ? .closeWithoutCode : .close
            code = Int32(truncatingIfNeeded: close.code ?? 0)
        } else {
            kind = .withoutClose
        }
        gap = ended.seconds(since: session.lastActivityAt ?? opened)
        age = ended.seconds(since: opened)
    }

    /// Whether it ended so: with a close of that code, with a close without one, or without a close.
    func isLike(hasClose: Bool, code wanted: Int?) -> Bool {
        guard hasClose else { return kind == .withoutClose }
        guard let wanted else { return kind == .closeWithoutCode }
        return kind == .close && Int(code) == wanted
    }
}

extension Facts {
    /// The ends of the sessions of this host that ended like this one (a close of the same code by the server, or
    /// without one), this one included, 64 at most.
    var likeEnds: [SessionEnd] {
        let hasClose = close != nil
        let code = close?.code
        var ends: [SessionEnd] = []
        let members = index.hosts.members(with: position)
        let place = index.position(of: position, in: members) ?? members.startIndex
        for member in members[max(members.startIndex, place - 32)..<min(members.endIndex, place + 32)] {
            let other = index.ends[Int(member)]
            guard other.isLike(hasClose: hasClose, code: code) else { continue }
            ends.append(
                SessionEnd(attempt: file.whole.attempts.id(Int(member)), gap: other.gap, age: other.age))
        }
        return ends
    }

    /// How many of the ends have the same silence before them as this one, this one included.
    func equalGaps(_ ends: [SessionEnd]) -> [SessionEnd] {
        guard let own = gapAtEndSeconds else { return [] }
        return ends.filter { isClose($0.gap, own) }
    }

    /// How many of the ends came at the same age as this one, this one included.
    func equalAges(_ ends: [SessionEnd]) -> [SessionEnd] {
        guard let own = ageAtEndSeconds else { return [] }
        return ends.filter { isClose($0.age, own) }
    }

    /// Whether two times are one clock's doing: within 2 %, or half a second for short ones.
    func isClose(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= max(0.5, 0.02 * max(abs(left), abs(right)))
    }

    /// Whether the end falls on a token's expiry, which explains it better than any silence.
    var endsOnExpiry: Bool {
        guard let ended = close?.at ?? attempt.connection.endedAt else { return false }
        return sentJWTs.contains { entry in
            entry.jwt.expiresAt.map { abs(ended.seconds(since: $0)) <= 15 } ?? false
        }
    }

    /// The common part of the two idle causes: from the equal gaps to the evidence.
    func weighGaps(_ brief: inout Brief, gap: Double) {
        let ends = likeEnds
        let equal = equalGaps(ends)
        if 3 <= equal.count {
            brief.speaksFor(
                .strong, .series,
                "\(equal.count) sessions ended after the same silence of about \(durationText(gap)) (attempts \(listed(equal.map { "\($0.attempt)" })))",
                at: effectPlaces, telling: true)
        } else {
            brief.speaksFor(
                .weak, .timing, "one silence of \(durationText(gap)) before the end; one is no pattern",
                at: effectPlaces)
        }
        if 2 <= ends.count - equal.count, equal.count < 3 {
            brief.speaksAgainst(
                .moderate, .series, "other sessions ended likewise after other silences", at: effectPlaces)
        }
        if 3 <= equalAges(ends).count, equal.count < 3 {
            brief.speaksAgainst(
                .strong, .series, "the sessions ended at the same age, whatever the silence", at: effectPlaces
            )
        }
        if endsOnExpiry {
            brief.speaksAgainst(.strong, .clock, "the end falls on the token's exp", at: effectPlaces)
        }
        let longest = session?.longestGapSeconds ?? 0
        if gap + 2 < longest {
            brief.speaksAgainst(
                .strong, .frames, "the session had survived a silence of \(durationText(longest)) before",
                at: effectPlaces)
        }
    }

    /// Whether the server ended the session within a second of the 101, before any data of the client.
    var wasClosedAtOnce: Bool {
        guard let session, let age = ageAtEndSeconds, age < 1 else { return false }
        guard session.counts.client.frames - session.counts.client.close - session.counts.client.pong == 0
        else { return false }
        if let close { return close.by == .server }
        switch attempt.connection.ending {
        case .finished(by: .server), .reset(by: .server): return true
        default: return false
        }
    }

    /// The first broken rule of these kinds.
    func violation(of rules: Set<Violation.Rule>) -> Violation? {
        session?.violations.first { rules.contains($0.rule) }
    }

    /// The common part of the causes that are a broken rule of the framing layer.
    func examineViolation(_ rules: Set<Violation.Rule>, codes: Set<Int>, sentence: (Violation) -> String)
        -> Opinion
    {
        guard let found = violation(of: rules) else {
            guard let code = close?.code, codes.contains(code), sees(.frames) else { return .silent }
            return .ruledOut("no such frame is in the capture", at: effectPlaces)
        }
        if 0 < attempt.connection.missingBytes {
            return .untestable(
                Gap(
                    "\(attempt.connection.missingBytes) bytes of the stream are missing, so that frames may be misread",
                    howToGet: "Capture again without losses: a larger buffer, and a snap length of 0."))
        }
        var brief = Brief(sentence(found))
        brief.speaksFor(.strong, .frames, sentence(found), at: [found.place], telling: true)
        brief.proof = .arithmetic
        if let code = close?.code, codes.contains(code) {
            brief.speaksFor(
                .moderate, .words,
                "and the \(close?.by == .server ? "server" : "client") closed with \(code)", at: effectPlaces,
                telling: true)
        } else if let code = close?.code {
            brief.speaksAgainst(
                .weak, .words,
                "the close came with \(code), not with \(codes.sorted().map(String.init).joined(separator: " or "))",
                at: effectPlaces)
        }
        return .stands(brief)
    }

    /// Whether a close without a reason had none: who tells of a code may leave the words out.
    var seesCloseReason: Bool { !isTold && sees(.closes) }

    /// The brief of a standard close code, with its reason.
    func closeBrief(_ code: Int, name: String) -> Brief? {
        guard let close, close.code == code else { return nil }
        let side = close.by == .server ? "server" : "client"
        let reason =
            !maskedReason.isEmpty
            ? ", saying \"\(maskedReason)\"" : seesCloseReason ? ", without a reason text" : ""
        var brief = Brief(
            fact:
                "The \(side) closed with \(code) (\(name))\(reason)\(ageAtEnd.map { ", \($0) after the upgrade" } ?? "").",
            claim: "")
        brief.speaksFor(
            .strong, .frames, "close frame \(code) by the \(side)", at: [close.place], telling: true)
        if !maskedReason.isEmpty {
            brief.speaksFor(.strong, .words, "its reason: \"\(maskedReason)\"", at: [close.place])
        }
        brief.proof = .stated
        return brief
    }
}
