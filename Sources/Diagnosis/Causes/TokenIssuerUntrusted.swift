import Case
import Wire

extension Cause {
    /// iss is none of those that the endpoint trusts.
    static let tokenIssuerUntrusted = Cause(
        "token-issuer-untrusted", "TOKEN-202", "This endpoint does not trust the token's issuer",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims, .profile],
        explanation: """
            A gateway trusts a list of issuers and fetches their keys. A token of another tenant, realm or \
            environment is refused although nothing is wrong with it (RFC 8725 §3.8).
            """,
        fix: Fix("Mint the token at the issuer that this endpoint trusts."),
        references: [.rfc(7519, "4.1.1"), .rfc(8725, "3.8")],
        mistakenFor: ["token-audience-mismatch", "token-region-mismatch"],
        examine: { facts in
            let isStated = facts.statement(of: "token-issuer-untrusted") != nil
            guard facts.isAboutAccess || isStated, let entry = facts.sentJWTs.first else { return .silent }
            let own = entry.jwt.issuer
            var brief = Brief(
                fact: "\(entry.sent.name) was issued by \(own ?? "nobody that it names").",
                claim: "the endpoint trusts another issuer")
            if isStated {
                facts.addStatement(of: "token-issuer-untrusted", to: &brief)
                return .stands(brief)
            }
            if let same = facts.acceptedHere(where: { $0.issuer == own }) {
                return .ruledOut(
                    "attempt \(same.id) was accepted here with the same iss", at: facts.places(same))
            }
            let known = facts.known { fact -> String? in
                if case .issuer(let pattern) = fact { pattern } else { nil }
            }
            if let wanted = known.first {
                if let own, matches(own, pattern: wanted.value) {
                    return .ruledOut("iss is the documented one: \(wanted.text)")
                }
                brief.add(wanted)
                brief.speaksFor(
                    .moderate, .token, "iss \(own ?? "absent")", at: [entry.sent.credential.place],
                    telling: true)
                return .stands(brief)
            }
            if let other = facts.decisive(.token), let jwt = facts.firstJWT(of: other), jwt.issuer != own {
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(other.id) was accepted with iss \(jwt.issuer ?? "absent"), differing only in the token",
                    at: facts.places(other), telling: true)
                brief.cap = .likely
                return .stands(brief)
            }
            return .silent
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 iss=https://login.example.com}
                < HTTP/1.1 401 Unauthorized
                <
                < Jwt issuer is not configured
                """),
            .silent(
                "a token of the same issuer was accepted here",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 iss=https://login.example.com sub=a}
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 iss=https://login.example.com sub=b}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "an opaque token names no issuer", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "nothing tells which issuer is trusted", lacks: .profile,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 iss=https://login.example.com}
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
