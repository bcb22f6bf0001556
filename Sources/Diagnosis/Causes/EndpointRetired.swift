import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let endpointRetired = Cause.stated(
        "endpoint-retired", "UPGRADE-206", "The endpoint has been retired",
        needs: [.responseFields, .responseBody],
        explanation: """
            The server says that this address is no longer served.

            It is judged by the server's own words only.
            """,
        fix: Fix("Move to the address that replaced it."),
        references: [.rfc(9110, "15.5.11")], mistakenFor: ["path-not-found", "path-unknown-masked"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < This API is no longer supported
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the body of the 410 was not captured", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 410 Gone
            ?? responseBody
            """))
}
