import Case
import Diagnosis
import TestSupport
import Testing

@testable import Testimony

/// Documents of every form, by name.
private let documents: [(name: String, file: CaseFile)] = {
    var all: [(String, CaseFile)] = []
    func add(_ name: String, _ bytes: [UInt8]?) {
        if let bytes, let file = try? readDocument([bytes]), !file.attempts.isEmpty {
            all.append((name, file))
        }
    }
    for post in posts {
        add(
            post.fixture,
            TestFile.read(TestFile.packageRoot + "/Tests/TestimonyTests/fixtures/" + post.fixture))
    }
    for fixture in HARFixture.all { add(fixture.description, Array(fixture.text.utf8)) }
    guard let root = Corpus.root else { return all }
    for kind in TestFile.names(in: root + "/inputs") where kind != "pcap" {
        for name in TestFile.names(in: root + "/inputs/" + kind) {
            add(name, TestFile.read(root + "/inputs/" + kind + "/" + name))
        }
    }
    return all
}()

@Suite("Documents with a part of what they tell gone") struct LostTestimonyTests {
    @Test(
        "whatever is deleted from what is told, nothing is said more surely, and nothing that stood is refuted"
    )
    func lossWeakens() {
        var count = 0
        for (name, file) in documents {
            let before = judge(file)
            let all = deletions(of: file)
            var random = SeededRandom(seed: UInt64(all.count))
            for number in all.indices where all.count <= 60 || random.below(all.count) < 60 {
                count += 1
                let less = all[number]
                let isTraced = less.name.split(separator: " ").count != 2 && !less.name.contains("exchange")
                for judgement in judge(less.file) {
                    let full = before.first { $0.attempt == judgement.attempt }
                    check(judgement, full, isTraced, "\(name), without \(less.name)")
                }
            }
        }
        #expect(200 < count)
    }

    private func check(_ judgement: Judgement, _ full: Judgement?, _ isTraced: Bool, _ name: String) {
        for candidate in judgement.candidates where .possible < candidate.certainty {
            let earlier = full?.candidates.first { $0.cause == candidate.cause }?.certainty
            // A rival that rests on another attempt is gone with that attempt, and with it the tie between the two.
            let hasRival =
                full?.candidates.contains { other in
                    other.cause != candidate.cause
                        && other.evidenceFor.contains { $0.text.hasPrefix("attempt ") }
                } ?? false
            if earlier != nil, hasRival { continue }
            #expect(earlier.map { candidate.certainty <= $0 } ?? false, "\(name): \(candidate.cause)")
        }
        for refuted in judgement.ruledOut where isTraced {
            let stood = full?.candidates.contains { $0.cause == refuted.cause } ?? false
            #expect(!stood, "\(name): \(refuted.cause): \(refuted.because.text)")
        }
    }

    @Test("an irrelevant field changes nothing that is said of what is told")
    func irrelevantFieldChangesNothing() {
        for (name, file) in documents {
            var more = file
            for index in more.attempts.indices {
                guard var head = more.attempts[index].request?.head, !head.fieldLines.isEmpty else {
                    continue
                }
                let start = head.bytes.count
                head.bytes += Array("X-Trace: 4711\r\n".utf8)
                head.fieldLines.append(
                    MessageHead.FieldLine(name: start..<start + 7, value: start + 9..<start + 13))
                more.attempts[index].request?.head = head
            }
            for (before, after) in zip(judge(file), judge(more)) {
                #expect(before.verdict == after.verdict, "\(name)")
                #expect(before.candidates == after.candidates, "\(name)")
            }
        }
    }

    @Test("a document read byte by byte tells the same")
    func piecesChangeNothing() throws {
        for post in posts {
            let path = TestFile.packageRoot + "/Tests/TestimonyTests/fixtures/" + post.fixture
            let bytes = try #require(TestFile.read(path))
            let beginning = Array(bytes.prefix(4096))
            guard let format = DocumentFormat(beginning.span) else {
                Issue.record("\(post) is not recognised")
                continue
            }
            let whole = judge(try readDocument([bytes], as: format))
            #expect(judge(try readDocument(bytes.map { [$0] }, as: format)) == whole)
        }
    }
}
