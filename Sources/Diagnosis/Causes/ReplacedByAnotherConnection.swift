import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let replacedByAnotherConnection = Cause.stated(
        "replaced-by-another-connection", "SESSION-302", "Another connection took this one's place",
        explains: [.closed, .inBand],
        needs: [.frames, .closes],
        explanation: """
            The server allows one connection (or a few) per identity and closed this one for a newer \
            one.

            It is judged by the server's own words only.
            """,
        fix: Fix("Keep one connection per identity; close the old one before opening the next."),
        references: [.rfc(6455, "7.4.2")], mistakenFor: ["private-close-code", "rate-limited"],
        fires: """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 4000 "connected elsewhere"
            """,
        silent: """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 4000
            """,
        unknown: .unknown(
            "the log keeps the code of the close, and not its reason", lacks: .closes,
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            -- 5 s
            << close 4000
            ?? closes
            """))
}
