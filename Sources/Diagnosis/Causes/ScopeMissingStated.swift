import Case
import Wire

extension Cause {
    /// The server names a scope or permission that is lacking.
    static let scopeMissingStated = Cause(
        "scope-missing-stated", "AUTH-201", "The server states that a scope or permission is missing",
        explains: .rejected,
        needs: [.responseFields, .responseBody],
        explanation: """
            `insufficient_scope` in WWW-Authenticate, or a body that names the permission: the server read the \
            token, accepted it, and found that it does not grant this. Its status is 403 (RFC 6750 §3.1). A 401 \
            says something else: that the credential itself is missing or invalid.
            """,
        fix: Fix(
            "Grant exactly the scope that the server names, and mint a new token: a scope never reaches an old one."
        ),
        references: [.rfc(6750, "3.1")],
        mistakenFor: ["scope-missing-inferred", "principal-wrong", "resource-denied"],
        examine: { facts in
            guard let said = facts.statement(of: "scope-missing-stated") else { return .silent }
            let name = facts.namedScope
            var brief = Brief(
                name.map { "the server says that the scope \($0) is missing: \(said.quote)" }
                    ?? "the server says that a permission is missing: \(said.quote)")
            facts.add(said, to: &brief)
            for entry in facts.sentJWTs {
                guard let scopes = entry.sent.scopes else { continue }
                brief.speaksFor(
                    .weak, .token, "\(entry.sent.name) grants: \(listed(scopes))",
                    at: [entry.sent.credential.place])
            }
            if let name {
                brief.fix = Fix(
                    "Grant the scope \(name), and mint a new token: a scope never reaches an old one.")
            }
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "WWW-Authenticate names it",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 scope=openid}
                < HTTP/1.1 403 Forbidden
                < WWW-Authenticate: Bearer error="insufficient_scope", scope="live:connect"
                """),
            .silent(
                "a bare 403 names nothing",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 scope=openid}
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "the body, where the server may name the scope, was not captured", lacks: .responseBody,
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 scope=openid}
                < HTTP/1.1 403 Forbidden
                < Content-Type: application/json
                ?? responseBody
                """),
        ]
    )
}
