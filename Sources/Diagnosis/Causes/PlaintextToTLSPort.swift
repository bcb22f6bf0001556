import Case
import Wire

extension Cause {
    /// ws:// where wss:// belongs.
    static let plaintextToTLSPort = Cause(
        "plaintext-to-tls-port", "TLS-105", "ws:// was sent to a TLS port",
        explains: [.failed, .refused],
        needs: .transport,
        explanation: """
            The client began with plain HTTP on a port where the server speaks TLS. The server answers with a TLS \
            alert, closes, or explains it in a 400.
            """,
        fix: Fix("Dial `wss://`."),
        references: [.rfc(6455, "3")],
        mistakenFor: ["closed-before-response", "proxy-drops-upgrade"],
        examine: { facts in
            let said = facts.statement(of: "plaintext-to-tls-port")
            let isSeen = facts.protocolMismatch == .plaintextToTLSPort
            guard isSeen || said != nil || facts.isPlainOnTLSPort else {
                return facts.symptoms.contains(.failed) && facts.hasTLS
                    ? .ruledOut("the client began with TLS") : .silent
            }
            var brief = Brief(
                "the client sent plain HTTP to \(facts.authority), where the server speaks TLS")
            if isSeen {
                brief.speaksFor(
                    .strong, .transport, "the client began with HTTP, the server answered with TLS",
                    at: facts.requestPlaces, telling: true)
                brief.proof = .arithmetic
            }
            if let said { facts.add(said, to: &brief) }
            if brief.proof == nil, let port = facts.attempt.connection.server?.port {
                brief.speaksFor(
                    .moderate, .transport, "port \(port) is TLS's by custom", at: facts.requestPlaces,
                    telling: true)
                brief.speaksFor(
                    .weak, .timing, "the server ended the connection without a word of HTTP",
                    at: facts.effectPlaces)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the answer was a TLS alert",
                """
                === upgrade plain
                > GET /live HTTP/1.1
                -- mismatch plaintextToTLSPort
                -- fin server
                """),
            .silent(
                "the server just closed",
                """
                === upgrade plain
                > GET /live HTTP/1.1
                -- fin client
                """),
            .unknown(
                "the browser says that ws:// failed, and not what came back", lacks: .transport,
                """
                === upgrade plain
                > GET /live HTTP/1.1
                -- failed
                ?? transport status
                """),
        ]
    )
}
