import Case
import Diagnosis
import TestSupport
import Testing

/// An attempt of which somebody tells, and what may be made of it.
private struct Told: Sendable, CustomTestStringConvertible {
    var name: String
    var transcript: String
    /// Words that nothing here justifies.
    var mustNotSay: [String] = []
    var testDescription: String { name }
}

/// What prose hides.
private let prose = "?? reported requestFields responseFields responseBody query transport frames"

/// The situations of the five threads that the project began with, as their writers tell them.
private let threads = [
    Told(
        name: "403 on the upgrade of a chat",
        transcript: """
            === upgrade host=api.mypurecloud.com
            > GET /api/v2/webchat/websockets HTTP/1.1
            < HTTP/1.1 403 Forbidden
            \(prose)
            """,
        mustNotSay: ["webchat:guest", "missing scope", "use ?token", "access_token", "stripped"]),
    Told(
        name: "REST accepts the token, the upgrade is refused with 403",
        transcript: """
            === upgrade host=api.mypurecloud.com
            > GET /webchat/v1/guest/connect HTTP/1.1
            < HTTP/1.1 403
            \(prose)
            """,
        mustNotSay: ["grant type", "missing scope", "expired"]),
    Told(
        name: "101, then 4003 and a reason",
        transcript: """
            > GET / HTTP/1.1
            < HTTP/1.1 101
            << close 4003 "Invalid authentication token"
            \(prose)
            """,
        mustNotSay: ["expired", "signature", "genesys", "discord", "twitch"]),
    Told(
        name: "401 on one request of several",
        transcript: """
            > GET / HTTP/1.1
            < HTTP/1.1 401
            \(prose)
            """,
        mustNotSay: ["scope mismatch", "missing scope", "capability"]),
    Told(
        name: "1001, then 403 on the reconnect",
        transcript: """
            === upgrade host=api.mypurecloud.com
            > GET /api/v2/analytics/events HTTP/1.1
            < HTTP/1.1 101
            << close 1001
            \(prose)
            === upgrade host=api.mypurecloud.com
            > GET /api/v2/analytics/events HTTP/1.1
            < HTTP/1.1 403
            \(prose)
            """,
        mustNotSay: ["idle minute", "never reuse", "analytics:events:read", "60 s"]),
    Told(
        name: "4003 and no reason",
        transcript: """
            > GET / HTTP/1.1
            < HTTP/1.1 101
            << close 4003
            \(prose)
            """,
        mustNotSay: ["auth", "expired", "token"]),
]

@Suite("Attempts that are told and were not observed")
struct ToldTests {
    @Test("nothing is claimed from a status or a code that somebody tells", arguments: threads)
    private func threadIsUndetermined(_ told: Told) throws {
        for judgement in judge(Transcript.caseFile(told.transcript)) {
            let verdict = try #require(judgement.verdict)
            #expect(verdict.cause == nil, "\(verdict.summary)")
            #expect(verdict.fixes.isEmpty)
            #expect(judgement.candidates.allSatisfy { $0.certainty == .possible })
            // What nobody tells of rules nothing out.
            let ruledOut = judgement.ruledOut.map(\.cause)
            #expect(!ruledOut.contains("rate-limited") && !ruledOut.contains("server-idle-timeout"))
            #expect(judgement.next.contains { $0.command?.hasPrefix("wsdiag howto") ?? false })
            let said = ([verdict.summary] + judgement.candidates.map(\.summary)).joined(separator: "\n")
                .lowercased()
            let quoted = judgement.serverWords.map { $0.text.lowercased() }
            for words in told.mustNotSay where !quoted.contains(where: { $0.contains(words) }) {
                #expect(!said.contains(words), "\(words): \(said)")
            }
        }
    }

