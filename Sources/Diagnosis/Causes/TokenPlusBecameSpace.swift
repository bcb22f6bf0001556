import Case

extension Cause {
    /// A bare plus sign in a query is read as a space.
    static let tokenPlusBecameSpace = Cause(
        "token-plus-became-space", "TOKEN-304", "A plus sign in the token became a space",
        explains: .rejected,
        needs: .query,
        explanation: """
            In a query a bare `+` stands for a space. A token with `+` in it, standard base64 for one, arrives with \
            a space instead and matches nothing. A JWT cannot be hit: it consists of letters, digits, `-`, `_` and \
            dots (RFC 7515 §2), so that percent-encoding one changes nothing.
            """,
        fix: Fix("Percent-encode the value: `+` as `%2B`. In JavaScript: `encodeURIComponent(token)`."),
        references: [
            .rfc(7515, "2"), .rfc(4648, "5"),
            .text(
                "WHATWG URL, application/x-www-form-urlencoded",
                "https://url.spec.whatwg.org/#application/x-www-form-urlencoded"),
        ],
        mistakenFor: ["token-base64-alphabet", "token-percent-encoding"],
        examine: { facts in
            let inQuery = facts.sent.filter { $0.credential.placement == .query }
            guard facts.isAboutAccess || facts.status == 400, !inQuery.isEmpty else { return .silent }
            if inQuery.allSatisfy({ $0.kind == .jwt && $0.tokenDefects.isEmpty }),
                let first = inQuery.first
            {
                return .ruledOut(
                    "\(first.name) is a JWT, which cannot hold a plus sign", at: [first.credential.place])
            }
            return facts.examineDefect(
                [.spaceInside], slug: "token-plus-became-space",
                claim: "the server reads a space where the token has a plus sign",
                ruledOut: "a JWT cannot hold a plus sign"
            ) { sent, _ in
                "\(sent.name) \(facts.place(of: sent.credential)) holds a bare plus sign, which a query turns into a space."
            }
        },
        examples: [
            .fires(
                .likely, "the query holds a bare plus",
                """
                > GET /live?token=kJ8+Xz7QpL2m4vB9nR6tYw1s HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "a JWT holds none",
                """
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the log writes stars in the token's place", lacks: .credentialValues,
                """
                > GET /live?token=*** HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
