import Case
import Wire

extension Cause {
    /// The token's lifetime had ended before the server answered.
    static let tokenExpired = Cause(
        "token-expired", "TOKEN-101", "The token had expired before it was sent",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A JWT is valid until its `exp` claim (RFC 7519). A gateway that checks it refuses the upgrade, usually \
            with 401, before the WebSocket exists, so that a browser shows nothing but a failed connection.

            Expiry is judged by the server's own `Date`, with some leeway, because the server's clock is the one \
            that counts. That a token had expired is a fact; that it is why the server said no follows from what \
            the server says or from the status.
            """,
        fix: Fix(
            "Fetch a fresh token immediately before each connect, not when the page or the process starts."),
        references: [.rfc(7519, "4.1.4"), .rfc(6750, "3.1")],
        mistakenFor: ["clock-skew", "token-expired-mid-session", "reconnect-with-old-token"],
        examine: { facts in
            guard let (sent, margin, clock) = facts.soonestExpiry else {
                return facts.expiryWithoutClaims
            }
            if facts.outcome == .opened, 0 < margin { return .silent }
            let leeway = Double(facts.options.skewSeconds)
            let ends = clock.expiryText(of: sent.jwt)
            guard margin < -leeway else {
                // Another clock than the server's cannot refute what may have been in a Date that was not seen.
                let isOwnClock = clock.source == .server || facts.sees(.responseFields) && !facts.saysExpired
                guard isOwnClock || 86_400 < margin && !facts.saysExpired else {
                    return .untestable(.serversClock)
                }
                if let said = facts.statement(of: "token-expired") {
                    return .ruledOut(
                        "\(sent.sent.name) expires in \(durationText(max(0, margin))) (\(ends)), although the server says \(said.quote)"
                    )
                }
                // Some servers allow no leeway at all.
                if margin < 0 { return .untestable(.leeway(margin, facts.options.skewSeconds)) }
                return .ruledOut(
                    "\(sent.sent.name) expires \(durationText(margin)) after the answer (\(ends))",
                    at: clock.places)
            }
            var brief = Brief(
                fact:
                    "\(sent.sent.name) had expired \(durationText(margin)) before the server answered (\(ends)).",
                claim: "a server that checks lifetimes refuses an expired token")
            brief.speaksFor(
                .strong, .token, "exp lies \(durationText(margin)) before the answer",
                at: [sent.sent.credential.place],
                telling: true)
            if let said = facts.statement(of: "token-expired") {
                brief.speaksFor(
                    .strong, .words, "the server says: \(said.quote)", at: [said.place], telling: true)
                brief.proof = .stated
                brief.claim = "the server says so: \(said.quote)"
            }
            brief.standsAlone = true
            if facts.status == 401 {
                brief.speaksFor(.moderate, .status, "401 is the status for it", at: facts.effectPlaces)
            }
            if facts.status == 403 {
                brief.speaksFor(.weak, .status, "403 is unusual for it", at: facts.effectPlaces)
            }
            facts.weighLaterAcceptance(of: sent.sent, against: &brief)
            facts.weighStatement(otherThan: ["token-expired", "credential-judged"], against: &brief)
            if brief.proof == nil { facts.weighOtherStatus(against: &brief) }
            brief.test = NextStep("Connect once with a token that was minted a moment ago.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "it had expired an hour earlier",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=11:00:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=11:00:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                < WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"
                """),
            .silent(
                "it is valid for five minutes more",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:05:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .unknown(
                "it ended within the leeway", lacks: .leeway(-30, 60),
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=11:59:30}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .fires(
                .likely, "an opaque token outlived what its mint had granted",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f","expires_in":60}
                -- 600 s
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "an opaque token was handed out for longer",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f","expires_in":3600}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .possible, "the answer is about something else than the credential",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=11:00:00}
                < HTTP/1.1 429 Too Many Requests
                < Date: 12:00:00
                """),
            .unknown(
                "the token is opaque", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
        ]
    )
}
