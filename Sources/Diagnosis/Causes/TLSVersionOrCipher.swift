import Case
import Wire

extension Cause {
    /// Alert 40, 70 or 71.
    static let tlsVersionOrCipher = Cause(
        "tls-version-or-cipher", "TLS-103", "No TLS version or cipher in common",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The TLS handshake ended with an alert that says that nothing in common was found: no version (70), no \
            cipher suite or parameter (40), or nothing strong enough (71).
            """,
        fix: Fix("Allow TLS 1.2 and 1.3 with current cipher suites on both ends."),
        references: [.rfc(8446, "6.2")],
        mistakenFor: ["certificate-rejected", "sni-unknown"],
        examine: { facts in
            guard
                let alert = facts.attempt.connection.tls?.alerts.first(where: {
                    [40, 70, 71].contains($0.code)
                }),
                facts.request == nil
            else { return .silent }
            let name =
                [40: "handshake failure", 70: "protocol version", 71: "insufficient security"][alert.code]
                ?? ""
            let side = alert.by == .client ? "client" : "server"
            var brief = Brief(
                "the \(side) ended the TLS handshake with the alert \"\(name)\" (\(alert.code))")
            brief.speaksFor(
                .strong, .transport, "alert \(alert.code) by the \(side)", at: [alert.place], telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "protocol version",
                """
                === upgrade sni=api.example.org
                -- alert server 70
                -- fin server
                """),
            .silent(
                "a certificate alert",
                """
                === upgrade sni=api.example.org
                -- alert client 48
                -- fin client
                """),
            .unknown(
                "the browser says that TLS failed, and the alert is not in the input", lacks: .transport,
                """
                > GET /live HTTP/1.1
                -- failed
                ?? transport status
                """),
        ]
    )
}
