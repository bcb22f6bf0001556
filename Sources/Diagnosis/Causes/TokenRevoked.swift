extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let tokenRevoked = Cause.stated(
        "token-revoked", "TOKEN-501", "The token was revoked or rotated before its expiry",
        explanation: """
            The server no longer takes a token that has not expired: it was revoked, or a newer one \
            replaced it.

            It is judged by the server's own words only.
            """,
        fix: Fix("Mint a new token, and let one place only refresh it."),
        references: [.rfc(7009, "2")], mistakenFor: ["token-expired", "reconnect-with-old-token"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 401 Unauthorized
            <
            < {"error":"Token has been revoked"}
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """)
}
