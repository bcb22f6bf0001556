import Case
import Wire

extension Cause {
    /// Attempt after attempt, without a pause.
    static let reconnectStorm = Cause(
        "reconnect-storm", "SESSION-401", "The client reconnects without backing off",
        role: .contributing, explains: [.refused, .failed, .closed, .lost],
        needs: .status,
        asks: [.times],
        explanation: """
            After a failure a client should wait a random time, and longer after each further one (RFC 6455 §7.2.3). \
            A client that tries again at once loads the server, may get itself throttled, and buries the first \
            failure, which is the one to explain, under its consequences.
            """,
        fix: Fix(
            "Wait a random 0 to 5 s before the first reconnect, double it each time, and stop on refusals that a retry cannot change."
        ),
        references: [.rfc(6455, "7.2.3")],
        mistakenFor: ["rate-limited"],
        examine: { facts in
            guard let storm = facts.storm, 5 <= storm.count else { return .silent }
            guard storm.spacing < 5 else { return .silent }
            var brief = Brief(
                fact:
                    "This is attempt number \(storm.count) of a run with \(durationText(storm.spacing)) between attempts.",
                claim: "the run has consequences of its own, such as throttling")
            brief.speaksFor(
                .moderate, .series, "\(storm.count) attempts in \(durationText(storm.seconds))",
                at: facts.requestPlaces, telling: true)
            if storm.pausesGrow {
                return .ruledOut("the pauses between the attempts grow", at: facts.requestPlaces)
            }
            brief.speaksFor(.weak, .timing, "the pauses do not grow", at: facts.requestPlaces)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "five attempts in a second",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "two attempts, half a minute apart",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                -- 30 s
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "five lines of a log that has no times", lacks: .times,
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? clock
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? clock
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? clock
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? clock
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? clock
                """),
        ]
    )
}
