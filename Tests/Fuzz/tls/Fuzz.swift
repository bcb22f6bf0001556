import Case
import FuzzSupport
import TLS
import Wire

/// TLS with its key log: two bytes of length, the log, then a conversation. Whole and byte by byte decrypt the same.
@_cdecl("fuzz_tls_main")
public func fuzzTLS(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
    fuzz(count, arguments) { start, count in
        let input = bytes(start, count)
        guard 2 <= input.count else { return 0 }
        let length = min(input.count - 2, Int(input[0]) | Int(input[1]) << 8)
        let keyLog = Array(input[2..<2 + length])
        var keys = KeyLog()
        keys.add(keyLog.span, limits: .standard)
        _ = KeyLog.isKeyLog(keyLog.span)
        let whole = read(input[(2 + length)...], keys, byteByByte: false)
        let slow = read(input[(2 + length)...], keys, byteByByte: true)
        precondition(whole.plaintext == slow.plaintext, "the pieces must not matter")
        precondition(whole.summary == slow.summary, "the pieces must not matter")
        return 0
    }
}

/// A piece of one byte is a gap of so many bytes.
private func read(
    _ input: ArraySlice<UInt8>, _ keys: KeyLog, byteByByte: Bool
) -> (plaintext: PerSide<[UInt8]>, summary: TLSSummary) {
    var connection = TLSConnection(limits: .standard)
    var plaintext = PerSide<[UInt8]>(client: [], server: [])
    for (number, (side, piece)) in Conversation(input).enumerated() {
        let place = Place.frame(number + 1, stream: 0, input: 0)
        if piece.count == 1 {
            connection.skipped(bytes: Int(piece[0]), from: side)
        } else if byteByByte {
            for byte in piece {
                connection.receive(
                    [byte].span, from: side, at: nil, place: place, keys: keys, into: &plaintext[side])
            }
        } else {
            connection.receive(
                piece.span, from: side, at: nil, place: place, keys: keys, into: &plaintext[side])
        }
    }
    return (plaintext, connection.summary)
}
