import Case
import Wire

extension Cause {
    /// The session ended without a close frame.
    static let connectionLost = Cause(
        "connection-lost", "SESSION-103", "The connection ended without a close frame (what APIs call 1006)",
        role: .generic, explains: [.lost],
        needs: .closes,
        explanation: """
            A WebSocket ends with a close frame from each side. Here the TCP connection ended first. APIs report \
            this as code 1006, which no peer ever sends (RFC 6455 §7.4.1), just as 1005 stands for a close frame \
            without a code. The wire shows what an API cannot: which side sent FIN or RST, and after which silence.
            """,
        fix: Fix(
            "Find out why that side ended the connection: look in its log at this second, and for a proxy on the way.",
            applicability: .maybeIncorrect),
        references: [.rfc(6455, "7.1.5"), .rfc(6455, "7.4.1")],
        mistakenFor: ["intermediary-idle-timeout", "server-idle-timeout", "closed-right-after-upgrade"],
        examine: { facts in
            guard let how = facts.abruptEnd else { return .silent }
            var brief = Brief(fact: how.text, claim: "")
            brief.speaksFor(.strong, .transport, how.short, at: facts.effectPlaces, telling: true)
            brief.proof = .arithmetic
            brief.test = NextStep(
                "Capture on the server's side too: a FIN or RST that the server did not send comes from something on the way."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server resets an open socket",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"hello":1}
                -- 5 s
                -- rst server
                """),
            .silent(
                "a close frame came first",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                >> close 1000
                << close 1000
                -- fin server
                """),
            .silent(
                "the input ends while the socket is open",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"hello":1}
                """),
            .unknown(
                "a console says 1006, and nobody saw the connection", lacks: .closes,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 5 s
                << close 1006
                ?? reported frames closes transport
                """),
        ]
    )
}
