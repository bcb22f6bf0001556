import Case
import Wire

extension Cause {
    /// HTTP/1.0, or HTTP/2 negotiated and HTTP/1 spoken.
    static let httpVersionWrong = Cause(
        "http-version-wrong", "UPGRADE-106",
        "The connection speaks an HTTP version that cannot carry this upgrade",
        explains: [.refused, .failed],
        needs: .transport,
        explanation: """
            The upgrade needs HTTP/1.1. HTTP/1.0 knows no upgrade, and on a connection that negotiated `h2` the \
            server expects HTTP/2 frames, where a WebSocket is opened with extended CONNECT (RFC 8441).
            """,
        fix: Fix("Offer only `http/1.1` in ALPN for WebSocket connections, and HTTP/1.1 on every hop."),
        references: [.rfc(6455, "4.1"), .rfc(8441, "4"), .rfc(9113, "8.2.2")],
        mistakenFor: ["upgrade-headers-missing", "closed-before-response"],
        examine: { facts in
            let version = facts.request?.head.version
            let isH2 = facts.selectedProtocol == "h2"
            let isOld = version == "HTTP/1.0"
            let said = facts.statement(of: "http-version-wrong")
            guard isH2 || isOld || said != nil || facts.status == 505 else {
                guard let version, [400, 426, 505].contains(facts.status ?? 0) else { return .silent }
                // What TLS negotiated stands below the request.
                guard facts.isSecure == false || facts.sees(.transport) else {
                    return .untestable(.transport)
                }
                return .ruledOut(
                    "the request is \(version)\(facts.selectedProtocol.map { ", ALPN \($0)" } ?? "")",
                    at: facts.requestPlaces)
            }
            let text =
                isH2
                ? "TLS negotiated h2, and the client then sent \(version ?? "HTTP/1.1")."
                : isOld ? "The request is HTTP/1.0." : "The server refuses the HTTP version \(version ?? "")."
            var brief = Brief(fact: text, claim: "this connection cannot carry the upgrade")
            brief.speaksFor(.strong, .handshake, text, at: facts.requestPlaces, telling: true)
            if let said { facts.add(said, to: &brief) }
            if facts.status == 505 {
                brief.speaksFor(
                    .strong, .status, "505 means exactly that", at: facts.effectPlaces, telling: true)
                brief.proof = .stated
            }
            if isH2, version != nil { brief.proof = .arithmetic }
            facts.weighStatement(
                otherThan: ["http-version-wrong", "upgrade-headers-missing"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "h2 was negotiated, HTTP/1.1 was sent",
                """
                === upgrade alpn=h2
                > GET /live HTTP/1.1
                -- fin server
                """),
            .fires(
                .likely, "HTTP/1.0 knows no upgrade",
                """
                > GET /live HTTP/1.0
                < HTTP/1.1 400 Bad Request
                """),
            .silent(
                "HTTP/1.1 all through",
                """
                === upgrade alpn=http/1.1
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the log shows HTTP/1.1 and 400, and not what TLS had negotiated", lacks: .transport,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? transport
                """),
        ]
    )
}
