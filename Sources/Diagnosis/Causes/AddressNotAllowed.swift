import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let addressNotAllowed = Cause.stated(
        "address-not-allowed", "EDGE-203", "The client's address or country is not allowed",
        needs: [.responseFields, .responseBody],
        explanation: """
            The server refuses the network that the client comes from, whatever the credential.

            It is judged by the server's own words only.
            """,
        fix: Fix("Have the client's address allowed, or connect from a network that is."),
        references: [.rfc(7725, "3")], mistakenFor: ["blocked-by-edge", "gateway-policy-denied"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < Your IP is not allowed
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the page that came with the 403 was cut off", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            < Content-Type: text/html
            ?? responseBody
            """))
}
