import Case
import Wire

extension Cause {
    /// 1001 by the server.
    static let serverGoingAway = Cause(
        "server-going-away", "SESSION-102", "The server closed with 1001",
        role: .generic, explains: [.closed],
        needs: .closes,
        explanation: """
            1001 means "going away": the server shuts down or is replaced, or, by convention of some, the connection \
            was idle. The number alone does not say which; the reason text, the silence before it and the other \
            connections of the case may.
            """,
        fix: Fix(
            "Reconnect with growing, random pauses; if the silence before the close repeats, ping more often than that."
        ),
        references: [.rfc(6455, "7.4.1"), .rfc(6455, "7.2.3")],
        mistakenFor: ["server-idle-timeout", "announced-maintenance", "maximum-age-reached"],
        examine: { facts in
            guard facts.serverClose != nil, var brief = facts.closeBrief(1001, name: "going away") else {
                return .silent
            }
            if facts.sees(.frames), let gap = facts.gapAtEndSeconds, 5 <= gap {
                brief.fact = (brief.fact ?? "") + " No frame had been sent for \(durationText(gap))."
            }
            // The close frame that this one answers may be among what the capture lost.
            if !facts.sees(.frames) { brief.cap = .possible }
            brief.test = NextStep(
                "Let two more connections stay silent: three equal silences before the close show an idle timeout."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "1001 after a minute of silence",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 61 s
                << close 1001
                """),
            .silent(
                "the client goes away",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> close 1001
                """),
            .unknown(
                "a library tells why the server closed, and not with which code", lacks: .closeCode,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close - "idle timeout"
                ?? reported frames
                """),
        ]
    )
}
