import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Logs that are written here.
struct NetLogTests {
    /// A refusal of which the browser only says the status, and its bytes where `raw`.
    private func refusal(raw: Bool, capture: String = "Everything") -> NetLogBook {
        var book = NetLogBook()
        book.captureMode = capture
        book.start(request: 5, job: 6, url: "wss://api.example.org/live?token=9f8a7c6b5d4e3f2a1b0c9d8e7f")
        book.connect(socket: 8, job: 6, tls: true)
        book.sendUpgrade(request: 5, target: "/live?token=9f8a7c6b5d4e3f2a1b0c9d8e7f")
        if raw {
            book.bytes(
                "SSL_SOCKET_BYTES_SENT", socket: 8,
                "GET /live?token=9f8a7c6b5d4e3f2a1b0c9d8e7f HTTP/1.1\r\nHost: api.example.org\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            book.bytes(
                "SSL_SOCKET_BYTES_RECEIVED", socket: 8,
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno\r\n")
        }
        book.add(
            "WEBSOCKET_UPGRADE_FAILURE", 5,
            #""message":"Error during WebSocket handshake: Unexpected response code: 403","net_error":-2"#)
        book.add("SOCKET_ALIVE", 8, phase: 8)
        book.add("REQUEST_ALIVE", 5, phase: 8, #""net_error":-320"#)
        return book
    }

    @Test(
        "Bytes make the attempt of a capture, however the log is laid out",
        arguments: NetLogBook.Layout.allCases)
    func rawBytes(_ layout: NetLogBook.Layout) throws {
        let document = refusal(raw: true).document(layout)
        let file = try everyWay(document) { feed in try readDocument(feed.pieces) }
        let attempt = try #require(file.attempts.first)
        #expect(file.attempts.count == 1)
        #expect(attempt.basis == .observed)
        #expect(attempt.isSecure == true)
        #expect(attempt.status == 403)
        #expect(attempt.response?.body.text == "no\r\n")
        #expect(attempt.connection.server == Endpoint(ipv4: 0xc000_0204, port: 443))
        #expect(attempt.startedAt == Timestamp(nanoseconds: 1_795_228_901_010_000_000))
        #expect(file.tokens.count == 1)
        #expect(file.limits.isEmpty)
    }

    @Test("Without bytes the browser's own words tell the status")
    func words() throws {
        let file = try readDocument([refusal(raw: false, capture: "Default").document()])
        let attempt = try #require(file.attempts.first)
        #expect(file.attempts.count == 1)
        #expect(attempt.basis == .reported)
        #expect(attempt.outcome == .refused)
        #expect(attempt.status == 403)
        #expect(attempt.unseen == [.responseFields, .responseBody])
        #expect(attempt.connection.ending == .finished(by: .client))
        #expect(file.limits.map(\.kind) == [.browserHidesRefusal, .responseBodyMissing, .secretsInside])
        let secrets = try #require(file.limits.last)
        #expect(secrets.text.contains("1 credential that may still work, in 1 place: line 12"))
        #expect(!secrets.text.contains("9f8a"))
    }

    /// What a page saw, what the browser logged of it, and what it comes to.
    struct Failure: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var error: Int
        var message: String?
        var isSent = true
        var outcome: Attempt.Outcome
        var status: Int?
        var ending = Connection.Ending.open
    }

    @Test(
        "A handshake that failed is told as far as the browser tells it",
        arguments: [
            Failure(
                testDescription: "the name does not resolve", error: -105, isSent: false, outcome: .failed),
            Failure(
                testDescription: "nothing listens there", error: -102, isSent: false, outcome: .failed,
                ending: .refused),
            Failure(
                testDescription: "the server closes before it answers", error: -324, outcome: .failed,
                ending: .finished(by: .server)),
            Failure(
                testDescription: "the page gives up while it waits", error: -3, outcome: .failed,
                ending: .finished(by: .client)),
            Failure(
                testDescription: "the page goes away before anything is sent", error: -3, isSent: false,
                outcome: .incomplete),
            Failure(
                testDescription: "an old browser does not say which answer it did not like", error: -320,
                outcome: .refused),
            Failure(
                testDescription: "a 101 has the wrong hash", error: -320,
                message: "Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value",
                outcome: .opened, status: 101),
        ])
    func failures(_ failure: Failure) throws {
        var book = NetLogBook()
        book.start(request: 5, job: 6, url: "wss://api.example.org/live")
        if failure.isSent { book.sendUpgrade(request: 5, target: "/live") }
        if let message = failure.message {
            book.add("WEBSOCKET_UPGRADE_FAILURE", 5, "\"message\":\"\(message)\"")
        }
        book.add("URL_REQUEST_START_JOB", 5, phase: 8, "\"net_error\":\(failure.error)")
        let file = try readDocument([book.document()])
        let attempt = try #require(file.attempts.first)
        #expect(file.attempts.count == 1)
        #expect(attempt.outcome == failure.outcome)
        #expect(attempt.status == failure.status)
        #expect(attempt.connection.ending == failure.ending)
        #expect(attempt.authority == "api.example.org")
        #expect(attempt.unseen.contains(.transport))
        if failure.status == 101 { #expect(attempt.handshake.accept == .wrong) }
        #expect((attempt.request != nil) == failure.isSent)
    }

    @Test("A proxy's refusal of the tunnel is told of the one attempt that it was for")
    func tunnel() throws {
        var book = NetLogBook()
        book.start(request: 5, job: 6, url: "wss://api.example.org/live")
        book.connect(socket: 8, job: 6, tls: false)
        book.add("SOCKET_ALIVE", 9, phase: 7, #""source_dependency":{"id":8,"type":1}"#)
        book.add(
            "HTTP_TRANSACTION_SEND_TUNNEL_HEADERS", 9, #""line":"CONNECT api.example.org:443 HTTP/1.1\r\n""#)
        book.add("HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS", 9, #""headers":["HTTP/1.1 407 Sign in"]"#)
        book.add("URL_REQUEST_START_JOB", 5, phase: 8, #""net_error":-111"#)
        let file = try readDocument([book.document()])
        #expect(file.attempts.count == 1)
        let tunnel = try #require(file.attempts.first?.connection.tunnel)
        #expect(tunnel.target == "api.example.org:443")
        #expect(tunnel.answer == 407)
    }

    @Test("Bytes inside a tunnel are read once, under the name of the server")
    func bytesInsideTunnel() throws {
        var book = NetLogBook()
        book.start(request: 5, job: 6, url: "wss://api.example.org/live")
        book.connect(socket: 8, job: 6, tls: false)
        book.bytes(
            "SOCKET_BYTES_SENT", socket: 8,
            "CONNECT api.example.org:443 HTTP/1.1\r\nHost: api.example.org:443\r\n\r\n")
        book.bytes("SOCKET_BYTES_RECEIVED", socket: 8, "HTTP/1.1 200 OK\r\n\r\n")
        book.add("SOCKET_ALIVE", 9, phase: 7, #""source_dependency":{"id":8,"type":1}"#)
        book.add("SSL_CONNECT", 9, phase: 7)
        book.bytes("SOCKET_BYTES_SENT", socket: 8, "\u{16}\u{03}\u{01}ciphertext")
        book.add("SSL_CONNECT", 9, phase: 8)
        book.sendUpgrade(request: 5, target: "/live")
        book.bytes(
            "SSL_SOCKET_BYTES_SENT", socket: 9,
            "GET /live HTTP/1.1\r\nHost: api.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        book.bytes(
            "SSL_SOCKET_BYTES_RECEIVED", socket: 9, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        let file = try readDocument([book.document()])
        let attempt = try #require(file.attempts.first)
        #expect(file.attempts.count == 1)
        #expect(attempt.status == 401)
        #expect(attempt.isSecure == true)
        #expect(attempt.connection.tunnel?.isOpen == true)
    }

    @Test("A credential that was taken out is there, and its value is unknown")
    func stripped() throws {
        var book = NetLogBook()
        book.captureMode = "Default"
        book.start(request: 5, job: 6, url: "wss://api.example.org/live")
        book.sendUpgrade(request: 5, target: "/live", extra: ["Authorization: [297 bytes were stripped]"])
        book.add("HTTP_TRANSACTION_READ_RESPONSE_HEADERS", 5, #""headers":["HTTP/1.1 401 No","Date: x"]"#)
        book.add("REQUEST_ALIVE", 5, phase: 8)
        let file = try readDocument([book.document()])
        let attempt = try #require(file.attempts.first)
        #expect(attempt.credentials.map(\.name) == ["Authorization"])
        #expect(attempt.unseen == [.responseBody, .credentialValues, .transport])
        #expect(file.tokens.map(\.kind) == [.placeholder])
        #expect(file.limits.map(\.kind) == [.responseBodyMissing, .valuesRedacted])
    }
}
