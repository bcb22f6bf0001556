import Case
import Wire

extension Cause {
    /// The proxy that was watching is itself between client and server.
    static let requestChangedOnTheWay = Cause(
        "request-changed-on-the-way", "EDGE-307", "The proxy that watched had changed the request",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            A reverse proxy has to replace Host, and a forward proxy takes out what is addressed to it. The server \
            judges the request that reaches it: one that compares Origin with Host, or that allows certain hosts, may \
            refuse through the proxy what it takes without it. A browser, too, sends the proxy's address no cookies of \
            the server's. The report lists what was changed.
            """,
        fix: Fix("Watch without a change: wsdiag run --tap, or wsdiag proxy with --rewrite-host keep."),
        references: [.rfc(9110, "7.2"), .rfc(6455, "10.2")],
        mistakenFor: ["origin-refused", "origin-rewritten", "host-and-sni-disagree"],
        examine: { facts in
            // Statuses with which a server judges a request.
            guard let status = facts.status, [400, 401, 403, 404, 421].contains(status) else {
                return .silent
            }
            let changes = facts.file.whole.limits.filter { $0.kind == .changedOnTheWay }
            guard let first = changes.first else { return .silent }
            if let same = facts.comparisons.first(where: { $0.wasAccepted && facts.isHere($0) }) {
                let other = facts.file.attempts[same.other]
                return .ruledOut(
                    "attempt \(other.id) was accepted through the same proxy", at: facts.places(other))
            }
            if let judged = facts.judgedCredential {
                return .ruledOut("the server judged the credential: \(judged.quote)", at: [judged.place])
            }
            var brief = Brief("the server refuses what the proxy made of the request")
            for change in changes.prefix(4) {
                brief.speaksFor(
                    .weak, .handshake, change.text, at: first.place.map { [$0] } ?? facts.requestPlaces)
            }
            facts.weighStatement(otherThan: ["request-changed-on-the-way"], against: &brief)
            brief.test = NextStep(
                "Connect once without the proxy, or with wsdiag run --tap, which changes nothing.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "Host was replaced, and a bare 403 follows",
                """
                -- changed Host was changed from 127.0.0.1:8080 to api.example.org
                > GET /live HTTP/1.1
                > Origin: http://127.0.0.1:8080
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "nothing was changed",
                """
                > GET /live HTTP/1.1
                > Origin: http://127.0.0.1:8080
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "an attempt like it was accepted through the same proxy",
                """
                === upgrade
                -- changed Host was changed from 127.0.0.1:8080 to api.example.org
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the log behind a proxy shows no field that it could have changed", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? requestFields
                """),
        ]
    )
}
