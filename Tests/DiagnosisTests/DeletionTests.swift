import Case
import Diagnosis
import TestSupport
import Testing

/// Every shipped capture, read once.
private let shipped: [String: CaseFile] = Dictionary(
    uniqueKeysWithValues: Corpus.shipped.map { ($0.name, readCase([$0.bytes])) })

/// What is said after a deletion that was not said as surely before, in words.
func strengthened(_ after: [Judgement], beyond before: [Judgement]) -> [String] {
    after.flatMap { judgement -> [String] in
        let full = before.first { $0.attempt == judgement.attempt }
        return judgement.candidates.compactMap { candidate in
            guard .possible < candidate.certainty else { return nil }
            let earlier = full?.candidates.first { $0.cause == candidate.cause }?.certainty
            if let earlier, candidate.certainty <= earlier { return nil }
            let isVerdict = judgement.verdict?.cause == candidate.cause ? "the verdict" : "a candidate"
            return
                "attempt \(judgement.attempt): \(candidate.cause), \(isVerdict), is \(candidate.certainty), "
                + "and was \(earlier?.rawValue ?? "no candidate") (\(full?.verdict?.cause ?? "no verdict"))"
        }
    }
}

/// What is ruled out after a deletion and stood before it, in words: an unknown was read as an absence.
func newlyRuledOut(_ after: [Judgement], beyond before: [Judgement]) -> [String] {
    after.flatMap { judgement -> [String] in
        let full = before.first { $0.attempt == judgement.attempt }
        return judgement.ruledOut.compactMap { refuted in
            guard let stood = full?.candidates.first(where: { $0.cause == refuted.cause }) else { return nil }
            return
                "attempt \(judgement.attempt): \(refuted.cause) was \(stood.certainty.rawValue) and is ruled out: \(refuted.because.text)"
        }
    }
}

@Suite("A case with a part of its evidence gone")
struct DeletionTests {
    @Test("whatever is deleted from a recorded case, nothing is said more surely", arguments: Corpus.shipped)
    func recordedCaseWeakens(_ capture: Corpus.Shipped) throws {
        let file = try #require(shipped[capture.name])
        check(file, capture.name)
    }

    @Test(
        "whatever is deleted from an example, nothing is said more surely",
        arguments: Catalogue.causes.map(\.slug))
    func exampleWeakens(_ slug: String) throws {
        let cause = try #require(Catalogue.cause(named: slug))
        for example in cause.examples {
            check(Transcript.caseFile(example.transcript), "\(slug): \(example.name)")
        }
    }

    @Test(
        "what was weighed is no more than possible beside a connection of the same site that could not be read"
    )
    func unreadConnectionCaps() throws {
        var file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            < HTTP/1.1 401 Unauthorized
            """)
        #expect(judge(file).first?.verdict?.cause == "credential-missing")
        func limit(_ host: String) -> Limit {
            Limit(
                kind: .tlsKeysMissing, text: "One connection could not be decrypted.", connections: 1,
                hosts: [host])
        }
        file.limits = [limit("login.example.net")]
        #expect(judge(file).first?.verdict?.cause == "credential-missing")
        for host in ["login.example.org", "api.example.org", "*"] {
            file.limits = [limit(host)]
            let judgement = try #require(judge(file).first)
            #expect(judgement.verdict?.cause == nil)
            #expect(judgement.candidates.first?.certainty == .possible)
        }
        file.limits = [Limit(kind: .packetsMissing, text: "Bytes are missing.", connections: 1)]
        #expect(judge(file).first?.verdict?.cause == nil)
    }

    private func check(_ file: CaseFile, _ name: String) {
        let before = judge(file)
        let all = deletions(of: file)
        for number in some(all.indices, of: 120) {
            let after = judge(all[number].file)
            // Of a message that left no trace at all nobody can know: "the last one in the input" is what is said.
            let isWhole =
                all[number].name.split(separator: " ").count == 2 || all[number].name.contains("exchange")
            let refuted = isWhole ? [] : newlyRuledOut(after, beyond: before)
            for stronger in strengthened(after, beyond: before) + refuted {
                Issue.record("\(name), without \(all[number].name): \(stronger)")
            }
        }
    }
}

/// Every place, or so many of them: WSDIAG_THOROUGH=1 takes them all.
private func some(_ range: Range<Int>, of most: Int) -> [Int] {
    if TestFile.environment("WSDIAG_THOROUGH") == "1" || range.count <= most { return Array(range) }
    var random = SeededRandom(seed: UInt64(range.count))
    return (0..<most).map { _ in range.lowerBound + random.below(range.count) }.sorted()
}
