import Case
import JSON
import Wire

extension Cause {
    /// An ID token, a refresh token or a secret stands where an access token belongs.
    static let tokenKindWrong = Cause(
        "token-kind-wrong", "TOKEN-204", "This is not the kind of token the endpoint takes",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.origin],
        explanation: """
            Login answers hand out several tokens. The ID token is for the client itself (its `aud` is the client \
            id, and it holds `nonce` or `at_hash`), the refresh token is for the token endpoint alone. Only the \
            access token opens an API or a socket.
            """,
        fix: Fix("Send the value of `access_token`."),
        references: [.rfc(9068, "2.1"), .rfc(8725, "3.11"), .rfc(6749, "1.5")],
        mistakenFor: ["wrong-token-of-several", "token-audience-mismatch", "scope-missing-inferred"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            for sent in facts.sentAnywhere {
                guard let kind = facts.wrongKind(of: sent) else { continue }
                if let earlier = facts.earlierAcceptance(of: sent) {
                    return .ruledOut(
                        "the same token was accepted here by attempt \(earlier.id)", at: facts.places(earlier)
                    )
                }
                var brief = Brief(
                    fact: "\(sent.name) is \(kind.name) (\(kind.why)).",
                    claim: "an endpoint takes access tokens")
                brief.speaksFor(
                    kind.isMinted ? .strong : .moderate, .token, kind.why, at: [sent.credential.place],
                    telling: true)
                if facts.status == 401 {
                    brief.speaksFor(
                        .weak, .status, "401 means that the credential is not valid here",
                        at: facts.effectPlaces)
                }
                facts.addStatement(of: "token-kind-wrong", to: &brief)
                facts.weighStatement(
                    otherThan: ["token-kind-wrong", "credential-judged", "token-audience-mismatch"],
                    against: &brief)
                return .stands(brief)
            }
            return facts.brief(stated: "token-kind-wrong", claim: { "the server says so: \($0)" }).map(
                Opinion.stands) ?? .silent
        },
        examples: [
            .fires(
                .likely, "its claims are those of an ID token",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 aud=client nonce=n1}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the access token was sent",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"{jwt exp=13:00:00 sub=a}","refresh_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=a}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the token is opaque, and the answer that gave it a name is not in the input", lacks: .mint,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
