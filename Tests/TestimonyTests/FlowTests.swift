import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Flow files that are written here.
struct FlowTests {
    @Test("Messages and the close are told in every version", arguments: [7, 9, 12, 15, 21, 22])
    func versions(_ version: Int) throws {
        var book = FlowBook()
        book.version = version
        book.messages = [
            (true, #"{"token":"c0ffee00c0ffee00c0ffee"}"#, 1_795_229_220), (false, "hello", 1_795_229_221),
        ]
        book.close = (4003, "no", false)
        let file = try everyWay(book.written) { feed in try readDocument(feed.pieces) }
        let attempt = try #require(file.attempts.first)
        let session = try #require(attempt.session)
        #expect(file.attempts.count == 1)
        #expect(attempt.basis == .reported)
        #expect(attempt.authority == "api.example.org")
        #expect(attempt.isSecure == true)
        #expect(attempt.connection.server == Endpoint(ipv4: 0xc000_0204, port: 443))
        #expect(attempt.connection.client == Endpoint(high: 0, low: 1, port: 50_000))
        #expect(attempt.connection.ending == .finished(by: .server))
        #expect(session.counts.client.text == 1)
        #expect(session.counts.server.text == 1)
        #expect(session.closes.map(\.code) == [4003])
        #expect(session.closes.map(\.by) == [.server])
        #expect(session.closes.map(\.reason) == ["no"])
        #expect(session.firstFrames.map { String(decoding: $0.preview, as: UTF8.self) }.last == "hello")
        #expect(attempt.allCredentials.map(\.placement) == [.query, .message])
        #expect(attempt.unseen == .transport)
        #expect(file.limits.map(\.kind) == [.notHeld])
    }

    @Test("1005 is a close frame without a code, 1006 is none at all")
    func codes() throws {
        var book = FlowBook()
        book.close = (1005, "", true)
        let without = try readDocument([book.written]).attempts[0]
        #expect(without.session?.closes.map(\.code) == [nil])
        book.close = (1006, "", true)
        let none = try readDocument([book.written]).attempts[0]
        #expect(none.session?.closes.isEmpty == true)
        #expect(none.connection.ending == .finished(by: .client))
        book.close = nil
        #expect(try readDocument([book.written]).attempts[0].connection.ending == .open)
    }

    @Test("A long silence may have held pings that are not told")
    func silence() throws {
        var book = FlowBook()
        book.messages = [(true, "a", 1_795_229_220), (false, "b", 1_795_229_250)]
        book.close = (1000, "", true)
        #expect(try readDocument([book.written]).attempts[0].unseen == [.frames, .transport])
    }

    @Test("A refusal has its body, whatever its coding")
    func refusal() throws {
        var book = FlowBook()
        book.status = 403
        book.body = .bytes(#"{"message":"Forbidden"}"#)
        let whole = try readDocument([book.written]).attempts[0]
        #expect(whole.outcome == .refused)
        #expect(whole.response?.body.text == #"{"message":"Forbidden"}"#)
        #expect(whole.unseen == .transport)
        // A body that was passed on and not kept.
        book.body = .nothing
        #expect(try readDocument([book.written]).attempts[0].unseen == [.transport, .responseBody])
        book.body = .bytes("no gzip")
        book.responseFields = [("Content-Encoding", "gzip")]
        let coded = try readDocument([book.written]).attempts[0]
        #expect(coded.response?.body.completeness == .notDecoded)
        #expect(coded.unseen.contains(.responseBody))
    }

    @Test(
        "What the program says of a failure is how it ended",
        arguments: [
            ("[Errno 111] Connect call failed: Connection refused", Connection.Ending.refused),
            ("connection timed out", .unanswered), ("Client disconnected.", .finished(by: .client)),
            ("server disconnected", .finished(by: .server)), ("something else", .open),
        ])
    func failures(_ error: String, _ ending: Connection.Ending) throws {
        var book = FlowBook()
        book.status = nil
        book.error = error
        let attempt = try readDocument([book.written]).attempts[0]
        #expect(attempt.outcome == .failed)
        #expect(attempt.connection.ending == ending)
    }

    @Test("An ordinary flow is an exchange, and what its body hands out is found")
    func exchange() throws {
        var book = FlowBook()
        book.isHandshake = false
        book.status = 200
        book.body = .bytes(#"{"access_token":"9f8a7c6b5d4e3f2a1b0c9d8e7f","expires_in":60}"#)
        book.responseFields = [("Content-Type", "application/json")]
        let file = try readDocument([book.written])
        #expect(file.attempts.isEmpty)
        #expect(file.exchanges.first?.minted.map(\.member) == ["access_token"])
    }

    @Test("A flow that is longer than any that is read is passed over, and the answer says so")
    func tooLong() throws {
        var limits = Limits.standard
        let book = FlowBook()
        var large = book
        large.status = 403
        large.body = .bytes(String(repeating: "x", count: 5000))
        limits.flowBytes = 4000
        let file = try everyWay(book.written + large.written + book.written) { feed in
            try readDocument(feed.pieces, as: .flows, limits: limits)
        }
        #expect(file.attempts.map(\.status) == [101, 101])
        #expect(file.limits.contains { $0.kind == .boundReached })
    }

    @Test("A file that was cut off is read as far as it goes")
    func cut() throws {
        let one = FlowBook().written
        let document = one + one
        for end in document.indices {
            do {
                let file = try readDocument([Array(document[..<end])], as: .flows)
                #expect(one.count <= end)
                #expect(file.attempts.count == 1)
                #expect(file.limits.contains { $0.kind == .inputCutShort } == (one.count < end))
            } catch let error as DocumentError {
                #expect(end < one.count, "\(error.text)")
            }
        }
    }

    @Test("Damage is a limit or an error, never an end of the program")
    func damage() {
        var book = FlowBook()
        book.messages = [(true, "a", 1_795_229_220)]
        book.close = (1000, "", true)
        for copy in damaged(book.written + book.written, copies: 2000, seed: 21) {
            _ = try? readDocument([copy], as: .flows)
        }
    }

    @Test("Other bytes are no flows", arguments: ["12:34", "{\"a\":1}", "5:hello,", "10:4:TYPE,3:abc,}", ""])
    func others(_ text: String) {
        let bytes = Array(text.utf8)
        let isOne = isFlows(bytes.span)
        #expect(!isOne)
        #expect(throws: DocumentError.self) { try readDocument([bytes], as: .flows) }
    }
}
