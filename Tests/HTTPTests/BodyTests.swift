import Case
import HTTP
import Testing
import TestSupport
import Wire

@Suite("HTTP/1: bodies and their codings")
struct BodyTests {
    private static let plain = Array("upgrade refused, upgrade refused: 401".utf8)

    struct Coded: Sendable, CustomTestStringConvertible {
        var name: String
        var field: String
        var body: [UInt8]
        var bytes: [UInt8] = plain
        var completeness = Body.Completeness.complete
        var testDescription: String { name }
    }

    @Test(
        "Codings are undone, and what cannot be is kept as it stood",
        arguments: [
            Coded(name: "gzip", field: "Content-Encoding: gzip", body: deflated(plain, windowBits: 31)),
            Coded(
                name: "deflate as zlib", field: "Content-Encoding: deflate",
                body: deflated(plain, windowBits: 15)),
            Coded(
                name: "deflate without a frame", field: "Content-Encoding: deflate",
                body: deflated(plain, windowBits: -15)),
            Coded(
                name: "brotli", field: "Content-Encoding: br",
                body: bytes(hex: "1b240000045a72a4370f6a8b527af99e441564a4911487f257205cd94fa0a30e")),
            Coded(
                name: "zstd", field: "Content-Encoding: zstd",
                body: bytes(
                    hex:
                        "28b52ffd0458e50000b07570677261646520726566757365642c203a203430310100a99b4b0436ee5d")),
            Coded(
                name: "gzip twice", field: "Content-Encoding: gzip, gzip",
                body: deflated(deflated(plain, windowBits: 31), windowBits: 31)),
            Coded(name: "identity", field: "Content-Encoding: identity", body: plain),
            Coded(
                name: "an unknown coding", field: "Content-Encoding: aws-chunked", body: [1, 2, 3],
                bytes: [1, 2, 3], completeness: .notDecoded),
            Coded(
                name: "plain bytes that claim gzip", field: "Content-Encoding: gzip", body: plain,
                completeness: .notDecoded),
            Coded(
                name: "gzip that ends inside the body", field: "Content-Encoding: gzip",
                body: Array(deflated(plain, windowBits: 31).dropLast(4)), completeness: .cutShort),
            Coded(name: "nothing at all", field: "Content-Encoding: odd", body: [], bytes: []),
        ])
    func codings(_ example: Coded) {
        let length = "HTTP/1.1 403 No\r\n\(example.field)\r\nContent-Length: \(example.body.count)\r\n\r\n"
        let body = read(Array(length.utf8) + example.body)
        #expect(body?.bytes == example.bytes)
        #expect(body?.completeness == example.completeness)
        #expect(body?.wireLength == example.body.count)
    }

    @Test("A transfer coding under the chunks is undone")
    func transferCoding() {
        let coded = deflated(Self.plain, windowBits: 31)
        let chunk = Array(String(coded.count, radix: 16).utf8) + [13, 10] + coded + [13, 10]
        let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n".utf8)
        let body = read(head + chunk + Array("0\r\n\r\n".utf8))
        #expect(body?.bytes == Self.plain)
        #expect(body?.completeness == .complete)
    }

    @Test("A bomb is left as it stood, and only the beginning of a large body is kept")
    func bounds() {
        let bomb = deflated([UInt8](repeating: 0, count: 32 << 20), windowBits: 31)
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"
        let body = read(Array(head.utf8) + bomb)
        #expect(body?.completeness == .notDecoded)
        #expect(body?.wireLength == bomb.count)
        #expect((body?.bytes.count ?? .max) <= Limits.standard.bodyBytes)
        let large = [UInt8](repeating: 7, count: 200_000)
        let kept = read(Array("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n".utf8) + large)
        #expect(kept?.bytes.count == Limits.standard.bodyBytes)
        #expect(kept?.length == 200_000)
        #expect(kept?.completeness == .complete)
    }

    @Test("A gap inside a body of known length is counted down, and the next message is read")
    func gapInside() {
        var connection = HTTPConnection(limits: .standard, beginsInside: true)
        var events: [HTTPEvent] = []
        let place = Place.frame(1, stream: 0, input: 0)
        func send(_ text: String) {
            _ = connection.receive(Array(text.utf8).span, from: .server, at: nil, place: place, into: &events)
        }
        send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
        connection.skipped(bytes: 5, from: .server, into: &events)
        send("hijHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
        connection.skipped(bytes: 50, from: .server, into: &events)
        send("rest of a body\r\nHTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")
        connection.finish(into: &events)
        #expect(
            events.map(HTTPTests.story) == [
                "- -> 200 [abhij] cutShort", "- -> 403 [] complete", "- -> 500 [] complete",
            ])
    }

    /// Every way the body of an answer to a GET reads.
    private func read(_ bytes: [UInt8]) -> Body? {
        everyWay(bytes) { feed in
            var connection = HTTPConnection(limits: .standard)
            var events: [HTTPEvent] = []
            let place = Place.frame(1, stream: 0, input: 0)
            _ = connection.receive(
                Array("GET / HTTP/1.1\r\n\r\n".utf8).span, from: .client, at: nil, place: place, into: &events
            )
            feed { piece in
                _ = connection.receive(piece, from: .server, at: nil, place: place, into: &events)
            }
            connection.finish(into: &events)
            guard case .finished(let exchange) = events.first else { return nil }
            return exchange.response?.body
        }
    }
}
