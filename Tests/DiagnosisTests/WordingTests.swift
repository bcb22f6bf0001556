import Case
import Diagnosis
import TestSupport
import Testing

/// Everything that one judgement says.
private func sentences(_ judgement: Judgement) -> [String] {
    var all = judgement.candidates.flatMap { candidate in
        [candidate.summary] + candidate.evidenceFor.map(\.text) + candidate.evidenceAgainst.map(\.text)
    }
    if let verdict = judgement.verdict { all += [verdict.summary] + verdict.fixes.map(\.text) }
    return all + judgement.observations.map(\.text) + judgement.comparisons.map(\.text)
}

/// Every example of every cause, judged.
private let judged: [(name: String, file: CaseFile, judgement: Judgement)] = Catalogue.causes.flatMap {
    cause in
    cause.examples.flatMap { example in
        let file = Transcript.caseFile(example.transcript)
        return judge(file, options: JudgeOptions()).map { ("\(cause.slug): \(example.name)", file, $0) }
    }
}

@Suite("Words and invariants of verdicts")
struct WordingTests {
    @Test("below likely nothing is said to be why")
    func becauseNeedsLikely() {
        for (name, _, judgement) in judged {
            for candidate in judgement.candidates where candidate.certainty == .possible {
                let text = candidate.summary.lowercased()
                #expect(!text.contains("because"), "\(name): \(text)")
                #expect(!text.contains("that is likely why"), "\(name): \(text)")
                #expect(!text.contains("is the reason"), "\(name): \(text)")
            }
        }
    }

    @Test("a private close code is never explained without a profile or the reason text")
    func privateCodeNeedsWords() throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            << text {"n":1}
            -- 2 s
            << close 4003
            """)
        let verdict = try #require(judge(file, options: JudgeOptions()).first?.verdict)
        #expect(verdict.cause == "private-close-code")
        #expect(verdict.summary.contains("vendor-defined"))
        #expect(!verdict.summary.lowercased().contains("auth"))
    }

    @Test("expired is said only of a token that ended before the server's Date by more than the leeway")
    func expiredNeedsTheClock() {
        for exp in ["11:59:10", "12:00:30", "13:00:00"] {
            let file = Transcript.caseFile(
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=\(exp)}
                < HTTP/1.1 401 Unauthorized
                < Date: 12:00:00
                """)
            let judgement = judge(file, options: JudgeOptions())[0]
            #expect(!sentences(judgement).contains { $0.contains("expired") }, "\(sentences(judgement))")
        }
    }

    @Test("a scope is never missed in a token that cannot be read")
    func scopeNeedsAReadableToken() {
        for token in ["9f8a7c6b5d4e3f2a1b0c9d8e7f", "{jwe}"] {
            let file = Transcript.caseFile(
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer \(token)
                < HTTP/1.1 403 Forbidden
                """)
            let judgement = judge(file, options: JudgeOptions())[0]
            #expect(!judgement.candidates.contains { $0.cause == "scope-missing-inferred" })
            #expect(judgement.untested.contains { $0.cause == "scope-missing-inferred" })
            #expect(!sentences(judgement).contains { $0.lowercased().contains("missing scope") })
        }
    }

    @Test("1005, 1006 and 1015 are never said to be sent by a peer")
    func artefactsAreNotAttributed() {
        for (name, _, judgement) in judged {
            for text in sentences(judgement) {
                for code in ["1005", "1006", "1015"] {
                    #expect(!text.contains("closed with \(code)"), "\(name): \(text)")
                    #expect(!text.contains("sent \(code)"), "\(name): \(text)")
                }
            }
        }
    }

    @Test("each refuted cause carries its fact, each candidate something that speaks for it")
    func everyLineHasItsFact() {
        for (name, _, judgement) in judged {
            for refuted in judgement.ruledOut {
                #expect(!refuted.because.text.isEmpty, "\(name): \(refuted.cause)")
            }
            for candidate in judgement.candidates {
                #expect(!candidate.evidenceFor.isEmpty, "\(name): \(candidate.cause)")
            }
        }
    }

    @Test("a bare 401 or 403 is undetermined, with ranked candidates")
    func bareRefusalIsUndetermined() throws {
        for status in ["401 Unauthorized", "403 Forbidden"] {
            let file = Transcript.caseFile(
                """
                > GET /live HTTP/1.1
                > Authorization: Bearer {jwt exp=13:00:00 scope=a aud=https://api.example.org}
                < HTTP/1.1 \(status)
                < Date: 12:00:00
                """)
            let judgement = judge(file, options: JudgeOptions())[0]
            let verdict = try #require(judgement.verdict)
            #expect(judgement.isUndetermined)
            #expect(verdict.fixes.isEmpty)
            #expect(!judgement.candidates.isEmpty)
            #expect(!judgement.next.isEmpty)
        }
    }

    @Test("no sentence holds a secret")
    func secretsStayMasked() {
        for (name, file, judgement) in judged {
            let secrets = file.tokens.filter { $0.kind != .placeholder && 16 <= $0.secret.bytes.count }
                .map(\.secret.revealed)
            for text in sentences(judgement) + judgement.serverWords.map(\.text) {
                for secret in secrets { #expect(!text.contains(secret), "\(name)") }
            }
        }
    }

    @Test("healthy attempts have no verdict and no candidates")
    func healthyIsLeftAlone() {
        let healthy = [
            "< HTTP/1.1 101 Switching Protocols\n>> text a\n<< text b\n>> close 1000\n<< close 1000\n-- fin server",
            "< HTTP/1.1 101 Switching Protocols\n<< text b\n>> close 1001\n-- fin client",
            "< HTTP/1.1 101 Switching Protocols\n<< text b\n<< close 1000\n>> close 1000\n-- fin server",
            "< HTTP/1.1 101 Switching Protocols\n<< text b",
            "< HTTP/1.1 101 Switching Protocols\n<< text {\"topic\":\"news\",\"text\":\"an error was found\"}\n>> close 1000",
        ]
        for text in healthy {
            let judgement = judge(
                Transcript.caseFile("> GET /live HTTP/1.1\n" + text), options: JudgeOptions())[0]
            #expect(judgement.verdict == nil, "\(text)")
            #expect(judgement.candidates.isEmpty)
        }
    }

    @Test("one gap is no pattern, a token that ends with the session is")
    func oneGapIsNoPattern() throws {
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 101 Switching Protocols
            << text {"n":1}
            -- 61 s
            << close 1001
            """)
        let judgement = judge(file, options: JudgeOptions())[0]
        #expect(judgement.verdict?.cause == "server-going-away")
        #expect(judgement.candidates.first { $0.cause == "server-idle-timeout" }?.certainty == .possible)
    }
}
