import Case
import Wire

// The lifetime of a token whose claims cannot be read, as far as others tell of it.

extension Facts {
    /// What may be said of the expiry of credentials without a readable `exp`: by the `expires_in` of the response
    /// that handed one out, else by another server's acceptance a moment earlier.
    var expiryWithoutClaims: Opinion {
        guard !sentAnywhere.isEmpty else { return .silent }
        if !sees(.credentialValues) { return .untestable(.credentialValues) }
        if sentJWTs.isEmpty { return expiryOfOpaque ?? .untestable(.tokenClaims) }
        if clock == nil { return .untestable(.clock) }
        return .silent
    }

    private var expiryOfOpaque: Opinion? {
        let leeway = Double(options.skewSeconds)
        for sent in sentAnywhere {
            guard let left = statedLifetime(of: sent), left.seconds < -leeway else { continue }
            if attempt.outcome == .opened { return nil }
            return .stands(opaqueEnded(sent, left))
        }
        // All that were sent must be alive for this to be ruled out.
        guard let sent = sentAnywhere.first, sentAnywhere.allSatisfy({ isSame($0, sent) }) else {
            return nil
        }
        if let left = statedLifetime(of: sent), 0 < left.seconds {
            return .ruledOut(
                "\(left.text), \(durationText(left.seconds)) more than had passed at the answer",
                at: left.places)
        }
        if let alive = acceptance(of: sent), let then = alive.response?.at,
            let now = attempt.response?.at ?? attempt.startedAt, 0...leeway ~= now.seconds(since: then)
        {
            return .ruledOut(
                "\(alive.request.head.method ?? "a request") on \(alive.authority) accepted \(sent.name) \(durationText(now.seconds(since: then))) earlier",
                at: [alive.request.place])
        }
        return nil
    }

    private func opaqueEnded(_ sent: Sent, _ left: (seconds: Double, text: String, places: [Place])) -> Brief
    {
        var brief = Brief(
            fact:
                "\(sent.name) had expired \(durationText(left.seconds)) before the server answered: \(left.text).",
            claim: "a server that checks lifetimes refuses an expired token", cap: .likely)
        brief.speaksFor(.strong, .token, left.text, at: left.places, telling: true)
        weighLaterAcceptance(of: sent, against: &brief)
        if status == 401 {
            brief.speaksFor(.moderate, .status, "401 is the status for it", at: effectPlaces)
        }
        addStatement(of: "token-expired", to: &brief)
        weighStatement(otherThan: ["token-expired", "credential-judged"], against: &brief)
        brief.test = NextStep("Connect once with a token that was minted a moment ago.")
        return brief
    }

    /// Adds what speaks against a token's death: that it was taken afterwards, here or by another server.
    func weighLaterAcceptance(of sent: Sent, against brief: inout Brief) {
        if sent.hasLineage, let later = index.lineages[number(of: sent)].acceptedAttempts.last,
            position < later,
            index.groups.group(of: later) == index.groups.group(of: position)
        {
            let other = file.attempts[later]
            // Another place of the credential may have another check behind it.
            let isSame = comparisons.contains { $0.other == later && $0.differences.isEmpty }
            brief.speaksAgainst(
                isSame && !saysExpired ? .strong : .moderate, .lineage,
                "attempt \(other.id) was accepted here with it afterwards", at: places(other))
        } else if let alive = acceptance(of: sent), let then = alive.response?.at,
            let now = attempt.startedAt, now <= then
        {
            brief.speaksAgainst(
                .moderate, .lineage,
                "\(alive.request.head.method ?? "a request") on \(alive.authority) took it afterwards all the same",
                at: [alive.request.place])
        } else if !saysExpired, let expiry = sent.jwt?.expiresAt,
            let alive = acceptance(of: sent), hostOnly(alive.authority) == host,
            let then = alive.response?.at,
            Double(options.skewSeconds) < then.seconds(since: expiry)
        {
            brief.speaksAgainst(
                .strong, .lineage,
                "\(alive.request.head.method ?? "a request") on \(alive.authority) took it after its exp too",
                at: [alive.request.place])
        }
    }

    /// Whether the responder itself says that a token had ended.
    var saysExpired: Bool { statement(of: "token-expired") != nil }

    /// How much was left at the answer of the lifetime that a token's own mint stated, by the input's clock.
    private func statedLifetime(of sent: Sent) -> (seconds: Double, text: String, places: [Place])? {
        guard let mint = mint(of: sent), let lifetime = mint.lifetime,
            // The lifetime beside a refresh token is that of the access token (RFC 6749 §5.1).
            mint.member.lowercased().range(ofText: "refresh") == nil,
            let born = mint.exchange.response?.at,
            let now = attempt.response?.at ?? attempt.request?.at ?? attempt.startedAt, born <= now
        else { return nil }
        let age = now.seconds(since: born)
        let path = shownPath(of: mint.exchange)
        return (
            Double(lifetime) - age,
            "\(mint.exchange.request.head.method ?? "A request") \(path) handed it out \(durationText(age)) earlier for \(lifetime) s",
            [mint.exchange.request.place]
        )
    }

    /// How long before the answer a moment was, or nil when it was after.
    func ago(_ moment: Timestamp?) -> String? {
        guard let moment, let now = attempt.response?.at ?? attempt.startedAt, moment <= now else {
            return nil
        }
        return durationText(now.seconds(since: moment))
    }
}
