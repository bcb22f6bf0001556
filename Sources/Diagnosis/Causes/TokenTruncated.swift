import Case

extension Cause {
    /// The token is cut short, or a stand-in that nobody replaced.
    static let tokenTruncated = Cause(
        "token-truncated", "TOKEN-301", "The token is a placeholder or cut short",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            The value ends in an ellipsis, is a stand-in such as `YOUR_TOKEN`, or is a JWT with fewer than three \
            parts or with a signature shorter than its algorithm makes one. Tokens get cut by columns of 255 or \
            1024 bytes, by copying from a log, and by examples that were pasted.
            """,
        fix: Fix("Send the whole token; make every store and variable on its way long enough."),
        references: [.rfc(7515, "3.1"), .rfc(7518, "3.1")],
        mistakenFor: ["token-stray-characters", "token-signature-invalid"],
        examine: { facts in
            facts.examineDefect(
                [.truncated, .ellipsis, .placeholder], slug: "token-truncated",
                claim: "no server accepts a token that is not whole",
                ruledOut: "three parts, and a signature as long as its alg makes one"
            ) { sent, defect in
                switch defect {
                case .placeholder:
                    "\(sent.name) \(facts.place(of: sent.credential)) is a placeholder, no token."
                case .ellipsis: "\(sent.name) \(facts.place(of: sent.credential)) ends in an ellipsis."
                default:
                    "\(sent.name) \(facts.place(of: sent.credential)) is a JWT cut short at \(facts.token(of: sent)?.secret.count ?? 0) bytes."
                }
            }
        },
        examples: [
            .fires(
                .likely, "the signature is missing",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbm5hIn0
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .likely, "the example's text was pasted",
                """
                > GET /live?token=YOUR_TOKEN HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the token is whole",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the values were replaced", lacks: .credentialValues,
                """
                > GET /live?token=YOUR_TOKEN HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
