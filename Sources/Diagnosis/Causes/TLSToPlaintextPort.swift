import Case
import Wire

extension Cause {
    /// wss:// where ws:// belongs.
    static let tlsToPlaintextPort = Cause(
        "tls-to-plaintext-port", "TLS-106", "wss:// was sent to a plaintext port",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The client began with a TLS handshake on a port where the server speaks plain HTTP; libraries report \
            "wrong version number" or "packet length too long". The server answers with an HTTP 400 or closes.
            """,
        fix: Fix("Dial the TLS port, or `ws://` where the network is trusted."),
        references: [.rfc(6455, "3")],
        mistakenFor: ["closed-before-response", "certificate-rejected"],
        examine: { facts in
            guard facts.protocolMismatch == .tlsToPlaintextPort else {
                return facts.attempt.connection.tls?.version != nil && facts.symptoms.contains(.failed)
                    ? .ruledOut("the server answered with TLS") : .silent
            }
            var brief = Brief(
                "the client began with TLS on \(facts.authority), and the server does not speak it there"
            )
            brief.speaksFor(
                .strong, .transport, "ClientHello answered with something that is not TLS",
                at: facts.attempt.connection.tls?.place.map { [$0] } ?? [], telling: true)
            brief.proof = .arithmetic
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "HTTP came back",
                """
                === upgrade sni=api.example.org
                -- mismatch tlsToPlaintextPort
                -- fin server
                """),
            .silent(
                "nothing came back",
                """
                === upgrade sni=api.example.org
                -- unanswered
                """),
            .unknown(
                "a library says that TLS failed, and not what the server answered", lacks: .transport,
                """
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
