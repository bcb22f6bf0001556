import Case

extension Cause {
    /// Fields of the handshake that stand there once stand there twice.
    static let handshakeHeadersDuplicated = Cause(
        "handshake-headers-duplicated", "UPGRADE-107", "Handshake fields are duplicated or merged",
        explains: .refused,
        needs: .requestFields,
        explanation: """
            Host, Origin and the Sec-WebSocket fields other than the lists stand in a handshake once. A library and a \
            proxy, or two layers of code, that each add them make two; servers then read the first, the last, or \
            refuse the request.
            """,
        fix: Fix("Let one place only set each field of the handshake."),
        references: [.rfc(6455, "4.1"), .rfc(9110, "5.3")],
        mistakenFor: ["websocket-key-malformed", "origin-refused", "websocket-version-unsupported"],
        examine: { facts in
            guard let head = facts.request?.head else { return .silent }
            let counts = [
                ("Origin", head.count(of: "origin")), ("Host", head.count(of: "host")),
                ("Sec-WebSocket-Version", head.count(of: "sec-websocket-version")),
                ("Upgrade", head.count(of: "upgrade")), ("Authorization", head.count(of: "authorization")),
            ]
            let doubled = counts.filter { 1 < $0.1 }.map(\.0)
            guard !doubled.isEmpty else { return .silent }
            var brief = Brief(
                fact: "The request holds more than one line of \(listed(doubled)).",
                claim: "the server reads the other one, or refuses both", cap: .possible)
            brief.speaksFor(.moderate, .handshake, "repeated: \(listed(doubled))", at: facts.requestPlaces)
            facts.weighStatement(otherThan: [], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "two Origin fields",
                """
                > GET /live HTTP/1.1
                > Origin: https://app.example.org
                > Origin: https://app.example.org
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "each field once",
                """
                > GET /live HTTP/1.1
                > Origin: https://app.example.org
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the access log shows the 400, and no field of the request", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? requestFields
                """),
        ]
    )
}
