import Case
import Diagnosis
import TestSupport
import Testing

/// An answer that says something which names no reason, and what must not be made of it.
struct NearMiss: Sendable, CustomTestStringConvertible {
    var status: String
    var says: String
    var token: String = "{jwt exp=13:00:00}"
    var not: String
    var testDescription: String { says }

    var transcript: String {
        """
        > GET /live HTTP/1.1
        > Authorization: Bearer \(token)
        < HTTP/1.1 \(status)
        < Date: 12:00:00
        < Content-Type: application/json
        <
        < {"error":"\(says)"}
        """
    }
}

private let nearMisses = [
    NearMiss(
        status: "401 Unauthorized", says: "Token is missing, invalid or expired", token: "{jwt exp=11:00:00}",
        not: "token-expired"),
    NearMiss(
        status: "401 Unauthorized", says: "token has not expired but the check failed",
        token: "{jwt exp=11:00:00}", not: "token-expired"),
    NearMiss(
        status: "401 Unauthorized", says: "If your token expired, refresh it. See the guide.",
        token: "{jwt exp=11:00:00}", not: "token-expired"),
    NearMiss(
        status: "403 Forbidden", says: "The room does not exist or you do not have permission to join",
        not: "scope-missing-stated"),
    NearMiss(
        status: "403 Forbidden",
        says: "Check that your token has the required scopes, and that the Origin is allowed",
        not: "scope-missing-stated"),
    NearMiss(
        status: "403 Forbidden", says: "See errors/insufficient_scope or origin or rate limit",
        not: "rate-limited"),
    NearMiss(status: "403 Forbidden", says: "This is not a rate limit.", not: "rate-limited"),
    NearMiss(
        status: "403 Forbidden", says: "api key is missing or origin not allowed", not: "origin-refused"),
    NearMiss(
        status: "403 Forbidden", says: "Your IP may be blocked, or the audience is invalid",
        not: "token-audience-mismatch"),
]

private let plain = [
    NearMiss(
        status: "401 Unauthorized", says: "The token has expired. If you have another, use it.",
        token: "{jwt exp=11:00:00}", not: "token-expired"),
    NearMiss(
        status: "403 Forbidden",
        says: "Sorry! You do not have permission to join. Ask the owner or an admin.",
        not: "scope-missing-stated"),
    NearMiss(status: "403 Forbidden", says: "Origin not allowed", not: "origin-refused"),
    NearMiss(status: "404 Not Found", says: "no route for /live", not: "path-not-found"),
]

@Suite("Words that name no reason")
struct HedgedWordsTests {
    @Test(
        "one of several possibilities, advice and what is denied make nothing certain", arguments: nearMisses)
    func nothingIsCertain(_ item: NearMiss) throws {
        let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
        for candidate in judgement.candidates {
            #expect(candidate.certainty != .certain, "\(candidate.cause): \(candidate.summary)")
        }
    }

    @Test("what is said plainly is certain, whatever advice stands beside it", arguments: plain)
    func plainWordsCount(_ item: NearMiss) throws {
        let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
        let candidate = judgement.candidates.first { $0.cause == item.not }
        #expect(candidate?.certainty == .certain, "\(judgement.candidates.map(\.summary))")
    }

    @Test(
        "a 404 that names something else than the path is told in the server's words",
        arguments: ["tenant not found for this token", "conversation 77 not found"])
    func thingNotFound(_ words: String) throws {
        let item = NearMiss(status: "404 Not Found", says: words, not: "")
        let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
        let summary = judgement.verdict?.summary ?? ""
        #expect(summary.contains(words) && !summary.contains("has no WebSocket"), "\(summary)")
    }

    @Test("missing or invalid: the credential was not surely read")
    func missingOrInvalid() throws {
        let item = NearMiss(status: "401 Unauthorized", says: "Missing or invalid token", not: "")
        let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
        #expect(judgement.verdict?.cause == nil)
        #expect(judgement.candidates.contains { $0.cause == "credential-in-ignored-header" })
    }

