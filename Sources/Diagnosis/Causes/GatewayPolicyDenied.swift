import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let gatewayPolicyDenied = Cause.stated(
        "gateway-policy-denied", "AUTH-207", "A gateway policy or authoriser said no",
        needs: [.responseFields, .responseBody],
        explanation: """
            A policy of the gateway denied the request before the application saw it. The token may \
            be sound; the rule does not let it through.

            It is judged by the server's own words only.
            """,
        fix: Fix("Correct the policy: its resource, path or principal must cover this upgrade."),
        references: [.rfc(9110, "15.5.4")], mistakenFor: ["proxy-refuses-upgrade", "scope-missing-inferred"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < RBAC: access denied
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the capture ends before the body of the 403", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            ?? responseBody
            """))
}
