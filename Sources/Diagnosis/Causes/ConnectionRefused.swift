import Case
import Wire

extension Cause {
    /// RST to the SYN.
    static let connectionRefused = Cause(
        "connection-refused", "NET-102", "The server refused the TCP connection",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The SYN was answered with RST: the machine is there, and nothing listens on that port, or a firewall \
            answers in its place.
            """,
        fix: Fix("Start the service, or dial the port it listens on."),
        references: [.rfc(9293, "3.5.2")],
        mistakenFor: ["no-answer", "closed-before-response"],
        examine: { facts in
            guard facts.attempt.connection.ending == .refused else { return .silent }
            let server = facts.attempt.connection.server.map { "\($0)" } ?? facts.authority
            var brief = Brief(
                "\(server) refused the TCP connection: nothing listens there, or a firewall says so")
            brief.speaksFor(
                .strong, .transport, "the SYN was answered with RST",
                at: facts.attempt.connection.endedPlace.map { [$0] } ?? [], telling: true)
            brief.proof = .arithmetic
            return .stands(brief)
        },
        examples: [
            .fires(.certain, "RST to the SYN", "-- refused"),
            .silent("no answer at all", "-- unanswered"),
            .unknown(
                "a library says that it could not connect, and not why", lacks: .transport,
                """
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
