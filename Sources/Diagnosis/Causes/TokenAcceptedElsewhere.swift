import Case
import Wire

extension Cause {
    /// The same token was accepted on another request.
    static let tokenAcceptedElsewhere = Cause(
        "token-accepted-elsewhere", "TOKEN-504",
        "The same token was accepted on another request (an observation, never a cause)",
        role: .observation, explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            The very same bytes were answered 2xx by another request. That proves that the token was not expired, \
            not damaged and not revoked then. It proves nothing about this endpoint: audience, principal, scope, \
            placement, Origin, path and edge rules remain.
            """,
        fix: Fix("Look at what differs between the two requests, not at the token's validity."),
        references: [.rfc(6750, "3.1")],
        mistakenFor: ["token-audience-mismatch", "credential-in-ignored-header"],
        examine: { facts in
            for sent in facts.sentAnywhere {
                guard let exchange = facts.acceptance(of: sent) else { continue }
                let path = facts.shownPath(of: exchange)
                var when = ""
                if let then = exchange.response?.at,
                    let now = facts.attempt.response?.at ?? facts.attempt.startedAt
                {
                    let seconds = now.seconds(since: then)
                    when = " \(durationText(seconds)) \(0 <= seconds ? "earlier" : "later")"
                }
                var proof = "it was not expired, damaged or revoked then, which says nothing"
                if let expiry = sent.jwt?.expiresAt, let then = exchange.response?.at,
                    expiry < then
                {
                    proof = "it was not damaged or revoked then, and its exp had passed; it says nothing"
                }
                var brief = Brief(
                    fact:
                        "\(exchange.request.head.method ?? "A request") \(path) on \(exchange.authority) accepted \(sent.name) with \(exchange.status ?? 200)\(when): \(proof) about audience, scope, placement, Origin or path here.",
                    claim: "")
                brief.speaksFor(
                    .strong, .lineage, "same bytes, answered \(exchange.status ?? 200)",
                    at: [exchange.request.place])
                return .stands(brief)
            }
            guard let told = facts.told(.worksElsewhere).first, facts.isAboutAccess else { return .silent }
            var brief = Brief(
                fact:
                    "\(told.text) That would rule out an expired or damaged token, and nothing about audience, rights, place, Origin or path here.",
                claim: "")
            brief.speaksFor(.weak, .lineage, told.text, at: [told.place])
            return .stands(brief)
        },
        examples: [
            .fires(
                .certain, "a REST call took it",
                """
                === rest
                > GET /me HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                """),
            .silent(
                "nothing else used it",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 403 Forbidden
                """),
            .unknown(
                "both were replaced by the same word, which does not make them the same",
                lacks: .credentialValues,
                """
                === rest
                > GET /me HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 200 OK
                === upgrade
                > GET /live HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 403 Forbidden
                ?? credentialValues
                """),
        ]
    )
}
