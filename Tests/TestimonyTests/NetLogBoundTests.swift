import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Logs that are long, cut, or damaged.
struct NetLogBoundTests {
    /// Requests over sockets of their own, of which none is ever closed where `isLeaking`.
    private func long(_ count: Int, isLeaking: Bool) -> NetLogBook {
        var book = NetLogBook()
        for index in 0..<count {
            let base = 10 * index + 10
            book.start(request: base, job: base + 1, url: "wss://api.example.org/live")
            book.connect(socket: base + 2, job: base + 1, tls: true)
            book.sendUpgrade(request: base, target: "/live")
            book.add(
                "HTTP_TRANSACTION_READ_RESPONSE_HEADERS", base,
                #""headers":["HTTP/1.1 101 Switching Protocols","Upgrade: websocket","Connection: Upgrade"]"#)
            for _ in 0..<4 {
                book.add(
                    "WEBSOCKET_RECV_FRAME_HEADER", base, #""opcode":1,"payload_length":9,"final":true"#)
                book.add("SOMETHING_ELSE", base)
            }
            guard !isLeaking else { continue }
            for kind in ["WEBSOCKET_SENT_FRAME_HEADER", "WEBSOCKET_RECV_FRAME_HEADER"] {
                book.add(kind, base, #""opcode":8,"payload_length":6,"final":true"#)
            }
            book.add("SOCKET_ALIVE", base + 2, phase: 8)
        }
        return book
    }

    @Test("A long log holds in memory what is going on, and no more")
    func flat() throws {
        let document = long(200, isLeaking: false).document()
        var limits = Limits.standard
        limits.liveSources = 64
        var reader = NetLogReader(name: "log", limits: limits)
        var most = 0
        var position = 0
        while position < document.count {
            let end = min(document.count, position + 5000)
            try reader.receive(document.span.extracting(position..<end))
            most = max(most, reader.liveCount)
            position = end
        }
        // Links between jobs and sockets stay until they make room; nothing else does.
        #expect(most <= 64 + 4)
        let file = try reader.finish()
        #expect(file.attempts.count == 200)
        #expect(file.attempts.allSatisfy { $0.session?.counts.server.text == 4 })
        #expect(file.attempts.allSatisfy { $0.connection.ending == .finished(by: .client) })
    }

    @Test("More sources than are followed make room for one another, and the answer says so")
    func evicted() throws {
        var limits = Limits.standard
        limits.liveSources = 16
        let document = long(100, isLeaking: true).document()
        var reader = NetLogReader(name: "log", limits: limits)
        try reader.receive(document.span)
        #expect(reader.liveCount <= 5 * 16)
        let file = try reader.finish()
        #expect(file.attempts.count == 100)
        #expect(file.attempts.allSatisfy { $0.session?.counts.server.text == 4 })
        #expect(file.limits.contains { $0.kind == .boundReached })
    }

    @Test("A line that is longer than any that is read is left out, and the answer says so")
    func longLine() throws {
        var limits = Limits.standard
        limits.logLineBytes = 4000
        var book = long(1, isLeaking: false)
        book.add("SOMETHING_ELSE", 3, "\"padding\":\"\(String(repeating: "x", count: 5000))\"")
        book.add("SOMETHING_ELSE", 3)
        let file = try readDocument([book.document()], as: .netLog, limits: limits)
        #expect(file.attempts.count == 1)
        #expect(file.limits.contains { $0.kind == .boundReached && $0.text.hasPrefix("1 line") })
    }

    @Test("A log that was cut off is read as far as it goes", arguments: NetLogBook.Layout.allCases)
    func cut(_ layout: NetLogBook.Layout) throws {
        let document = long(1, isLeaking: false).document(layout)
        var attempts = 0
        var isNamed = false
        for end in stride(from: 0, to: document.count, by: layout == .lines ? 1 : 5) {
            do {
                let file = try readDocument([Array(document[..<end])], as: .netLog)
                isNamed = true
                #expect(attempts <= file.attempts.count)
                attempts = file.attempts.count
                // The rest after the list of events is no loss.
                if !file.limits.contains(where: { $0.kind == .inputCutShort }) {
                    #expect(document.count - 30 < end)
                }
            } catch let error as DocumentError {
                #expect(!isNamed, "\(end): \(error.text)")
            }
        }
        #expect(attempts == 1)
    }

    @Test("Damage is a limit or an error, never an end of the program")
    func damage() {
        let document = long(2, isLeaking: true).document()
        for copy in damaged(document, copies: 150, seed: 11) { _ = try? readDocument([copy], as: .netLog) }
        for layout in [NetLogBook.Layout.oneLine, .pretty] {
            let document = long(1, isLeaking: true).document(layout)
            for copy in damaged(document, copies: 50, seed: 12) {
                _ = try? readDocument([copy], as: .netLog)
            }
        }
    }

    @Test("Two hundred thousand events", .timeLimit(.minutes(1)))
    func many() throws {
        var block = long(1, isLeaking: false)
        for source in 0..<2000 { block.add("SOMETHING_ELSE", source) }
        let head = Array(NetLogBook().document().prefix { $0 != 0x0a })
        var reader = NetLogReader(name: "log", limits: .standard)
        try reader.receive((head + Array("\n\"events\": [\n".utf8)).span)
        let piece = Array((block.events.joined(separator: ",\n") + ",\n").utf8)
        for _ in 0..<100 { try reader.receive(piece.span) }
        #expect(200_000 <= 100 * block.events.count)
        #expect(reader.liveCount < 10)
        let file = try reader.finish()
        #expect(file.attempts.count == 100)
        #expect(file.limits.contains { $0.kind == .inputCutShort })
    }
}
