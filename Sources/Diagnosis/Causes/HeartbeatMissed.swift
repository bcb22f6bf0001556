import Case
import Wire

extension Cause {
    /// A ping without a pong, or no heartbeat at all.
    static let heartbeatMissed = Cause(
        "heartbeat-missed", "SESSION-203",
        "A ping went unanswered, or the heartbeat the server needs is missing",
        explains: [.closed, .lost],
        needs: .frames,
        asks: [.times],
        explanation: """
            A server that pings expects a pong with the same payload, and ends the session when it does not come. \
            Libraries answer by themselves unless the event loop is blocked. Some services want a message of their \
            own instead, in fixed intervals.
            """,
        fix: Fix(
            "Answer pings (do not block the loop that reads the socket), and send the gateway's own heartbeat if it has one."
        ),
        references: [.rfc(6455, "5.5.2"), .rfc(6455, "5.5.3")],
        mistakenFor: ["server-idle-timeout", "intermediary-idle-timeout"],
        examine: { facts in
            guard let session = facts.session, facts.sees(.frames), facts.close?.by != .client else {
                return .silent
            }
            let said = facts.statement(of: "heartbeat-missed")
            let unanswered = session.unansweredPings.server
            let wait = session.unansweredPingAt.flatMap { at in
                (facts.close?.at ?? facts.attempt.connection.endedAt)?.seconds(since: at)
            }
            let known = facts.known { fact -> Int? in
                if case .heartbeat(let seconds) = fact { seconds } else { nil }
            }
            let silence = facts.clientSilence
            let overdue = known.first { Double($0.value) < (silence ?? 0) }
            let isWaiting = 0 < unanswered && 1 <= (wait ?? 0)
            guard said != nil || isWaiting || overdue != nil else {
                if 0 < session.pingTimes.server.count, unanswered == 0 {
                    return .ruledOut("every ping of the server was answered", at: facts.effectPlaces)
                }
                return .silent
            }
            var brief: Brief
            if isWaiting {
                brief = Brief(
                    fact:
                        "The client left \(unanswered == 1 ? "a ping" : "\(unanswered) pings") of the server unanswered\(wait.map { ", the last \(durationText($0)) before the end" } ?? "").",
                    claim: "a server takes a client that does not answer for gone")
                brief.speaksFor(
                    .strong, .frames, "\(unanswered) unanswered", at: facts.effectPlaces, telling: true)
            } else {
                brief = Brief(
                    fact: silence.map {
                        "The client had sent nothing for \(durationText($0)) when the session ended."
                    } ?? "The session ended.",
                    claim: "the server expects a heartbeat more often than that")
                if let overdue {
                    brief.add(overdue)
                    brief.speaksFor(
                        .weak, .timing, "\(durationText(silence ?? 0)) without a message of the client",
                        at: facts.effectPlaces)
                }
            }
            if let said { facts.add(said, to: &brief) }
            facts.weighStatement(otherThan: ["heartbeat-missed", "server-idle-timeout"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "a ping, no pong, the end",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << ping
                -- 20 s
                -- fin server
                """),
            .silent(
                "the pong came",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << ping
                >> pong
                -- 20 s
                -- fin server
                """),
            .unknown(
                "the browser's export holds messages, and no pings", lacks: .frames,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                -- 40 s
                << close 1011
                ?? frames
                """),
        ]
    )
}
