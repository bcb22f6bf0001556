import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let csrfTokenMissing = Cause.stated(
        "csrf-token-missing", "EDGE-104", "A CSRF token is missing",
        needs: [.responseFields, .responseBody],
        explanation: """
            A server that trusts cookies wants a second token, which a foreign page cannot know.

            It is judged by the server's own words only.
            """,
        fix: Fix("Send the CSRF token that the page holds, in the place the server names."),
        references: [.rfc(6455, "10.2")], mistakenFor: ["origin-refused", "session-cookie-missing"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < XSRF cookie does not match POST argument
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the browser's export shows the 403 and nothing else of the answer", lacks: .responseFields,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            ?? responseFields responseBody
            """))
}
