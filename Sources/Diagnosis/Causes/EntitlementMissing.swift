import Case

extension Cause {
    /// The responder says so; nothing else makes it a cause.
    static let entitlementMissing = Cause.stated(
        "entitlement-missing", "AUTH-206", "A feature, plan or account state refuses the connection",
        needs: [.responseFields, .responseBody],
        explanation: """
            The identity is accepted; a plan, a feature switch or the state of the account is what \
            stands in the way.

            It is judged by the server's own words only.
            """,
        fix: Fix("Enable the feature for this account, or ask its owner to; name the request id."),
        references: [.rfc(9110, "15.5.4")], mistakenFor: ["scope-missing-stated", "resource-denied"],
        fires: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            <
            < {"error":"Realtime was disabled for this tenant"}
            """,
        silent: """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            """,
        unknown: .unknown(
            "the body, where the plan would be named, was not captured", lacks: .responseBody,
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=13:00:00}
            < HTTP/1.1 403 Forbidden
            ?? responseBody
            """))
}
