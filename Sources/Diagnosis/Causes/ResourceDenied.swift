import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let resourceDenied = Cause.stated(
        "resource-denied", "AUTH-205", "The token is fine, this resource is not granted",
        needs: [.responseFields, .responseBody],
        explanation: """
            The server read the credential, knows who it stands for, and refuses this one resource: \
            a channel, a room, a verb on an object.

            It is judged by the server's own words only.
            """,
        fix: Fix("Grant the named right on the named resource."),
        references: [.rfc(9110, "15.5.4")], mistakenFor: ["scope-missing-stated", "principal-wrong"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < pods is forbidden: User "anna" cannot create resource "pods/exec"
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the access log shows the 403, and not what it says", lacks: .responseFields,
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 403 Forbidden
            ?? requestFields responseFields responseBody
            """))
}
