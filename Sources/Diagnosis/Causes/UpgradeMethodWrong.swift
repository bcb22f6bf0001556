import Case

extension Cause {
    /// The upgrade is no GET.
    static let upgradeMethodWrong = Cause(
        "upgrade-method-wrong", "UPGRADE-105", "The upgrade is not a bodyless GET",
        explains: .refused,
        needs: .requestFields,
        explanation: """
            A WebSocket handshake over HTTP/1.1 is a GET without a body. Another method, or a body, is refused by \
            most servers, usually with 405 and an `Allow` field.
            """,
        fix: Fix("Send the handshake as a GET without a body."),
        references: [.rfc(6455, "4.1"), .rfc(9110, "15.5.6")],
        mistakenFor: ["path-not-found", "http-version-wrong"],
        examine: { facts in
            guard let method = facts.request?.head.method else { return .silent }
            guard method != "GET" else {
                return facts.status == 405 ? .ruledOut("the method is GET", at: facts.requestPlaces) : .silent
            }
            var brief = Brief(
                fact: "The upgrade was sent with \(method.prefix(20)).", claim: "a handshake is a GET")
            brief.speaksFor(
                .strong, .handshake, "the method is \(method.prefix(20))", at: facts.requestPlaces,
                telling: true)
            if facts.status == 405 {
                brief.speaksFor(
                    .strong, .status, "405 refuses the method", at: facts.effectPlaces, telling: true)
                brief.proof = .stated
            }
            facts.weighStatement(otherThan: ["upgrade-method-wrong"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "POST, and 405",
                """
                > POST /live HTTP/1.1
                < HTTP/1.1 405 Method Not Allowed
                < Allow: GET
                """),
            .silent(
                "GET, and 405",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 405 Method Not Allowed
                """),
            .unknown(
                "the capture holds the server's direction only", lacks: .requestFields,
                """
                < HTTP/1.1 405 Method Not Allowed
                ?? requestFields query
                """),
        ]
    )
}
