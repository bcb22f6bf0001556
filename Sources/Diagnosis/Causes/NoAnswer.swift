import Case
import Wire

extension Cause {
    /// Silence.
    static let noAnswer = Cause(
        "no-answer", "NET-103", "Nothing answered",
        explains: [.failed],
        needs: .transport,
        explanation: """
            SYNs, or a whole request, went out and nothing ever came back. A firewall that drops, a missing route and \
            a dead machine look the same from here; a capture nearer the server tells them apart.
            """,
        fix: Fix(
            "Check the address, the route and the firewalls; capture on the server to see whether the packets arrive.",
            applicability: .maybeIncorrect),
        references: [.rfc(9293, "3.8.3")],
        mistakenFor: ["connection-refused", "closed-before-response"],
        examine: { facts in
            let connection = facts.attempt.connection
            guard connection.ending == .unanswered else {
                return connection.ending == .refused
                    ? .ruledOut("the peer answered the SYN with RST") : .silent
            }
            let server = connection.server.map { "\($0)" } ?? facts.authority
            let text =
                connection.establishedAt == nil
                ? "\(server) answered none of \(max(1, connection.synCount)) SYNs"
                : "\(server) accepted the connection and never answered"
            var brief = Brief("\(text); firewall, route and dead machine look the same from here")
            brief.speaksFor(.strong, .transport, text, telling: true)
            brief.proof = .arithmetic
            return .stands(brief)
        },
        examples: [
            .fires(.certain, "SYNs without an answer", "-- unanswered"),
            .silent("RST to the SYN", "-- refused"),
            .unknown(
                "a program says that it gave up waiting, and nobody saw the packets", lacks: .transport,
                """
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
