import Case
import Wire

extension Cause {
    /// The token is readable and lacks what the gateway is known to require.
    static let scopeMissingInferred = Cause(
        "scope-missing-inferred", "AUTH-202",
        "The token lacks a scope that the profile requires; the server is silent",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A bare 403 has many reasons, and a missing scope is only one of them. It may be inferred when the token \
            can be read, the gateway documents the scope it requires, and the token does not grant it; never from \
            the status alone, and never from an opaque token.
            """,
        fix: Fix("Request the scope, mint a new token, and look into it before dialling."),
        references: [.rfc(6750, "3.1"), .rfc(8693, "4.2")],
        mistakenFor: ["principal-wrong", "token-audience-mismatch", "origin-refused", "path-unknown-masked"],
        examine: { facts in
            guard facts.isAboutAccess, facts.status != 401, !facts.sentAnywhere.isEmpty,
                facts.statement(of: "scope-missing-stated") == nil
            else { return .silent }
            guard facts.sees(.credentialValues) else { return .untestable(.credentialValues) }
            guard let entry = facts.sentJWTs.first else { return .untestable(.tokenClaims) }
            let own = entry.sent.scopes ?? []
            if let other = facts.acceptedWithFewerScopes(than: own) {
                return .ruledOut(
                    "attempt \(other.id) was accepted here with no more scopes than these",
                    at: facts.places(other))
            }
            let required = facts.known { fact -> String? in
                if case .requiredScope(let name) = fact { name } else { nil }
            }
            if let lacking = required.first(where: { !own.contains($0.value) }) {
                var brief = Brief(
                    fact:
                        "\(entry.sent.name) grants \(own.isEmpty ? "no scope" : listed(own)), and not \(lacking.value).",
                    claim: "this gateway documents that it requires that scope", cap: .likely)
                brief.add(lacking)
                brief.speaksFor(
                    .moderate, .token, "the token does not grant \(lacking.value)",
                    at: [entry.sent.credential.place], telling: true)
                facts.weighStatement(otherThan: [], against: &brief)
                brief.fix = Fix(
                    "Request the scope \(lacking.value), mint a new token, and look into it before dialling.")
                return .stands(brief)
            }
            if let met = required.first {
                return .ruledOut("the token grants \(met.value), which \(met.profile.title) requires")
            }
            if let other = facts.decisiveScopes(own) {
                var brief = Brief(
                    "the token of attempt \(other.id) grants more, and was accepted on the same URL",
                    cap: .likely)
                brief.speaksFor(
                    .strong, .comparison, "attempt \(other.id) differs only in the token, which grants more",
                    at: facts.places(other), telling: true)
                return .stands(brief)
            }
            guard facts.status == 403 else { return .silent }
            var brief = Brief(
                fact:
                    "\(entry.sent.name) grants \(own.isEmpty ? "no scope that can be read" : "only \(listed(own))").",
                claim: "this endpoint may want more", cap: .possible)
            brief.speaksFor(
                .weak, .token, "scope: \(own.isEmpty ? "absent" : listed(own))",
                at: [entry.sent.credential.place])
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the gateway documents a scope that the token lacks",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1&access_token={jwt exp=13:00:00 scope=openid aud=https://gateway.example.net iss=https://login.gateway.example.net sub=anna} HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 403 Forbidden
                < Date: 12:00:00
                """),
            .silent(
                "401 is not the status of a missing scope",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 scope=openid}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "an opaque token tells no scope", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 403 Forbidden
                """),
        ]
    )
}
