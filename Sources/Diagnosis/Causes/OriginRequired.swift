import Case
import Wire

extension Cause {
    /// No Origin, where one is wanted.
    static let originRequired = Cause(
        "origin-required", "EDGE-102", "An Origin is required and absent",
        explains: [.refused],
        needs: .requestFields,
        explanation: """
            Clients outside a browser send no Origin. Most servers let them in, some hold a missing Origin for a \
            foreign one.
            """,
        fix: Fix(
            "Set Origin to one that the server allows, in the client's options.",
            applicability: .hasPlaceholders),
        references: [.rfc(6455, "10.2")],
        mistakenFor: ["origin-refused", "path-unknown-masked"],
        examine: { facts in
            let said = facts.statement(of: "origin-required")
            guard facts.status == 403 || said != nil else { return .silent }
            guard facts.sees(.requestFields), let request = facts.request else {
                return
                    (facts.status == 403
                    ? facts.toldCandidate(
                        "the server lets nobody in without an Origin",
                        "403 fits an Origin policy, and the Origin is not in the input") : nil)
                    ?? .untestable(.requestFields)
            }
            if let origin = request.head.first("origin") {
                return facts.status == 403
                    ? .ruledOut("Origin \(origin) was sent", at: facts.requestPlaces) : .silent
            }
            if let same = facts.comparisons.first(where: {
                $0.wasAccepted && facts.isHere($0) && $0.differences.isDisjoint(with: [.origin, .unknown])
            }) {
                let other = facts.file.attempts[same.other]
                return .ruledOut("attempt \(other.id) was accepted without Origin", at: facts.places(other))
            }
            var brief = Brief("the server lets nobody in without an Origin")
            brief.speaksFor(.weak, .origin, "no Origin in the request", at: facts.requestPlaces)
            if let said { facts.add(said, to: &brief) }
            if let other = facts.decisive(.origin) {
                brief.speaksFor(
                    .strong, .comparison,
                    "attempt \(other.id) differs only in having an Origin, and was accepted",
                    at: facts.places(other), telling: true)
                brief.proof = .differential
            } else if said == nil, let other = facts.indifferent(.origin) {
                return .ruledOut(
                    "attempt \(other.id) was refused alike with an Origin", at: facts.places(other))
            }
            if let known = facts.known({ fact -> Bool? in
                if case .originPolicy(.required) = fact { true } else { nil }
            }).first {
                brief.add(known, telling: false)
            }
            if said == nil, brief.proof == nil { brief.cap = .possible }
            if let judged = facts.judgedCredential {
                return .ruledOut("the server judged the credential: \(judged.quote)", at: [judged.place])
            }
            facts.weighStatement(otherThan: ["origin-required", "origin-refused"], against: &brief)
            brief.test = NextStep("Send the same upgrade once with Origin: https://\(facts.host).")
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "with an Origin the same request is accepted",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Origin: https://api.example.org
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .fires(
                .possible, "a bare 403 without an Origin",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "an Origin was sent",
                """
                > GET /live HTTP/1.1
                > Origin: https://api.example.org
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the log shows no Origin, sent or not", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                ?? requestFields
                """),
        ]
    )
}

/// The host of an origin.
func originHost(_ origin: String) -> String {
    guard let colon = origin.firstIndex(of: ":"), origin[colon...].hasPrefix("://") else {
        return hostOnly(origin)
    }
    return hostOnly(String(origin[colon...].dropFirst(3)))
}
