import Case
import Wire

extension Cause {
    /// 502, 503 or 504.
    static let gatewayUpstreamError = Cause(
        "gateway-upstream-error", "EDGE-303", "An intermediary answered 502, 503 or 504",
        explains: [.refused],
        needs: .status,
        explanation: """
            A gateway could not get an answer from the server behind it: it is down, overloaded, spoken to with the \
            wrong protocol or on the wrong port, or too slow. The status is the gateway's; the reason is in its log \
            and in the upstream's.
            """,
        fix: Fix(
            "Look into the gateway's error log at this second: it names the upstream and what went wrong.",
            applicability: .maybeIncorrect),
        references: [.rfc(9110, "15.6.3"), .rfc(9110, "15.6.5")],
        mistakenFor: ["rate-limited", "authoriser-failed"],
        examine: { facts in
            guard let status = facts.status, [502, 503, 504, 520, 521, 522, 523, 524].contains(status) else {
                return .silent
            }
            let meaning =
                switch status {
                case 502: "got no valid answer from the server behind it"
                case 504, 522, 524: "waited for the server behind it in vain"
                case 503: "has no server behind it that takes the request now"
                default: "could not reach the server behind it"
                }
            var brief = Brief(
                "\(facts.responder.certainty == nil ? "a gateway at \(facts.host)" : facts.responder.name) \(meaning) (\(status))"
            )
            brief.speaksFor(
                .strong, .status, "\(status) is a gateway's answer", at: facts.effectPlaces,
                telling: status != 503)
            if status != 503 { brief.proof = .stated }
            facts.weighStatement(
                otherThan: ["gateway-upstream-error", "announced-maintenance"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "502",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 502 Bad Gateway
                """),
            .silent(
                "500 is the application's own",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 500 Internal Server Error
                """),
            .unknown(
                "the browser says that it was no 101, and hides the number", lacks: .status,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 502 Bad Gateway
                ?? status responseFields responseBody
                """),
        ]
    )
}
