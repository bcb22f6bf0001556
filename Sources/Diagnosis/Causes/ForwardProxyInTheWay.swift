import Case
import Wire

extension Cause {
    /// A forward proxy refused the tunnel.
    static let forwardProxyInTheWay = Cause(
        "forward-proxy-in-the-way", "EDGE-305", "A forward proxy stands in the way",
        explains: [.failed],
        needs: .transport,
        explanation: """
            The client asked a forward proxy for a tunnel to the server, and the proxy said no: 407 asks for \
            credentials of its own, 403 forbids the target, 502 and 504 mean that it could not reach it. The server \
            never saw the request.
            """,
        fix: Fix("Give the client the proxy's credentials, or have the proxy allow this host and port."),
        references: [.rfc(9110, "9.3.6"), .rfc(9110, "15.5.8"), .rfc(1928, "6")],
        mistakenFor: ["closed-before-response", "certificate-rejected"],
        examine: { facts in
            guard let tunnel = facts.attempt.connection.tunnel else { return .silent }
            guard !tunnel.isOpen else {
                return .ruledOut(
                    "the proxy opened the tunnel to \(tunnel.target)", at: tunnel.place.map { [$0] } ?? [])
            }
            let server = facts.attempt.connection.server.map { "\($0)" } ?? "the proxy"
            let places = tunnel.place.map { [$0] } ?? []
            guard let answer = tunnel.answer else {
                var brief = Brief(
                    "the proxy \(server) never answered the request for a tunnel to \(tunnel.target)")
                brief.speaksFor(
                    .strong, .transport, "\(tunnel.kind.rawValue) without an answer", at: places,
                    telling: true)
                return .stands(brief)
            }
            let wants = answer == 407 ? ", asking for credentials of its own" : ""
            var brief = Brief(
                "the proxy \(server) refused the tunnel to \(tunnel.target) with \(answer) (\(tunnel.kind.rawValue))\(wants)"
            )
            brief.speaksFor(
                .strong, .responder, "\(tunnel.kind.rawValue) answered with \(answer)", at: places,
                telling: true)
            brief.proof = .stated
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the proxy wants credentials",
                """
                -- tunnel api.example.org:443 407
                -- fin server
                """),
            .silent(
                "there is no proxy",
                """
                > GET /live HTTP/1.1
                -- fin server
                """),
            .unknown(
                "a program says that it could not connect, and not through whom", lacks: .transport,
                """
                -- failed
                ?? reported transport status
                """),
        ]
    )
}