    @Test("an unknown route that the server names leaves an expired token possible")
    func unknownRoute() throws {
        let item = NearMiss(
            status: "401 Unauthorized", says: "unknown route /live", token: "{jwt exp=11:00:00}", not: "")
        let judgement = try #require(judge(Transcript.caseFile(item.transcript)).last)
        #expect(judgement.verdict?.cause == "path-not-found")
        let expired = judgement.candidates.first { $0.cause == "token-expired" }
        #expect(expired?.certainty == .possible)
    }

    @Test(
        "a status that is about something else leaves an expired token possible",
        arguments: [
            "404 Not Found", "426 Upgrade Required", "429 Too Many Requests", "302 Found", "502 Bad Gateway",
        ])
    func otherStatus(_ status: String) throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=11:00:00}
            < HTTP/1.1 \(status)
            < Date: 12:00:00
            """)
        let judgement = try #require(judge(file).last)
        let expired = judgement.candidates.first { $0.cause == "token-expired" }
        #expect(expired?.certainty ?? .possible == .possible)
    }

    @Test("a server that closes with 1000 at once has not served anybody")
    func closedAtOnce() throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            << close 1000
            """)
        let judgement = try #require(judge(file).last)
        #expect(judgement.verdict?.cause == "closed-right-after-upgrade")
    }

    @Test("a host keeps its letters at the beginning of a sentence")
    func hostsKeepLetters() throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            > Host: api.example.org
            < HTTP/1.1 404 Not Found
            """)
        let summary = try #require(judge(file).last?.verdict?.summary)
        #expect(summary.hasPrefix("api.example.org has no WebSocket"))
    }
}

@Suite("Expiry that explains nothing, or not surely")
struct DoubtfulExpiryTests {
    private func expired(_ transcript: String, _ slug: String = "token-expired") -> Candidate? {
        judge(Transcript.caseFile(transcript)).last?.candidates.first { $0.cause == slug }
    }

    @Test("the same host took the token after its exp: that it had expired is no more than possible")
    func acceptedAfterExpiry() throws {
        let text =
            """
            === rest host=api.example.org
            > GET /api/me HTTP/1.1
            > Host: api.example.org
            > Authorization: Bearer {jwt exp=11:00:00}
            < HTTP/1.1 200 OK
            < Date: 12:00:00
            === upgrade host=api.example.org
            > GET /live HTTP/1.1
            > Host: api.example.org
            > Authorization: Bearer {jwt exp=11:00:00}
            < HTTP/1.1 401 Unauthorized
            < Date: 12:00:00
            """
        let file = try #require(Transcript.caseFromBytes(text))
        let found = judge(file).last?.candidates.first { $0.cause == "token-expired" }
        #expect(found?.certainty == .possible)
    }

    @Test("an end before exp, or after a short session, is no more than possible", arguments: ["10", "8"])
    func endBeforeExpiry(_ minutes: String) {
        let found = expired(
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=12:\(minutes):10}
            < HTTP/1.1 101 Switching Protocols
            << text {"n":1}
            -- \(minutes) min
            << close 1008
            """, "token-expired-mid-session")
        #expect(found?.certainty == .possible)
    }

    @Test("an exp within the leeway is neither blamed nor ruled out, and --skew 0 judges it")
    func withinLeeway() throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer {jwt exp=11:59:30}
            < HTTP/1.1 401 Unauthorized
            < Date: 12:00:00
            """)
        let judgement = try #require(judge(file).last)
        #expect(judgement.untested.contains { $0.cause == "token-expired" })
        #expect(!judgement.ruledOut.contains { $0.cause == "token-expired" })
        var options = JudgeOptions()
        options.skewSeconds = 0
        let strict = try #require(judge(file, options: options).last)
        #expect(strict.verdict?.cause == "token-expired")
    }
}
