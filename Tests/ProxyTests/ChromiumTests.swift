import Case
import Diagnosis
import TestSupport
import Testing
import Wire

@testable import Proxy

/// A real browser as the client, a real server behind: what the page sees, and what the proxy says of it.
@Suite("Chromium as a client", .serialized)
struct ChromiumTests {
    static let canRun = AroundTests.hasBrowser && RealPeerTests.hasServer

    /// How the browser comes to its server.
    enum Way: String, CaseIterable, Sendable {
        case intercepted = "a tunnel whose TLS is read"
        case untouched = "a tunnel that is passed on"
        case plainTunnel = "a forward proxy for ws://"
        case reversePlain = "reverse, plain on both legs"
        case reverseToTLS = "reverse, TLS towards the server"
        case reverseTLS = "reverse, TLS on both legs"

        var isForward: Bool { self == .intercepted || self == .untouched || self == .plainTunnel }
        var isServerSecure: Bool { self != .plainTunnel && self != .reversePlain }
    }

    @Test(
        "101 with messages both ways, a subprotocol, compression, 4003, 401 and 403",
        .enabled(if: canRun, "chromium or python3-aiohttp is not installed"), arguments: Way.allCases)
    func browse(way: Way) throws {
        let tls = try TLSWorld()
        let files = try way.isServerSecure ? tls.files(for: "localhost") : nil
        let (server, port) = try RealPeerTests.server(files)
        defer { server.endInput() }
        let world = try LoopbackWorld(isForward: way.isForward, minting: tls.authority) { options in
            options.upstreamAuthorityPath = tls.path
            options.interceptedHosts = way == .intercepted ? ["localhost"] : []
            if !way.isForward {
                options.listeners[0].target = Target(
                    isSecure: way.isServerSecure, host: "localhost", port: port)
            }
        }
        world.watcher.keepsBytes = false
        let text = try page(way, world, port: port, pins: pins(tls))
        #expect(
            text.split(separator: "\n") == [
                "protocol chat.v1, extensions permessage-deflate", "echoed", "large true",
                "closed 4003 token expired", "refused 1006", "refused 1006",
            ])
        try world.pump("all is over") { world.loop.connectionCount == 0 }
        if way == .untouched { #expect(world.watcher.news.isEmpty) } else { try judged(world) }
    }

    /// What the proxy says of the page's three attempts.
    private func judged(_ world: LoopbackWorld) throws {
        let told = world.watcher.news.filter { $0.stage != .asked }
        #expect(told.map(\.stage) == [.opened, .closed, .refused, .refused])
        #expect(told.compactMap { $0.attempt?.status } == [101, 101, 401, 403])
        let socket = try #require(told[1].attempt?.session)
        #expect(socket.closes.contains { $0.code == 4003 && $0.by == .server })
        #expect(socket.violations.isEmpty)
        #expect(told[1].attempt?.handshake.selectedSubprotocol == "chat.v1")
        #expect(told[1].attempt?.handshake.selectedExtensions.count == 1)
        #expect(told[2].attempt?.response?.body.text.contains("The token expired") == true)
        #expect(told.dropFirst().allSatisfy { $0.judgement?.verdict != nil })
        #expect(world.watcher.news.allSatisfy { !$0.url.contains("s3cr3t") })
        let changes = world.watcher.events.flatMap { event -> [String] in
            if case .updated(let info) = event.event { info.changes } else { [] }
        }
        #expect(
            changes.allSatisfy {
                $0.hasPrefix("Host was changed") || $0.hasPrefix("the target's scheme")
                    || $0.hasPrefix("Proxy-Connection")
            }, "\(Set(changes))")
    }

    /// The keys that the browser is told to accept, as `wsdiag ca env` says it: the authority's, and the server's own
    /// for the tunnel that nobody reads.
    private func pins(_ tls: TLSWorld) throws -> String {
        let leaf = try tls.authority.leaf(for: "localhost", at: AuthorityTests.now)
        return [tls.authority.identity.publicKeyDigest, publicKeyDigest(of: leaf.certificate)]
            .map { String(decoding: base64($0.span, url: false), as: UTF8.self) }.joined(separator: ",")
    }

    /// What the page says once it has met everything.
    private func page(_ way: Way, _ world: LoopbackWorld, port: UInt16, pins: String) throws -> String {
        let folder = "/tmp/wsdiag-browser-\(UInt64.random(in: 0...UInt64.max))"
        defer { _ = output("rm -rf \(folder)") }
        let scheme =
            way.isForward ? (way.isServerSecure ? "https" : "http") : way == .reverseTLS ? "https" : "http"
        let address = "\(scheme)://localhost:\(way.isForward ? port : world.proxy.port)/page"
        let proxy =
            way.isForward ? ["--proxy-server=http://\(world.proxy)", "--proxy-bypass-list=<-loopback>"] : []
        let browser = try Program(
            [
                "timeout", "50", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                "--disable-background-networking", "--disable-component-update", "--no-first-run",
                "--user-data-dir=\(folder)", "--ignore-certificate-errors-spki-list=\(pins)",
            ] + proxy + ["--dump-dom", address])
        try world.pump("the browser ends") { browser.poll() }
        let text = browser.text
        let start = try #require(text.firstRange(of: "<pre id=\"seen\">"), "\(text)")
        let end = try #require(text[start.upperBound...].firstRange(of: "</pre>"))
        return String(text[start.upperBound..<end.lowerBound])
    }
}