    @Test("a refusal that is told has candidates in an order")
    func refusalHasCandidates() throws {
        for number in [0, 1, 3] {
            let judgement = try #require(judge(Transcript.caseFile(threads[number].transcript)).first)
            #expect(!judgement.candidates.isEmpty)
            #expect(judgement.candidates.allSatisfy { !$0.evidenceFor.isEmpty })
        }
        let first = try #require(judge(Transcript.caseFile(threads[0].transcript)).first)
        #expect(first.candidates.first?.cause == "path-unknown-masked")
    }

    @Test("the server's own words are quoted, and make a told close no more than likely")
    func wordsAreQuoted() throws {
        let judgement = try #require(judge(Transcript.caseFile(threads[2].transcript)).first)
        #expect(judgement.serverWords.contains { $0.text.contains("Invalid authentication token") })
        let said = judge(
            Transcript.caseFile(
                """
                > GET / HTTP/1.1
                < HTTP/1.1 401
                <
                < {"error":"Token has expired"}
                > Authorization: Bearer {jwt exp=11:00:00}
                < Date: 12:00:00
                ?? reported transport
                """))
        for candidate in said.flatMap(\.candidates) { #expect(candidate.certainty != .certain) }
    }

    @Test("a program's record with all fields carries an expired token to likely, and no further")
    func recordIsLikely() throws {
        let judgement = try #require(
            judge(
                Transcript.caseFile(
                    """
                    > GET /live HTTP/1.1
                    > Authorization: Bearer {jwt exp=11:00:00}
                    < HTTP/1.1 401 Unauthorized
                    < Date: 12:00:00
                    < WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"
                    ?? reported transport
                    """)
            ).first)
        #expect(judgement.verdict?.cause == "token-expired")
        #expect(judgement.verdict?.certainty == .likely)
    }

    @Test("a browser's status 0 is undetermined, and the next step is the recipe for that browser")
    func hiddenRefusalIsUndetermined() throws {
        var file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            -- fin server
            ?? reported transport status responseFields responseBody
            """)
        file.attempts[0].connection.ending = .open
        file.limits.append(
            Limit(kind: .browserHidesRefusal, text: "The HAR hides the answer.", connections: 1))
        let judgement = try #require(judge(file).first)
        #expect(judgement.verdict?.cause == nil)
        #expect(judgement.verdict?.summary.contains("whether the server answered") ?? false)
        #expect(judgement.next.first?.command == "wsdiag howto chrome")
    }

    @Test("a 1006 that an API reports is attributed to nobody")
    func abnormalEndIsAttributedToNobody() throws {
        for code in [1005, 1006, 1015] {
            let file = Transcript.caseFile(
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 101
                << close \(code)
                \(prose)
                """)
            let judgement = try #require(judge(file).first)
            #expect(judgement.verdict?.cause == nil)
            let said = [judgement.verdict?.summary ?? ""] + judgement.candidates.map(\.summary)
            for text in said {
                #expect(!text.contains("closed"), "\(text)")
                #expect(!text.lowercased().contains("server"), "\(text)")
            }
        }
    }

    @Test("what pasted code shows makes a candidate possible, and no more")
    func codeMakesCandidates() throws {
        var file = Transcript.caseFile(threads[0].transcript)
        let place = Place(input: 0, position: .line(3, column: 1))
        file.reported = [
            ReportedFact(
                .sendsCredential, "The code sets Authorization.", names: ["header", "Authorization"],
                place: place),
            ReportedFact(
                .staleCapture, "The reconnect uses the token of the first connect.", names: ["token"],
                place: place),
            ReportedFact(
                .worksElsewhere, "The writer says that /userinfo answers 200 with it.", names: ["/userinfo"],
                place: place),
        ]
        let judgement = try #require(judge(file).first)
        let causes = judgement.candidates.map(\.cause)
        #expect(causes.contains("credential-in-ignored-header"))
        #expect(causes.contains("reconnect-with-old-token"))
        #expect(judgement.candidates.allSatisfy { $0.certainty == .possible })
        #expect(judgement.observations.contains { $0.text.contains("/userinfo") })
    }
}
