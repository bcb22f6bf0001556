import TestSupport
import Testing
import Wire

/// A file that wants to cost more than it is worth.
private struct Hostile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What the answer must say.
    var says: String
    var make: @Sendable () -> [UInt8]

    init(_ name: String, says: String = "", _ make: @escaping @Sendable () -> [UInt8]) {
        testDescription = name
        self.says = says
        self.make = make
    }
}

private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

private let upgrade = text(
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
private let switched = text(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")

private func answered(_ head: String, _ body: [UInt8]) -> [UInt8] {
    connection([(.client, upgrade), (.server, text(head) + body)]).pcapng()
}

private let files = [
    Hostile("a block that claims four gigabytes", says: "at byte 48") {
        var file = ByteWriter(order: .little)
        file.section()
        file.interface(linkType: 1)
        file.block(type: 6, [1, 2, 3, 4], length: 0xffff_fffc)
        return file.bytes
    },
    Hostile("a packet that claims four gigabytes", says: "at byte 24") {
        var file = ByteWriter(order: .little)
        file.bytes = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]
        for value in [0, 0, 0xffff, 1, 1, 0, 0xffff_ffff, 0xffff_ffff] { file.put32(value) }
        return file.bytes
    },
    Hostile("a gzip bomb of 1:1000", says: "damaged") {
        // Zeros are blocks of length zero.
        var file = ByteWriter(order: .little)
        file.section()
        return deflated(file.bytes + [UInt8](repeating: 0, count: 64 << 20), windowBits: 31)
    },
    Hostile("a gzip bomb of small packets") {
        var file = ByteWriter(order: .little)
        file.bytes = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]
        for value in [0, 0, 0xffff, 1] { file.put32(value) }
        return deflated(file.bytes + [UInt8](repeating: 0, count: 8 << 20), windowBits: 31)
    },
    Hostile("a million header fields") {
        connection([
            (.client, text("GET / HTTP/1.1\r\n")),
            (.client, text(String(repeating: "a: b\r\n", count: 1_000_000))),
        ])
        .pcapng()
    },
    Hostile("a body of 2^64 bytes", says: "403") {
        answered("HTTP/1.1 403 No\r\nContent-Length: 18446744073709551616\r\n\r\n", text("no"))
    },
    Hostile("a chunk of 2^64 bytes", says: "403") {
        answered("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n", text("ffffffffffffffff\r\nno"))
    },
    Hostile("a body that unfolds 1:1000", says: "403") {
        let body = deflated([UInt8](repeating: 0x20, count: 32 << 20), windowBits: 31)
        return answered(
            "HTTP/1.1 403 No\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n", body)
    },
    Hostile("a frame of 2^64 bytes", says: "101") {
        connection([
            (.client, upgrade), (.server, switched + [0x82, 0x7f] + [UInt8](repeating: 0xff, count: 8)),
            (.client, [0x82, 0xff] + [UInt8](repeating: 0xff, count: 12)),
        ]).pcapng()
    },
    Hostile("endless fragments") {
        let segment = TestSegment(
            source: Endpoint(ipv4: 1, port: 1), destination: Endpoint(ipv4: 2, port: 2), sequence: 1,
            payload: [UInt8](repeating: 7, count: 64))
        return CaptureContent(
            packets: (0..<50_000).map { segment.fragments(size: 24, identification: $0 & 0xffff)[1 + $0 % 3] }
        ).pcapng()
    },
    Hostile("a hundred thousand streams") {
        CaptureContent(
            packets: (0..<100_000).map { index in
                TestSegment(
                    source: Endpoint(ipv4: 0x0a00_0000 + UInt32(index), port: 1),
                    destination: Endpoint(ipv4: 2, port: 80),
                    sequence: 1, flags: 2
                ).packet()
            }
        ).pcapng()
    },
    Hostile("tunnels in tunnels") {
        connection(
            (0..<5000).flatMap { _ in
                [
                    (from: Side.client, bytes: text("CONNECT a:1 HTTP/1.1\r\n\r\n")),
                    (from: Side.server, bytes: text("HTTP/1.1 200 Yes\r\n\r\n")),
                ]
            }
        ).pcapng()
    },
    Hostile("a hundred thousand requests, none answered") {
        connection([
            (
                .client,
                [[UInt8]](repeating: text("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), count: 100_000).flatMap { $0 }
            )
        ])
        .pcapng()
    },
    Hostile("two hundred thousand empty records of TLS") {
        let record: [UInt8] = [22, 3, 1, 0, 4, 1, 0, 0, 0]
        return connection(
            [(.client, [[UInt8]](repeating: record, count: 200_000).flatMap { $0 })], serverPort: 443
        ).pcapng()
    },
]

/// The program on hostile files: an answer, in bounded time and memory.
@Suite("Hostile files", .enabled(if: Command.wsdiag != nil, "the program is not built beside the tests"))
struct HostileFileTests {
    @Test("Each is answered, without a trap, within bounds", arguments: files)
    fileprivate func answers(_ file: Hostile) throws {
        let program = try #require(Command.wsdiag)
        TestFile.temporary { path in
            #expect(TestFile.write(file.make(), to: path))
            let ran = Command([program, "explain", "--width", "400", path])
            // 0 and 1: a report; 3: refused with a sentence; 4: what cannot be shown.
            #expect([0, 1, 3, 4].contains(ran.status), "\(ran.output.prefix(2000))")
            #expect(ran.output.contains(file.says), "\(ran.output.prefix(2000))")
            if ran.status == 3 { #expect(ran.output.contains(path) || ran.output.contains("wsdiag-test")) }
            // A debug build, and perhaps a sanitizer's, on a busy machine: what grows without bound is far beyond this.
            #expect(ran.peakBytes < 600 << 20)
            #expect(ran.seconds < 60)
        }
    }
}
