import Case
import Diagnosis
import Testing
import Wire

@testable import Proxy

@Suite("Reverse proxy, plain on both legs")
struct ReverseTests {
    @Test("A WebSocket opens, and both sides get every byte as it was sent")
    func opens() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = try world.accept()
        try world.pump("the request") { server.text.hasSuffix("\r\n\r\n") }
        let host = "127.0.0.1:\(world.server.port)"
        #expect(server.text == TestRequest.upgrade.replacing("127.0.0.1:8080", with: host))
        #expect(client.received.isEmpty, "nothing is answered before the server answers")
        server.send(TestRequest.switching)
        try world.pump("the answer") { client.text == TestRequest.switching }
        let frames: [UInt8] = [0x81, 0x85, 1, 2, 3, 4, 0x69, 0x67, 0x6f, 0x68, 0x6e]
        client.send(frames)
        server.send([0x81, 2, 0xff, 0xfe, 0xc1, 1, 0])
        try world.pump("the frames") { server.received.suffix(frames.count) == frames[...] }
        try world.pump("the other frames") { client.received.suffix(7) == [0x81, 2, 0xff, 0xfe, 0xc1, 1, 0] }
        #expect(world.watcher.news.map(\.stage) == [.asked, .opened])
        #expect(world.watcher.news[0].url == "ws://\(host)/socket")
        server.send([0x88, 2, 0x0f, 0xa3])
        server.finish()
        try world.pump("the end") { client.hasEnded }
        client.close()
        try world.pump("the news") { world.watcher.news.count == 3 }
        let last = try #require(world.watcher.news.last)
        #expect(last.stage == .closed)
        #expect(last.attempt?.session?.firstClose?.code == 4003)
        #expect(last.number == 1)
        #expect(world.loop.connectionCount == 0)
    }

    @Test("A refusal reaches the client byte for byte with its body, and is judged at once")
    func refused() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = try world.accept()
        try world.pump("the request") { server.text.hasSuffix("\r\n\r\n") }
        let answer = """
            HTTP/1.1 401 Nope\r\nwww-authenticate:Bearer error="invalid_token"\r\nX-A: 1\r\nX-A: 2\r\n\
            Content-Length: 25\r\n\r\n{"error":"token expired"}
            """
        server.send(answer)
        try world.pump("the answer") { client.text == answer }
        #expect(world.watcher.news.map(\.stage) == [.asked, .refused])
        let news = try #require(world.watcher.news.last)
        #expect(news.attempt?.status == 401)
        #expect(news.attempt?.response?.body.text == "{\"error\":\"token expired\"}")
        #expect(news.judgement?.verdict != nil)
        #expect(world.loop.connectionCount == 1, "the connection lives on")
    }

    @Test(
        "What was changed stands among the candidates for a refusal, and only where it was changed",
        arguments: [true, false])
    func suspectsItself(isKept: Bool) throws {
        let world = try LoopbackWorld { $0.hostField = isKept ? .kept : .target }
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = try world.accept()
        try world.pump("the request") { server.text.hasSuffix("\r\n\r\n") }
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        try world.pump("the judgement") { world.watcher.news.last?.stage == .refused }
        let candidates = world.watcher.news.last?.judgement?.candidates ?? []
        let own = candidates.first { $0.cause == "request-changed-on-the-way" }
        #expect((own == nil) == isKept && own?.certainty ?? .possible == .possible)
    }

    @Test("Only what has to be changed is changed, and it is told")
    func changes() throws {
        let world = try LoopbackWorld { $0.originField = "https://app.example" }
        let client = world.client()
        let lines =
            "GET /a?b=%20 HTTP/1.1\r\nhost:  127.0.0.1:8080 \r\nORIGIN: http://localhost\r\nx-Odd:\tv \r\nx-odd: w\r\n\r\n"
        client.send(lines)
        let server = try world.accept()
        let wanted = lines.replacing("127.0.0.1:8080", with: "127.0.0.1:\(world.server.port)")
            .replacing("http://localhost", with: "https://app.example")
        try world.pump("the request") { server.text == wanted }
        let told = world.watcher.events.compactMap { event -> RelayedConnection? in
            if case .updated(let info) = event.event { info } else { nil }
        }
        #expect(told.last?.changes.count == 2)
        #expect(told.last?.changes.last == "Origin was changed from http://localhost to https://app.example")
    }

    @Test("Nothing of these is mended, put together, taken apart or left out on the way")
    func asTheyCame() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        let host = "127.0.0.1:\(world.server.port)"
        let request =
            "GET /a//b/../c?x=%zz HTTP/1.1\r\nhOsT: \(host)\r\nupgrade:websocket\r\nConnection:keep-alive,  Upgrade\r\n"
            + "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: a\r\nORIGIN: b\r\n"
            + "Sec-WebSocket-Protocol: chat.v1\r\nsec-websocket-protocol: chat.v2, \r\nX-Empty:\r\nX-Bytes: \u{e9}\r\n\r\n"
        client.send(request)
        let server = try world.accept()
        try world.pump("the request") { server.text == request }
        let answer =
            "HTTP/1.1 101 \r\nUPGRADE: WebSocket\r\nconnection: upgrade\r\nSec-WebSocket-Accept: wrong\r\n"
            + "Sec-WebSocket-Protocol: chat.v1\r\nSec-WebSocket-Protocol: chat.v3\r\n\r\n"
        server.send(answer)
        try world.pump("the answer") { client.text == answer }
        server.received = []
        client.received = []
        // An empty message, text that is not UTF-8 in fragments, a frame without a mask, reserved bits with an opcode that
        // means nothing, a fragmented ping, a close code of one byte.
        let fromClient: [UInt8] =
            [0x81, 0x80, 1, 2, 3, 4]
            + [0x01, 0x81, 0, 0, 0, 0, 0xff, 0x00, 0x80, 9, 9, 9, 9, 0x80, 0x81, 0, 0, 0, 0, 0xfe]
            + [0x81, 0x02, 0x68, 0x69]
            + [0xf3, 0x81, 5, 5, 5, 5, 1]
            + [0x09, 0x80, 0, 0, 0, 0]
            + [0x88, 0x81, 0, 0, 0, 0, 3]
        let fromServer: [UInt8] =
            [0x81, 0, 0x80, 0, 0x81, 0x81, 1, 2, 3, 4, 5]
            + [0x88, 15, 0x0f, 0xa3] + Array("token expired".utf8) + [0x81, 1, 0x61]
        client.send(fromClient)
        server.send(fromServer)
        try world.pump("every byte") { server.received == fromClient && client.received == fromServer }
        client.close()
        server.close()
        try world.pump("the news") { world.watcher.news.last?.stage == .closed }
        let session = try #require(world.watcher.news.last?.attempt?.session)
        #expect(session.closes.contains { $0.code == 4003 && $0.by == .server })
        #expect(Set(session.violations.map(\.by)) == [.client, .server])
    }

    @Test("Several requests of one connection, a token answer among them, explain the refusal that follows")
    func lineage() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send("POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nuser")
        let server = try world.accept()
        try world.pump("the body") { server.text.hasSuffix("user") }
        let token = "0123456789abcdefghijABCDEFGHIJ0123456789"
        let body = "{\"access_token\":\"\(token)\",\"expires_in\":60}"
        server.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        try world.pump("the token") { client.text.hasSuffix(body) }
        server.received = []
        client.send(
            TestRequest.upgrade.replacing("Upgrade: ", with: "Authorization: Bearer \(token)\r\nUpgrade: "))
        try world.pump("the upgrade") { server.text.hasSuffix("\r\n\r\n") }
        server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        try world.pump("the news") { world.watcher.news.count == 2 }
        let news = try #require(world.watcher.news.last)
        #expect(news.file?.exchanges.count == 1)
        #expect(news.file?.exchanges.first?.minted.isEmpty == false)
        #expect(news.attempt?.credentials.count == 1)
        #expect(!news.url.contains(token))
    }

    @Test("A client's FIN is passed on, and the server may still answer")
    func halfClose() throws {
        let world = try LoopbackWorld()
        let (client, server) = try world.open()
        client.send([0x82, 0x80, 0, 0, 0, 0])
        client.finish()
        try world.pump("the FIN") { server.hasEnded }
        #expect(server.received == [0x82, 0x80, 0, 0, 0, 0])
        server.send([0x82, 1, 9])
        try world.pump("the late frame") { client.received == [0x82, 1, 9] }
        #expect(!client.hasEnded)
        server.finish()
        try world.pump("the other FIN") { client.hasEnded }
        try world.pump("the closing") { world.watcher.closings == [.finished(by: .client)] }
        #expect(world.watcher.ends.map(\.1) == [.finished, .finished])
        #expect(world.watcher.ends.map(\.0) == [.client, .server])
    }

    @Test("A reset is passed on as a reset, by either side")
    func resets() throws {
        for side in Side.allCases {
            let world = try LoopbackWorld()
            let (client, server) = try world.open()
            let (sender, receiver) = side == .client ? (client, server) : (server, client)
            sender.send([0x82, 0x80, 0, 0, 0, 0])
            try world.pump("the frame") { receiver.received.count == 6 }
            sender.reset()
            try world.pump("the reset") { receiver.wasReset }
            try world.pump("the closing") { world.watcher.closings == [.reset(by: side)] }
        }
    }

    @Test("A server that cannot be reached is told to the client in words, and to observers")
    func unreachable() throws {
        // Bound and not listening: the port is nobody else's meanwhile.
        let reserved = try openListener(Endpoint(ipv4: 0x7f00_0001, port: 0), isDeaf: true)
        defer { close(descriptor: reserved) }
        let port = try #require(endpoint(of: reserved, peer: false)?.port)
        let world = try LoopbackWorld {
            $0.listeners[0].target = Target(isSecure: false, host: "127.0.0.1", port: port)
        }
        let client = world.client()
        client.send(TestRequest.upgrade)
        try world.pump("the answer") { client.hasEnded }
        #expect(client.text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\nServer: wsdiag\r\n"))
        #expect(client.text.contains("cannot connect to 127.0.0.1:\(port)"))
        client.close()
        try world.pump("the news") { world.watcher.news.last?.stage == .failed }
        #expect(world.watcher.news.last?.attempt?.connection.ending == .refused)
        #expect(world.watcher.bytes.server.isEmpty)
    }

    @Test("A stop lets sockets end and tells the last observers")
    func stops() throws {
        let world = try LoopbackWorld()
        let (client, server) = try world.open()
        world.loop.stop()
        try world.pump("the end") { client.hasEnded && server.hasEnded }
        try world.pump("the loop's end") { !world.loop.turn(milliseconds: 0) }
        #expect(world.watcher.news.last?.stage == .closed)
    }
}

/// close(2), without its name in the way of `Peer.close`.
func close(descriptor: Int32) { Peer(descriptor: descriptor).close() }
