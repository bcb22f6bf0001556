import Case
import Wire

extension Cause {
    /// Alert 112.
    static let sniUnknown = Cause(
        "sni-unknown", "TLS-102", "The server name is missing or unknown",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The server answered the name in the ClientHello with the alert "unrecognized name" (112): it serves no \
            such host, or got none because the client dialled an address.
            """,
        fix: Fix("Dial by the name that the server is configured for."),
        references: [.rfc(6066, "3")],
        mistakenFor: ["certificate-rejected", "host-and-sni-disagree"],
        examine: { facts in
            guard let tls = facts.attempt.connection.tls,
                let alert = tls.alerts.first(where: { $0.code == 112 && $0.by == .server }),
                facts.request == nil
            else { return .silent }
            var brief = Brief(
                "the server does not know the name \(tls.serverName.map { "\"\($0)\"" } ?? "(none was sent)") (TLS alert 112)"
            )
            brief.speaksFor(.strong, .transport, "alert 112 by the server", at: [alert.place], telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "unrecognized name",
                """
                === upgrade sni=api.example.org
                -- alert server 112
                -- fin server
                """),
            .silent(
                "another alert",
                """
                === upgrade sni=api.example.org
                -- alert server 40
                -- fin server
                """),
            .unknown(
                "a library says that the handshake failed, and names no alert", lacks: .transport,
                """
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
