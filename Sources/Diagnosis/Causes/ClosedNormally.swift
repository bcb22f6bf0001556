import Case
import Wire

extension Cause {
    /// 1000.
    static let closedNormally = Cause(
        "closed-normally", "SESSION-101", "Clean close 1000 (an observation)",
        role: .observation, explains: [.closed],
        needs: .closes,
        explanation: """
            1000 means that the purpose of the connection is fulfilled. When the client sent it, its application \
            called close. When the server sent it, the reason text is worth reading: some servers hide an error \
            behind 1000.
            """,
        fix: Fix("Look at which side sent the close first, and at the reason text."),
        references: [.rfc(6455, "7.4.1")],
        mistakenFor: ["token-expired-mid-session", "maximum-age-reached"],
        examine: { facts in facts.closeBrief(1000, name: "normal closure").map(Opinion.stands) ?? .silent },
        examples: [
            .fires(
                .certain, "1000 with a reason that complains",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1000 "token expired"
                """),
            .silent(
                "1008 is no normal end",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1008
                """),
            .unknown(
                "a log keeps the words of the close, and not its code", lacks: .closeCode,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close - "token expired"
                ?? reported frames
                """),
        ]
    )
}
