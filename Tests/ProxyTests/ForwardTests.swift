import COpenSSL
import Case
import Diagnosis
import Testing
import Wire

@testable import Proxy

@Suite("Forward proxy")
struct ForwardTests {
    let tls: TLSWorld

    init() throws { tls = try TLSWorld() }

    private func world(hosts: [String] = ["localhost"]) throws -> LoopbackWorld {
        try LoopbackWorld(isForward: true, minting: tls.authority) { options in
            options.interceptedHosts = hosts
            options.upstreamAuthorityPath = tls.path
        }
    }

    /// A client whose tunnel is open.
    private func tunnel(_ world: LoopbackWorld, to host: String = "localhost") throws -> (
        client: Peer, server: Peer
    ) {
        let client = world.client()
        client.send("CONNECT \(host):\(world.server.port) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        let server = try world.accept()
        try world.pump("the tunnel") { client.text == "HTTP/1.1 200 Connection established\r\n\r\n" }
        client.received = []
        return (client, server)
    }

    @Test(
        "A named host's TLS is read on the way, every byte unchanged",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func intercepts(version: Int32) throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client(version: version, protocols: ["h2", "http/1.1"]))
        let server = TLSPeer(inner, try tls.server())
        let ends = [client, server]
        let request = TestRequest.upgrade.replacing("Upgrade: ", with: "oRIGIN: a\r\nOrigin: b\r\nUpgrade: ")
        try world.pump("TLS", ends) { client.engine.isEstablished }
        #expect(client.engine.selectedProtocol == "http/1.1")
        client.send(request)
        try world.pump("the request", ends) { server.text == request }
        server.send(TestRequest.switching)
        try world.pump("the 101", ends) { client.text == TestRequest.switching }
        server.send([0x88, 2, 0x0f, 0xa3])
        server.closeNotify()
        server.peer.finish()
        try world.pump("the end", ends) { client.sawCloseNotify && outer.hasEnded }
        client.closeNotify()
        outer.finish()
        try world.pump("the news", ends) { world.watcher.news.count == 3 }
        #expect(world.watcher.news.map(\.stage) == [.asked, .opened, .closed])
        #expect(world.watcher.news.last?.attempt?.isSecure == true)
        #expect(world.watcher.news.last?.attempt?.session?.firstClose?.code == 4003)
        #expect(world.watcher.ends.map(\.1) == [.closeNotify, .closeNotify])
    }

