import Case
import Wire

extension Cause {
    /// Too many requests or connections.
    static let rateLimited = Cause(
        "rate-limited", "EDGE-204", "A rate or connection quota was hit",
        explains: .rejected,
        needs: [.status, .responseFields],
        explanation: """
            429 says it, Retry-After says for how long, and close codes such as 1013, 4008 or 4429 say it after the \
            upgrade. Attempts in quick succession make it worse.
            """,
        fix: Fix(
            "Wait as long as Retry-After says, then reconnect with growing, random pauses; keep fewer connections open."
        ),
        references: [.rfc(6585, "4"), .rfc(9110, "10.2.3"), .rfc(6455, "7.2.3")],
        mistakenFor: ["reconnect-storm", "blocked-by-edge"],
        examine: { facts in
            let said = facts.statement(of: "rate-limited")
            let wait = facts.response?.head.first("retry-after")
            let isStatus = facts.status == 429
            let known = facts.serverClose?.code.flatMap { facts.closeCodeMeaning($0) }
            let isCode = known?.means == "rate-limited"
            if isStatus || said != nil || isCode || (facts.status == 503 && wait != nil) {
                var brief = Brief(
                    "the server limits how often or how many may connect\(wait.map { " and asks to wait (Retry-After: \($0))" } ?? "")"
                )
                if isStatus {
                    brief.speaksFor(
                        .strong, .status, "429 means exactly that", at: facts.effectPlaces, telling: true)
                    brief.proof = .stated
                }
                if let wait, facts.status == 503 {
                    brief.speaksFor(
                        .moderate, .status, "503 with Retry-After: \(wait)", at: facts.effectPlaces,
                        telling: true)
                }
                if let said { facts.add(said, to: &brief) }
                if isCode, let known, let code = facts.serverClose?.code {
                    brief.add(Known(profile: known.profile, behaviour: known.behaviour, value: code), .strong)
                }
                if let wait {
                    brief.fix = Fix(
                        "Wait \(wait)\(wait.allSatisfy(\.isNumber) ? " s" : "") before the next attempt, and back off with growing, random pauses."
                    )
                }
                return .stands(brief)
            }
            guard facts.status == 403 || facts.status == 503 else { return .silent }
            let storm = facts.storm
            guard let storm, 4 <= storm.count else {
                // Words tell of the attempts that somebody found worth telling.
                if facts.isTold || !facts.sees(.responseFields) { return .silent }
                return facts.isFirst && facts.request != nil
                    ? .ruledOut(
                        "it is the first attempt of this client here, and there is no Retry-After",
                        at: facts.effectPlaces)
                    : .silent
            }
            var brief = Brief(
                "the server throttles this client after \(storm.count) attempts in \(durationText(storm.seconds))",
                cap: .possible)
            brief.speaksFor(
                .weak, .series, "\(storm.count) attempts within \(durationText(storm.seconds))",
                at: facts.requestPlaces)
            facts.weighStatement(otherThan: ["rate-limited"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "429 with Retry-After",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 429 Too Many Requests
                < Retry-After: 30
                """),
            .silent(
                "the first attempt is refused with 403",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "503, and Retry-After may be among the fields that were left out", lacks: .responseFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 503 Service Unavailable
                ?? responseFields
                """),
        ]
    )
}
