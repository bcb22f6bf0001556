import Case

extension Cause {
    /// "Bearer " inside a value that takes the token alone.
    static let tokenWithBearerPrefix = Cause(
        "token-with-bearer-prefix", "TOKEN-303",
        "\"Bearer \" stands inside a query value, subprotocol or message field",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            `Bearer` is the scheme of the Authorization field. In a query, a subprotocol or a message the bare token \
            is expected, unless the gateway documents otherwise; with the word in front the value is no token.
            """,
        fix: Fix("Send the bare token, without the word Bearer."),
        references: [.rfc(6750, "2.1"), .rfc(6750, "2.3")],
        mistakenFor: ["authorization-scheme-wrong", "token-plus-became-space"],
        examine: { facts in
            guard !facts.sentAnywhere.allSatisfy({ $0.credential.placement == .header }) else {
                return .silent
            }
            return facts.examineDefect(
                [.bearerPrefix], slug: "token-with-bearer-prefix",
                claim: "with the word in front the value is no token",
                ruledOut: "it begins with its own first part"
            ) { sent, _ in "The value \(facts.place(of: sent.credential)) begins with the word Bearer." }
        },
        examples: [
            .fires(
                .likely, "the query holds Bearer%20",
                """
                > GET /live?token=Bearer%20{jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "in the header it belongs there",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced the value of the query, whatever it began with",
                lacks: .credentialValues,
                """
                > GET /live?token=[redacted] HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
