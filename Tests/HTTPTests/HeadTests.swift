import Case
import HTTP
import Testing
import TestSupport
import Wire

@Suite("HTTP/1: heads")
struct HeadTests {
    struct Odd: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var oddities: MessageHead.Oddities
        var fields: [[String]]
        var testDescription: String { name }
    }

    struct List: Sendable, CustomTestStringConvertible {
        var name: String
        var lines: String
        var elements: [String]
        var isListed: Bool
        var testDescription: String { name }
    }

    @Test(
        "A list field is one list over all its lines",
        arguments: [
            List(name: "no line", lines: "Other: upgrade", elements: [], isListed: false),
            List(name: "one element", lines: "Connection: Upgrade", elements: ["Upgrade"], isListed: true),
            List(
                name: "white space and empty elements", lines: "Connection:\t, keep-alive ,,UPGRADE\t,",
                elements: ["keep-alive", "UPGRADE"], isListed: true),
            List(
                name: "two lines in two spellings", lines: "connection: close\r\nCONNECTION: upgrade",
                elements: ["close", "upgrade"], isListed: true),
            List(
                name: "a longer word", lines: "Connection: upgrades, up grade",
                elements: ["upgrades", "up grade"], isListed: false),
            List(
                name: "letters of several bytes", lines: "Connection: ü,\u{301}upgrade",
                elements: ["ü", "\u{301}upgrade"], isListed: false),
        ])
    func list(_ example: List) {
        let bytes = Array("GET / HTTP/1.1\r\n\(example.lines)\r\n\r\n".utf8)
        guard case .head(let head, _) = readHead(bytes.span, from: .client, limits: .standard) else {
            Issue.record("no head")
            return
        }
        #expect(head.list("connection") == example.elements)
        #expect(head.lists("connection", "upgrade") == example.isListed)
    }

    @Test(
        "What is odd is noted and kept",
        arguments: [
            Odd(
                name: "nothing odd", text: "GET / HTTP/1.1\r\nHost: a\r\nX-Y:\t b \r\nx-y:\r\n\r\n",
                oddities: [], fields: [["Host", "a"], ["X-Y", "b"], ["x-y", ""]]),
            Odd(
                name: "bare line feeds", text: "GET / HTTP/1.1\nHost: a\n\n", oddities: .bareLineFeed,
                fields: [["Host", "a"]]),
            Odd(
                name: "a folded line", text: "GET / HTTP/1.1\r\nA: b\r\n  c\r\nD: e\r\n\r\n",
                oddities: .foldedLine, fields: [["A", "b\r\n  c"], ["D", "e"]]),
            Odd(
                name: "a space before the colon", text: "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                oddities: .spaceBeforeColon, fields: [["Host", "a"]]),
            Odd(
                name: "a control byte", text: "GET / HTTP/1.1\r\nA: b\u{1}c\r\n\r\n", oddities: .controlByte,
                fields: [["A", "b\u{1}c"]]),
            Odd(
                name: "a line without a colon", text: "GET / HTTP/1.1\r\nnothing here\r\nA: b\r\n\r\n",
                oddities: .lineWithoutColon, fields: [["A", "b"]]),
            Odd(
                name: "empty lines before the request", text: "\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n",
                oddities: [], fields: [["A", "b"]]),
        ])
    func odd(_ example: Odd) {
        let bytes = Array(example.text.utf8)
        guard case .head(let head, let consumed) = readHead(bytes.span, from: .client, limits: .standard)
        else {
            Issue.record("no head")
            return
        }
        #expect(consumed == bytes.count)
        #expect(head.oddities == example.oddities)
        #expect(head.fieldLines.map { [head.name($0), head.value($0)] } == example.fields)
        for length in 0..<bytes.count {
            let reading = readHead(Array(bytes[..<length]).span, from: .client, limits: .standard)
            guard case .needsMore = reading else {
                Issue.record("cut at \(length) it is \(reading)")
                return
            }
        }
    }

    @Test(
        "What is no head is told so",
        arguments: [
            "GET /\r\n\r\n", "hello world\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "\u{16}\u{3}\u{1}", "{\"a\":1}",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func noRequest(_ text: String) {
        guard case .notHTTP = readHead(Array(text.utf8).span, from: .client, limits: .standard) else {
            Issue.record("\(text) was taken for a request")
            return
        }
    }

    @Test("A head of a million fields or without an end is bounded")
    func bounded() {
        let many = Array(("GET / HTTP/1.1\r\n" + String(repeating: "a:b\r\n", count: 40_000) + "\r\n").utf8)
        guard case .head(let head, _) = readHead(many.span, from: .client, limits: .standard) else {
            Issue.record("no head")
            return
        }
        #expect(head.fieldLines.count == Limits.standard.fieldLines)
        #expect(head.oddities == .tooManyFields)
        let endless = Array(
            ("GET / HTTP/1.1\r\n" + String(repeating: "a:b\r\n", count: 1_000_000)).utf8)
        guard case .notHTTP = readHead(endless.span, from: .client, limits: .standard) else {
            Issue.record("an endless head was held")
            return
        }
    }

    @Test("A damaged connection never traps and ends")
    func damage() {
        let request = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nabcdefghi"
            + "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"
        let requests = damaged(Array((request + request).utf8), copies: 400, seed: 7)
        let answers = damaged(Array(answer.utf8), copies: 400, seed: 8)
        for (index, pair) in zip(requests, answers).enumerated() {
            var connection = HTTPConnection(limits: .standard, beginsInside: index % 2 == 0)
            var events: [HTTPEvent] = []
            let place = Place.frame(1, stream: 0, input: 0)
            _ = connection.receive(pair.0.span, from: .client, at: nil, place: place, into: &events)
            if index % 3 == 0 { connection.skipped(bytes: index, from: .server, into: &events) }
            for byte in pair.1 {
                _ = connection.receive([byte].span, from: .server, at: nil, place: place, into: &events)
            }
            connection.finish(into: &events)
            #expect(events.count < 10)
        }
    }
}
