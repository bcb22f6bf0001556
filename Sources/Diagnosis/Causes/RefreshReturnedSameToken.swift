import Case
import Wire

extension Cause {
    /// A mint before the reconnect gave the old token again.
    static let refreshReturnedSameToken = Cause(
        "refresh-returned-same-token", "TOKEN-503", "The refreshed token is the same token",
        role: .contributing, explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        asks: [.mint],
        explanation: """
            The client did ask for a new token, and got the old one: a cache in the token library or the server \
            answered. The string is the same, or another string has the same `jti` and `exp`.
            """,
        fix: Fix(
            "Bypass the token cache when refreshing after a refusal, and use the value that was returned."),
        references: [.rfc(6749, "6")],
        mistakenFor: ["reconnect-with-old-token"],
        examine: { facts in
            guard facts.isAboutAccess, facts.areTokensSeen, !facts.index.mints.isEmpty,
                let previous = facts.previous,
                let sent = facts.sent.first,
                let before = previous.credentials.compactMap({ facts.file.token($0.token) }).first,
                let mint = facts.mintBetween(previous)
            else { return .silent }
            let token = facts.token(of: sent)
            let isSameString = mint.token == token?.id && before.id == token?.id
            let jwt = token?.jwt
            let own = jwt?.claims
            let earlier = before.jwt?.claims
            let isSameClaims =
                before.id != token?.id && own != nil && jwt?.expiresAt == before.jwt?.expiresAt
                && jwt?.expiresAt != nil && jwt?.issuedAt == before.jwt?.issuedAt
                && own == earlier
            guard isSameString || isSameClaims else {
                return .ruledOut("the mint before the reconnect gave another token", at: mint.places)
            }
            var brief = Brief(
                fact:
                    "\(mint.text) before the reconnect returned \(isSameString ? "\(sent.name) again" : "a token with the claims of the old one").",
                claim: "what made the server refuse the old token holds for this one too")
            brief.speaksFor(
                .strong, .lineage,
                isSameString ? "the minted bytes equal the old ones" : "claims, iat and exp are unchanged",
                at: mint.places, telling: true)
            if facts.isBad(sent) {
                brief.speaksFor(.strong, .token, "it is expired or damaged", telling: true)
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .likely, "the token endpoint gave the old one",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 101 Switching Protocols
                << close 1001
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"1111aaaa2222bbbb3333cccc"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "it gave a new one",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 101 Switching Protocols
                << close 1001
                === rest
                > POST /oauth/token HTTP/1.1
                < HTTP/1.1 200 OK
                < Content-Type: application/json
                <
                < {"access_token":"4444dddd5555eeee6666ffff"}
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 4444dddd5555eeee6666ffff
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the same token twice, and what was minted in between is not in the input", lacks: .mint,
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 101 Switching Protocols
                << close 1001
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer 1111aaaa2222bbbb3333cccc
                < HTTP/1.1 401 Unauthorized
                """),
        ]
    )
}
