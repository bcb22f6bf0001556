import Case
import Glibc
import Testing
import Wire

@testable import Proxy

@Suite("Many requests on one connection")
struct KeepAliveTests {
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func get(_ server: Endpoint, _ path: String, _ more: String = "") -> String {
        "GET http://\(server)\(path) HTTP/1.1\r\nHost: \(server)\r\n\(more)\r\n"
    }

    /// A second server beside the world's own.
    private final class OtherServer {
        let listener: Int32
        let address: Endpoint

        init() throws {
            listener = try openListener(Endpoint(ipv4: 0x7f00_0001, port: 0))
            address = try #require(endpoint(of: listener, peer: false))
        }

        deinit { Glibc.close(listener) }

        func accept(_ world: LoopbackWorld) throws -> Peer {
            var descriptor: Int32 = -1
            try world.pump("the proxy connects to the other server") {
                if descriptor < 0 { descriptor = acceptClient(listener) }
                return 0 <= descriptor
            }
            return world.adopt(Peer(descriptor: descriptor))
        }
    }

    @Test("Two servers asked on one connection are both reached, each by a connection of its own, in order")
    func twoServers() throws {
        let world = try LoopbackWorld(isForward: true)
        let other = try OtherServer()
        let client = world.client()
        let upgrade = get(other.address, "/b", "Upgrade: websocket\r\n")
        client.send(get(world.server, "/a") + upgrade)
        let first = try world.accept()
        try world.pump("the first request") { first.text.hasSuffix("\r\n\r\n") }
        #expect(first.text == "GET /a HTTP/1.1\r\nHost: \(world.server)\r\n\r\n")
        world.settle()
        #expect(acceptClient(other.listener) == -EAGAIN, "the first answer is not there yet")
        first.send(ok)
        let second = try other.accept(world)
        try world.pump("the second request") { second.text.hasSuffix("\r\n\r\n") }
        #expect(second.text == "GET /b HTTP/1.1\r\nHost: \(other.address)\r\nUpgrade: websocket\r\n\r\n")
        try world.pump("the first server is let go") { first.hasEnded }
        let refusal = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"
        second.send(refusal)
        try world.pump("both answers, in order") { client.text == ok + refusal }
        client.send(get(world.server, "/c"))
        let third = try world.accept()
        try world.pump("the third request") { third.text.hasPrefix("GET /c ") }
        third.send(ok)
        client.finish()
        try world.pump("the third answer") { client.text == ok + refusal + ok }
        third.finish()
        try world.pump("all is over") { world.loop.connectionCount == 0 }
        let news = world.watcher.news
        #expect(news.map(\.stage) == [.asked, .refused])
        #expect(news.last?.url == "ws://\(other.address)/b")
        #expect(news.last?.attempt?.connection.server == other.address)
        #expect(world.watcher.closings == [.open, .open, .finished(by: .client)])
    }

    @Test("A client that has said all before its second server is asked is still answered, and then let go")
    func saidAll() throws {
        let world = try LoopbackWorld(isForward: true)
        let other = try OtherServer()
        let client = world.client()
        client.send(get(world.server, "/a") + get(other.address, "/b"))
        client.finish()
        let first = try world.accept()
        try world.pump("the first request") { first.text.hasSuffix("\r\n\r\n") }
        first.send(ok)
        let second = try other.accept(world)
        try world.pump("the second request and the FIN") {
            second.text.hasSuffix("\r\n\r\n") && second.hasEnded
        }
        second.send(ok)
        second.finish()
        try world.pump("both answers and the end") { client.text == ok + ok && client.hasEnded }
        try world.pump("all is over") { world.loop.connectionCount == 0 }
    }

    @Test("A tunnel may follow a request, and a server that cannot be reached is told after the answer")
    func tunnelAfterRequest() throws {
        let world = try LoopbackWorld(isForward: true)
        let other = try OtherServer()
        let client = world.client()
        client.send(get(world.server, "/a"))
        let first = try world.accept()
        try world.pump("the first request") { first.text.hasSuffix("\r\n\r\n") }
        first.send(ok)
        try world.pump("the first answer") { client.text == ok }
        client.received = []
        client.send("CONNECT \(other.address) HTTP/1.1\r\nHost: a\r\n\r\n")
        let second = try other.accept(world)
        try world.pump("the tunnel") { client.text == "HTTP/1.1 200 Connection established\r\n\r\n" }
        client.send(TestRequest.upgrade)
        try world.pump("the upgrade") { second.text == TestRequest.upgrade }

        let next = world.client()
        next.send(get(world.server, "/a") + "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n\r\n")
        let again = try world.accept()
        try world.pump("the request") { again.text.hasSuffix("\r\n\r\n") }
        again.send(ok)
        try world.pump("the answer and the refusal") { next.hasEnded }
        #expect(next.text.hasPrefix(ok + "HTTP/1.1 502 Bad Gateway\r\nServer: wsdiag\r\n"))
    }

