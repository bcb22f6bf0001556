import Case
import JSON

extension Cause {
    /// exp, nbf or iat is no NumericDate.
    static let tokenTimeClaimsUnusable = Cause(
        "token-time-claims-unusable", "TOKEN-105", "exp, nbf or iat cannot be used as a date",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims],
        explanation: """
            The times of a JWT are numbers of seconds since 1970 (NumericDate). Milliseconds make a date tens of \
            thousands of years ahead, and a string is no number: verifiers refuse such a token, or take it for \
            expired or not yet valid.
            """,
        fix: Fix("Write exp, nbf and iat as numbers of seconds."),
        references: [.rfc(7519, "2"), .rfc(7519, "4.1.4")],
        mistakenFor: ["token-expired", "token-not-yet-valid", "token-format-wrong"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            for entry in facts.sentJWTs {
                for name in ["exp", "nbf", "iat"] {
                    guard let value = entry.jwt.claims?[name], let fault = dateFault(value) else { continue }
                    if let earlier = facts.earlierAcceptance(of: entry.sent) {
                        return .ruledOut(
                            "the same token was accepted here by attempt \(earlier.id)",
                            at: facts.places(earlier))
                    }
                    var brief = Brief(
                        fact: "\(name) of \(entry.sent.name) \(fault).",
                        claim: "a verifier cannot use it as a date", cap: .likely)
                    brief.speaksFor(
                        .moderate, .token, "\(name) \(fault)", at: [entry.sent.credential.place],
                        telling: true)
                    if facts.status == 401 {
                        brief.speaksFor(
                            .weak, .status, "401 means that the credential is not valid here",
                            at: facts.effectPlaces)
                    }
                    facts.weighStatement(
                        otherThan: [
                            "credential-judged", "token-expired", "token-not-yet-valid", "token-format-wrong",
                        ], against: &brief)
                    return .stands(brief)
                }
            }
            return .silent
        },
        examples: [
            .fires(
                .likely, "exp is in milliseconds",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=1768482000000}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .silent(
                "exp is in seconds",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .unknown(
                "an opaque token holds no date that could be looked at", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}

/// What is wrong with a claim that should be a NumericDate, or nil.
private func dateFault(_ value: JSONValue) -> String? {
    if value.string != nil { return "is a string and no number" }
    guard let seconds = value.number else { return "is no number" }
    if 100_000_000_000 <= seconds { return "lies beyond the year 5000: it looks like milliseconds" }
    return seconds < 0 ? "is negative" : nil
}
