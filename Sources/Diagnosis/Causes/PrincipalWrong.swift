import Case
import Wire

extension Cause {
    /// A client's token where a user's is wanted, or the reverse.
    static let principalWrong = Cause(
        "principal-wrong", "AUTH-204", "The token stands for the wrong kind of principal",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.claims],
        explanation: """
            A token of the client-credentials grant stands for an application, not for a user; a guest's token \
            stands for neither. Endpoints that act for a user refuse the others, usually with a bare 403. That the \
            same token works on another endpoint says nothing about this one.
            """,
        fix: Fix("Mint the token with the grant that this endpoint documents."),
        references: [.rfc(6749, "4.4"), .rfc(9068, "2.2")],
        mistakenFor: ["scope-missing-inferred", "token-audience-mismatch"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            if let brief = facts.brief(stated: "principal-wrong", claim: { "the server says so: \($0)" }) {
                return .stands(brief)
            }
            let wanted = facts.known { fact -> String? in
                if case .principal(let kind) = fact { kind } else { nil }
            }
            guard let client = facts.clientPrincipal else {
                if !wanted.isEmpty, facts.sentJWTs.isEmpty, !facts.sentAnywhere.isEmpty {
                    return .untestable(.tokenClaims)
                }
                return .silent
            }
            if let earlier = facts.earlierAcceptance(of: client.sent) {
                return .ruledOut(
                    "the same token was accepted here by attempt \(earlier.id)", at: facts.places(earlier))
            }
            if let other = facts.acceptedHere(where: { clientMark(of: $0) != nil }) {
                return .ruledOut(
                    "attempt \(other.id) was accepted here with a client's token too", at: facts.places(other)
                )
            }
            guard facts.status != 401 || !wanted.isEmpty else { return .silent }
            var brief = Brief(
                fact: "\(client.sent.name) stands for a client, not for a user (\(client.why)).",
                claim: "this endpoint takes another kind of principal",
                cap: wanted.isEmpty ? .possible : .likely)
            brief.speaksFor(
                wanted.isEmpty ? .weak : .moderate, .token, client.why, at: [client.sent.credential.place],
                telling: !wanted.isEmpty)
            if let known = wanted.first, known.value != "client" { brief.add(known) }
            if let known = wanted.first, known.value == "client" {
                return .ruledOut("a client is wanted: \(known.text)")
            }
            facts.weighStatement(otherThan: ["credential-judged"], against: &brief)
            brief.test = NextStep("Connect once with a token of a signed-in user.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "the token was minted with client_credentials",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                > Content-Type: application/x-www-form-urlencoded
                >
                > grant_type=client_credentials&client_id=abc
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"{jwt exp=13:00:00 sub=abc}","expires_in":3600}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=abc}
                < HTTP/1.1 403 Forbidden
                """),
            .fires(
                .likely, "the gateway documents that it wants a user",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1&access_token={jwt exp=13:00:00 scope=live:connect aud=https://gateway.example.net iss=https://login.gateway.example.net sub=abc azp=abc} HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 403 Forbidden
                < Date: 12:00:00
                """),
            .silent(
                "the token stands for a user",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=anna azp=abc}
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "a user is wanted, and an opaque token does not tell whom it stands for", lacks: .tokenClaims,
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1&access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1
                > Origin: https://app.example.net
                < HTTP/1.1 403 Forbidden
                """),
        ]
    )
}
