import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let stickySessionLost = Cause.stated(
        "sticky-session-lost", "UPGRADE-209", "The session id is unknown to the node that answered",
        needs: [.responseFields, .responseBody],
        explanation: """
            The session was made on one node and the upgrade reached another, which does not know \
            it.

            It is judged by the server's own words only.
            """,
        fix: Fix("Switch on session affinity, or use the WebSocket transport only."),
        references: [.rfc(9110, "15.5.1")], mistakenFor: ["session-url-spent", "rate-limited"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 400 Bad Request
            <
            < {"code":1,"message":"Session ID unknown"}
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the snap length cut the body of the 400 off", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 400 Bad Request
            ?? responseBody
            """))
}
