import Case
import Wire

extension Cause {
    /// The server wants a certificate of the client.
    static let clientCertificateRequired = Cause(
        "client-certificate-required", "TLS-104", "The server requires a client certificate",
        explains: [.failed, .refused],
        needs: [.responseFields, .responseBody, .transport],
        explanation: """
            The server asked for a certificate in the TLS handshake and got none, or an empty list. It ends the \
            handshake with alert 116, or goes on and answers 400 or 403 over HTTP.
            """,
        fix: Fix("Give the client its certificate and key."),
        references: [.rfc(8446, "4.3.2"), .rfc(8446, "6.2")],
        mistakenFor: ["credential-missing", "certificate-rejected"],
        examine: { facts in
            let said = facts.statement(of: "client-certificate-required")
            let tls = facts.hasTLS ? facts.attempt.connection.tls : nil
            let alert = tls?.alerts.first { $0.by == .server && $0.code == 116 }
            let wasAsked = tls?.clientCertificateRequested == true && tls?.clientCertificateEmpty == true
            guard
                said != nil || alert != nil || (wasAsked && [400, 403, 496].contains(facts.status ?? 0))
                    || (wasAsked && facts.status == nil)
            else {
                if tls?.clientCertificateRequested == false, facts.status == 403 {
                    return .ruledOut("the server asked for no client certificate")
                }
                return .silent
            }
            var brief = Brief("the server requires a client certificate, and none was presented")
            if let alert {
                brief.speaksFor(
                    .strong, .transport, "alert 116 (certificate required) by the server", at: [alert.place],
                    telling: true)
                brief.proof = .stated
            }
            if wasAsked {
                brief.speaksFor(
                    .strong, .transport, "the server asked, the client's list was empty", telling: true)
            }
            if let said { facts.add(said, to: &brief) }
            facts.weighStatement(otherThan: ["client-certificate-required"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the body says so",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                <
                < No required SSL certificate was sent
                """),
            .fires(
                .likely, "asked for, not given, 403",
                """
                -- certificate-requested empty
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "nobody asked",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the browser's export shows the 403 and no TLS", lacks: .transport,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? transport
                """),
        ]
    )
}
