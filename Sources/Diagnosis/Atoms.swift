import Case
import Wire

// The sentences and tests that several causes share.

extension Facts {
    /// The readable token that ends first, and its margin at the answer: negative when it had ended.
    var soonestExpiry: (sent: (sent: Sent, jwt: JWT), margin: Double, clock: Clock)? {
        guard let clock else { return nil }
        var best: (sent: (sent: Sent, jwt: JWT), margin: Double, clock: Clock)?
        for entry in sentJWTs {
            guard let expiry = entry.jwt.expiresAt else { continue }
            let margin = expiry.seconds(since: clock.at)
            if best.map({ margin < $0.margin }) ?? true { best = (entry, margin, clock) }
        }
        return best
    }

    /// Adds a strong sign against a cause where the responder's words state another one.
    func weighStatement(otherThan slugs: [String], against brief: inout Brief) {
        brief.isContestable = true
        guard let other = stated.first(where: { $0.isStatement && !slugs.contains($0.slug) }),
            !stated.contains(where: {
                slugs.contains($0.slug) && $0.isStatement && $0.slug != "credential-judged"
            })
        else { return }
        brief.speaksAgainst(
            .strong, .words, "the server names another reason: \(other.quote)", at: [other.place])
    }

    /// Adds a strong sign against a cause that is about a credential where the status is about something else.
    func weighOtherStatus(against brief: inout Brief) {
        guard let status, !Facts.statusesOfAccess.contains(status) else { return }
        brief.speaksAgainst(
            .strong, .status, "\(status) is no answer to a credential", at: effectPlaces)
    }

    /// What servers answer to a credential that they do not take; 400, 419, 440 and 498 by habit of some.
    private static let statusesOfAccess: Set<Int> = [400, 401, 403, 419, 440, 498]

    /// The reason of the close frame, with credentials masked.
    var maskedReason: String {
        words.first { $0.carrier == .closeReason }?.text ?? file.whole.named(close?.reason ?? "")
    }

    /// How long the session had lived when it ended: "0.1 s".
    var ageAtEnd: String? { ageAtEndSeconds.map(durationText) }

    /// How long the session had lived when it ended. Seconds.
    var ageAtEndSeconds: Double? {
        guard let opened = attempt.response?.at, let ended = close?.at ?? attempt.connection.endedAt else {
            return nil
        }
        return ended.seconds(since: opened)
    }

    /// The silence between the last frame and the end. Seconds.
    var gapAtEndSeconds: Double? {
        // Whoever tells of an end seldom tells of the frames before it.
        if isTold, !sees(.frames) { return nil }
        guard let ended = close?.at ?? attempt.connection.endedAt else { return nil }
        let last = session?.lastActivityAt ?? attempt.response?.at
        return last.map { ended.seconds(since: $0) }
    }

    /// Who ended the connection without a close frame, and how.
    var abruptEnd: (side: Side, text: String, short: String)? {
        let side: Side
        let word: String
        switch attempt.connection.ending {
        case .finished(let by): (side, word) = (by, "FIN")
        case .reset(let by): (side, word) = (by, "RST")
        case .open, .refused, .unanswered: return nil
        }
        let who = side == .server ? "server's" : "client's"
        let age = ageAtEnd.map { " \($0) after the upgrade" } ?? ""
        let gap = gapAtEndSeconds.map { ", after \(durationText($0)) of silence" } ?? ""
        return (
            side,
            "The connection ended\(age) by a \(word) from the \(who) side, without a close frame\(gap); APIs report this as 1006.",
            "\(word) from the \(who) side, no close frame"
        )
    }

    /// What a profile says of a close code.
    func closeCodeMeaning(_ code: Int) -> (profile: Profile, behaviour: Behaviour, means: String?)? {
        for profile in profiles {
            for behaviour in profile.behaviours {
                if case .closeCode(code, let means, _) = behaviour.fact { return (profile, behaviour, means) }
            }
        }
        return nil
    }
}

