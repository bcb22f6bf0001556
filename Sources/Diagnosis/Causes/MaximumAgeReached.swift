import Case
import Wire

extension Cause {
    /// The session ended at a fixed age.
    static let maximumAgeReached = Cause(
        "maximum-age-reached", "SESSION-301", "The connection reached its maximum age",
        explains: [.closed, .lost],
        needs: [.frames, .closes],
        asks: [.times],
        explanation: """
            Gateways end connections at an age, two hours or a day, whatever the traffic. The sign is an equal age at \
            the end of several sessions, while their silences differ; documentation helps.
            """,
        fix: Fix("Plan for it: open the next connection before the age is reached, and move over."),
        references: [.rfc(6455, "7.2.3")],
        mistakenFor: ["server-idle-timeout", "token-expired-mid-session"],
        examine: { facts in
            guard facts.close?.by != .client, let age = facts.ageAtEndSeconds else { return .silent }
            let said = facts.statement(of: "maximum-age-reached")
            let known = facts.known { fact -> Int? in
                if case .maximumAge(let seconds) = fact { seconds } else { nil }
            }
            .first { facts.isClose(Double($0.value), age) }
            let ends = facts.likeEnds
            let equal = facts.equalAges(ends)
            let areGapsEqual = equal.count <= facts.equalGaps(ends).count
            guard said != nil || known != nil || (3 <= equal.count && 30 <= age && !areGapsEqual) else {
                return .silent
            }
            var brief = Brief(
                fact: "The session ended at the age of \(durationText(age)).",
                claim: "connections are ended at that age")
            if 3 <= equal.count, !areGapsEqual {
                brief.speaksFor(
                    .strong, .series, "\(equal.count) sessions ended at that age, after different silences",
                    at: facts.effectPlaces, telling: true)
            }
            if let said { facts.add(said, to: &brief) }
            if let known {
                brief.add(known)
                brief.speaksFor(
                    .moderate, .timing, "its age is the documented one", at: facts.effectPlaces, telling: true
                )
            }
            if facts.endsOnExpiry {
                brief.speaksAgainst(
                    .strong, .clock, "the end falls on the token's exp", at: facts.effectPlaces)
            }
            facts.weighStatement(otherThan: ["maximum-age-reached"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the documented age",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 7195 s
                >> text {"action":"join"}
                << text {"n":1}
                -- 5 s
                << close 1001
                """),
            .silent(
                "one session, nothing documented",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                -- 7200 s
                << close 1001
                """),
            .unknown(
                "the lines of the log have no times", lacks: .times,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                << text {"n":1}
                << close 1001
                ?? clock
                """),
        ]
    )
}
