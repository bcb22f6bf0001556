import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let tokenFormatWrong = Cause.stated(
        "token-format-wrong", "TOKEN-205", "Opaque where a JWT is required, or the reverse", role: .generic,
        needs: [.responseFields, .responseBody],
        explanation: """
            The server could not read the token as the form it expects. Opaque tokens are normal \
            with servers that ask the issuer; only the server's words make the form a fault.

            It is judged by the server's own words only.
            """,
        fix: Fix("Request a token of the form that the server names."),
        references: [.rfc(7519, "3")], mistakenFor: ["token-truncated", "token-signature-invalid"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 401 Unauthorized
            <
            < jwt malformed
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the body of the 401 was not captured", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 401 Unauthorized
            ?? responseBody
            """))
}
