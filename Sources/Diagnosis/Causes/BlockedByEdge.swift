import Case
import Wire

extension Cause {
    /// The edge network answered, not the application.
    static let blockedByEdge = Cause(
        "blocked-by-edge", "EDGE-201", "A CDN, firewall or bot rule blocked the request",
        explains: [.refused],
        needs: [.responseFields, .responseBody],
        explanation: """
            A page with a challenge, a block number or a reference id was made by the edge network, not by the \
            application. Rules look at the User-Agent, the address, the rate and the path. Fields of the edge alone \
            prove nothing: they are on every answer that passes through it.
            """,
        fix: Fix(
            "Ask the owner of the site to allow this path for this client, naming the reference or ray id; set an honest User-Agent."
        ),
        references: [.rfc(9110, "15.5.4")],
        mistakenFor: ["gateway-policy-denied", "scope-missing-inferred", "address-not-allowed"],
        examine: { facts in
            guard let status = facts.status, [403, 429, 503, 406, 409].contains(status) else {
                return .silent
            }
            guard let said = facts.statement(of: "blocked-by-edge") else {
                guard facts.passedEdge else { return .silent }
                if !facts.sees(.responseBody) { return .untestable(.responseBody) }
                var brief = Brief("a rule of the edge network in front refused it", cap: .possible)
                brief.speaksFor(
                    .weak, .responder, "the answer came through an edge network; the body is not its own",
                    at: facts.effectPlaces)
                facts.weighStatement(otherThan: ["blocked-by-edge"], against: &brief)
                return .stands(brief)
            }
            var brief = Brief(
                "the edge network in front of \(facts.host) blocked the request, not the application")
            brief.speaksFor(
                .strong, .responder, "the answer is the edge's own: \(said.quote)", at: [said.place],
                telling: true, basis: said.basis)
            if said.isStatement { brief.proof = .stated }
            facts.weighStatement(
                otherThan: ["blocked-by-edge", "rate-limited", "address-not-allowed"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the page names its block",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                < Content-Type: text/plain
                <
                < error code: 1020
                """),
            .silent(
                "nothing points to an edge",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the page that came with the 403 was not captured", lacks: .responseBody,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 Forbidden
                < Content-Type: text/html
                ?? responseBody
                """),
        ]
    )
}
