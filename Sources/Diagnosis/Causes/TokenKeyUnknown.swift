import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let tokenKeyUnknown = Cause.stated(
        "token-key-unknown", "TOKEN-403", "The key id is not among the keys supplied",
        needs: [.responseFields, .responseBody],
        explanation: """
            The token names a signing key (`kid`) that the verifier does not have: keys were rotated \
            and its copy is old, or the token is from another issuer.

            It is judged by the server's own words only.
            """,
        fix: Fix("Mint a new token, and let the verifier fetch the issuer's keys again."),
        references: [.rfc(7515, "4.1.4")],
        mistakenFor: ["token-signature-invalid", "token-issuer-untrusted"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 401 Unauthorized
            <
            < Jwks doesn't have key to match kid or alg from Jwt
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the body of the 401, where the key may be named, was not captured", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 401 Unauthorized
            ?? responseBody
            """))
}
