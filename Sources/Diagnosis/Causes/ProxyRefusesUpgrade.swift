import Case
import Wire

extension Cause {
    /// The proxy has the upgrade switched off.
    static let proxyRefusesUpgrade = Cause(
        "proxy-refuses-upgrade", "EDGE-302", "A proxy refuses upgrades by configuration",
        explains: [.refused],
        needs: [.responseFields, .responseBody],
        explanation: """
            Some proxies answer 403 with an empty body to any upgrade that is not enabled on the listener or route. \
            That has nothing to do with the token: every token, and none, is refused alike, while a plain GET on the \
            same path reaches the application.
            """,
        fix: Fix("Enable the websocket upgrade on the proxy's listener and route."),
        references: [.rfc(9110, "7.8")],
        mistakenFor: ["scope-missing-inferred", "gateway-policy-denied", "origin-refused"],
        examine: { facts in
            guard facts.status == 403, let said = facts.statement(of: "proxy-refuses-upgrade") else {
                return .silent
            }
            if let here = facts.comparisons.first(where: { $0.wasOpened && facts.isHere($0) }) {
                let other = facts.file.attempts[here.other]
                return .ruledOut("attempt \(other.id) was upgraded on the same path", at: facts.places(other))
            }
            var brief = Brief("the proxy refuses every upgrade on this route, whatever the token")
            brief.speaksFor(.strong, .responder, said.quote, at: [said.place], telling: true)
            if let other = facts.indifferent(.token) ?? facts.indifferent(.presence) {
                brief.speaksFor(
                    .moderate, .comparison,
                    "attempt \(other.id) with another token, or none, was refused alike",
                    at: facts.places(other), telling: true)
            }
            if let plain = facts.plainSuccess {
                brief.speaksFor(
                    .moderate, .lineage,
                    "a plain \(plain.request.head.method ?? "GET") on the same path was answered \(plain.status ?? 200)",
                    at: [plain.request.place], telling: true)
            }
            let isTokenIndependent = facts.indifferent(.token) != nil || facts.indifferent(.presence) != nil
            if isTokenIndependent, facts.plainSuccess != nil { brief.proof = .differential }
            brief.test = NextStep(
                "Send the upgrade without any credential, and a plain GET to the same path: the first refused alike and the second answered by the application settles it."
            )
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the shape of a proxy that has upgrades off",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 403 Forbidden
                < content-length: 0
                < server: example-proxy
                """),
            .silent(
                "another responder",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                < server: something
                """),
            .unknown(
                "the browser's export shows the 403 without its fields", lacks: .responseFields,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                ?? responseFields responseBody
                """),
        ]
    )
}
