import Case
import Wire

extension Cause {
    /// aud names somebody else.
    static let tokenAudienceMismatch = Cause(
        "token-audience-mismatch", "TOKEN-201", "The token's audience does not cover this endpoint",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues, .responseFields, .responseBody],
        explanation: """
            `aud` names the services that a token is for (RFC 7519 §4.1.3). A gateway must refuse a token that is \
            not for it, with 401 or 403, whatever else is right about it. Scheme and trailing slash count.

            Which audience an endpoint expects is known only from its own words, its documentation, or a token that \
            it accepted. That `aud` differs from the host name proves nothing.
            """,
        fix: Fix("Request the token for the audience that this endpoint expects."),
        references: [.rfc(7519, "4.1.3"), .rfc(8725, "3.9")],
        mistakenFor: ["token-issuer-untrusted", "token-region-mismatch", "scope-missing-inferred"],
        examine: { facts in
            let isStated = facts.statement(of: "token-audience-mismatch") != nil
            guard facts.isAboutAccess || isStated, !facts.sentAnywhere.isEmpty else { return .silent }
            guard let entry = facts.sentJWTs.first else {
                guard isStated else {
                    return .untestable(facts.sees(.credentialValues) ? .tokenClaims : .credentialValues)
                }
                var brief = Brief("the server says that the audience is wrong")
                facts.addStatement(of: "token-audience-mismatch", to: &brief)
                return .stands(brief)
            }
            let own = entry.jwt.audiences
            let shown = own.isEmpty ? "no aud" : "aud \(listed(own))"
            var brief = Brief(
                fact: "\(entry.sent.name) has \(shown).", claim: "the endpoint expects another audience")
            if isStated {
                facts.addStatement(of: "token-audience-mismatch", to: &brief)
                return .stands(brief)
            }
            if let same = facts.acceptedHere(where: { $0.audiences == own }) {
                return .ruledOut(
                    "attempt \(same.id) was accepted here with the same aud", at: facts.places(same))
            }
            let known = facts.known { fact -> String? in
                if case .audience(let pattern) = fact { pattern } else { nil }
            }
            if let wanted = known.first {
                if own.contains(where: { matches($0, pattern: wanted.value) }) {
                    return .ruledOut("aud is the documented one: \(wanted.text)")
                }
                brief.add(wanted)
                brief.speaksFor(.moderate, .token, shown, at: [entry.sent.credential.place], telling: true)
                return .stands(brief)
            }
            if let other = facts.decisive(.token), let jwt = facts.firstJWT(of: other), jwt.audiences != own {
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(other.id) was accepted with aud \(listed(jwt.audiences)), differing only in the token",
                    at: facts.places(other), telling: true)
                brief.cap = .likely
                return .stands(brief)
            }
            guard !own.isEmpty, !own.contains(where: { facts.names(host: facts.host, $0) }) else {
                return .silent
            }
            brief.cap = .possible
            brief.speaksFor(
                .weak, .token, "\(shown), and the host is \(facts.host)", at: [entry.sent.credential.place])
            facts.weighStatement(otherThan: ["credential-judged"], against: &brief)
            brief.test = NextStep("Compare aud with that of a token which this endpoint accepts.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 aud=https://api.example.org/rest}
                < HTTP/1.1 403 Forbidden
                <
                < Audiences in Jwt are not allowed
                """),
            .fires(
                .possible, "aud names another host, and nobody says that it matters",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 aud=https://other.example.com}
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "the same aud was accepted here",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 aud=x sub=a}
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 aud=x sub=b}
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "an opaque token names no audience", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 403 Forbidden
                """),
        ]
    )
}