    @Test("FIN without close_notify stays one")
    func rude() throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client())
        let server = TLSPeer(inner, try tls.server())
        try world.pump("TLS", [client, server]) { client.engine.isEstablished && server.engine.isEstablished }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try world.pump("the request", [client, server]) { server.text.hasSuffix("\r\n\r\n") }
        server.peer.finish()
        try world.pump("the end", [client, server]) { outer.hasEnded }
        #expect(!client.sawCloseNotify)
        #expect(world.watcher.ends.map(\.1) == [.finishedWithoutCloseNotify])
    }

    @Test("A host that is not named is passed on untouched: the client meets the server's own certificate")
    func passesOn() throws {
        let world = try world(hosts: ["other.*"])
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client())
        let server = TLSPeer(inner, try tls.server())
        try world.pump("TLS", [client, server]) { client.engine.isEstablished && server.engine.isEstablished }
        client.send("secret")
        try world.pump("the word", [client, server]) { server.text == "secret" }
        #expect(world.watcher.bytes.client.first == 0x16, "the records are read as they are")
        let isTunnelled = world.watcher.events.contains { event in
            if case .updated(let info) = event.event { info.isTunnelled } else { false }
        }
        #expect(isTunnelled)
    }

    @Test(
        "A client that does not trust the authority is told by its alert",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func untrusting(version: Int32) throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client(trusts: false, version: version))
        let server = TLSPeer(inner, try tls.server())
        try world.pump("the refusal", [client, server]) {
            if client.trouble != nil { outer.finish() }
            return !world.handshakeFailures.isEmpty
        }
        #expect(world.handshakeFailures.first?.0 == .client)
        #expect(world.handshakeFailures.first?.1 == 48)
        #expect(world.handshakeFailures.count == 1)
    }

    @Test("A client that closes right after its handshake is suspected to be one")
    func silentlyUntrusting() throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client())
        let server = TLSPeer(inner, try tls.server())
        try world.pump("TLS", [client, server]) { client.engine.isEstablished && server.engine.isEstablished }
        outer.finish()
        try world.pump("the suspicion", [client, server]) { !world.handshakeFailures.isEmpty }
        #expect(world.handshakeFailures.map(\.0) == [.client])
        #expect(world.handshakeFailures.first?.1 == nil)
    }

    @Test("A server that fails TLS is told inside the client's TLS")
    func brokenServer() throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client())
        try world.pump("the proxy's hello", [client]) { inner.received.first == 0x16 }
        inner.send("SSH-2.0-nothing\r\n")
        try world.pump("TLS with the client", [client]) { client.engine.isEstablished }
        client.send(TestRequest.upgrade)
        try world.pump("the refusal", [client]) { client.text.hasPrefix("HTTP/1.1 502 ") && outer.hasEnded }
    }

    @Test("An untrusted server is told inside the client's TLS, and the attempt is one that failed")
    func untrustedServer() throws {
        let world = try world()
        let (outer, inner) = try tunnel(world)
        let client = TLSPeer(outer, try tls.client())
        let server = TLSPeer(inner, try tls.server("other.test"))
        try world.pump("TLS", [client, server]) { client.engine.isEstablished }
        client.send(TestRequest.upgrade)
        try world.pump("the refusal", [client, server]) { outer.hasEnded }
        #expect(client.text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
        #expect(client.text.contains("hostname mismatch"))
        client.peer.close()
        try world.pump("the news", [server]) { world.watcher.news.last?.stage == .failed }
    }

    @Test("ws:// through a tunnel and through an absolute URL are read; the latter loses what is for proxies")
    func plain() throws {
        let world = try world()
        let (client, server) = try tunnel(world)
        client.send(TestRequest.upgrade)
        try world.pump("the request") { server.text == TestRequest.upgrade }
        server.send(TestRequest.switching)
        try world.pump("the 101") { world.watcher.news.map(\.stage) == [.asked, .opened] }

        let other = world.client()
        let line =
            "GET http://localhost:\(world.server.port)/socket HTTP/1.1\r\nProxy-Authorization: Basic eA==\r\n"
        other.send(TestRequest.upgrade.replacing("GET /socket HTTP/1.1\r\n", with: line))
        let second = try world.accept()
        try world.pump("the second request") { second.text == TestRequest.upgrade }
        second.send(TestRequest.switching)
        try world.pump("the second 101") { other.text == TestRequest.switching }
    }

    @Test("SOCKS 5 opens a tunnel, by name and by address")
    func socks() throws {
        for address in [[3, 9] + Array("localhost".utf8), [1, 127, 0, 0, 1]] as [[UInt8]] {
            let world = try world()
            let client = world.client()
            client.send([5, 2, 2, 0])
            try world.pump("the method") { client.received == [5, 0] }
            let port = world.server.port
            client.send([5, 1, 0] + address + [UInt8(port >> 8), UInt8(port & 0xff)])
            let server = try world.accept()
            try world.pump("the reply") { client.received == [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0] }
            client.received = []
            client.send(TestRequest.upgrade)
            try world.pump("the request") { server.text == TestRequest.upgrade }
            server.send(TestRequest.switching)
            try world.pump("the 101") { client.text == TestRequest.switching }
        }
    }

    @Test("SOCKS that cannot be served is refused in its own words, and told")
    func socksRefused() throws {
        for (request, answer, words) in [
            ([4, 1, 0, 80, 127, 0, 0, 1, 0], [0, 0x5b, 0, 0, 0, 0, 0, 0], "SOCKS 4"),
            ([5, 1, 2], [5, 0xff], "authentication"),
            (
                [5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80], [5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0],
                "other than CONNECT"
            ),
            ([5, 1, 0, 5, 1, 0, 9, 1, 1, 1], [5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0], "unknown kind"),
            (
                [5, 1, 0, 5, 1, 0, 3, 3, 0x61, 0x0d, 0x0a, 0, 80], [5, 0, 5, 1, 0, 1, 0, 0, 0, 0, 0, 0],
                "no host name"
            ),
        ] as [([UInt8], [UInt8], String)] {
            let world = try world()
            let client = world.client()
            client.send(request)
            try world.pump("the refusal") { client.hasEnded }
            #expect(client.received == answer)
            #expect(world.watcher.refusals.count == 1 && world.watcher.refusals[0].contains(words))
        }
    }

    @Test("A server that speaks first in a tunnel is passed on")
    func serverFirst() throws {
        let world = try world()
        let (client, server) = try tunnel(world)
        server.send("220 hello\r\n")
        try world.pump("the greeting") { client.text == "220 hello\r\n" }
        client.send("QUIT\r\n")
        try world.pump("the answer") { server.text == "QUIT\r\n" }
    }

    @Test("A proxy in between is asked for the tunnel, and its refusal is told")
    func upstreamProxy() throws {
        for status in ["200 OK", "407 Proxy Authentication Required"] {
            let world = try LoopbackWorld { options in
                options.upstreamProxy = (
                    Target(isSecure: false, host: "127.0.0.1", port: options.listeners[0].target?.port ?? 0),
                    "Basic eDp5"
                )
                options.listeners[0].target = Target(isSecure: false, host: "api.example.com", port: 80)
            }
            let client = world.client()
            client.send(TestRequest.upgrade)
            let proxy = try world.accept()
            try world.pump("the question") { proxy.text.hasSuffix("\r\n\r\n") }
            #expect(proxy.text.hasPrefix("CONNECT api.example.com:80 HTTP/1.1\r\n"))
            #expect(proxy.text.contains("\r\nProxy-Authorization: Basic eDp5\r\n"))
            proxy.received = []
            proxy.send("HTTP/1.1 \(status)\r\n\r\n")
            if status.hasPrefix("200") {
                try world.pump("the request") { proxy.text.hasSuffix("\r\n\r\n") }
                #expect(proxy.text.contains("\r\nHost: api.example.com\r\n"))
            } else {
                try world.pump("the refusal") { client.hasEnded }
                #expect(client.text.contains("refused the tunnel with 407"))
            }
        }
    }
}
