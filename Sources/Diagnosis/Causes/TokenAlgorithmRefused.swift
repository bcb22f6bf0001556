import Case

extension Cause {
    /// alg is none, or one that the server does not take.
    static let tokenAlgorithmRefused = Cause(
        "token-algorithm-refused", "TOKEN-401", "The token's alg is none, unsupported or unexpected",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims],
        explanation: """
            Verifiers accept a short list of algorithms, and none of them accepts `none` (RFC 8725 §3.1, §3.2). A \
            token of another algorithm is refused before its signature is looked at.
            """,
        fix: Fix("Sign the token with an algorithm that the gateway documents, RS256 or ES256 as a rule."),
        references: [.rfc(8725, "3.1"), .rfc(7518, "3.1")],
        mistakenFor: ["token-signature-invalid", "token-format-wrong"],
        examine: { facts in
            guard facts.isAboutAccess || facts.status == 400 else { return .silent }
            let entry =
                facts.sentJWTs.first { $0.jwt.algorithm?.lowercased() == "none" } ?? facts.sentJWTs.first
            guard let entry else {
                return facts.brief(stated: "token-algorithm-refused", claim: { "the server says so: \($0)" })
                    .map(Opinion.stands) ?? .silent
            }
            let algorithm = entry.jwt.algorithm ?? "absent"
            let isNone = algorithm.lowercased() == "none"
            guard isNone || facts.statement(of: "token-algorithm-refused") != nil else { return .silent }
            var brief = Brief(
                fact: "\(entry.sent.name) has alg \(algorithm).",
                claim: "the server takes other algorithms only")
            if isNone {
                brief.claim = "a verifier refuses an unsigned token"
                brief.speaksFor(.strong, .token, "alg none", at: [entry.sent.credential.place], telling: true)
            }
            facts.addStatement(of: "token-algorithm-refused", to: &brief)
            facts.weighStatement(
                otherThan: ["token-algorithm-refused", "credential-judged", "token-signature-invalid"],
                against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "alg is none",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt alg=none exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "RS256, and no word about it",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced the token, its header with it", lacks: .credentialValues,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
