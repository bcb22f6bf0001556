import Case

extension Cause {
    /// Percent-encoding that nobody undoes, or that was applied twice.
    static let tokenPercentEncoding = Cause(
        "token-percent-encoding", "TOKEN-305",
        "Percent-encoding is missing, doubled or undone on one side only",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A query value is percent-encoded once and decoded once. `%25` shows that it was encoded twice; `%3D`, \
            `%2B` or `%2F` in a header, a cookie or a subprotocol shows that it was encoded where nothing decodes \
            it. The server then compares bytes that are not the token's.
            """,
        fix: Fix(
            "Encode the value once for a query, and never for a header field, a cookie or a subprotocol."),
        references: [.rfc(3986, "2.4")],
        mistakenFor: ["token-plus-became-space", "token-base64-alphabet"],
        examine: { facts in
            facts.examineDefect(
                [.percentEncoded, .percentEncodedTwice], slug: "token-percent-encoding",
                claim: "the bytes that the server compares are not those of the token",
                ruledOut: "it holds no percent sign"
            ) { sent, defect in
                let place = facts.place(of: sent.credential)
                return defect == .percentEncodedTwice
                    ? "\(sent.name) \(place) is percent-encoded twice (%25)."
                    : "\(sent.name) \(place) is percent-encoded, where nothing decodes it."
            }
        },
        examples: [
            .fires(
                .likely, "the header holds percent signs",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer kJ8%2BXz7QpL2m4vB9nR6tYw1s%3D%3D
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the token is as it was minted",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced the token, percent signs and all", lacks: .credentialValues,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
