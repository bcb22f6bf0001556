import Case
import Wire

extension Cause {
    /// The last step of the chain handed out another token than the one that was sent.
    static let wrongTokenOfSeveral = Cause(
        "wrong-token-of-several", "TOKEN-506", "Of several tokens minted, the wrong one was sent",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.mint],
        explanation: """
            Chains of calls hand out one token after another: an OAuth token first, then, with it, a token for the \
            guest, the session or the socket. The socket takes the last one. Sending the first is easily done, and \
            a REST call still accepts it.
            """,
        fix: Fix("Send the token that the last step before the socket handed out."),
        references: [.rfc(8693, "2.1")],
        mistakenFor: ["token-kind-wrong", "token-audience-mismatch"],
        refines: ["token-kind-wrong"],
        examine: { facts in
            guard facts.isAboutAccess, facts.areTokensSeen, let sent = facts.sentAnywhere.first else {
                return .silent
            }
            if let better = facts.betterSibling(of: sent),
                facts.earlierAcceptance(of: sent) == nil
            {
                var brief = Brief(
                    fact:
                        "\(sent.name) is the \(better.own) of its answer, and <token \(better.token)> is the \(better.member) of the same.",
                    claim: "an endpoint takes access tokens")
                brief.speaksFor(
                    .strong, .lineage, "the answer named it \(better.own)", at: better.places, telling: true)
                if facts.status == 401 {
                    brief.speaksFor(
                        .weak, .status, "401 means that the credential is not valid here",
                        at: facts.effectPlaces)
                }
                facts.weighStatement(
                    otherThan: ["credential-judged", "token-kind-wrong", "token-audience-mismatch"],
                    against: &brief)
                brief.fix = Fix("Send <token \(better.token)>, the value of \(better.member).")
                return .stands(brief)
            }
            guard let later = facts.laterMint(than: sent) else {
                guard let mint = facts.mint(of: sent), facts.sawEverythingSince(mint.exchange) else {
                    return .silent
                }
                return .ruledOut(
                    "\(sent.name) is what the last step before the socket handed out, of those in the input",
                    at: [sent.credential.place])
            }
            if let earlier = facts.earlierAcceptance(of: sent) {
                return .ruledOut(
                    "the same token was accepted here by attempt \(earlier.id)", at: facts.places(earlier))
            }
            var brief = Brief(
                fact:
                    "\(sent.name) was sent, while \(later.text) had handed out <token \(later.token)> with it as the credential.",
                claim: "the socket takes the token of the last step")
            brief.speaksFor(
                .strong, .lineage,
                "\(later.text) handed out <token \(later.token)>, and \(sent.name) was used to get it",
                at: later.places, telling: true)
            facts.weighStatement(
                otherThan: ["credential-judged", "token-kind-wrong", "token-audience-mismatch"],
                against: &brief)
            brief.test = NextStep("Connect once with <token \(later.token)>.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the OAuth token went to the guest socket",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"{jwt exp=13:00:00 sub=client}"}
                === rest
                > POST /guests HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=client}
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"accessToken":"{jwt exp=12:30:00 sub=guest}"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=client}
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the guest token went to the guest socket",
                """
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"{jwt exp=13:00:00 sub=client}"}
                === rest
                > POST /guests HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=client}
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"accessToken":"{jwt exp=12:30:00 sub=guest}"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=12:30:00 sub=guest}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "what was minted before the capture began is not in it", lacks: .mint,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
