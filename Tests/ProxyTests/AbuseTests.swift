import Case
import Glibc
import Testing
import Wire

@testable import Proxy

@Suite("What hostile or clumsy peers do to the proxy")
struct AbuseTests {
    struct BadHead: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var head: String
        var isForward = false
    }

    @Test(
        "A head that two readers could understand in two ways is refused, and never reaches the server",
        arguments: [
            BadHead(
                testDescription: "Content-Length and Transfer-Encoding",
                head: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            BadHead(
                testDescription: "two lengths",
                head: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n"),
            BadHead(
                testDescription: "a length with a sign",
                head: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"),
            BadHead(
                testDescription: "an endless length",
                head: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            BadHead(
                testDescription: "a coding that ends in no chunked",
                head: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n"),
            BadHead(
                testDescription: "a coding that only looks like chunked",
                head: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"),
            BadHead(
                testDescription: "chunked in HTTP/1.0",
                head: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
            BadHead(
                testDescription: "a space before the colon",
                head: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n"),
            BadHead(
                testDescription: "a folded line", head: "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
            BadHead(testDescription: "a bare line feed", head: "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
            BadHead(testDescription: "a bare CR", head: "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
            BadHead(testDescription: "a NUL", head: "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
            BadHead(
                testDescription: "a line without a colon",
                head: "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n"),
            BadHead(testDescription: "two hosts", head: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            BadHead(testDescription: "an absolute target", head: "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadHead(
                testDescription: "white space in the target", head: "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadHead(testDescription: "CONNECT", head: "CONNECT b:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
            BadHead(testDescription: "no HTTP at all", head: "hello there\r\n\r\n"),
            BadHead(
                testDescription: "a path to a forward proxy", head: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                isForward: true),
            BadHead(
                testDescription: "CONNECT without a port", head: "CONNECT a HTTP/1.1\r\n\r\n", isForward: true
            ),
            BadHead(
                testDescription: "CONNECT to port 0", head: "CONNECT a:0 HTTP/1.1\r\n\r\n", isForward: true),
            BadHead(
                testDescription: "CONNECT to port 70000", head: "CONNECT a:70000 HTTP/1.1\r\n\r\n",
                isForward: true),
            BadHead(
                testDescription: "CONNECT with a user", head: "CONNECT u@a:1 HTTP/1.1\r\n\r\n",
                isForward: true),
            BadHead(
                testDescription: "CONNECT with a path", head: "CONNECT a:1/x HTTP/1.1\r\n\r\n",
                isForward: true),
            BadHead(
                testDescription: "CONNECT with an escape", head: "CONNECT a%0d%0a:1 HTTP/1.1\r\n\r\n",
                isForward: true),
            BadHead(
                testDescription: "CONNECT with a body",
                head: "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
                isForward: true),
            BadHead(
                testDescription: "another scheme", head: "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                isForward: true),
        ])
    func refuses(bad: BadHead) throws {
        for isSlow in [false, true] {
            let world = try LoopbackWorld(isForward: bad.isForward)
            let client = world.client()
            if isSlow {
                for byte in bad.head.utf8 {
                    client.send([byte])
                    _ = world.loop.turn(milliseconds: 0)
                }
            } else {
                client.send(bad.head)
            }
            try world.pump("the refusal") { client.hasEnded || client.wasReset }
            #expect(client.text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(world.watcher.refusals.count == 1)
            #expect(acceptClient(world.listener) == -EAGAIN, "the server was not even connected to")
        }
    }

    @Test("A second request is held to the same rules as the first")
    func smugglesLater() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n")
        let server = try world.accept()
        try world.pump("the first request") { server.text.hasSuffix("\r\n\r\n") }
        world.settle()
        #expect(client.received.isEmpty, "the first request is the server's to answer")
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        server.send(answer)
        try world.pump("the answer and the refusal") { client.hasEnded }
        #expect(client.text.hasPrefix(answer + "HTTP/1.1 400"))
        #expect(!server.text.contains("Content-Length"))
    }

    @Test("What follows an upgrade request waits for the answer, and is a request where it was refused")
    func waits() throws {
        for isOpened in [true, false] {
            let world = try LoopbackWorld()
            let client = world.client()
            let rest = isOpened ? "frames" : "GET /next HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
            client.send(TestRequest.upgrade + rest)
            if isOpened { client.finish() }
            let server = try world.accept()
            try world.pump("the upgrade") { server.text.hasSuffix("\r\n\r\n") }
            world.settle()
            #expect(!server.hasEnded && !server.text.contains(isOpened ? "frames" : "/next"))
            server.received = []
            server.send(isOpened ? TestRequest.switching : "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno")
            if isOpened {
                try world.pump("the frames and the FIN") { server.text == "frames" && server.hasEnded }
            } else {
                let host = "127.0.0.1:\(world.server.port)"
                try world.pump("the next request") {
                    server.text == rest.replacing("127.0.0.1:8080", with: host)
                }
            }
        }
    }

    @Test("A head that never ends is answered with 408, by then and not before")
    func slowloris() throws {
        let world = try LoopbackWorld()
        let client = world.client()
        client.send("GET / HTTP/1.1\r\nHost: a\r\n")
        world.pass(seconds: 20)
        #expect(!client.hasEnded)
        client.send("X: y\r\n")
        world.pass(seconds: 11)
        try world.pump("the end of patience") { client.hasEnded }
        #expect(client.text.hasPrefix("HTTP/1.1 408 "))
        world.pass(seconds: 3)
        try world.pump("the end") { world.loop.connectionCount == 0 }
    }

    @Test("A name or an address that leads back to the proxy ends there, and not in a circle")
    func circle() throws {
        for (listen, target) in [
            (UInt32(0x7f00_0001), "localhost"), (0x7f00_0001, "127.0.0.1"), (0, "127.0.0.1"),
            (0, "127.0.0.9"),
        ] {
            let world = try circular(listen, target)
            let client = world.client()
            client.send(TestRequest.upgrade)
            try world.pump("the refusal") { client.hasEnded }
            #expect(client.text.hasPrefix("HTTP/1.1 502 "))
            #expect(client.text.contains("is this proxy itself"))
            client.close()
            try world.pump("all is over") { world.loop.connectionCount == 0 }
            #expect(world.watcher.closings.count <= 2)
        }
    }

    /// A reverse proxy whose server is itself: its port must be known before, and another test may take it meanwhile.
    private func circular(_ listen: UInt32, _ target: String) throws -> LoopbackWorld {
        var turnsLeft = 20
        while true {
            let taken = try openListener(Endpoint(ipv4: 0x7f00_0001, port: 0))
            let port = try #require(endpoint(of: taken, peer: false)?.port)
            close(descriptor: taken)
            do {
                return try LoopbackWorld { options in
                    options.listeners = [
                        ListenSpec(
                            endpoint: Endpoint(ipv4: listen, port: port),
                            target: Target(isSecure: false, host: target, port: port))
                    ]
                }
            } catch let problem as ProxyFailure {
                turnsLeft -= 1
                guard case .cannotListen = problem, 0 < turnsLeft else { throw problem }
            }
        }
    }

    @Test("A client that says nothing is let go; an open socket that says nothing is not")
    func silence() throws {
        let world = try LoopbackWorld()
        let (client, server) = try world.open()
        let silent = world.client()
        world.settle()
        #expect(world.loop.connectionCount == 2)
        world.pass(seconds: 31)
        try world.pump("the end of patience") { silent.hasEnded }
        world.pass(seconds: 1_000_000)
        #expect(!client.hasEnded && !server.hasEnded)
        #expect(world.loop.connectionCount == 1)
    }

    @Test("A reader that stops slows its sender down; nothing piles up in between", arguments: Side.allCases)
    func slowReader(side: Side) throws {
        let world = try LoopbackWorld()
        world.watcher.keepsBytes = false
        let (client, server) = try world.open()
        let (sender, receiver) = side == .client ? (client, server) : (server, client)
        receiver.reads = false
        let frame: [UInt8] = [0x82, 0x7f, 0, 0, 0, 0, 0, 0x80, 0, 0] + [UInt8](repeating: 7, count: 8 << 20)
        for _ in 0..<4 { sender.send(frame) }
        var most = 0
        for _ in 0..<2000 {
            _ = world.loop.turn(milliseconds: 0)
            world.peers.forEach { $0.poll() }
            most = max(most, world.loop.owedBytes)
        }
        #expect(0 < sender.owedCount, "the sender waits")
        #expect(most <= (256 + 64) << 10)
        receiver.reads = true
        try world.pump("everything arrives") { receiver.received.count == 4 * frame.count }
    }

    @Test("More clients than the bound are turned away, with a remark, and room is found again")
    func bound() throws {
        let world = try LoopbackWorld { $0.mostConnections = 3 }
        let clients = (0..<5).map { _ in world.client() }
        try world.pump("two are turned away") { clients.filter { $0.hasEnded || $0.wasReset }.count == 2 }
        try world.pump("a remark") { world.watcher.notes.contains { $0.contains("2 clients turned away") } }
        clients.forEach { $0.close() }
        try world.pump("room") { world.loop.connectionCount == 0 }
        _ = try world.open()
    }

    @Test("Without descriptors clients are turned away instead of waiting, and later ones are served")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let world = try LoopbackWorld()
            var clients: [Peer] = []
            for _ in 0..<8 { clients.append(world.client()) }
            // From here on the process may open nothing more.
            let next = dup(0)
            var limit = rlimit(rlim_cur: rlim_t(next), rlim_max: rlim_t(next))
            close(descriptor: next)
            setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
            try world.pump("all are turned away") { clients.allSatisfy { $0.hasEnded || $0.wasReset } }
            try world.pump("a remark") { world.watcher.notes.contains { $0.contains("no descriptors") } }
            clients.forEach { $0.close() }
            let client = world.client()
            client.send(TestRequest.upgrade)
            _ = try world.accept()
        }
    }

    // In a process of its own: other tests would be counted.
    @Test("Two hundred thousand messages leave memory where it was")
    func flat() async {
        await #expect(processExitsWith: .success) {
            let world = try LoopbackWorld()
            world.watcher.keepsBytes = false
            let (client, server) = try world.open()
            let frame: [UInt8] = [0x81, 0xfe, 0, 128, 1, 2, 3, 4] + [UInt8](repeating: 0x61, count: 128)
            var batch: [UInt8] = []
            for _ in 0..<2000 { batch += frame }
            func relay(_ times: Int) throws {
                for _ in 0..<times {
                    client.send(batch)
                    try world.pump("a batch") { server.received.count == batch.count }
                    server.received.removeAll(keepingCapacity: true)
                }
            }
            try relay(10)
            let before = residentBytes()
            try relay(100)
            let growth = residentBytes() - before
            try #require(growth < 2 << 20, "grew by \(growth) bytes")
            client.close()
            server.close()
            try world.pump("the news") { world.watcher.news.last?.stage == .closed }
            try #require(world.watcher.news.last?.attempt?.session?.counts.client.frames == 220_000)
        }
    }
}

/// Whether a sanitizer watches this process: what it remembers is counted as memory too.
var isSanitized: Bool {
    dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil
}

/// What the process holds in memory. Bytes.
func residentBytes() -> Int {
    let file = open("/proc/self/statm", O_RDONLY)
    defer { close(descriptor: file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(file, &buffer, buffer.count)
    let parts = String(decoding: buffer[..<max(0, count)], as: UTF8.self).split(separator: " ")
    return parts.count < 2 ? 0 : (Int(parts[1]) ?? 0) * 4096
}
