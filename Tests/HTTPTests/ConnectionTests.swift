import Case
import HTTP
import Testing
import TestSupport
import Wire

/// Bytes of one side, in order.
struct Piece: Sendable {
    var side: Side
    var text: String
    init(_ side: Side, _ text: String) { (self.side, self.text) = (side, text) }
}

/// What a connection led to, in short words.
struct Story: Equatable {
    var lines: [String] = []
    var waiting: [UInt8] = []
    var ahead: [UInt8] = []
    /// Bytes that were not taken, by side.
    var rest: [UInt8] = []
}

func story(_ event: HTTPEvent) -> String {
    func side(_ message: Message?) -> String {
        guard let message else { return "-" }
        let head = message.head
        let name = head.status.map(String.init) ?? "\(head.method ?? "") \(head.target ?? "")"
        return "\(name) [\(message.body.text)] \(message.body.completeness)"
    }
    switch event {
    case .finished(let exchange):
        let interim = exchange.interimStatuses.isEmpty ? "" : " after \(exchange.interimStatuses)"
        return "\(side(exchange.request)) -> \(side(exchange.response))\(interim)"
    case .switched(let exchange):
        return
            "switched \(exchange.request?.head.target ?? "-") \(exchange.response?.head.status ?? 0)"
    case .notHTTP(let side, let looks): return "\(side) is \(looks)"
    }
}

