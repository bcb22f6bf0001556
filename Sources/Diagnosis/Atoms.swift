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

    /// Why a lifetime could not be weighed.
    func sayUntestedExpiry(_ slug: String) -> Opinion {
        guard !sentAnywhere.isEmpty else { return .silent }
        if !sees(.credentialValues) { return .untestable(.credentialValues) }
        if sentJWTs.isEmpty { return .untestable(.tokenClaims) }
        if clock == nil { return .untestable(.clock) }
        return .silent
    }

    /// Adds a strong sign against a cause where the responder's words state another one.
    func weighStatement(otherThan slugs: [String], against brief: inout Brief) {
        guard let other = stated.first(where: { $0.isStatement && !slugs.contains($0.slug) }),
            !stated.contains(where: {
                slugs.contains($0.slug) && $0.isStatement && $0.slug != "credential-judged"
            })
        else { return }
        brief.speaksAgainst(
            .strong, .words, "the server names another reason: \(other.quote)", at: [other.place])
    }

    /// The reason of the close frame, with credentials masked.
    var maskedReason: String { words.first { $0.carrier == .closeReason }?.text ?? close?.reason ?? "" }

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
        guard let ended = close?.at ?? attempt.connection.endedAt else { return nil }
        let last = attempt.session?.lastActivityAt ?? attempt.response?.at
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
        let day = expiry.dayText == at.dayText ? "" : "\(expiry.dayText) "
        return "exp \(day)\(expiry.clockText()), \(text)"
    }
}
