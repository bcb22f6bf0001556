import Case
import HTTP
import Testing
import TestSupport
import Wire

@Suite("HTTP/1: finding the next message after damage")
struct ResumingTests {
    /// Answers the statuses that a server's bytes led to.
    private func statuses(_ bytes: [UInt8]) -> [Int] {
        var connection = HTTPConnection(limits: .standard, beginsInside: true)
        var events: [HTTPEvent] = []
        let place = Place.frame(1, stream: 0, input: 0)
        _ = connection.receive(bytes.span, from: .server, at: nil, place: place, into: &events)
        connection.finish(into: &events)
        return events.compactMap {
            guard case .finished(let exchange) = $0 else { return nil }
            return exchange.response?.head.status
        }
    }

    @Test("a line that begins like an answer and is none does not hold the reader for ever")
    func brokenStatusLine() {
        let found = statuses(
            Array("HTTP/1.1\u{1}\u{2}\nX: y\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".utf8))
        #expect(found == [403])
    }

    @Test("a packet full of broken status lines costs its length once", .timeLimit(.minutes(1)))
    func manyBrokenStatusLines() {
        let noise = (0..<100_000).flatMap { _ in Array("HTTP/1.\n".utf8) }
        #expect(statuses(noise + Array("\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".utf8)) == [401])
    }
}
