import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let announcedMaintenance = Cause.stated(
        "announced-maintenance", "SESSION-303", "The server announced the end, and the client did not react",
        explains: [.closed, .inBand],
        needs: [.frames, .closes],
        explanation: """
            The server said that it restarts or is maintained. The loss is planned.

            It is judged by the server's own words only.
            """,
        fix: Fix("Reconnect when the server announces the end, with a random pause."),
        references: [.rfc(6455, "7.4.1")], mistakenFor: ["server-going-away", "server-error-close"],
        fires: """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 1012 "scheduled maintenance"
            """,
        silent: """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 1012
            """,
        unknown: .unknown(
            "the log shows that the server went away, and not with which words", lacks: .closes,
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 1001
            ?? closes
            """))
}
