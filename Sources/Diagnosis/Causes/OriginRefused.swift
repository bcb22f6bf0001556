import Case
import Wire

extension Cause {
    /// The server does not take this Origin.
    static let originRefused = Cause(
        "origin-refused", "EDGE-101", "The Origin was refused",
        explains: .rejected,
        needs: .requestFields,
        explanation: """
            Browsers send the origin of the page with every upgrade, and servers refuse foreign ones to keep other \
            sites from using a visitor's cookies (RFC 6455 §10.2). Many libraries do so by default and answer 403, \
            often with nothing else. A bare 403 has other reasons too: what settles it is the server's text, the \
            shape of a library that uses 403 for nothing else, or two attempts that differ only in Origin.
            """,
        fix: Fix(
            "Put the exact origin (scheme, host, port) on the server's list.", applicability: .hasPlaceholders
        ),
        references: [.rfc(6455, "10.2"), .rfc(6455, "4.2.2")],
        mistakenFor: [
            "scope-missing-inferred", "path-unknown-masked", "origin-rewritten", "origin-required",
        ],
        examine: { facts in
            let said = facts.statement(of: "origin-refused")
            guard facts.status == 403 || said != nil else { return .silent }
            guard facts.sees(.requestFields), let request = facts.request else {
                return
                    (facts.status == 403
                    ? facts.toldCandidate(
                        "the server does not allow the Origin of the page",
                        "403 fits an Origin policy, and the Origin is not in the input") : nil)
                    ?? .untestable(.requestFields)
            }
            guard let origin = request.head.first("origin") else {
                guard let said else { return .silent }
                var brief = Brief("the server refuses the request for its Origin, although none was captured")
                facts.add(said, to: &brief)
                return .stands(brief)
            }
            if said == nil,
                let same = facts.comparisons.first(where: {
                    $0.wasAccepted && facts.isHere($0) && !$0.differences.contains(.origin)
                })
            {
                let other = facts.file.attempts[same.other]
                return .ruledOut(
                    "attempt \(other.id) was accepted with the same Origin", at: facts.places(other))
            }
            var brief = Brief("the server does not allow the Origin \(origin)")
            brief.fix = Fix(
                "Put \(origin) on the server's list of allowed origins, exactly as it is written here.")
            if let said { facts.add(said, to: &brief) }
            if let other = facts.decisive(.origin) {
                let theirs = other.request?.head.first("origin").map { "Origin \($0)" } ?? "no Origin"
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(other.id) differs only in having \(theirs), and was accepted",
                    at: facts.places(other), telling: true)
                brief.proof = .differential
            } else if said == nil, let other = facts.indifferent(.origin) {
                return .ruledOut(
                    "attempt \(other.id) was refused alike with another Origin", at: facts.places(other))
            }
            if let judged = facts.judgedCredential, said == nil {
                return .ruledOut("the server judged the credential: \(judged.quote)", at: [judged.place])
            }
            if let listed = facts.known({ fact -> Bool? in
                if case .originPolicy(.listed) = fact { true } else { nil }
            }).first {
                brief.add(listed, telling: false)
            }
            let parts = originHost(origin)
            if parts != facts.host, site(of: parts) != facts.site {
                brief.speaksFor(
                    .weak, .origin, "Origin \(origin) is of another site than \(facts.host)",
                    at: facts.requestPlaces)
            } else if said == nil, brief.proof == nil {
                brief.speaksFor(.weak, .origin, "an Origin was sent: \(origin)", at: facts.requestPlaces)
                brief.speaksAgainst(
                    .weak, .path, "it is of the same site as \(facts.host)", at: facts.requestPlaces)
            }
            facts.weighStatement(otherThan: ["origin-refused", "origin-rewritten"], against: &brief)
            brief.test = NextStep(
                "Send the same upgrade once without Origin and once with https://\(facts.host).")
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server says so",
                """
                > GET /live HTTP/1.1
                > Origin: https://app.example.com
                < HTTP/1.1 403 Forbidden
                <
                < Cross origin websockets not allowed
                """),
            .fires(
                .certain, "only Origin differs from an attempt that was accepted",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Origin: https://api.example.org
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                > Origin: https://app.example.com
                < HTTP/1.1 403 Forbidden
                """),
            .fires(
                .possible, "a bare 403 and a foreign Origin",
                """
                > GET /live HTTP/1.1
                > Origin: https://app.example.com
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "another Origin was refused alike",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Origin: https://api.example.org
                < HTTP/1.1 403 Forbidden
                === upgrade
                > GET /live HTTP/1.1
                > Origin: https://app.example.com
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the request's fields are hidden", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? requestFields
                """),
        ]
    )
}
