import Case
import Wire

extension Cause {
    /// The credential is in the query under another name than the gateway reads.
    static let credentialParameterMisnamed = Cause(
        "credential-parameter-misnamed", "AUTH-104",
        "The credential is in the query under a name this gateway does not read",
        explains: .rejected,
        needs: .query,
        explanation: """
            `token`, `access_token`, `accessToken`, `jwt`, `auth`, `apikey`, `ticket`: each gateway reads one of them. \
            RFC 6750 §2.3 defines `access_token`, and many follow it, but not all. A retry that differs in nothing but \
            the name settles it.
            """,
        fix: Fix("Rename the query parameter to the name that this gateway documents."),
        references: [.rfc(6750, "2.3")],
        mistakenFor: ["credential-in-ignored-query", "credential-missing"],
        examine: { facts in
            let sent = facts.sent.filter { $0.credential.placement == .query }
            guard facts.isAboutAccess, let own = sent.first, sent.count == facts.sent.count else {
                return .silent
            }
            if let judged = facts.judgedCredential {
                return .ruledOut("the server judged the credential: \(judged.quote)", at: [judged.place])
            }
            if let same = facts.accepted(differingOnlyIn: [.token, .client, .fields, .cookies, .origin]) {
                return .ruledOut(
                    "attempt \(same.id) was accepted with \(own.credential.name)", at: facts.places(same))
            }
            var brief = Brief("this gateway reads another query parameter than \(own.credential.name)")
            if let other = facts.decisive(.name) {
                let name = other.credentials.first { $0.placement == .query }?.name ?? "another name"
                brief = Brief("this gateway reads the query parameter \(name), not \(own.credential.name)")
                brief.speaksFor(
                    .strong, .comparison, "attempt \(other.id) differs only in the name and was accepted",
                    at: facts.places(other), telling: true)
                brief.proof = .differential
                brief.fix = Fix("Rename the query parameter \(own.credential.name) to \(name).")
                return .stands(brief)
            }
            let names = facts.known { fact -> String? in
                if case .credentialChannel(.query, let name?, true) = fact { name } else { nil }
            }
            if let known = names.first {
                if known.value == own.credential.name {
                    return .ruledOut("the name is the documented one: \(known.text)")
                }
                brief.add(known, .strong)
                brief.fix = Fix("Rename the query parameter \(own.credential.name) to \(known.value).")
            } else if let other = facts.indifferent(.name) {
                return .ruledOut(
                    "attempt \(other.id) was refused alike under another name", at: facts.places(other))
            }
            if let said = facts.statement(of: "credential-missing") {
                brief.speaksFor(
                    .moderate, .words,
                    "the server found none although \(own.credential.name) is there: \(said.quote)",
                    at: [said.place])
            }
            brief.speaksFor(
                .weak, .placement, "\(own.name) was sent \(facts.place(of: own.credential))",
                at: facts.requestPlaces)
            brief.test = NextStep(
                "Send the same token once as access_token and once as token; nothing else may differ.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "renamed, the same token is accepted",
                """
                === upgrade
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                === upgrade
                > GET /live?access_token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .likely, "the gateway documents another name",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1&jwt={jwt exp=13:00:00 scope=live:connect aud=https://gateway.example.net iss=https://login.gateway.example.net sub=anna} HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the token is in the header",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "an error report names the URL without its query", lacks: .query,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? query responseFields responseBody
                """),
        ]
    )
}
