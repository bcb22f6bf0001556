import Case
import Wire

extension Cause {
    /// The credential is in Authorization, and the gateway reads another place.
    static let credentialInIgnoredHeader = Cause(
        "credential-in-ignored-header", "AUTH-102",
        "The credential is in the Authorization header, and this gateway reads another place",
        explains: .rejected,
        needs: .requestFields,
        explanation: """
            RFC 6455 prescribes no way to authenticate (§10.5). Many gateways read the credential of an upgrade from \
            the query, a cookie or Sec-WebSocket-Protocol, because browsers can set no header field there, and never \
            look at Authorization. Two attempts with the same token in different places settle it.
            """,
        fix: Fix("Send the same credential in the place that this gateway documents for the upgrade."),
        references: [.rfc(6455, "10.5"), .rfc(6750, "2")],
        mistakenFor: ["credential-missing", "scope-missing-inferred", "path-unknown-masked"],
        examine: { facts in facts.examinePlacement(.header, slug: "credential-in-ignored-header") },
        examples: [
            .fires(
                .certain, "the same token is accepted in the query",
                """
                === upgrade
                > GET /live?access_token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .likely, "the gateway documents another place",
                """
                === upgrade host=gateway.example.net
                > GET /live?room=1 HTTP/1.1
                > Origin: https://app.example.net
                > Authorization: Bearer {jwt exp=13:00:00 scope=live:connect aud=https://gateway.example.net iss=https://login.gateway.example.net sub=anna}
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .possible, "a bare 403 says nothing about the place",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "the server judged the token, so it read it",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                <
                < Audiences in Jwt are not allowed
                """),
            .unknown(
                "the access log shows the 401, and no field of the request", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? requestFields responseFields responseBody
                """),
        ]
    )
}
