import Case
import Wire

extension Cause {
    /// A parameter that the gateway needs is not in the query.
    static let requiredParameterMissing = Cause(
        "required-parameter-missing", "UPGRADE-203",
        "A query parameter or header this gateway requires is missing",
        explains: .rejected,
        needs: .query,
        asks: [.profile],
        explanation: """
            Gateways route and admit by parameters of the URL: a deployment, a hub, a model, an API version. Without \
            one the answer is 400 at best, and a bare 403 or 404 at worst.
            """,
        fix: Fix("Add the parameter that the gateway documents.", applicability: .hasPlaceholders),
        references: [.rfc(6455, "4.1")],
        mistakenFor: ["path-not-found", "path-unknown-masked"],
        examine: { facts in
            guard
                facts.symptoms.contains(.refused) || facts.statement(of: "required-parameter-missing") != nil,
                facts.status != 426, facts.request != nil
            else { return .silent }
            let required = facts.known { fact -> String? in
                if case .requiredParameter(let name) = fact { name } else { nil }
            }
            let said = facts.statement(of: "required-parameter-missing")
            guard said != nil || !required.isEmpty else { return .silent }
            guard facts.sees(.query) else { return .untestable(.query) }
            let names = targetParts(facts.request?.head.target ?? "").parameters.map(\.name)
            let lacking = required.filter { !names.contains($0.value) }
            guard said != nil || !lacking.isEmpty else {
                return .ruledOut(
                    "every documented parameter is there: \(required.map(\.value).joined(separator: ", "))")
            }
            var brief: Brief
            if let first = lacking.first {
                brief = Brief(
                    fact: "The query has no \(first.value).", claim: "this gateway documents that it needs it"
                )
                brief.speaksFor(
                    .moderate, .path, "query parameters: \(names.isEmpty ? "none" : listed(names))",
                    at: facts.requestPlaces)
                brief.add(first)
                brief.fix = Fix("Add the query parameter \(first.value).", applicability: .hasPlaceholders)
            } else {
                brief = Brief("the server says so: \(said?.quote ?? "")")
            }
            if let said { facts.add(said, to: &brief) }
            facts.weighStatement(otherThan: ["required-parameter-missing"], against: &brief)
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "the server names it",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                <
                < Missing required parameter: room
                """),
            .fires(
                .likely, "the gateway documents it",
                """
                === upgrade host=gateway.example.net
                > GET /live?access_token={jwt exp=13:00:00 scope=live:connect aud=https://gateway.example.net iss=https://login.gateway.example.net sub=anna} HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 400 Bad Request
                """),
            .silent(
                "the documented parameter is there",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
            .unknown(
                "the gateway documents one, and the log cut the query off", lacks: .query,
                """
                === upgrade host=gateway.example.net
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                ?? query
                """),
            .unknown(
                "nobody says which parameters this gateway needs", lacks: .profile,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 400 Bad Request
                """),
        ]
    )
}