    @Test(
        "A later head that stalls is answered with 408, after the answers that are due",
        arguments: [false, true])
    func stalledLater(isAnswerDue: Bool) throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        let server = try world.accept()
        try world.pump("the first request") { server.text.hasSuffix("\r\n\r\n") }
        server.received = []
        if !isAnswerDue {
            server.send(ok)
            try world.pump("the first answer") { client.text == ok }
            // Nobody was in a hurry before the head began.
            world.pass(seconds: 100)
        }
        client.send("GET /b HTTP/1.1\r\nHo")
        world.settle()
        world.pass(seconds: 25)
        #expect(!client.hasEnded)
        world.pass(seconds: 6)
        if isAnswerDue {
            #expect(client.received.isEmpty, "the first request is not answered by the proxy")
            server.send(ok)
        }
        try world.pump("the answer, then 408") { client.hasEnded }
        #expect(client.text.hasPrefix(ok + "HTTP/1.1 408 Request Timeout\r\nServer: wsdiag\r\n"))
        #expect(client.text.contains("\r\nConnection: close\r\n"))
        #expect(server.received.isEmpty, "the half head never went out")
        world.pass(seconds: 3)
        try world.pump("all is over") { world.loop.connectionCount == 0 }
    }

    @Test("Trickling a later head does not buy time; an idle connection and an open socket are not hurried")
    func trickled() throws {
        let world = try LoopbackWorld()
        let (socket, far) = try world.open()
        let idle = world.client()
        idle.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        let idleServer = try world.accept()
        idleServer.send(ok)
        let client = world.client()
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        let server = try world.accept()
        server.send(ok)
        try world.pump("the answers") { client.text == ok && idle.text == ok }
        client.send("GET /b HTTP/1.1\r\nX: ")
        world.settle()
        for _ in 0..<3 {
            #expect(!client.hasEnded)
            world.pass(seconds: 11)
            client.send("x")
        }
        try world.pump("408") { client.hasEnded || client.wasReset }
        #expect(client.text.contains("HTTP/1.1 408 "))
        #expect(!idle.hasEnded)
        world.pass(seconds: 300)
        try world.pump("the idle one is let go") { idle.hasEnded }
        world.pass(seconds: 100_000)
        #expect(!socket.hasEnded && !far.hasEnded)
    }

    @Test("An upgrade request with a body is passed on whole before its answer is waited for")
    func upgradeWithBody() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        let head =
            "POST /a HTTP/1.1\r\nHost: 127.0.0.1:\(world.server.port)\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nContent-Length: 100000\r\n\r\n"
        let body = String(repeating: "b", count: 100_000)
        client.send(head + body + "GET /b HTTP/1.1\r\nHost: 127.0.0.1:\(world.server.port)\r\n\r\n")
        let server = try world.accept()
        try world.pump("the body") { server.text == head + body }
        world.settle()
        #expect(server.text == head + body, "the next request waits")
        server.send(ok)
        try world.pump("the next request") { server.text.contains("GET /b") }
    }

    @Test("What waits for an upgrade's answer holds the answer itself up no more")
    func muchAfterUpgrade() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        let early = [UInt8](repeating: 0x5a, count: 300_000)
        client.send(Array(TestRequest.upgrade.utf8) + early)
        let server = try world.accept()
        try world.pump("the upgrade") { server.text.hasSuffix("\r\n\r\n") }
        world.settle()
        server.received = []
        server.send(TestRequest.switching)
        try world.pump("the 101") { client.text == TestRequest.switching }
        try world.pump("what waited") { server.received == early }
    }

    @Test("A server that hangs up on an upgrade with bytes behind it leaves nothing open")
    func hungUp() throws {
        for isEndFirst in [false, true] {
            let world = try LoopbackWorld()
            let client = world.client()
            client.send(TestRequest.upgrade + "frames")
            if isEndFirst { client.finish() }
            let server = try world.accept()
            try world.pump("the upgrade") { server.text.hasSuffix("\r\n\r\n") }
            server.finish()
            try world.pump("the end") { client.hasEnded }
            client.close()
            try world.pump("all is over") { world.loop.connectionCount == 0 }
            #expect(world.watcher.news.last?.stage == .failed)
        }
    }

    @Test("Hundreds of requests at once wait their turn, and every answer finds its request")
    func pipelined() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        var requests = ""
        for number in 0..<300 {
            let method = number % 3 == 0 ? "HEAD" : "GET"
            requests += "\(method) /\(number) HTTP/1.1\r\nHost: 127.0.0.1:\(world.server.port)\r\n\r\n"
        }
        client.send(requests)
        let server = try world.accept()
        var answered = 0
        try world.pump("all requests") {
            let asked = server.text.split(separator: "\r\n\r\n").count
            while answered < asked {
                server.send(answered % 3 == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" : ok)
                answered += 1
            }
            return answered == 300
        }
        #expect(server.text == requests)
        try world.pump("all answers") { client.text.split(separator: "HTTP/1.1 ").count == 300 }
        client.send(TestRequest.upgrade)
        try world.pump("an upgrade after them") { server.text.contains("Upgrade: websocket") }
        server.send(TestRequest.switching)
        try world.pump("the news") { world.watcher.news.last?.stage == .opened }
    }

    @Test(
        "An upgrade that is challenged is asked again on the same two connections, as NTLM and Negotiate need it"
    )
    func challenged() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n"
        client.send(TestRequest.upgrade)
        let server = try world.accept()
        for round in 0..<2 {
            try world.pump("the request") { server.text.hasSuffix("\r\n\r\n") }
            server.received = []
            let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM TlRMTVNTUAAC\r\n\(chunked)"
            server.send(challenge)
            try world.pump("the challenge") { client.text == challenge }
            client.received = []
            client.send(
                TestRequest.upgrade.replacing(
                    "Upgrade: websocket",
                    with: "Upgrade: websocket\r\nAuthorization: NTLM TlRMTVNTUAAB\(round)"))
        }
        try world.pump("the last request") { server.text.hasSuffix("\r\n\r\n") }
        server.send(TestRequest.switching + "\u{1}")
        try world.pump("the 101") { client.text == TestRequest.switching + "\u{1}" }
        client.send([0x82, 0x80, 0, 0, 0, 0])
        try world.pump("a frame") { server.received.suffix(6) == [0x82, 0x80, 0, 0, 0, 0] }
        let stages = world.watcher.news.map(\.stage)
        #expect(stages == [.asked, .refused, .asked, .refused, .asked, .opened])
        #expect(acceptClient(world.listener) == -EAGAIN)
    }

    @Test("100, 102 and 103 before the answer are passed on and are no answers")
    func interim() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send(TestRequest.upgrade + "early")
        let server = try world.accept()
        try world.pump("the upgrade") { server.text.hasSuffix("\r\n\r\n") }
        server.received = []
        let interim =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
        server.send(interim)
        try world.pump("interim answers") { client.text == interim }
        world.settle()
        #expect(server.received.isEmpty)
        server.send(TestRequest.switching)
        try world.pump("what waited") { server.text == "early" }
        #expect(world.watcher.news.map(\.stage) == [.asked, .opened])
    }

    @Test("A body that is announced with Expect waits for the server's word, and not for the proxy's")
    func expect() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        let server = try world.accept()
        try world.pump("the head") { server.text.hasSuffix("\r\n\r\n") }
        #expect(client.received.isEmpty)
        server.send("HTTP/1.1 100 Continue\r\n\r\n")
        try world.pump("the word") { client.text == "HTTP/1.1 100 Continue\r\n\r\n" }
        client.send("body")
        try world.pump("the body") { server.text.hasSuffix("\r\n\r\nbody") }
        server.send(ok)
        try world.pump("the answer") { client.text.hasSuffix(ok) }
    }

    @Test("What follows a request and is none, or has no end, is refused after the answer")
    func noRequest() throws {
        for rest in ["hello there\r\n\r\n", "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 100_000)]
        {
            let world = try LoopbackWorld()
            let client = world.client()
            client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + rest)
            let server = try world.accept()
            try world.pump("the first request") { server.text.hasSuffix("\r\n\r\n") }
            world.settle()
            #expect(client.received.isEmpty)
            server.send(ok)
            try world.pump("the answer and the refusal") { client.hasEnded || client.wasReset }
            #expect(client.text.hasPrefix(ok + "HTTP/1.1 400 "))
        }
    }

    @Test("A body whose chunks are broken ends the connection, with words only where nothing was answered")
    func brokenChunks() throws {
        for isAnswering in [false, true] {
            let world = try LoopbackWorld()
            let client = world.client()
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            let server = try world.accept()
            try world.pump("the first chunk") { server.text.hasSuffix("abc\r\n") }
            let begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            if isAnswering {
                server.send(begun)
                try world.pump("half an answer") { client.text == begun }
            }
            client.send("zz\r\n")
            try world.pump("the end") { client.hasEnded && server.hasEnded || server.wasReset }
            try world.pump("the client's end") { client.hasEnded }
            #expect(isAnswering ? client.text == begun : client.text.hasPrefix("HTTP/1.1 400 "))
            #expect(world.watcher.refusals == ["the request's body is framed wrongly"])
        }
    }
}
