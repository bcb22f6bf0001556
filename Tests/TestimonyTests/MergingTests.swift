import Case
import Testimony
import Testing
import TestSupport
import Wire

@Suite("Several inputs are one case")
struct MergingTests {
    /// A capture's case, and the same attempts as a document tells them that lost `unseen`.
    private func told(
        _ name: String, losing unseen: Attempt.Unseen, later seconds: Int64 = 0,
        _ change: (inout Attempt) -> Void = { _ in }
    ) throws -> (capture: CaseFile, document: CaseFile) {
        let shipped = try #require(Corpus.shipped.first { $0.name == name })
        let capture = readCase([shipped.bytes])
        var document = capture
        document.inputs = [Input(name: "told.har", kind: "har", bytes: 1)]
        document.limits = []
        document.exchanges = []
        for index in document.attempts.indices {
            document.attempts[index].basis = .reported
            document.attempts[index].unseen.insert(unseen)
            document.attempts[index].connection = Connection(stream: -1)
            if let at = document.attempts[index].startedAt {
                document.attempts[index].startedAt = Timestamp(
                    nanoseconds: at.nanoseconds + seconds * 1_000_000_000)
            }
            change(&document.attempts[index])
        }
        return (capture, document)
    }

    @Test("an attempt that two inputs tell of is one attempt, and says where else it is told")
    func sameKey() throws {
        let (capture, document) = try told("401-token-expired", losing: [.frames])
        let whole = merged([capture, document])
        #expect(whole.attempts.count == capture.attempts.count)
        #expect(whole.attempts.allSatisfy { $0.seenAlso.map(\.input) == [1] && $0.basis == .observed })
        #expect(whole.inputs.map(\.name).last == "told.har")
    }

    @Test("what the first input does not hold is filled in from the other")
    func filledIn() throws {
        let (capture, document) = try told("401-token-expired", losing: [.responseFields, .responseBody]) {
            $0.response?.body.bytes = []
            $0.response?.head.fieldLines = []
        }
        let whole = merged([document, capture])
        let attempt = try #require(whole.attempts.first)
        #expect(whole.attempts.count == capture.attempts.count)
        #expect(attempt.unseen.isDisjoint(with: [.responseFields, .responseBody]))
        #expect(attempt.response?.body == capture.attempts.first?.response?.body)
        #expect(attempt.response?.place.input == 1)
    }

    @Test("without a key, time, path and outcome decide")
    func byTime() throws {
        let (capture, document) = try told("401-token-expired", losing: [.requestFields]) {
            $0.request?.head.fieldLines = []
        }
        #expect(merged([capture, document]).attempts.count == capture.attempts.count)
        let (_, late) = try told("401-token-expired", losing: [.requestFields], later: 60) {
            $0.request?.head.fieldLines = []
        }
        #expect(merged([capture, late]).attempts.count == 2 * capture.attempts.count)
    }

    @Test("another status is another attempt")
    func otherStatus() throws {
        let (capture, document) = try told("401-token-expired", losing: []) { attempt in
            guard let head = attempt.response?.head,
                case .response(let version, _, let reason) = head.startLine
            else { return }
            attempt.response?.head.startLine = .response(version: version, status: 403, reason: reason)
        }
        #expect(merged([capture, document]).attempts.count == 2 * capture.attempts.count)
    }

    @Test("the same token is the same token in every input, numbered by first appearance")
    func tokens() throws {
        let (capture, document) = try told("403-reconnect-with-old-token", losing: [.frames], later: 600) {
            $0.request?.head.fieldLines = []
        }
        let whole = merged([capture, document])
        #expect(whole.tokens.map(\.secret) == capture.tokens.map(\.secret))
        #expect(whole.tokens.map(\.id) == Array(1...whole.tokens.count))
        #expect(whole.attempts.map(\.id) == Array(1...whole.attempts.count))
    }

    @Test("one case is itself", arguments: Corpus.shipped.prefix(20))
    func alone(_ shipped: Corpus.Shipped) {
        let file = readCase([shipped.bytes])
        #expect(merged([file]) == file)
        #expect(merged([]) == CaseFile())
    }
}
