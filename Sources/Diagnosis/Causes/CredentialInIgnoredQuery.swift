import Case
import Wire

extension Cause {
    /// The credential is in the query, and the gateway reads another place.
    static let credentialInIgnoredQuery = Cause(
        "credential-in-ignored-query", "AUTH-103",
        "The credential is in the query, and this gateway reads another place",
        explains: .rejected,
        needs: .query,
        explanation: """
            A gateway that reads Authorization, a cookie, Sec-WebSocket-Protocol or the first message does not look \
            at the query. Reading the query is often an option that the server must switch on; a REST call with the \
            header then succeeds while the socket is refused.
            """,
        fix: Fix("Send the same credential in the place that this gateway documents for the upgrade."),
        references: [.rfc(6455, "10.5"), .rfc(6750, "2.3")],
        mistakenFor: ["credential-parameter-misnamed", "credential-missing"],
        examine: { facts in facts.examinePlacement(.query, slug: "credential-in-ignored-query") },
        examples: [
            .fires(
                .certain, "the same token is accepted in the header",
                """
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                """),
            .fires(
                .likely, "the server says that none was sent",
                """
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                <
                < Missing Authorization header
                """),
            .silent(
                "the server judged the token",
                """
                > GET /live?token={jwt exp=13:00:00} HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                <
                < invalid token
                """),
            .unknown(
                "the log cut the URL off at its query", lacks: .query,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 401 Unauthorized
                ?? query
                """),
        ]
    )
}
