import Case
import Wire

extension Cause {
    /// Sec-WebSocket-Version is missing, or not 13.
    static let websocketVersionUnsupported = Cause(
        "websocket-version-unsupported", "UPGRADE-104", "Sec-WebSocket-Version is not one the server speaks",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            The protocol of RFC 6455 has version 13. A server that is offered another answers 400 or 426 and lists \
            the versions it speaks in Sec-WebSocket-Version (§4.4).
            """,
        fix: Fix("Send `Sec-WebSocket-Version: 13`."),
        references: [.rfc(6455, "4.4")],
        mistakenFor: ["upgrade-headers-missing", "websocket-key-malformed"],
        examine: { facts in
            guard facts.sees(.requestFields), facts.request != nil else { return .silent }
            let versions = facts.handshake.versions
            if versions == ["13"] {
                guard facts.status == 400 || facts.status == 426 else { return .silent }
                return .ruledOut("Sec-WebSocket-Version is 13", at: facts.requestPlaces)
            }
            let text =
                versions.isEmpty
                ? "The request has no Sec-WebSocket-Version."
                : "The request asks for version \(versions.joined(separator: ", ")) instead of 13."
            var brief = Brief(fact: text, claim: "a server of RFC 6455 speaks version 13")
            brief.speaksFor(.strong, .handshake, text, at: facts.requestPlaces, telling: true)
            let offered = facts.response?.head.list("sec-websocket-version") ?? []
            if !offered.isEmpty {
                brief.speaksFor(
                    .strong, .responder, "the server speaks version \(offered.joined(separator: ", "))",
                    at: facts.effectPlaces, telling: true)
                brief.proof = .stated
            }
            facts.addStatement(of: "websocket-version-unsupported", to: &brief)
            if facts.status == 400 || facts.status == 426, brief.proof == nil { brief.proof = .arithmetic }
            facts.weighStatement(otherThan: ["websocket-version-unsupported"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the client offers version 8",
                """
                > GET /live HTTP/1.1
                > Sec-WebSocket-Version: 8
                < HTTP/1.1 426 Upgrade Required
                < Sec-WebSocket-Version: 13
                """),
            .silent(
                "the version is 13",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the log shows the 426, and not which version was asked for", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 426 Upgrade Required
                ?? requestFields
                """),
        ]
    )
}
