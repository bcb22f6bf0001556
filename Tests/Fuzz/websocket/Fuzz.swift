import Case
import FuzzSupport
import WebSocket
import Wire

/// WebSocket sessions, plain and with permessage-deflate. Without gaps, whole and byte by byte count the same frames;
/// after a gap reading resumes at the beginning of a piece, so that pieces do matter.
@_cdecl("fuzz_websocket_main")
public func fuzzWebSocket(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let input = bytes(start, count)
        guard let flags = input.first else { return 0 }
        let whole = read(input.dropFirst(), flags, byteByByte: false)
        let slow = read(input.dropFirst(), flags, byteByByte: true)
        guard flags & 8 == 0 else { return 0 }
        precondition(whole.counts == slow.counts && whole.closes == slow.closes, "the pieces must not matter")
        return 0
    }
}

private let extensions = [
    "", "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9; client_max_window_bits=8",
]

/// A 101 that agrees to one of the extensions above.
private func response(_ flags: UInt8) -> MessageHead {
    let line = Array("HTTP/1.1 101 OK\r\n".utf8)
    let name = Array("Sec-WebSocket-Extensions".utf8)
    let value = Array(extensions[Int(flags & 3)].utf8)
    let start = line.count + name.count + 2
    return MessageHead(
        bytes: line + name + Array(": ".utf8) + value + Array("\r\n\r\n".utf8),
        startLine: .response(version: 0..<8, status: 101, reason: 13..<15),
        fieldLines: value.isEmpty
            ? [] : [.init(name: line.count..<line.count + name.count, value: start..<start + value.count)],
        oddities: [])
}

private func read(_ input: ArraySlice<UInt8>, _ flags: UInt8, byteByByte: Bool) -> Session {
    var limits = Limits()
    limits.previewBytes = 512
    var reader = SessionReader(response: response(flags), limits: limits, keepsEveryFrame: flags & 4 != 0)
    for (side, piece) in Conversation(input) {
        let place = Place.frame(1, stream: 0, input: 0)
        if piece.count == 1, flags & 8 != 0 {
            reader.skipped(bytes: Int(piece[0]), from: side)
        } else if byteByByte {
            for byte in piece { reader.receive([byte].span, from: side, at: nil, place: place) }
        } else {
            reader.receive(piece.span, from: side, at: nil, place: place)
        }
    }
    reader.finish()
    return reader.session
}
