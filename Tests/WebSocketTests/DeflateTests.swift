import CZlib
import Case
import Testing
import TestSupport
import WebSocket
import Wire

/// A sender of permessage-deflate messages: one window for all of them.
private final class Deflater {
    private var stream = z_stream()

    init(windowBits: Int32 = 15) { wsdiag_deflateInit2(&stream, 6, -windowBits, 8) }

    deinit { deflateEnd(&stream) }

    /// The compressed payload, its last four bytes left out (RFC 7692 §7.2.1).
    func payload(_ plain: [UInt8]) -> [UInt8] {
        var input = plain
        var output = [UInt8](repeating: 0, count: plain.count + 100)
        let made = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { sink in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = sink.baseAddress
                stream.avail_out = UInt32(sink.count)
                deflate(&stream, Z_SYNC_FLUSH)
                return sink.count - Int(stream.avail_out)
            }
        }
        return Array(output[..<(made - 4)])
    }
}

/// A frame of the server, or of the client with a fixed mask.
private func frame(
    _ payload: [UInt8], from side: Side, opcode: UInt8 = 1, final: Bool = true, compressed: Bool = true
) -> [UInt8] {
    var bytes: [UInt8] = [(final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode]
    let mask: UInt8 = side == .client ? 0x80 : 0
    if payload.count < 126 {
        bytes.append(mask | UInt8(payload.count))
    } else if payload.count < 65_536 {
        bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    } else {
        bytes.append(mask | 127)
        bytes += (0..<8).map { UInt8((payload.count >> (56 - 8 * $0)) & 0xff) }
    }
    guard side == .client else { return bytes + payload }
    let key: [UInt8] = [0xde, 0xad, 0xbe, 0xef]
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
}

private func response(_ extensions: String) -> MessageHead {
    let bytes = Array("HTTP/1.1 101 S\r\nSec-WebSocket-Extensions: \(extensions)\r\n\r\n".utf8)
    return MessageHead(
        bytes: bytes, startLine: .response(version: 0..<8, status: 101, reason: 13..<14),
        fieldLines: [.init(name: 16..<40, value: 42..<42 + extensions.utf8.count)], oddities: [])
}

private let place = Place.frame(1, stream: 0, input: 0)

private func reader(_ extensions: String = "permessage-deflate") -> SessionReader {
    SessionReader(response: response(extensions), limits: .standard, keepsEveryFrame: false)
}

@Suite("permessage-deflate (RFC 7692)")
struct DeflateTests {
    @Test(
        "Messages of both sides inflate with one window each, however they are cut", arguments: [9, 12, 15])
    func takeover(_ bits: Int) {
        let texts = (0..<5).map { Array("{\"seq\":\($0),\"text\":\"the same words again and again\"}".utf8) }
        for side in Side.allCases {
            let deflater = Deflater(windowBits: Int32(bits))
            let bytes = texts.flatMap { frame(deflater.payload($0), from: side) }
            let session = everyWay(bytes) { feed in
                var reader = reader(
                    "permessage-deflate; server_max_window_bits=\(bits); client_max_window_bits=\(bits)")
                feed { reader.receive($0, from: side, at: nil, place: place) }
                reader.finish()
                return reader.session
            }
            #expect(session.firstFrames.map(\.preview) == texts)
            #expect(session.violations.isEmpty)
        }
    }

    @Test("A compressed message in fragments, with a ping between them, is one message")
    func fragments() {
        let plain = Array("zażółć gęślą jaźń, zażółć gęślą jaźń".utf8)
        let payload = Deflater().payload(plain)
        let half = payload.count / 2
        let bytes =
            frame(Array(payload[..<half]), from: .server, final: false)
            + frame([1, 2], from: .server, opcode: 9, compressed: false)
            + frame(Array(payload[half...]), from: .server, opcode: 0, compressed: false)
        let session = everyWay(bytes) { feed in
            var reader = reader()
            feed { reader.receive($0, from: .server, at: nil, place: place) }
            reader.finish()
            return reader.session
        }
        #expect(session.firstFrames.filter { $0.opcode != 9 }.flatMap(\.preview) == plain)
        #expect(session.violations.isEmpty)
    }

    @Test("Text that is not UTF-8 once it is inflated is noted")
    func invalidText() {
        var reader = reader()
        let bytes = frame(Deflater().payload([0x61, 0xff, 0x61]), from: .server)
        reader.receive(bytes.span, from: .server, at: nil, place: place)
        #expect(reader.session.violations.map(\.rule) == [.invalidUTF8])
    }

    @Test("Bytes that do not inflate are noted once")
    func badData() {
        var reader = reader()
        let bytes = frame([0xff, 0xff, 0xff, 0xff], from: .server)
        reader.receive((bytes + bytes).span, from: .server, at: nil, place: place)
        #expect(reader.session.violations.map(\.rule) == [.badDeflate])
    }

    @Test("A window that a gap took away is no fault of the sender", arguments: [false, true])
    func lostWindow(_ hasInflated: Bool) {
        let text = Array("the same words again and again and again".utf8)
        let deflater = Deflater()
        let first = frame(deflater.payload(text), from: .server)
        let lost = frame(deflater.payload(text + text), from: .server)
        let after = frame(deflater.payload(text + text), from: .server)
        var reader = reader()
        if hasInflated { reader.receive(first.span, from: .server, at: nil, place: place) }
        reader.skipped(bytes: hasInflated ? lost.count : first.count + lost.count, from: .server)
        reader.receive(after.span, from: .server, at: nil, place: place)
        reader.finish()
        #expect(reader.session.violations.isEmpty)
        #expect(reader.session.counts.server.text == (hasInflated ? 2 : 1))
    }

    @Test("Messages that stand alone inflate again right after a gap")
    func standsAlone() {
        let text = Array("the same words again and again and again".utf8)
        let bytes = frame(Deflater().payload(text), from: .server)
        var reader = reader("permessage-deflate; server_no_context_takeover")
        reader.receive(bytes.span, from: .server, at: nil, place: place)
        reader.skipped(bytes: bytes.count, from: .server)
        reader.receive(bytes.span, from: .server, at: nil, place: place)
        reader.finish()
        #expect(reader.session.firstFrames.map(\.preview) == [text, text])
        #expect(reader.session.violations.isEmpty)
    }

    @Test("A bomb of 1:1000 is given up, and its session goes on", .timeLimit(.minutes(1)))
    func bomb() {
        let payload = Deflater().payload([UInt8](repeating: 0, count: 64 << 20))
        #expect(payload.count * 900 < 64 << 20)
        var reader = reader()
        reader.receive(frame(payload, from: .server, opcode: 2).span, from: .server, at: nil, place: place)
        reader.receive(
            frame([0x68, 0x69], from: .server, compressed: false).span, from: .server, at: nil, place: place)
        reader.finish()
        #expect(reader.gaveUpInflating)
        #expect(reader.session.counts.server.binary == 1)
        #expect(reader.session.counts.server.text == 1)
        #expect(reader.session.violations.isEmpty)
    }

    @Test("Endless fragments and endless pings cost no memory")
    func endless() {
        var reader = reader()
        let beginning = frame([0x61], from: .server, final: false, compressed: false)
        reader.receive(beginning.span, from: .server, at: nil, place: place)
        let more =
            frame([0x62], from: .server, opcode: 0, final: false, compressed: false)
            + frame([0x63], from: .server, opcode: 9, compressed: false)
        for moment in 0..<20_000 {
            reader.receive(more.span, from: .server, at: Timestamp(seconds: Int64(moment)), place: place)
        }
        reader.finish()
        #expect(reader.session.counts.server.continuation == 20_000)
        #expect(reader.session.firstFrames.count <= 2 * Limits.standard.previewedFrames)
        #expect(reader.session.lastFrames.count <= 8)
        #expect(reader.session.pingTimes.server.count <= 64)
        #expect(reader.session.violations.isEmpty)
    }

    @Test("Damaged sessions never trap")
    func damage() {
        let deflater = Deflater()
        let bytes = (0..<6).flatMap { frame(deflater.payload(Array("message \($0)".utf8)), from: .client) }
        for (index, copy) in damaged(bytes, copies: 500, seed: 11).enumerated() {
            var reader = reader(
                index % 2 == 0 ? "permessage-deflate" : "permessage-deflate; client_no_context_takeover")
            reader.receive(copy.span, from: .client, at: nil, place: place)
            if index % 5 == 0 { reader.skipped(bytes: index, from: .client) }
            reader.receive(bytes.span, from: .client, at: nil, place: place)
            reader.finish()
            #expect(reader.session.violations.count <= Limits.standard.violations)
        }
    }
}
