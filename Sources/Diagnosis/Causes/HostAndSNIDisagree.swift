import Case
import Wire

extension Cause {
    /// TLS names one host, HTTP another.
    static let hostAndSNIDisagree = Cause(
        "host-and-sni-disagree", "UPGRADE-108", "Host, SNI and authority disagree",
        explains: [.refused],
        needs: [.requestFields, .transport],
        explanation: """
            The TLS handshake named one host and the Host field another, or Host is an address where the server \
            chooses by name. The request then meets the wrong virtual host: 421 says so, 404 or 400 only hint.
            """,
        fix: Fix("Dial by the name that the server is configured for; let SNI and Host be the same."),
        references: [.rfc(9110, "15.5.20"), .rfc(6066, "3")],
        mistakenFor: ["path-not-found", "origin-rewritten"],
        examine: { facts in
            guard let head = facts.request?.head, facts.sees(.requestFields) else { return .silent }
            let hosts = head.all("host").map(hostOnly)
            let server = facts.serverName?.lowercased()
            let differs = server != nil && hosts.first != nil && server != hosts.first
            let said = facts.statement(of: "host-and-sni-disagree")
            guard differs || facts.status == 421 || said != nil else {
                guard let server, facts.status == 404 || facts.status == 400 else { return .silent }
                return .ruledOut("SNI and Host are both \(server)", at: facts.requestPlaces)
            }
            let text =
                differs
                ? "TLS asked for \(server ?? ""), and the Host field says \(hosts.first ?? "")."
                : "The server holds \(hosts.first ?? facts.host) for none of its own on this connection."
            var brief = Brief(fact: text, claim: "the request met the wrong virtual host")
            if differs {
                brief.speaksFor(
                    facts.status == 404 || facts.status == 400 ? .strong : .moderate, .handshake, text,
                    at: facts.requestPlaces, telling: true)
            }
            if facts.status == 421 {
                brief.speaksFor(
                    .strong, .status, "421 means exactly that", at: facts.effectPlaces, telling: true)
                brief.proof = .stated
            }
            if let said { facts.add(said, to: &brief) }
            facts.weighStatement(otherThan: ["host-and-sni-disagree", "path-not-found"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "421 says so",
                """
                === upgrade sni=a.example.org host=b.example.org
                > GET /live HTTP/1.1
                < HTTP/1.1 421 Misdirected Request
                """),
            .fires(
                .likely, "404 from a host of another name",
                """
                === upgrade sni=a.example.org host=b.example.org
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                """),
            .silent(
                "both are the same",
                """
                === upgrade sni=a.example.org host=a.example.org
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                """),
            .unknown(
                "the browser's export shows Host, and no TLS", lacks: .transport,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                ?? transport
                """),
        ]
    )
}
