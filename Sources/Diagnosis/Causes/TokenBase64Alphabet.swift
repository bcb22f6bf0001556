import Case

extension Cause {
    /// Standard base64, or padding, where base64url without padding is required.
    static let tokenBase64Alphabet = Cause(
        "token-base64-alphabet", "TOKEN-306", "base64 where base64url without padding is required",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A JWT, and a credential wrapped into a subprotocol, use base64url without padding: `-` and `_` instead \
            of `+` and `/`, and no `=`. A strict decoder refuses the others, and `=` and `/` are not even legal in \
            a subprotocol.
            """,
        fix: Fix("Encode with base64url and drop the padding."),
        references: [.rfc(4648, "5"), .rfc(7515, "2")],
        mistakenFor: ["token-percent-encoding", "subprotocol-illegal-characters"],
        examine: { facts in
            let concerned = facts.sentAnywhere.contains {
                $0.kind == .jwt || $0.kind == .brokenJWT
                    || $0.credential.placement == .subprotocol
            }
            guard concerned else { return .silent }
            return facts.examineDefect(
                [.padded, .standardAlphabet], slug: "token-base64-alphabet",
                claim: "a strict decoder refuses it",
                ruledOut: "base64url without padding"
            ) { sent, defect in
                defect == .padded
                    ? "\(sent.name) \(facts.place(of: sent.credential)) has base64 padding."
                    : "\(sent.name) \(facts.place(of: sent.credential)) uses the letters of standard base64 (+ or /)."
            }
        },
        examples: [
            .fires(
                .likely, "the JWT is padded",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0=.dGVzdHNpZ25hdHVyZXRlc3RzaWduYXR1cmV0ZXN0MTI
                < HTTP/1.1 401 Unauthorized
                """),
            .silent(
                "the JWT is clean",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the log writes stars in the token's place", lacks: .credentialValues,
                """
                > GET /live?access_token=*** HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
