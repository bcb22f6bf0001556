import Case
import Diagnosis
import TestSupport
import Testing

/// One attempt that was refused and one that was let in, with what they sent.
private func pair(_ refused: String, _ accepted: String, status: String = "401 Unauthorized") -> [Judgement] {
    judge(
        Transcript.caseFile(
            """
            === upgrade
            > GET /live HTTP/1.1
            > \(refused)
            < HTTP/1.1 \(status)
            === upgrade
            > GET /live HTTP/1.1
            > \(accepted)
            < HTTP/1.1 101 Switching Protocols
            """))
}

@Suite("What differs alone, and decides")
struct DecisiveTests {
    private static let one = "Authorization: Bearer 3f9a77c0d41b4e0e9d2c"
    private static let other = "Authorization: Bearer 88e1c0d41b4e0e9d2cab"

    @Test("another opaque token on the same URL is let in: the token decides, and why is left open")
    func opaqueTokens() throws {
        for status in ["401 Unauthorized", "403 Forbidden"] {
            let judgements = pair(Self.one, Self.other, status: status)
            let verdict = try #require(judgements[0].verdict)
            #expect(verdict.cause == nil)
            #expect(
                verdict.summary.contains(
                    "Attempt 2 differs only in the credential's value and was accepted: that decides. Why cannot be told"
                ), "\(verdict.summary)")
            #expect(judgements[0].ruledOut.contains { $0.cause == "credential-in-ignored-header" })
            #expect(!judgements[0].candidates.contains { $0.cause == "path-unknown-masked" })
        }
    }

    @Test("an attempt that was let in before proves nothing of the kind: the address may serve once")
    func before() throws {
        let judgements = judge(
            Transcript.caseFile(
                """
                === upgrade
                > GET /live HTTP/1.1
                > \(Self.other)
                < HTTP/1.1 101 Switching Protocols
                === upgrade
                > GET /live HTTP/1.1
                > \(Self.one)
                < HTTP/1.1 403 Forbidden
                """))
        let verdict = try #require(judgements[1].verdict)
        #expect(!verdict.summary.contains("decides"), "\(verdict.summary)")
    }

    @Test("where two things differ, neither decides")
    func twoThings() throws {
        let judgements = pair(Self.one, "Cookie: theme=dark\n> \(Self.other)")
        let verdict = try #require(judgements[0].verdict)
        #expect(!verdict.summary.contains("decides"), "\(verdict.summary)")
    }

    @Test("a status that says nothing of access is left alone")
    func otherStatus() throws {
        let judgements = pair(Self.one, Self.other, status: "503 Service Unavailable")
        let verdict = try #require(judgements[0].verdict)
        #expect(!verdict.summary.contains("decides"), "\(verdict.summary)")
    }
}
