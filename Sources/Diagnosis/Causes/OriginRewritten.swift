import Case
import Wire

extension Cause {
    /// The public name in Origin, an internal one in Host.
    static let originRewritten = Cause(
        "origin-rewritten", "EDGE-103", "A proxy rewrote Host, scheme or port, so Origin no longer matches",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            Many servers allow an Origin that equals their own Host. Behind a proxy that replaces Host by an internal \
            name, drops the port, or turns https into http, the two differ although the page and the socket are of \
            one site. On this leg that shows as an Origin of a public name beside an internal Host.
            """,
        fix: Fix(
            "Let the proxy pass the original Host with its port, and X-Forwarded-Proto; or configure the public origin in the server."
        ),
        references: [.rfc(6455, "10.2"), .rfc(9110, "7.2")],
        mistakenFor: ["origin-refused"],
        examine: { facts in
            guard facts.status == 403, let head = facts.request?.head, facts.sees(.requestFields),
                let origin = head.first("origin"), let hostField = head.first("host")
            else { return .silent }
            let own = hostOnly(hostField)
            let theirs = originHost(origin)
            let forwarded = head.first("x-forwarded-host").map(hostOnly)
            let isInternal = isInternalName(own) && !isInternalName(theirs)
            let isForwarded = forwarded == theirs && theirs != own
            let isSchemeOnly =
                theirs == own && origin.hasPrefix("https://") && facts.isSecure == false
                && head.first("x-forwarded-proto") == nil && head.has("via")
            guard isInternal || isForwarded || isSchemeOnly else { return .silent }
            if let same = facts.comparisons.first(where: {
                $0.wasAccepted && facts.isHere($0) && !$0.differences.contains(.origin)
            }) {
                return .ruledOut(
                    "attempt \(facts.file.attempts[same.other].id) was accepted with the same Origin and Host"
                )
            }
            var brief = Brief(
                fact: "Origin says \(origin), and the Host that arrived is \(hostField).",
                claim: "a proxy replaced Host, so that the server holds the page for a foreign one")
            brief.speaksFor(
                .moderate, .origin, "Origin \(origin), Host \(hostField)", at: facts.requestPlaces,
                telling: true)
            if isForwarded {
                brief.speaksFor(
                    .moderate, .handshake, "X-Forwarded-Host is \(theirs)", at: facts.requestPlaces,
                    telling: true)
            }
            if let said = facts.statement(of: "origin-refused") {
                brief.speaksFor(
                    .strong, .words, "the server refuses the Origin: \(said.quote)", at: [said.place])
            }
            facts.weighStatement(otherThan: ["origin-refused", "origin-rewritten"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "Host is an internal name, X-Forwarded-Host the public one",
                """
                === upgrade host=backend plain
                > GET /live HTTP/1.1
                > Host: backend:8080
                > X-Forwarded-Host: app.example.org
                > Origin: https://app.example.org
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "Origin and Host agree",
                """
                > GET /live HTTP/1.1
                > Origin: https://api.example.org
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the log of the server behind the proxy shows neither Host nor Origin", lacks: .requestFields,
                """
                === upgrade host=backend plain
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? requestFields
                """),
        ]
    )
}

/// A name that only a private network knows: one label, a private address, or a suffix kept for such networks.
private func isInternalName(_ host: String) -> Bool {
    let labels = host.split(separator: ".")
    if labels.count == 1 { return true }
    if ["local", "internal", "lan", "svc", "cluster"].contains(labels.last ?? "") { return true }
    guard labels.count == 4, labels.allSatisfy({ UInt8($0) != nil }) else { return false }
    if labels[0] == "10" || labels[0] == "127" || (labels[0] == "192" && labels[1] == "168") { return true }
    return labels[0] == "172" && (UInt8(labels[1]).map { 16...31 ~= $0 } ?? false)
}
