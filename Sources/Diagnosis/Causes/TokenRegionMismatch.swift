import Case
import Wire

extension Cause {
    /// The token was minted in another region of the same service.
    static let tokenRegionMismatch = Cause(
        "token-region-mismatch", "TOKEN-203", "The token comes from another region or environment",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.origin],
        explanation: """
            Regions of one service are often islands: a token of one means nothing in another. The sign is a host \
            name of one region beside a login host, an `iss`, or a mint of another. The same goes for test and \
            production.
            """,
        fix: Fix("Use the hosts of one region throughout: the one that minted the token."),
        references: [.rfc(8725, "3.8")],
        mistakenFor: ["token-issuer-untrusted", "token-audience-mismatch"],
        examine: { facts in
            guard facts.isAboutAccess, !facts.sentAnywhere.isEmpty else { return .silent }
            if let brief = facts.brief(
                stated: "token-region-mismatch", claim: { "the server says so: \($0)" })
            {
                return .stands(brief)
            }
            guard let origin = facts.tokenOrigin else { return .silent }
            let groups = facts.regions
            guard let group = groups.first else {
                return facts.examineStage(origin)
            }
            guard let theirs = group.domains.first(where: { isUnder(origin.host, $0) }) else {
                return .silent
            }
            guard theirs != group.own else {
                return .ruledOut("\(origin.text) is of the same region, \(group.own)", at: origin.places)
            }
            var brief = Brief(
                fact:
                    "\(origin.text) is of the region \(theirs), and the socket's host \(facts.host) is of \(group.own).",
                claim: "a region does not know the tokens of another")
            brief.speaksFor(
                .moderate, .token, "\(origin.text) while the host is \(facts.host)", at: origin.places,
                telling: true)
            brief.add(group.known)
            facts.weighStatement(otherThan: ["credential-judged", "token-issuer-untrusted"], against: &brief)
            brief.fix = Fix("Dial the host of the region \(theirs), or mint the token in \(group.own).")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "minted in one region, used in another",
                """
                === rest host=login.eu.gateway.example.net
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f","expires_in":3600}
                === upgrade host=us.gateway.example.net
                > GET /live?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "both hosts are of one region",
                """
                === rest host=login.us.gateway.example.net
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f","expires_in":3600}
                === upgrade host=us.gateway.example.net
                > GET /live?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "an opaque token, and the host that minted it is not in the input", lacks: .mint,
                """
                === upgrade host=us.gateway.example.net
                > GET /live?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
