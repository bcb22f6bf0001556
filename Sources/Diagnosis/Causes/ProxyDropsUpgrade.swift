import Case
import Wire

extension Cause {
    /// The upgrade got lost between the client and the application.
    static let proxyDropsUpgrade = Cause(
        "proxy-drops-upgrade", "EDGE-301", "A reverse proxy does not forward the upgrade",
        explains: [.refused],
        needs: [.requestFields, .responseFields, .responseBody],
        explanation: """
            The client sent Upgrade and Connection, and the answer says that they did not arrive, or is the ordinary \
            answer of the application. Both fields are hop-by-hop: a proxy drops them unless it is told to pass the \
            upgrade on.
            """,
        fix: Fix(
            "Tell the proxy to forward the upgrade: HTTP/1.1 to the upstream, Upgrade and Connection set again."
        ),
        references: [.rfc(9110, "7.6.1"), .rfc(9110, "7.8")],
        mistakenFor: ["upgrade-headers-missing", "not-a-websocket-endpoint"],
        examine: { facts in
            guard let status = facts.status, [200, 400, 404, 426, 502].contains(status),
                facts.sees(.requestFields), facts.handshake.requestUpgrade == true,
                facts.handshake.requestConnection == true
            else { return .silent }
            let said = facts.statement(of: "upgrade-headers-missing")
            let proxy = facts.proxyMark
            guard said != nil || status == 426 || (status == 200 && proxy != nil) else { return .silent }
            var brief = Brief("something between this client and the application dropped the upgrade fields")
            brief.speaksFor(
                .weak, .handshake, "Upgrade and Connection are in the request as captured here",
                at: facts.requestPlaces)
            if let said {
                brief.speaksFor(
                    .strong, .words, "the answer says that they did not arrive: \(said.quote)",
                    at: [said.place], telling: true)
                brief.proof = .differential
            } else if status == 426 {
                brief.speaksFor(
                    .moderate, .status, "426 asks for an upgrade that was asked for", at: facts.effectPlaces,
                    telling: true)
            }
            if let proxy { brief.speaksFor(.moderate, .responder, proxy, at: facts.effectPlaces) }
            brief.test = NextStep("Dial the application directly, past the proxy: 101 there settles it.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server misses what the client sent",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                < Via: 1.1 proxy
                <
                < Can "Upgrade" only to "WebSocket".
                """),
            .silent(
                "the client did not send them",
                """
                > GET /live HTTP/1.1
                > Connection: close
                < HTTP/1.1 400 Bad Request
                <
                < Can "Upgrade" only to "WebSocket".
                """),
            .unknown(
                "the log behind the proxy shows the 426, and not what the client had sent",
                lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 426 Upgrade Required
                ?? requestFields
                """),
        ]
    )
}
