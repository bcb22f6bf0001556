import Case
import Wire

extension Cause {
    /// The reconnect carries the token of the connection before it.
    static let reconnectWithOldToken = Cause(
        "reconnect-with-old-token", "TOKEN-502", "The reconnect sent the old token",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A reconnect function that keeps the token in a closure sends the first one for ever, whatever was \
            refreshed meanwhile. That it is the same token is certain; that it is why the server refused is only as \
            sure as the token's expiry, its revocation or a newer token in the same case make it. Reusing a token is \
            no fault in itself.
            """,
        fix: Fix("Read the current token inside the reconnect function, after the refresh has finished."),
        references: [.rfc(6455, "7.2.3")],
        mistakenFor: ["token-expired", "session-url-spent", "refresh-returned-same-token"],
        refines: ["token-expired"],
        examine: { facts in
            if let stale = facts.told(.staleCapture).first, facts.isAboutAccess,
                facts.sent.isEmpty || !facts.sees(.credentialValues)
            {
                var brief = Brief(
                    "the reconnect sends a token that was made before the first attempt", cap: .possible)
                brief.speaksFor(.weak, .lineage, stale.text, at: [stale.place])
                return .stands(brief)
            }
            guard facts.isAboutAccess, !facts.sent.isEmpty, let previous = facts.openedBefore
            else { return .silent }
            guard facts.sees(.credentialValues) else { return .untestable(.credentialValues) }
            guard previous.unseen.isDisjoint(with: [.requestFields, .query, .credentialValues]) else {
                return .untestable(.earlierCredential)
            }
            guard !previous.credentials.isEmpty else { return .silent }
            guard
                let same = facts.sent.first(where: { sent in
                    let token = facts.number(of: sent)
                    return previous.credentials.contains { $0.token == token }
                })
            else {
                return .ruledOut(
                    "the reconnect sent another token than attempt \(previous.id)", at: facts.requestPlaces)
            }
            var brief = Brief(
                fact: "The reconnect sent \(same.name) again, the token of attempt \(previous.id).",
                claim: "the server no longer takes it")
            brief.speaksFor(
                .moderate, .lineage, "same bytes as in attempt \(previous.id)", at: [same.credential.place])
            if let newer = facts.newerToken(than: same, since: previous) {
                brief.fact =
                    "The reconnect sent \(same.name) again, the token of attempt \(previous.id), although \(newer.text) had handed out <token \(newer.token)> before."
                brief.speaksFor(
                    .moderate, .series,
                    "\(newer.text) handed out <token \(newer.token)> before the reconnect", at: newer.places,
                    telling: true)
            } else if !facts.previousWasAccepted {
                // A retry of what failed before is no reconnect.
                return .silent
            } else {
                brief.speaksFor(.weak, .series, "no other token was minted between the two attempts")
            }
            if let expiry = facts.soonestExpiry, expiry.margin < -Double(facts.options.skewSeconds) {
                brief.speaksFor(
                    .strong, .token, "it had expired \(durationText(expiry.margin)) before the answer",
                    at: expiry.clock.places, telling: true)
            } else if let expiry = facts.soonestExpiry {
                brief.speaksAgainst(
                    .moderate, .token, "it expires only in \(durationText(expiry.margin))",
                    at: expiry.clock.places)
            }
            if let alive = facts.acceptance(of: same), let at = alive.response?.at,
                let now = facts.attempt.startedAt, now < at
            {
                brief.speaksAgainst(
                    .strong, .comparison,
                    "a later \(alive.request.head.method ?? "") on \(alive.authority) accepted it",
                    at: [alive.request.place])
            }
            brief.test = NextStep(
                "Use the same token on a REST call now: 200 means that it is alive and the reason is another, a refusal that it is dead."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "a newer token was there",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"4444dddd5555eeee6666ffff"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .possible, "the same token, long before its end",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "the reconnect has a new token",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00 sub=a}
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:30:00 sub=a}
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "what the first connect had sent was masked", lacks: .earlierCredential,
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                ?? credentialValues
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
