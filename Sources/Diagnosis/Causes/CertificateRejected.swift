import Case
import Wire

extension Cause {
    /// The client sent a certificate alert.
    static let certificateRejected = Cause(
        "certificate-rejected", "TLS-101", "The client rejected the server's certificate",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The client ended the TLS handshake with an alert about the certificate: unknown authority, expired, \
            revoked, or not for this name. TLS 1.3 encrypts certificates, so that only the alert may be visible.
            """,
        fix: Fix(
            "Install the whole chain on the server, renew what has expired, and dial the name that the certificate holds."
        ),
        references: [.rfc(8446, "6.2")],
        mistakenFor: ["sni-unknown", "tls-version-or-cipher", "forward-proxy-in-the-way"],
        examine: { facts in
            guard let tls = facts.attempt.connection.tls else { return .silent }
            guard
                let alert = tls.alerts.first(where: {
                    $0.by == .client && [42, 43, 44, 45, 46, 48].contains($0.code)
                })
            else {
                if tls.established, facts.request != nil {
                    return .ruledOut("the TLS handshake was completed")
                }
                guard facts.clientLeftHandshake else { return .silent }
                var brief = Brief(
                    "the client did not trust the certificate: it left during the TLS handshake, without an alert",
                    cap: .possible)
                brief.speaksFor(
                    .moderate, .transport, "the client ended the connection before its request",
                    at: facts.effectPlaces)
                brief.test = NextStep(
                    "Read the client's own error message: it names what it dislikes about the certificate.")
                return .stands(brief)
            }
            let names = [
                42: "bad certificate", 43: "unsupported certificate", 44: "certificate revoked",
                45: "certificate expired", 46: "certificate unknown", 48: "unknown authority",
            ]
            let name = names[alert.code] ?? "certificate"
            var text = "the client ended the TLS handshake with the alert \"\(name)\" (\(alert.code))"
            if let leaf = tls.certificates.first {
                text +=
                    "; the certificate is for \(leaf.names.isEmpty ? leaf.subject : listed(leaf.names)), issued by \(leaf.issuer)"
                if let end = leaf.notAfter { text += ", valid until \(end.dayText)" }
            }
            var brief = Brief(text)
            brief.speaksFor(
                .strong, .transport, "alert \(alert.code) by the client", at: [alert.place], telling: true)
            brief.proof = .stated
            if alert.code == 45 { brief.fix = Fix("Renew the server's certificate.") }
            if alert.code == 48 {
                brief.fix = Fix(
                    "Serve the whole chain, or let the client trust the authority that issued the certificate."
                )
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "unknown authority",
                """
                === upgrade sni=api.example.org
                -- alert client 48
                -- fin client
                """),
            .silent(
                "the alert is the server's",
                """
                === upgrade sni=api.example.org
                -- alert server 40
                -- fin server
                """),
            .unknown(
                "the browser says that it failed, and not in which layer", lacks: .transport,
                """
                > GET /live HTTP/1.1
                -- failed
                ?? transport status
                """),
        ]
    )
}
