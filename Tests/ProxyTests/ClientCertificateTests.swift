import Case
import Testing
import Wire

@testable import Proxy

/// Servers that ask for a certificate of the client: OpenSSL's own.
@Suite("Client certificates towards a real server", .serialized)
struct ClientCertificateTests {
    static let hasOpenSSL = Program.succeeds(["openssl", "version"])

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var version: String
        var hasCertificate: Bool
        var isIntercepted = false
    }

    @Test(
        "A certificate is shown where one is asked for; its lack is told in words, never as a bare reset",
        .enabled(if: hasOpenSSL, "openssl is not installed"),
        arguments: [
            Case(testDescription: "TLS 1.3 with one", version: "-tls1_3", hasCertificate: true),
            Case(testDescription: "TLS 1.2 with one", version: "-tls1_2", hasCertificate: true),
            Case(testDescription: "TLS 1.3 without", version: "-tls1_3", hasCertificate: false),
            Case(testDescription: "TLS 1.2 without", version: "-tls1_2", hasCertificate: false),
            Case(
                testDescription: "TLS 1.3 with one, TLS on both legs", version: "-tls1_3",
                hasCertificate: true,
                isIntercepted: true),
            Case(
                testDescription: "TLS 1.3 without, TLS on both legs", version: "-tls1_3",
                hasCertificate: false,
                isIntercepted: true),
        ])
    func shown(case example: Case) throws {
        let tls = try TLSWorld()
        let files = try tls.files(for: "localhost")
        let server = try Program([
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", files.certificate, "-key", files.key,
            "-Verify", "1", "-verify_return_error", "-CAfile", tls.path, "-purpose", "any", "-www",
            example.version,
        ])
        var port: UInt16?
        while port == nil, !server.poll() {
            let line = server.text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            port = line.flatMap { $0.split(separator: ":").last }.flatMap { UInt16($0) }
        }
        let target = Target(isSecure: true, host: "localhost", port: try #require(port, "\(server.text)"))
        let world = try LoopbackWorld(isForward: example.isIntercepted, minting: tls.authority) { options in
            options.upstreamAuthorityPath = tls.path
            options.interceptedHosts = ["localhost"]
            if !example.isIntercepted { options.listeners[0].target = target }
            if example.hasCertificate { options.clientCertificate = (files.certificate, files.key) }
        }
        let outer = world.client()
        var inner: TLSPeer?
        if example.isIntercepted {
            outer.send("CONNECT localhost:\(target.port) HTTP/1.1\r\n\r\n")
            try world.pump("the tunnel") { outer.text.hasSuffix("\r\n\r\n") }
            outer.received = []
            inner = TLSPeer(outer, try tls.client())
        }
        let request = "GET / HTTP/1.0\r\n\r\n"
        if inner == nil { outer.send(request) }
        var hasAsked = inner == nil
        try world.pump("the answer") {
            inner?.work()
            if !hasAsked, let inner, inner.engine.isEstablished {
                hasAsked = true
                inner.send(request)
            }
            return outer.hasEnded || outer.wasReset
        }
        inner?.work()
        let answer = inner?.text ?? outer.text
        if example.hasCertificate {
            #expect(
                answer.hasPrefix("HTTP/1.0 200 ok\r\n") && answer.contains("Client certificate"), "\(answer)")
            #expect(world.handshakeFailures.isEmpty)
        } else {
            #expect(answer.hasPrefix("HTTP/1.1 502 Bad Gateway\r\nServer: wsdiag\r\n"), "\(answer)")
            let alert = example.version == "-tls1_3" ? 116 : 40
            #expect(world.handshakeFailures.map(\.1) == [alert])
            if alert == 116 { #expect(answer.contains("--client-cert gives it one")) }
        }
    }
}
