import Case
import Testing
import Wire

@testable import WebSocket

/// Bytes of one side, in order.
private struct Piece {
    var side: Side
    var bytes: [UInt8]
}

/// Reads pieces whole, byte by byte, and in threes; the sessions must not differ.
private func session(
    _ pieces: [Piece], extensions: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> Session {
    let sessions = [Int.max, 1, 3].map { size -> Session in
        var reader = SessionReader(
            response: extensions.map(switchingResponse), limits: .standard, keepsEveryFrame: false)
        for piece in pieces {
            var rest = piece.bytes[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(size))
                rest = rest.dropFirst(size)
                reader.receive(
                    part.span, from: piece.side, at: Timestamp(seconds: 1),
                    place: .frame(1, stream: 0, input: 0))
            }
        }
        reader.finish()
        return reader.session
    }
    #expect(sessions[0] == sessions[1], sourceLocation: sourceLocation)
    #expect(sessions[0] == sessions[2], sourceLocation: sourceLocation)
    return sessions[0]
}

private func switchingResponse(extensions: String) -> MessageHead {
    let bytes = Array(
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: \(extensions)\r\n\r\n".utf8)
    let name = 34..<58
    return MessageHead(
        bytes: bytes, startLine: .response(version: 0..<8, status: 101, reason: 13..<32),
        fieldLines: [.init(name: name, value: 60..<60 + extensions.utf8.count)], oddities: [])
}

@Suite("Frames (RFC 6455 §5)")
struct SessionReaderTests {
    @Test("The examples of RFC 6455 §5.7 read as they say")
    func examples() {
        let hello = session([Piece(side: .server, bytes: [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])])
        #expect(hello.counts.server.text == 1)
        #expect(hello.firstFrames.map(\.preview) == [Array("Hello".utf8)])
        let masked = session([
            Piece(side: .client, bytes: [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
        ])
        #expect(masked.firstFrames.map(\.preview) == [Array("Hello".utf8)])
        let fragmented = session([
            Piece(side: .server, bytes: [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f])
        ])
        #expect(fragmented.counts.server.textFragmented == 1)
        #expect(fragmented.counts.server.continuation == 1)
        #expect(fragmented.violations.isEmpty)
        let ping = session([
            Piece(side: .server, bytes: [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
            Piece(side: .client, bytes: [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]),
        ])
        #expect(ping.counts.server.ping == 1 && ping.counts.client.pong == 1)
        #expect(ping.unansweredPings == PerSide(client: 0, server: 0))
        let binary = session([
            Piece(side: .server, bytes: [0x82, 0x7e, 0x01, 0x00] + [UInt8](repeating: 7, count: 256))
        ])
        #expect(binary.counts.server.binary == 1 && binary.counts.server.bytes == 256)
    }

    @Test("The examples of RFC 7692 §7.2.3 inflate")
    func deflateExamples() {
        let once: [UInt8] = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        let twice = session(
            [Piece(side: .server, bytes: once + [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00])],
            extensions: "permessage-deflate")
        #expect(twice.firstFrames.map(\.preview) == [Array("Hello".utf8), Array("Hello".utf8)])
        let stored = session(
            [
                Piece(
                    side: .server,
                    bytes: [0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00])
            ],
            extensions: "permessage-deflate")
        #expect(stored.firstFrames.map(\.preview) == [Array("Hello".utf8)])
        let final = session(
            [
                Piece(side: .server, bytes: [0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]),
                Piece(side: .server, bytes: once),
            ], extensions: "permessage-deflate")
        #expect(final.firstFrames.map(\.preview) == [Array("Hello".utf8), Array("Hello".utf8)])
        let twoBlocks = session(
            [
                Piece(
                    side: .server,
                    bytes: [
                        0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07,
                        0x00,
                    ])
            ], extensions: "permessage-deflate")
        #expect(twoBlocks.firstFrames.map(\.preview) == [Array("Hello".utf8)])
    }

    struct Broken {
        var name: String
        var side: Side
        var bytes: [UInt8]
        var rule: Violation.Rule
    }

    @Test(
        "A broken rule is noted",
        arguments: [
            Broken(
                name: "a client frame without mask", side: .client, bytes: [0x81, 0x01, 0x41],
                rule: .clientFrameUnmasked),
            Broken(
                name: "a server frame with mask", side: .server, bytes: [0x81, 0x81, 0, 0, 0, 0, 0x41],
                rule: .serverFrameMasked),
            Broken(
                name: "RSV1 without an extension", side: .server, bytes: [0xc1, 0x01, 0x41],
                rule: .reservedBits),
            Broken(name: "a reserved opcode", side: .server, bytes: [0x83, 0x00], rule: .reservedOpcode),
            Broken(name: "a fragmented ping", side: .server, bytes: [0x09, 0x00], rule: .controlFrame),
            Broken(
                name: "a continuation of nothing", side: .server, bytes: [0x80, 0x01, 0x41],
                rule: .fragmentation),
            Broken(
                name: "a text inside a fragmented text", side: .server,
                bytes: [0x01, 0x01, 0x41, 0x81, 0x01, 0x41],
                rule: .fragmentation),
            Broken(
                name: "a length spelled too long", side: .server, bytes: [0x81, 0x7e, 0, 1, 0x41],
                rule: .lengthEncoding),
            Broken(
                name: "text that is not UTF-8", side: .server, bytes: [0x81, 0x01, 0xff], rule: .invalidUTF8),
            Broken(
                name: "text that ends inside a character", side: .server, bytes: [0x81, 0x01, 0xc3],
                rule: .invalidUTF8),
            Broken(
                name: "a surrogate in UTF-8", side: .server, bytes: [0x81, 0x03, 0xed, 0xa0, 0x80],
                rule: .invalidUTF8),
            Broken(
                name: "a close code of 1006", side: .server, bytes: [0x88, 0x02, 0x03, 0xee],
                rule: .closePayload),
            Broken(
                name: "a close payload of one byte", side: .server, bytes: [0x88, 0x01, 0x03],
                rule: .closePayload),
            Broken(
                name: "data after a close frame", side: .server,
                bytes: [0x88, 0x02, 0x03, 0xe8, 0x81, 0x01, 0x41],
                rule: .dataAfterClose),
        ])
    func violations(_ broken: Broken) {
        let seen = session([Piece(side: broken.side, bytes: broken.bytes)])
        #expect(seen.violations.map(\.rule) == [broken.rule], "\(broken.name)")
    }

    @Test("A close frame tells its code, its reason and its sender")
    func close() {
        let reason = Array("Invalid authentication token".utf8)
        let seen = session([
            Piece(side: .server, bytes: [0x88, UInt8(2 + reason.count), 0x0f, 0xa3] + reason)
        ])
        #expect(seen.firstClose?.code == 4003)
        #expect(seen.firstClose?.reason == "Invalid authentication token")
        #expect(seen.firstClose?.by == .server)
        let empty = session([Piece(side: .client, bytes: [0x88, 0x80, 1, 2, 3, 4])])
        #expect(empty.firstClose?.code == nil)
        #expect(empty.violations.isEmpty)
    }

    @Test("A length of 2^63 is noted and swallows what follows, and nothing else happens")
    func absurdLength() {
        let seen = session([
            Piece(side: .server, bytes: [0x82, 0x7f] + [UInt8](repeating: 0xff, count: 8 + 500))
        ])
        #expect(seen.violations.map(\.rule) == [.lengthEncoding])
        #expect(seen.counts.server.frames == 0)
    }

    @Test("After a gap inside a payload counting goes on; after one across frames the next header is found")
    func gaps() {
        var reader = SessionReader(response: nil, limits: .standard, keepsEveryFrame: false)
        let place = Place.frame(1, stream: 0, input: 0)
        reader.receive([0x82, 0x0a, 1, 2, 3].span, from: .server, at: nil, place: place)
        reader.skipped(bytes: 4, from: .server)
        reader.receive([8, 9, 10, 0x81, 0x02, 0x68, 0x69].span, from: .server, at: nil, place: place)
        #expect(reader.session.counts.server.binary == 1 && reader.session.counts.server.text == 1)
        reader.skipped(bytes: 100, from: .server)
        reader.receive([0xff, 0x00, 0x12].span, from: .server, at: nil, place: place)
        reader.receive([0x80, 0x01, 0x21, 0x81, 0x02, 0x68, 0x69].span, from: .server, at: nil, place: place)
        #expect(reader.session.counts.server.continuation == 1 && reader.session.counts.server.text == 2)
        #expect(reader.session.violations.isEmpty)
    }

    @Test("Random bytes never trap")
    func noise() {
        var state: UInt64 = 42
        for round in 0..<300 {
            var reader = SessionReader(
                response: round % 2 == 0 ? switchingResponse(extensions: "permessage-deflate") : nil,
                limits: .standard, keepsEveryFrame: false)
            for _ in 0..<20 {
                let bytes = (0..<50).map { _ -> UInt8 in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 33)
                }
                reader.receive(
                    bytes.span, from: state % 3 == 0 ? .client : .server, at: nil,
                    place: .frame(1, stream: 0, input: 0))
                if state % 7 == 0 { reader.skipped(bytes: Int(state % 1000), from: .server) }
            }
            reader.finish()
            #expect(reader.session.violations.count <= Limits.standard.violations)
        }
    }
}
