import Case

extension Cause {
    /// 500 where only the check of the credential stands between the client and the socket.
    static let authoriserFailed = Cause(
        "authoriser-failed", "AUTH-208", "The check itself failed",
        explains: .refused,
        needs: [.requestFields, .query, .responseFields, .responseBody],
        explanation: """
            An upgrade with a credential is answered with 500, or 503, while plain requests on the same host are \
            answered well. What checks credentials may have failed by itself: a gateway answers so when its \
            authoriser, or the key server behind it, does.
            """,
        fix: Fix(
            "Look into the log of what checks the credential, not at the client.",
            applicability: .maybeIncorrect),
        references: [.rfc(9110, "15.6.1")],
        mistakenFor: ["gateway-upstream-error", "gateway-policy-denied"],
        examine: { facts in
            guard let status = facts.status, [500, 503].contains(status), !facts.sent.isEmpty else {
                return .silent
            }
            var brief = Brief("what checks the credential failed by itself", cap: .possible)
            brief.speaksFor(
                .weak, .status, "\(status) to an upgrade with a credential", at: facts.effectPlaces)
            if let bare = facts.indifferent(.presence) {
                return .ruledOut(
                    "attempt \(bare.id) without a credential fared alike", at: facts.places(bare))
            }
            if let plain = facts.plainSuccess {
                brief.speaksFor(
                    .weak, .lineage, "a plain request on the same path was answered \(plain.status ?? 200)",
                    at: [plain.request.place])
            }
            facts.weighStatement(otherThan: [], against: &brief)
            brief.test = NextStep(
                "Send the upgrade once without the credential: another status points to the check.")
            return .stands(brief)
        },
        examples: [
            .fires(
                .possible, "500 to an upgrade with a token",
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00}
                < HTTP/1.1 500 Internal Server Error
                """),
            .silent(
                "nothing was sent to check",
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 500 Internal Server Error
                """),
            .unknown(
                "the log shows the 500, and not whether a token came", lacks: .requestFields,
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 500 Internal Server Error
                ?? requestFields responseFields responseBody
                """),
        ]
    )
}
