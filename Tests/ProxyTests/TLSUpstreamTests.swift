import COpenSSL
import Case
import Diagnosis
import Glibc
import Testing
import Wire

@testable import Proxy

@Suite("TLS towards the server")
struct TLSUpstreamTests {
    let tls: TLSWorld

    init() throws { tls = try TLSWorld() }

    private func world(_ change: (inout ProxyOptions) -> Void = { _ in }) throws -> LoopbackWorld {
        try LoopbackWorld(isServerSecure: true) { options in
            options.upstreamAuthorityPath = tls.path
            change(&options)
        }
    }

    @Test(
        "A plain client reaches a TLS server, in both versions", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func opens(version: Int32) throws {
        let world = try world()
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = TLSPeer(try world.accept(), try tls.server(version: version))
        try world.pump("the request", [server]) { server.text.hasSuffix("\r\n\r\n") }
        #expect(
            server.text
                == TestRequest.upgrade.replacing("127.0.0.1:8080", with: "localhost:\(world.server.port)"))
        #expect(server.engine.version == version)
        #expect(client.received.isEmpty)
        server.send(TestRequest.switching)
        try world.pump("the answer", [server]) { client.text == TestRequest.switching }
        #expect(world.watcher.news.last?.attempt?.isSecure == true)
        #expect(world.watcher.news.last?.url == "wss://localhost:\(world.server.port)/socket")
    }

    @Test("close_notify and FIN, and FIN alone, are told apart", arguments: [true, false])
    func ends(isPolite: Bool) throws {
        let world = try world()
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = TLSPeer(try world.accept(), try tls.server())
        try world.pump("the request", [server]) { server.text.hasSuffix("\r\n\r\n") }
        server.send(TestRequest.switching + "tail")
        if isPolite { server.closeNotify() }
        server.peer.finish()
        try world.pump("the end", [server]) { client.hasEnded }
        #expect(client.text.hasSuffix("tail"))
        #expect(world.watcher.ends.map(\.1) == [isPolite ? .closeNotify : .finishedWithoutCloseNotify])
        client.send([0x88, 0x80, 0, 0, 0, 0])
        client.finish()
        try world.pump("the client's last words", [server]) { server.sawCloseNotify }
        #expect(server.received.suffix(6) == [0x88, 0x80, 0, 0, 0, 0])
    }

    @Test("A certificate that nobody vouches for, or that is another's, is refused in words")
    func untrusted() throws {
        for name in ["", "other.test"] {
            let world = try world { if name.isEmpty { $0.upstreamAuthorityPath = nil } }
            let client = world.client()
            client.send(TestRequest.upgrade)
            let server = TLSPeer(try world.accept(), try tls.server(name.isEmpty ? "localhost" : name))
            try world.pump("the refusal", [server]) { client.hasEnded }
            #expect(client.text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
            #expect(client.text.contains(name.isEmpty ? "certificate" : "hostname mismatch"))
            #expect(world.handshakeFailures.map(\.0) == [.server])
            #expect(world.watcher.bytes.server.isEmpty)
        }
    }

    @Test("A server that speaks only HTTP/2 is told by its alert")
    func onlyHTTP2() throws {
        let world = try world()
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = TLSPeer(try world.accept(), try tls.server(speaksOnlyHTTP2: true))
        try world.pump("the refusal", [server]) { client.hasEnded }
        #expect(client.text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
        #expect(world.handshakeFailures.first?.1 == 120)
    }

    @Test("--insecure-upstream accepts any certificate")
    func insecure() throws {
        let world = try world {
            $0.upstreamAuthorityPath = nil
            $0.acceptsAnyServer = true
        }
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = TLSPeer(try world.accept(), try tls.server("other.test"))
        try world.pump("the request", [server]) { server.text.hasSuffix("\r\n\r\n") }
    }

    @Test("A server that speaks no TLS, and one that hangs up in the handshake, are told to the client")
    func noTLS() throws {
        for answer in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
            let world = try world()
            let client = world.client()
            client.send(TestRequest.upgrade)
            let server = try world.accept()
            try world.pump("the hello") { !server.received.isEmpty }
            #expect(server.received.first == 0x16)
            server.send(answer)
            if answer.isEmpty { server.finish() }
            try world.pump("the refusal") { client.hasEnded }
            #expect(client.text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
            server.close()
        }
    }

    @Test("Session keys are appended, and the file is its owner's alone")
    func keyLog() throws {
        let path = tls.path + ".keys"
        defer { unlink(path) }
        let world = try world { $0.keyLogPath = path }
        let client = world.client()
        client.send(TestRequest.upgrade)
        let server = TLSPeer(try world.accept(), try tls.server())
        try world.pump("the request", [server]) { server.text.hasSuffix("\r\n\r\n") }
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let file = Glibc.open(path, O_RDONLY)
        let count = read(file, &buffer, buffer.count)
        Glibc.close(file)
        let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        #expect(text.contains("CLIENT_TRAFFIC_SECRET_0 ") && text.hasSuffix("\n"))
    }
}
