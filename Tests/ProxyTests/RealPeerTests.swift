import Case
import Diagnosis
import Testing
import Wire

@testable import Proxy

/// Real clients and a real server, with the proxy in between. What is not installed is skipped with a message.
@Suite("Real peers", .serialized)
struct RealPeerTests {
    /// A program that opens WebSockets.
    enum Client: String, CaseIterable, Sendable {
        case websockets = "Python websockets"
        case aiohttp = "Python aiohttp"
        case ws = "node ws"

        var command: [String] {
            switch self {
            case .websockets: ["python3", RealPeerTests.folder + "/client_websockets.py"]
            case .aiohttp: ["python3", RealPeerTests.folder + "/client_aiohttp.py"]
            case .ws: ["node", RealPeerTests.folder + "/client_ws.js"]
            }
        }

        var isInstalled: Bool {
            switch self {
            case .websockets: Program.succeeds(["python3", "-c", "import websockets"])
            case .aiohttp: Program.succeeds(["python3", "-c", "import aiohttp"])
            case .ws: Program.succeeds(["node", "-e", "require('ws')"], environment: RealPeerTests.modules)
            }
        }
    }

    /// How the proxy stands between the two.
    enum Way: String, CaseIterable, Sendable {
        case reversePlain = "reverse, plain on both legs"
        case reverseToTLS = "reverse, TLS towards the server"
        case reverseTLS = "reverse, TLS on both legs"
        case tunnel = "a tunnel whose TLS is read"
        case untouched = "a tunnel that is passed on"
    }

    static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/RealPeers"
    /// Where Debian puts node's modules.
    static let modules = ["NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"]
    static let hasServer = Program.succeeds(["python3", "-c", "import aiohttp"])

    /// A server of aiohttp, and the port that it listens on.
    static func server(_ files: (certificate: String, key: String)?) throws -> (
        program: Program, port: UInt16
    ) {
        let words = ["python3", folder + "/server.py"] + (files.map { [$0.certificate, $0.key] } ?? [])
        let program = try Program(words)
        while !program.text.contains("\n"), !program.poll() {}
        let port = try #require(UInt16(program.text.split(separator: "\n")[0]), "\(program.text)")
        return (program, port)
    }

    private func world(_ way: Way, port: UInt16, _ tls: TLSWorld) throws -> LoopbackWorld {
        let isForward = way == .tunnel || way == .untouched
        return try LoopbackWorld(isForward: isForward, minting: tls.authority) { options in
            options.upstreamAuthorityPath = tls.path
            options.interceptedHosts = way == .tunnel ? ["localhost"] : []
            if !isForward {
                options.listeners[0].target = Target(
                    isSecure: way != .reversePlain, host: "localhost", port: port)
            }
        }
    }

    @Test(
        "Echo, 10 MiB, fragments, pings, compression, 4003, 401 and 403 are what they are without the proxy",
        .enabled(if: hasServer, "python3 with aiohttp is not installed: apt-get install python3-aiohttp"),
        arguments: Client.allCases, Way.allCases)
    func client(client: Client, way: Way) throws {
        guard client.isInstalled else {
            print("\(client.rawValue) is not installed: its tests are skipped")
            return
        }
        let tls = try TLSWorld()
        let (server, port) = try Self.server(way == .reversePlain ? nil : tls.files(for: "localhost"))
        defer { server.endInput() }
        let world = try world(way, port: port, tls)
        world.watcher.keepsBytes = false
        let isForward = way == .tunnel || way == .untouched
        let url =
            isForward
            ? "wss://localhost:\(port)"
            : (way == .reverseTLS ? "wss" : "ws") + "://localhost:\(world.proxy.port)"
        let program = try Program(
            client.command + [url, isForward ? world.proxy.description : "-", tls.path],
            environment: Self.modules)
        try world.pump("\(client.rawValue) ends") { program.poll() }
        #expect(program.text.split(separator: "\n") == ["echoed", "4003", "401", "403"])
        #expect(program.status == 0)
        try world.pump("all is over") { world.loop.connectionCount == 0 }
        guard way != .untouched else {
            #expect(world.watcher.news.isEmpty)
            return
        }
        let stages = world.watcher.news.filter { $0.stage != .asked }.map(\.stage)
        #expect(stages == [.opened, .closed, .refused, .refused])
        let session = try #require(world.watcher.news.first { $0.stage == .closed }?.attempt?.session)
        #expect(
            session.closes.contains { $0.code == 4003 && $0.reason == "token expired" && $0.by == .server })
        #expect(session.violations.isEmpty)
        let refusal = try #require(world.watcher.news.first { $0.stage == .refused })
        #expect(refusal.attempt?.status == 401)
        #expect(refusal.attempt?.response?.body.text.contains("The token expired") == true)
        #expect(refusal.judgement?.verdict != nil)
    }

    @Test(
        "curl gets a refusal with its body through a tunnel that is read, and the proxy's own words where it must",
        .enabled(
            if: hasServer && Program.succeeds(["curl", "--version"]), "curl or aiohttp is not installed"))
    func curl() throws {
        let tls = try TLSWorld()
        let (server, port) = try Self.server(tls.files(for: "localhost"))
        defer { server.endInput() }
        let world = try world(.tunnel, port: port, tls)
        let upgrade = [
            "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let common =
            ["curl", "-sS", "-i", "--http1.1", "-x", "http://\(world.proxy)", "--cacert", tls.path] + upgrade
        let program = try Program(common + ["https://localhost:\(port)/refuse/401"])
        try world.pump("curl ends") { program.poll() }
        #expect(program.text.contains("HTTP/1.1 401 Unauthorized\r\n"))
        #expect(program.text.hasSuffix("\"error_description\": \"The token expired\"}"))

        let untrusting = try Program(
            ["curl", "-sS", "-x", "http://\(world.proxy)", "https://localhost:\(port)/refuse/401"])
        try world.pump("curl ends") { untrusting.poll() }
        #expect(untrusting.status == 60)
        try world.pump("the alert") { !world.handshakeFailures.isEmpty }
        #expect(world.handshakeFailures.last?.1 == 48)

        let socks = try Program(
            ["curl", "-sS", "--cacert", tls.path, "--proxy", "socks5h://\(world.proxy)"] + upgrade
                + ["--http1.1", "https://localhost:\(port)/refuse/403"])
        try world.pump("curl ends") { socks.poll() }
        #expect(socks.text.contains("The token expired"))
    }
}
