import Case
import Wire

extension Cause {
    /// Two credentials in one handshake are not the same.
    static let credentialsConflict = Cause(
        "credentials-conflict", "AUTH-109", "Two credentials in one handshake disagree",
        explains: .rejected,
        needs: [.requestFields, .query, .credentialValues],
        explanation: """
            A request must use one method to carry its token (RFC 6750 §2). With two different tokens, one in the \
            header and one in the query, say, servers disagree on which one counts, and an old one may win.
            """,
        fix: Fix("Send one credential, in one place."),
        references: [.rfc(6750, "2")],
        mistakenFor: ["token-expired", "wrong-token-of-several"],
        examine: { facts in
            guard facts.isAboutAccess else { return .silent }
            let carriers = facts.sent.filter {
                $0.credential.placement != .cookie && $0.credential.placement != .path
                    && $0.kind != .basic
            }
            guard let first = carriers.first, 2 <= carriers.count else { return .silent }
            guard facts.areTokensSeen else { return .untestable(.credentialValues) }
            guard
                let other = carriers.first(where: {
                    !facts.isSame($0, first) && $0.kind == first.kind
                })
            else {
                let areEqual = carriers.allSatisfy { facts.isSame($0, first) }
                return areEqual ? .ruledOut("the credentials sent are the same \(first.name)") : .silent
            }
            var brief = Brief(
                fact:
                    "The handshake carries \(first.name) \(facts.place(of: first.credential)) and \(other.name) \(facts.place(of: other.credential)).",
                claim: "the server may have judged the worse of the two")
            brief.speaksFor(
                .moderate, .placement, "two different tokens in one request", at: [first.credential.place],
                telling: true)
            if let bad = carriers.first(where: { facts.isBad($0) }) {
                brief.speaksFor(
                    .moderate, .token, "\(bad.name) is expired or damaged, the other is not", telling: true)
            }
            facts.weighStatement(otherThan: ["credential-judged"], against: &brief)
            brief.test = NextStep("Send each of the two tokens alone.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "header and query differ",
                """
                > GET /live?access_token={jwt exp=13:00:00 sub=b} HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 sub=a}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """),
            .silent(
                "both are the same token",
                """
                > GET /live?access_token={jwt exp=13:00:00} HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 401 Unauthorized
                """),
            .unknown(
                "the export replaced both, and nobody can tell whether they were the same",
                lacks: .credentialValues,
                """
                > GET /live?access_token=*** HTTP/1.1
                > Authorization: Bearer [redacted]
                < HTTP/1.1 401 Unauthorized
                ?? credentialValues
                """),
        ]
    )
}
