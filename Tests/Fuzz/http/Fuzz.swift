import Case
import FuzzSupport
import HTTP
import Wire

/// HTTP/1 conversations, with gaps and early ends.
@_cdecl("fuzz_http_main")
public func fuzzHTTP(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let input = bytes(start, count)
        guard let flags = input.first else { return 0 }
        var limits = Limits()
        limits.headBytes = 2048
        limits.bodyBytes = 4096
        var connection = HTTPConnection(limits: limits, beginsInside: flags & 1 != 0)
        var events: [HTTPEvent] = []
        var number = 0
        for (side, piece) in Conversation(input.dropFirst()) {
            number += 1
            let place = Place.frame(number, stream: 0, input: 0)
            if piece.count == 1, flags & 2 != 0 {
                connection.skipped(bytes: Int(piece[0]), from: side, into: &events)
            } else {
                let used = connection.receive(piece.span, from: side, at: nil, place: place, into: &events)
                precondition(0 <= used && used <= piece.count, "no more is used than there is")
            }
        }
        connection.ended(flags & 4 != 0 ? .server : .client, into: &events)
        connection.finish(into: &events)
        return 0
    }
}
