import Case
import Wire

extension Cause {
    /// FIN or RST after a silence, and no close frame.
    static let intermediaryIdleTimeout = Cause(
        "intermediary-idle-timeout", "SESSION-202", "Something on the way dropped an idle connection",
        explains: [.lost],
        needs: [.frames, .closes],
        explanation: """
            Proxies and load balancers drop connections that carry nothing for a time, and know no close frames: \
            the end is a bare FIN or RST. Usual times are 55, 60, 100, 230, 300, 350 and 600 s. Three equal \
            silences are evidence, one is not.
            """,
        fix: Fix(
            "Ping more often than the shortest timeout on the way, every 30 s as a rule; or raise the proxy's."
        ),
        references: [.rfc(6455, "5.5.2"), .rfc(6455, "7.1.5")],
        mistakenFor: ["connection-lost", "server-idle-timeout", "heartbeat-missed"],
        examine: { facts in
            guard let end = facts.abruptEnd else { return .silent }
            guard let gap = facts.gapAtEndSeconds else { return .untestable(.clock) }
            guard 10 <= gap else {
                return .ruledOut(
                    "the last frame was \(durationText(gap)) before the end", at: facts.effectPlaces)
            }
            var brief = Brief(
                fact:
                    "No frame had been sent for \(durationText(gap)) when the connection ended (\(end.short)).",
                claim: "something on the way drops connections that are silent for that long")
            facts.weighGaps(&brief, gap: gap)
            let usual = [55.0, 60, 100, 230, 300, 350, 600].first { facts.isClose($0, gap) }
            if let usual {
                brief.speaksFor(
                    .weak, .transport, "\(Int(usual)) s is a usual default of proxies", at: facts.effectPlaces
                )
            }
            if let known = facts.known({ fact -> Int? in
                if case .idleTimeout(let seconds) = fact { seconds } else { nil }
            })
            .first(where: { facts.isClose(Double($0.value), gap) }) {
                brief.add(known)
            }
            if end.side == .client {
                brief.speaksAgainst(
                    .moderate, .transport, "the client's side ended it", at: facts.effectPlaces)
            }
            brief.test = NextStep(
                "Capture on both ends of one such connection: when neither sent the FIN or RST, something between them did."
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
                -- 60 s
                -- fin server
                """),
            .fires(
                .likely, "three equal silences",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 60 s
                -- rst server
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 20 s
                << text {"n":1}
                -- 60 s
                -- rst server
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 45 s
                << text {"n":1}
                -- 60 s
                -- rst server
                """),
            .silent(
                "traffic until the end",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << text {"n":1}
                -- fin server
                """),
            .unknown(
                "a console says 1006 after a minute, and nobody saw the frames", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 60 s
                << close 1006
                ?? reported frames closes transport
                """),
        ]
    )
}
