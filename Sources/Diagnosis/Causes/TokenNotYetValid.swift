import Case
import Wire

extension Cause {
    /// nbf or iat lies in the server's future.
    static let tokenNotYetValid = Cause(
        "token-not-yet-valid", "TOKEN-102", "The token is not valid yet",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims],
        explanation: """
            `nbf` forbids use before a moment, and many verifiers treat an `iat` in their future alike. It happens \
            when the issuer's clock leads the gateway's, typically right after minting and now and then.
            """,
        fix: Fix(
            "Synchronise the clocks of issuer and gateway, or allow a minute of leeway in the verifier."),
        references: [.rfc(7519, "4.1.5"), .rfc(7519, "4.1.6")],
        mistakenFor: ["clock-skew", "token-expired"],
        examine: { facts in
            guard facts.isAboutAccess || facts.statement(of: "token-not-yet-valid") != nil else {
                return .silent
            }
            guard let clock = facts.clock else {
                return facts.sentJWTs.isEmpty ? .silent : .untestable(.clock)
            }
            let leeway = Double(facts.options.skewSeconds)
            for entry in facts.sentJWTs {
                for (name, moment) in [("nbf", entry.jwt.notBefore), ("iat", entry.jwt.issuedAt)] {
                    guard let moment else { continue }
                    let lead = moment.seconds(since: clock.at)
                    let isStated = facts.statement(of: "token-not-yet-valid") != nil
                    guard leeway < lead || (isStated && 0 < lead) else { continue }
                    var brief = Brief(
                        fact:
                            "\(entry.sent.name) is valid only from \(durationText(lead)) after the answer (\(name) \(moment.clockText()), \(clock.text)).",
                        claim: "a server that checks \(name) refuses it until then")
                    brief.speaksFor(
                        .strong, .token, "\(name) lies \(durationText(lead)) after the answer",
                        at: [entry.sent.credential.place], telling: true)
                    brief.standsAlone = true
                    facts.addStatement(of: "token-not-yet-valid", to: &brief)
                    facts.weighStatement(
                        otherThan: ["token-not-yet-valid", "credential-judged"], against: &brief)
                    return .stands(brief)
                }
            }
            if facts.sentJWTs.contains(where: { $0.jwt.notBefore != nil || $0.jwt.issuedAt != nil }) {
                return .ruledOut(
                    "nbf and iat lie before the answer, or within the leeway (\(clock.text))",
                    at: clock.places)
            }
            return .silent
        },
        examples: [
            .fires(
                .likely, "nbf lies five minutes ahead",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt nbf=12:05:00 exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .silent(
                "nbf has passed",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt nbf=11:59:00 exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .unknown(
                "neither a Date nor a clock tells when the server answered", lacks: .clock,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt nbf=12:05:00 exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                ?? clock
                """),
        ]
    )
}
