import Case

extension Cause {
    /// The signature does not verify with the key supplied.
    static let tokenSignatureInvalid = Cause(
        "token-signature-invalid", "TOKEN-402", "The signature does not verify with the key supplied",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues, .responseFields, .responseBody],
        explanation: """
            Whether a signature is right can be told only with the issuer's key (`--jwks`), or by the server's own \
            words. One damaged character has the same effect as a wrong key, so damage on the way is looked for \
            first.
            """,
        fix: Fix("Mint a new token at the right issuer, and pass it on unchanged."),
        references: [.rfc(7515, "5.2")],
        mistakenFor: ["token-truncated", "token-percent-encoding", "token-issuer-untrusted"],
        examine: { facts in
            let said = facts.statement(of: "token-signature-invalid")
            guard facts.isAboutAccess || said != nil, let entry = facts.sentJWTs.first else {
                return .silent
            }
            switch entry.sent.verification {
            case .valid where said == nil:
                return .ruledOut("the signature of \(entry.sent.name) verifies with the key supplied")
            case .invalid, .valid, .noKey, .keyUnknown, .notApplicable: break
            }
            let isInvalid = entry.sent.verification == .invalid
            guard isInvalid || said != nil else {
                return facts.judgedCredential == nil ? .silent : .untestable(.key)
            }
            var brief =
                isInvalid
                ? Brief(
                    fact:
                        "The signature of \(entry.sent.name) does not verify with the key that its header names.",
                    claim: "a server that checks signatures refuses it")
                : Brief("the server says that the signature does not verify: \(said?.quote ?? "")")
            if isInvalid {
                brief.speaksFor(
                    .strong, .token, "the signature does not verify", at: [entry.sent.credential.place],
                    telling: true)
            }
            if let said { facts.add(said, to: &brief) }
            if entry.sent.verification == .valid {
                brief.speaksAgainst(.strong, .token, "the signature verifies with the key supplied")
            }
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
                < {"error":"Invalid signature"}
                """),
            .silent(
                "without a key nothing is known",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the server found the token wanting, and no key is there to check", lacks: .key,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                <
                < Invalid token
                """),
        ]
    )
}
