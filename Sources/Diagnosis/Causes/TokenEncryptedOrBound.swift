import Case
import JSON

extension Cause {
    /// The token is a JWE, or names a key of which the client showed no proof.
    static let tokenEncryptedOrBound = Cause(
        "token-encrypted-or-bound", "TOKEN-206",
        "The token is encrypted, or bound to a key the client did not prove",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims],
        explanation: """
            A token of five parts is encrypted (JWE): only its recipient can read it, and an endpoint that expects a \
            signed token cannot. A token with the claim `cnf` is bound to a key: the client must prove that it has \
            it, by a `DPoP` field or a client certificate.
            """,
        fix: Fix("Ask for a token in the form that this endpoint takes, or send the proof with it."),
        references: [.rfc(7516, "3.1"), .rfc(9449, "7.1"), .rfc(8705, "3")],
        mistakenFor: ["token-format-wrong", "token-kind-wrong", "client-certificate-required"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            guard facts.sees(.credentialValues) else { return .silent }
            for sent in facts.sentAnywhere {
                let isEncrypted = sent.kind == .jwe
                let isBound = sent.jwt?.claims?["cnf"] != nil && facts.sees(.requestFields)
                guard isEncrypted || isBound else { continue }
                if let earlier = facts.earlierAcceptance(of: sent) {
                    return .ruledOut(
                        "the same token was accepted here by attempt \(earlier.id)", at: facts.places(earlier)
                    )
                }
                if isBound, facts.request?.head.has("dpop") ?? false {
                    return .ruledOut("a DPoP proof was sent", at: facts.requestPlaces)
                }
                var brief = Brief(
                    fact: isEncrypted
                        ? "\(sent.name) is encrypted: it has five parts."
                        : "\(sent.name) is bound to a key (cnf), and no DPoP proof was sent.",
                    claim: isEncrypted
                        ? "the endpoint expects a token that it can read" : "the endpoint asks for the proof",
                    cap: .possible)
                brief.speaksFor(
                    .moderate, .token, isEncrypted ? "five parts" : "cnf and no proof",
                    at: [sent.credential.place])
                facts.weighStatement(otherThan: ["credential-judged", "token-format-wrong"], against: &brief)
                return .stands(brief)
            }
            return .silent
        },
        examples: [
            .fires(
                .possible, "the token has five parts",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwe}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the token is signed and free",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "an opaque token does not tell whether it is bound to a key", lacks: .tokenClaims,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
