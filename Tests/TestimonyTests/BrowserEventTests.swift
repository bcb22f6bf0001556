import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Events of a browser's debugging protocol.
struct BrowserEventTests {
    private static let events = [
        #"{"method":"Network.requestWillBeSent","params":{"requestId":"0"}}"#,
        #"{"method":"Network.webSocketCreated","params":{"requestId":"1","url":"wss://api.example.org/live?a=1"}}"#,
        #"{"method":"Network.webSocketWillSendHandshakeRequest","params":{"requestId":"1","timestamp":8.5,"#
            + #""wallTime":1795228933.5,"request":{"headers":{"Upgrade":"websocket","Connection":"Upgrade","#
            + #""Sec-WebSocket-Version":"13","Sec-WebSocket-Key":"dGhlIHNhbXBsZSBub25jZQ==","Cookie":"a=1\nb=2"}}}}"#,
        #"{"method":"Network.webSocketHandshakeResponseReceived","params":{"requestId":"1","timestamp":8.75,"#
            + #""response":{"status":101,"statusText":"Yes","headers":{"Upgrade":"websocket"}}}}"#,
        #"{"method":"Network.webSocketFrameSent","params":{"requestId":"1","timestamp":9,"response":"#
            + #"{"opcode":2,"mask":true,"payloadData":"AAEC"}}}"#,
        #"{"method":"Network.webSocketClosed","params":{"requestId":"1","timestamp":10}}"#,
    ]

    @Test("An array and one event a line tell the same", arguments: ["[", ""])
    func layouts(_ opening: String) throws {
        let isArray = !opening.isEmpty
        let text = opening + Self.events.joined(separator: isArray ? ",\n " : "\n") + (isArray ? "]" : "\n")
        let file = try everyWay(Array(text.utf8)) { feed in try readDocument(feed.pieces) }
        let attempt = try #require(file.attempts.first)
        #expect(file.attempts.count == 1)
        #expect(attempt.outcome == .opened)
        #expect(attempt.unseen == [.transport, .closes])
        #expect(attempt.startedAt == Timestamp(nanoseconds: 1_795_228_933_500_000_000))
        #expect(attempt.request?.head.all("cookie") == ["a=1", "b=2"])
        #expect(attempt.session?.firstFrames.map(\.preview) == [[0, 1, 2]])
        #expect(attempt.session?.firstFrames.first?.at == Timestamp(nanoseconds: 1_795_228_934_000_000_000))
        #expect(file.limits.map(\.kind) == [.notHeld])
    }

    @Test("Events that were cut off are read as far as they go")
    func cut() {
        let text = Array(("[" + Self.events.joined(separator: ",") + "]").utf8)
        for end in text.indices {
            guard let file = try? readDocument([Array(text[..<end])], as: .browserEvents) else {
                #expect(end <= Self.events[0].utf8.count)
                continue
            }
            #expect(file.limits.contains { $0.kind == .inputCutShort })
        }
        for copy in damaged(text, copies: 200, seed: 31) { _ = try? readDocument([copy], as: .browserEvents) }
    }

    @Test("More sockets than are followed make room, and the answer says so")
    func evicted() throws {
        var limits = Limits.standard
        limits.liveSources = 4
        let lines = (0..<40).map { number in
            #"{"method":"Network.webSocketCreated","params":{"requestId":"\#(number)","url":"wss://a.example/"}}"#
        }
        let file = try readDocument(
            [Array(lines.joined(separator: "\n").utf8)], as: .browserEvents, limits: limits)
        #expect(file.attempts.count == 40)
        #expect(file.limits.map(\.kind) == [.boundReached])
    }

    @Test(
        "A browser's events hold the attempts of the capture, but for answers and closes",
        .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
    func corpus() throws {
        let name = "inputs/cdp/lab-chromium156-network-websocket-events.json"
        let file = try readDocument([try #require(Corpus.bytes(name))])
        let expected = seen(try NetLogCorpusTests.capture()).map { shown in
            var shown = shown
            shown.close = nil
            shown.closer = nil
            return shown
        }
        #expect(seen(file) == expected)
        #expect(file.attempts.map { $0.session?.counts.client.frames } == [nil, nil, nil, 2, 2])
        #expect(file.limits.map(\.kind) == [.browserHidesRefusal, .notHeld])
    }
}
