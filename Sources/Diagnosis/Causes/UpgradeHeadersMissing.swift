import Case
import Wire

extension Cause {
    /// Upgrade or Connection: Upgrade did not reach the server.
    static let upgradeHeadersMissing = Cause(
        "upgrade-headers-missing", "UPGRADE-101", "Upgrade or Connection: Upgrade did not arrive",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            Without `Upgrade: websocket` and `Connection: Upgrade` a request is ordinary HTTP. Both are hop-by-hop \
            (RFC 9110 §7.6.1): a proxy must set them again towards the next hop, and one that does not makes the \
            server answer 400 or 426 although the client sent both.
            """,
        fix: Fix("Set both fields at every hop, and speak HTTP/1.1 to the upstream."),
        references: [.rfc(6455, "4.2.1"), .rfc(9110, "7.8"), .rfc(9110, "7.6.1")],
        mistakenFor: ["proxy-drops-upgrade", "http-version-wrong", "not-a-websocket-endpoint"],
        examine: { facts in
            let said = facts.statement(of: "upgrade-headers-missing")
            guard facts.sees(.requestFields), facts.request != nil else {
                return said != nil || facts.status == 426 ? .untestable(.requestFields) : .silent
            }
            let check = facts.handshake
            let missing = [
                check.requestUpgrade == false ? "Upgrade: websocket" : nil,
                check.requestConnection == false ? "Connection: Upgrade" : nil,
            ].compactMap { $0 }
            if missing.isEmpty {
                guard said == nil, facts.status == 400 || facts.status == 426 else { return .silent }
                return .ruledOut(
                    "Upgrade and Connection are in the request as captured here", at: facts.requestPlaces)
            }
            var brief = Brief(
                fact: "The request lacks \(missing.joined(separator: " and ")).",
                claim: "to the server it is ordinary HTTP")
            brief.speaksFor(
                .strong, .handshake, "missing: \(missing.joined(separator: ", "))", at: facts.requestPlaces,
                telling: true)
            if let said { facts.add(said, to: &brief) }
            if facts.status == 426 || facts.status == 400, brief.proof == nil { brief.proof = .arithmetic }
            facts.weighStatement(
                otherThan: ["upgrade-headers-missing", "proxy-drops-upgrade"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "Connection says keep-alive",
                """
                > GET /live HTTP/1.1
                > Connection: keep-alive
                < HTTP/1.1 426 Upgrade Required
                """),
            .silent(
                "both are there",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the log behind the proxy shows the 426, and no field of the request", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 426 Upgrade Required
                ?? requestFields
                """),
        ]
    )
}