extension Clock {
    /// "exp 11:00:00, the server's Date 12:00:00".
    func expiryText(of jwt: JWT) -> String {
        guard let expiry = jwt.expiresAt else { return text }
        let day = expiry.isSameDay(as: at) ? "" : "\(expiry.dayText) "
        return "exp \(day)\(expiry.clockText()), \(text)"
    }
}

extension Facts {
    /// The brief of a cause that the responder's words state, or nil. Words that only point that way make it likely.
    func brief(stated slug: String, claim: (String) -> String) -> Brief? {
        guard let said = statement(of: slug) else { return nil }
        var brief = Brief(claim(said.quote))
        add(said, to: &brief)
        return brief
    }

    /// Adds the responder's words to a brief; a statement proves it.
    func add(_ said: Stated, to brief: inout Brief) {
        brief.speaksFor(
            .strong, .words, "the server's words: \(said.quote)", at: [said.place], telling: true,
            basis: said.basis)
        if said.isStatement { brief.proof = .stated }
    }

    /// Adds the words that state a cause, if there are any.
    @discardableResult
    func addStatement(of slug: String, to brief: inout Brief) -> Bool {
        guard let said = statement(of: slug) else { return false }
        add(said, to: &brief)
        return true
    }

    /// The facts of one kind that the profiles of this host hold.
    func known<Value>(_ pick: (Behaviour.Fact) -> Value?) -> [Known<Value>] {
        profiles.flatMap { profile in
            profile.behaviours.compactMap { behaviour in
                pick(behaviour.fact).map { Known(profile: profile, behaviour: behaviour, value: $0) }
            }
        }
    }

    /// An attempt on this very address that was let in and differs in nothing but these.
    func accepted(differingOnlyIn allowed: Differences) -> Attempt? {
        comparisons.first { $0.wasAccepted && $0.differences.subtracting(allowed).isEmpty }
            .map { file.attempts[$0.other] }
    }

    /// An attempt that was let in and differs from this one in exactly that: the proof that it is the cause.
    func decisive(_ difference: Differences) -> Attempt? {
        // Only an open socket was accepted.
        if outcome == .opened, index.traits[position].isAccepted { return nil }
        return comparisons.first { $0.wasAccepted && $0.differences == difference }.map {
            file.attempts[$0.other]
        }
    }

    /// An attempt that differs in exactly that and fared the same: the sign that it is not the cause.
    func indifferent(_ difference: Differences) -> Attempt? {
        comparisons.first { $0.isSameOutcome && !$0.wasAccepted && $0.differences == difference }
            .map { file.attempts[$0.other] }
    }

    /// Whether a refusal has a status that speaks of credentials or rights, or a close does.
    var isAboutAccess: Bool {
        if let status { return status == 401 || status == 403 }
        guard let close = serverClose, symptoms.contains(.closed), let code = close.code else {
            return symptoms.contains(.inBand)
        }
        return code == 1008 || code == 3000 || code == 3003 || 4000..<5000 ~= code
    }

    /// A frame's place as a list.
    func places(_ attempt: Attempt) -> [Place] {
        (attempt.response ?? attempt.request).map { [$0.place] } ?? []
    }
}

/// A fact of a profile, with where it stands.
struct Known<Value> {
    var profile: Profile
    var behaviour: Behaviour
    var value: Value

    /// "Example Gateway: it reads … (documented, checked 2026-01-15)".
    var text: String {
        "\(profile.title): \(behaviour.says) (\(behaviour.basis.rawValue), checked \(behaviour.checked))"
    }
}

extension Brief {
    /// Adds a fact of a profile, and caps the cause at what its basis allows.
    mutating func add<Value>(
        _ known: Known<Value>, _ weight: Evidence.Weight = .moderate, _ prefix: String = "",
        telling: Bool = true
    ) {
        speaksFor(weight, .profile, prefix + known.text, telling: telling, basis: known.behaviour.basis)
        if proof == nil { cap = min(cap, known.behaviour.basis.cap) }
    }
}
