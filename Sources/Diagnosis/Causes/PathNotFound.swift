import Case
import Wire

extension Cause {
    /// 404.
    static let pathNotFound = Cause(
        "path-not-found", "UPGRADE-201", "The responder has no such path",
        explains: [.refused],
        needs: [.status, .responseFields, .responseBody],
        explanation: """
            404 is the answer of whoever answered: a proxy may say it for want of a route, an application for want \
            of a handler, and some answer 404 to an upgrade although an ordinary GET would succeed. The path, a \
            missing prefix and a trailing slash are the first suspects.
            """,
        fix: Fix(
            "Compare the path with the one that the server documents, trailing slash and prefix included."),
        references: [.rfc(9110, "15.5.5")],
        mistakenFor: ["path-unknown-masked", "host-and-sni-disagree", "not-a-websocket-endpoint"],
        examine: { facts in
            let said = facts.statement(of: "path-not-found")
            guard
                facts.status == 404 || (facts.status == 400 && said != nil)
                    || ((facts.status == 401 || facts.status == 403) && said?.isStatement == true)
            else { return .silent }
            guard !facts.path.isEmpty else { return .untestable(.requestFields) }
            let here = facts.comparisons.first { $0.wasAccepted && facts.isHere($0) }
            let earlier = here.map { facts.file.attempts[$0.other] }
            // It may know the path, and not what the path or the token stands for.
            let thing = facts.statement(of: "thing-not-found")
            var brief = Brief(
                (thing.map {
                    "\(facts.authority) answers 404 for \(facts.shownPath) and says what it did not find: \($0.quote)"
                }
                    ?? "\(facts.authority) has no WebSocket at \(facts.shownPath)")
                    + (earlier.map { ", although attempt \($0.id) was accepted there" } ?? ""))
            if thing != nil {
                brief.fix = Fix(
                    "Look for what the server names, in its own words, before the path.",
                    applicability: .maybeIncorrect)
            }
            brief.speaksFor(
                .strong, facts.status == 404 ? .status : .words,
                facts.status == 404 ? "404 for \(facts.shownPath)" : "\(said?.quote ?? "")",
                at: facts.effectPlaces, telling: true)
            if facts.status == 404 { brief.proof = .stated }
            if let said { facts.add(said, to: &brief) }
            if let earlier {
                brief.speaksAgainst(
                    .weak, .comparison, "attempt \(earlier.id) was accepted on the same path",
                    at: facts.places(earlier))
                brief.fix = Fix(
                    "Ask for a new URL, or look at what changed on the server: the path was good in attempt \(earlier.id).",
                    applicability: .maybeIncorrect)
            }
            facts.weighStatement(
                otherThan: ["path-not-found", "thing-not-found", "endpoint-retired", "session-url-spent"],
                against: &brief)
            if let sibling = facts.comparisons.first(where: {
                $0.wasAccepted && $0.differences.contains(.path) && !$0.differences.contains(.host)
            }) {
                let other = facts.file.attempts[sibling.other]
                let path = facts.path(ofAttempt: sibling.other)
                brief.speaksFor(
                    .moderate, .comparison, "attempt \(other.id) was accepted on \(path) of the same host",
                    at: facts.places(other))
                brief.fix = Fix(
                    "Dial \(path), which the same host accepted in attempt \(other.id).",
                    applicability: .maybeIncorrect)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "404",
                """
                > GET /liv HTTP/1.1
                < HTTP/1.1 404 Not Found
                """),
            .fires(
                .certain, "the same path was accepted before",
                """
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                """),
            .fires(
                .certain, "404, and the server names something else than the path",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                < Content-Type: application/json
                <
                < {"message":"tenant not found"}
                """),
            .silent(
                "a bare 403",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "a program says \"unexpected response\", without the number", lacks: .status,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 404 Not Found
                ?? status responseFields responseBody
                """),
        ]
    )
}
