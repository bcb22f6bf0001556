import Case
import TestSupport
import Testimony
import Testing
import Wire

/// Flow files that a real program wrote.
@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct FlowCorpusTests {
    private func flows(_ name: String) throws -> CaseFile {
        try readDocument([try #require(Corpus.bytes("inputs/mitmproxy/\(name).mitm"))])
    }

    @Test("Flows hold what the HAR of the same run holds, and the closes that it has no place for")
    func sameRun() throws {
        let file = try flows("lab-mitmproxy11-flows")
        let har = try HARCorpusTests.har("lab-mitmproxy11-hardump")
        let closes = file.attempts.map { $0.session?.firstClose?.code }
        #expect(closes == [nil, nil, nil, 1000, 4003, nil, 1001])
        let withoutCloses = seen(file).map { shown in
            var shown = shown
            shown.close = nil
            shown.closer = nil
            return shown
        }
        #expect(withoutCloses == seen(har))
        for (told, other) in zip(file.attempts, har.attempts) {
            #expect(told.response?.body.bytes == other.response?.body.bytes)
            #expect(told.session?.counts.server.text == other.session?.counts.server.text)
        }
        #expect(file.limits.map(\.kind) == [.notHeld])
        #expect(file.attempts.map(\.connection.tls?.version) == [Int?](repeating: 0x0304, count: 7))
        // The client went away without a close frame.
        #expect(file.attempts[5].connection.ending == .finished(by: .client))
    }

    @Test("Flows of 2020, with sockets in flows of their own")
    func oldVersion() throws {
        let file = try flows("mitmproxy-dumpfile-7-websocket")
        #expect(file.attempts.map(\.outcome) == [.opened, .opened, .opened])
        #expect(file.attempts.map(\.isSecure) == [false, true, true])
        #expect(file.attempts.map { $0.session?.counts.client.text } == [1, 1, 0])
        #expect(file.attempts.map { $0.session?.firstClose?.by } == [.client, .client, nil])
        #expect(file.attempts[2].unseen.isSuperset(of: [.frames, .closes]))
    }

    @Test("Flows of 2023")
    func middleVersion() throws {
        let file = try flows("mitmproxy-websocket")
        #expect(file.attempts.map(\.authority) == [String](repeating: "demo.piesocket.com", count: 3))
        #expect(file.attempts.map { $0.session?.firstClose?.code } == [nil, 1000, nil])
        #expect(file.attempts.map { $0.session?.counts.server.text } == [1, 1, 1])
    }
}