/// Reads pieces whole, byte by byte and in threes; the stories must not differ.
func told(
    _ pieces: [Piece], closes: Side? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> Story {
    let stories = [Int.max, 1, 3].map { size -> Story in
        var connection = HTTPConnection(limits: .standard)
        var events: [HTTPEvent] = []
        var story = Story()
        var isOver = false
        for piece in pieces {
            var bytes = Array(piece.text.utf8)[...]
            while !bytes.isEmpty {
                let part = Array(bytes.prefix(size))
                bytes = bytes.dropFirst(size)
                if isOver {
                    story.rest += part
                    continue
                }
                let used = connection.receive(
                    part.span, from: piece.side, at: Timestamp(seconds: 1),
                    place: .frame(1, stream: 0, input: 0), into: &events)
                story.rest += part[used...]
                isOver = events.contains { if case .switched = $0 { true } else { false } }
            }
        }
        if let closes { connection.ended(closes, into: &events) }
        connection.finish(into: &events)
        story.lines = events.map(HTTPTests.story)
        story.waiting = connection.takeWaiting()
        story.ahead = connection.takeAhead().flatMap(\.bytes)
        return story
    }
    // A second piece may wait where a whole one was left over: only their sum must be the same.
    func joined(_ story: Story) -> Story {
        Story(lines: story.lines, waiting: story.waiting, ahead: [], rest: story.ahead + story.rest)
    }
    #expect(joined(stories[0]) == joined(stories[1]), sourceLocation: sourceLocation)
    #expect(joined(stories[0]) == joined(stories[2]), sourceLocation: sourceLocation)
    return joined(stories[0])
}

private let upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
private let switching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

@Suite("HTTP/1: requests and their answers")
struct ConnectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var pieces: [Piece]
        var lines: [String]
        var closes: Side?
        var testDescription: String { name }
    }

    @Test(
        "Messages are paired and framed",
        arguments: [
            Case(
                name: "a refused upgrade and the next request on the same connection",
                pieces: [
                    Piece(.client, upgrade), Piece(.server, "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"),
                    Piece(.client, "GET /b HTTP/1.1\r\n\r\n"), Piece(.server, "HTTP/1.1 204 \r\n\r\n"),
                ],
                lines: ["GET /ws [] complete -> 401 [no] complete", "GET /b [] complete -> 204 [] complete"]),
            Case(
                name: "pipelined requests, HEAD without a body among them",
                pieces: [
                    Piece(.client, "GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n"),
                    Piece(
                        .server,
                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                            + "HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n"),
                ],
                lines: [
                    "GET /1 [] complete -> 200 [a] complete", "HEAD /2 [] complete -> 200 [] complete",
                    "GET /3 [] complete -> 304 [] complete",
                ]),
            Case(
                name: "chunks with extensions and trailers",
                pieces: [
                    Piece(.client, "GET / HTTP/1.1\r\n\r\n"),
                    Piece(
                        .server,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0A\r\n0123456789\r\n"
                            + "0\r\nX-Sum: 1\r\n\r\n"),
                ], lines: ["GET / [] complete -> 200 [abc0123456789] complete"]),
            Case(
                name: "chunks that end with the input",
                pieces: [
                    Piece(.client, "GET / HTTP/1.1\r\n\r\n"),
                    Piece(.server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
                ], lines: ["GET / [] complete -> 200 [abc] cutShort"]),
            Case(
                name: "a body until the server closes",
                pieces: [
                    Piece(.client, "GET / HTTP/1.0\r\n\r\n"), Piece(.server, "HTTP/1.0 200 OK\r\n\r\nabc"),
                ], lines: ["GET / [] complete -> 200 [abc] complete"], closes: .server),
            Case(
                name: "a body until close whose close was not seen",
                pieces: [
                    Piece(.client, "GET / HTTP/1.0\r\n\r\n"), Piece(.server, "HTTP/1.0 200 OK\r\n\r\nabc"),
                ], lines: ["GET / [] complete -> 200 [abc] cutShort"]),
            Case(
                name: "Content-Length lines that disagree are no length",
                pieces: [
                    Piece(.client, "GET / HTTP/1.1\r\n\r\n"),
                    Piece(.server, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc"),
                ], lines: ["GET / [] complete -> 200 [abc] complete"], closes: .server),
            Case(
                name: "interim answers before the last one",
                pieces: [
                    Piece(.client, "POST /t HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
                    Piece(
                        .server, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
                    Piece(.client, "a=b"), Piece(.server, "HTTP/1.1 403\r\nContent-Length: 0\r\n\r\n"),
                ], lines: ["POST /t [a=b] complete -> 403 [] complete after [100, 103]"]),
            Case(
                name: "an answer without a request, as a server sends at a timeout",
                pieces: [Piece(.server, "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n")],
                lines: ["- -> 408 [] complete"]),
            Case(
                name: "an answer that the capture shows before its request",
                pieces: [
                    Piece(.server, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"), Piece(.client, upgrade),
                ], lines: ["GET /ws [] complete -> 403 [no] complete"], closes: .server),
            Case(
                name: "a request that nothing answers", pieces: [Piece(.client, upgrade)],
                lines: ["GET /ws [] complete -> -"]),
            Case(
                name: "an absolute-form target",
                pieces: [
                    Piece(.client, "GET http://a.example/x HTTP/1.1\r\n\r\n"),
                    Piece(.server, "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n"),
                ], lines: ["GET http://a.example/x [] complete -> 404 [] complete"]),
            Case(
                name: "a tunnel that the proxy refuses",
                pieces: [
                    Piece(.client, "CONNECT a:443 HTTP/1.1\r\n\r\n"),
                    Piece(.server, "HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n"),
                ], lines: ["CONNECT a:443 [] complete -> 407 [] complete"]),
            Case(
                name: "a TLS alert that answers plaintext",
                pieces: [Piece(.client, upgrade), Piece(.server, "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{46}")],
                lines: ["GET /ws [] complete -> -", "server is tls"]),
            Case(
                name: "TLS bytes of a client", pieces: [Piece(.client, "\u{16}\u{3}\u{1}\u{0}\u{5}")],
                lines: ["client is tls"]),
            Case(
                name: "the preface of HTTP/2",
                pieces: [Piece(.client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], lines: ["client is http2"]),
        ])
    func paired(_ example: Case) {
        #expect(told(example.pieces, closes: example.closes).lines == example.lines)
    }

    @Test("Bytes after a 101 belong to the next protocol, and so do the client's before it")
    func switches() {
        let seen = told([
            Piece(.client, upgrade + "early"), Piece(.client, "ly"), Piece(.server, switching + "frame"),
            Piece(.client, "more"),
        ])
        #expect(seen.lines == ["switched /ws 101"])
        #expect(seen.waiting == Array("earlyly".utf8))
        #expect(seen.rest == Array("framemore".utf8))
    }

    @Test("A 101 that the capture shows before its request switches all the same")
    func reorderedSwitch() {
        let seen = told([Piece(.server, switching + "fr"), Piece(.client, upgrade), Piece(.server, "ame")])
        #expect(seen.lines == ["switched /ws 101"])
        #expect(seen.rest == Array("frame".utf8))
    }

    @Test("A 2xx to CONNECT switches, an upgrade that a 200 answers does not")
    func tunnels() {
        let tunnel = told([
            Piece(.client, "CONNECT a:443 HTTP/1.1\r\n\r\n"),
            Piece(.server, "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\nbytes"),
        ])
        #expect(tunnel.lines == ["switched a:443 200"])
        #expect(tunnel.rest == Array("bytes".utf8))
        let plain = told([
            Piece(.client, upgrade), Piece(.server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ])
        #expect(plain.lines == ["GET /ws [] complete -> 200 [ok] complete"])
    }

    @Test("The moments of a message are those of its first byte and of the end of its head")
    func moments() {
        var connection = HTTPConnection(limits: .standard)
        var events: [HTTPEvent] = []
        let parts = ["GET / HT", "TP/1.1\r\n", "Host: a\r\n\r", "\n"]
        for (index, part) in parts.enumerated() {
            _ = connection.receive(
                Array(part.utf8).span, from: .client, at: Timestamp(seconds: Int64(index + 1)),
                place: .frame(index + 1, stream: 0, input: 0), into: &events)
        }
        connection.finish(into: &events)
        guard case .finished(let exchange) = events.first else {
            Issue.record("nothing was told")
            return
        }
        #expect(exchange.request?.firstByteAt == Timestamp(seconds: 1))
        #expect(exchange.request?.at == Timestamp(seconds: 4))
        #expect(exchange.request?.place == .frame(4, stream: 0, input: 0))
    }
}
