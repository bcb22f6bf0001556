import Case
import Wire

extension Cause {
    /// The server no longer takes a token that has not expired.
    static let tokenRevoked = Cause(
        "token-revoked", "TOKEN-501", "The token was revoked or rotated before its expiry",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            The server no longer takes a token that has not expired: it was revoked, its user signed out, or a newer \
            one replaced it. Only the server's words prove that; that the same token worked before and is refused \
            now, before its end, fits it.
            """,
        fix: Fix("Mint a new token, and let one place only refresh it."),
        references: [.rfc(7009, "2")],
        mistakenFor: ["token-expired", "reconnect-with-old-token", "session-url-spent"],
        examine: { facts in
            if let brief = facts.brief(stated: "token-revoked", claim: { "the server says so: \($0)" }) {
                return .stands(brief)
            }
            guard facts.status == 401 || facts.status == 403,
                let sent = facts.sent.first(where: { $0.tokenDefects.isEmpty })
            else { return .silent }
            if let expiry = facts.soonestExpiry, expiry.margin < 0 { return .silent }
            if let alive = facts.acceptance(of: sent), let then = alive.response?.at,
                let now = facts.attempt.response?.at,
                now <= then
            {
                return .ruledOut(
                    "\(alive.request.head.method ?? "a request") on \(alive.authority) accepted \(sent.name) afterwards",
                    at: [alive.request.place])
            }
            let earlier = facts.earlierAcceptance(of: sent)
            guard facts.status == 401 || earlier != nil else { return .silent }
            var brief = Brief(
                "the server no longer takes \(sent.name): it was revoked, or a newer one replaced it",
                cap: .possible)
            if let earlier {
                brief.speaksFor(
                    .moderate, .comparison,
                    "attempt \(earlier.id) was accepted here with the same bytes before",
                    at: facts.places(earlier))
            } else {
                brief.speaksFor(
                    .weak, .status, "401 means that a credential is missing or not valid",
                    at: facts.effectPlaces)
            }
            if let alive = facts.acceptance(of: sent) {
                let when = facts.ago(alive.response?.at).map { " \($0) earlier" } ?? ""
                brief.speaksAgainst(
                    .moderate, .lineage,
                    "\(alive.request.head.method ?? "a request") on \(alive.authority) accepted it\(when)",
                    at: [alive.request.place])
            }
            facts.weighStatement(otherThan: ["token-revoked", "credential-judged"], against: &brief)
            brief.test = NextStep(
                "Use the same token on a REST call now: 200 means that it is alive and the reason is another, a refusal that it is dead."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                <
                < {"error":"Token has been revoked"}
                """),
            .fires(
                .possible, "it was accepted before and is refused now",
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
                "a REST call takes it afterwards",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                === rest
                > GET /me HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 200 OK
                """),
            .unknown(
                "a token was accepted before, and whether it was sent again is not in the log",
                lacks: .requestFields,
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=23:00:00}
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? requestFields
                """),
        ]
    )
}
