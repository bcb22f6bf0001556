import Case
import Wire

extension Cause {
    /// The server closed after a silence.
    static let serverIdleTimeout = Cause(
        "server-idle-timeout", "SESSION-201", "The server closed an idle connection",
        explains: [.closed],
        needs: [.frames, .closes],
        asks: [.times],
        explanation: """
            A server that closes silent connections does so after the same silence each time. Its reason text may \
            say it; else three equal silences are evidence, and one is not: any close comes after some silence.
            """,
        fix: Fix("Send a ping, or the gateway's own heartbeat, more often than that silence."),
        references: [.rfc(6455, "5.5.2")],
        mistakenFor: ["intermediary-idle-timeout", "maximum-age-reached", "token-expired-mid-session"],
        examine: { facts in
            guard let close = facts.serverClose, close.code != 1002, close.code != 1007, close.code != 1009
            else { return .silent }
            let said = facts.statement(of: "server-idle-timeout")
            guard let gap = facts.gapAtEndSeconds else {
                guard let said else { return .silent }
                var brief = Brief("the server closes connections that are silent for too long")
                facts.add(said, to: &brief)
                facts.weighStatement(otherThan: ["server-idle-timeout"], against: &brief)
                return .stands(brief)
            }
            guard 10 <= gap || said != nil || (4 <= gap && 3 <= facts.equalGaps(facts.likeEnds).count) else {
                // Other sessions may show that a few seconds are the rule here.
                guard gap < 4 else { return .silent }
                return .ruledOut(
                    "the last frame was \(durationText(gap)) before the close", at: facts.effectPlaces)
            }
            var brief = Brief(
                fact: facts.sees(.frames)
                    ? "No frame had been sent for \(durationText(gap)) when the server closed."
                    : "No frame is in the input for the \(durationText(gap)) before the server closed.",
                claim: "the server closes connections that are silent for that long")
            if let said { facts.add(said, to: &brief) }
            facts.weighGaps(&brief, gap: gap)
            if let known = facts.known({ fact -> Int? in
                if case .idleTimeout(let seconds) = fact { seconds } else { nil }
            })
            .first(where: { facts.isClose(Double($0.value), gap) }) {
                brief.add(known)
                brief.speaksFor(
                    .moderate, .timing, "the silence of \(durationText(gap)) is the documented one",
                    at: facts.effectPlaces, telling: true)
            }
            facts.weighStatement(
                otherThan: ["server-idle-timeout", "heartbeat-missed", "deadline-after-open-missed"],
                against: &brief)
            brief.fix = Fix(
                "Send a ping, or the gateway's own heartbeat, more often than every \(durationText(gap)).")
            brief.test = NextStep(
                "Let two more connections stay silent: three equal silences before the close show an idle timeout."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "one silence of a minute",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 61 s
                << close 1001
                """),
            .fires(
                .likely, "three equal silences",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 61 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 20 s
                << text {"n":1}
                -- 61 s
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 40 s
                << text {"n":1}
                -- 61 s
                << close 1001
                """),
            .fires(
                .certain, "the reason says so",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 61 s
                << close 1001 "idle timeout"
                """),
            .fires(
                .likely, "a library tells the words of the close, and of no frame",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << close 1001 "idle timeout"
                ?? reported frames
                """),
            .silent(
                "traffic until the close",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 61 s
                << text {"n":1}
                << close 1001
                """),
            .unknown(
                "a log tells of the close a minute later, and of no frame", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 61 s
                << close 1001
                ?? reported frames
                """),
        ]
    )
}
