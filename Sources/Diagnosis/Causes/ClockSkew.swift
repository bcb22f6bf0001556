import Case
import Wire

extension Cause {
    /// The clocks of both ends disagree.
    static let clockSkew = Cause(
        "clock-skew", "TOKEN-103", "The clocks of client and server disagree",
        explains: .rejected,
        needs: [.requestFields, .query, .responseFields],
        asks: [.serversClock],
        explanation: """
            The server's Date fields and the clock of the capturing machine differ by more than the leeway, all in \
            the same direction. A client that trusts its own clock then uses a token that the server holds for \
            expired, or not valid yet. The capturing machine need not be the client.
            """,
        fix: Fix(
            "Synchronise the client's clock (NTP), and refresh tokens by their remaining life, not by the wall clock."
        ),
        references: [.rfc(7519, "4.1.4"), .rfc(9110, "6.6.1")],
        mistakenFor: ["token-expired", "token-not-yet-valid"],
        refines: ["token-expired", "token-not-yet-valid"],
        examine: { facts in
            guard facts.isAboutAccess, !facts.sentAnywhere.isEmpty else { return .silent }
            guard let skew = facts.skew else {
                guard let known = facts.index.skews[facts.authority] else { return .silent }
                // Answers that were kept somewhere bear older Dates: the clocks need not be to blame.
                let most = max(abs(known.least), abs(known.most))
                guard most <= Double(facts.options.skewSeconds) else { return .silent }
                return .ruledOut("the host's Date and the capture's clock agree to \(durationText(most))")
            }
            let ahead = 0 < skew.seconds ? "ahead of" : "behind"
            var brief = Brief(
                fact:
                    "The clock of \(facts.authority) is \(durationText(skew.seconds)) \(ahead) the capture's clock (\(skew.count) \(skew.count == 1 ? "answer" : "answers")).",
                claim: "a lifetime that one side counts as running is over, or not begun, for the other")
            brief.speaksFor(
                .moderate, .clock, "Date against capture time: \(durationText(skew.seconds))",
                at: facts.effectPlaces, telling: true)
            if let expiry = facts.soonestExpiry, let own = facts.attempt.response?.at,
                let end = expiry.sent.jwt.expiresAt
            {
                let isOverForServer = expiry.margin < -Double(facts.options.skewSeconds)
                let isOverForClient = end.seconds(since: own) < -Double(facts.options.skewSeconds)
                if isOverForServer != isOverForClient {
                    brief.speaksFor(
                        .strong, .token, "the token is over for one clock and running for the other",
                        at: [expiry.sent.sent.credential.place], telling: true)
                }
            }
            if let said = facts.statement(of: "token-expired") ?? facts.statement(of: "token-not-yet-valid") {
                brief.speaksFor(
                    .moderate, .words, "the server judges by its own clock: \(said.quote)", at: [said.place])
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the server is ten minutes ahead, and the token ends in between",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:05:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:10:00
                """),
            .silent(
                "the clocks agree",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:05:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:01
                """),
            .unknown(
                "the answer has no Date", lacks: .serversClock,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:05:00}
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
