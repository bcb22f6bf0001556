import Case
import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

/// What stands around the relay, with real programs: a browser before the page, clients behind `run`.
@Suite("Around the relay", .serialized)
struct AroundTests {
    static let binary = TestFile.packageRoot + "/.build/debug/wsdiag"
    static let hasBrowser = TestFile.exists("/usr/bin/chromium")
    static let canRun = TestFile.exists(binary) && RealPeerTests.hasServer

    @Test(
        "A browser shows the refusal, and not the token",
        .enabled(if: hasBrowser, "chromium is not installed"))
    func browser() throws {
        let any = Endpoint(ipv4: 0x7f00_0001, port: 0)
        let listener = try openListener(any)
        defer { close(listener) }
        let server = try #require(endpoint(of: listener, peer: false))
        var options = ProxyOptions()
        options.listeners = [
            ListenSpec(endpoint: any, target: Target(isSecure: false, host: "127.0.0.1", port: server.port))
        ]
        let page = LivePage(token: LivePage.newToken(), version: "test")
        let service = EndingService(page)
        let loop = try RelayLoop(options, observers: [page], service: service, serviceAddress: any)
        let client = Peer(descriptor: beginConnecting(to: loop.endpoints[0]))
        client.send(
            TestRequest.upgrade.replacing(
                "Upgrade: websocket", "Upgrade: websocket\r\nAuthorization: Bearer s3cr3t-s3cr3t-s3cr3t"))
        var far: Peer?
        try turn(loop, "the server is asked") {
            client.poll()
            if far == nil, case let accepted = acceptClient(listener), 0 <= accepted {
                far = Peer(descriptor: accepted)
            }
            far?.poll()
            return far?.text.hasSuffix("\r\n\r\n") ?? false
        }
        far?.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 17\r\n\r\n<b>no token</b>\r\n")
        try turn(loop, "the client is answered") {
            far?.poll()
            client.poll()
            return client.text.hasSuffix("</b>\r\n")
        }
        let folder = "/tmp/wsdiag-browser-\(UInt64.random(in: 0...UInt64.max))"
        defer { _ = output("rm -rf \(folder)") }
        let browser = try Program([
            "timeout", "50", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
            "--user-data-dir=\(folder)", "--virtual-time-budget=3000", "--dump-dom",
            page.address(at: loop.endpoints[1]) + "#1",
        ])
        try turn(loop, "the page is drawn") { browser.poll() || browser.text.contains("</html>") }
        #expect(service.hasEnded)
        #expect(browser.text.contains(">401</span>") && browser.text.contains("The server's words"))
        #expect(browser.text.contains("Authorization: Bearer &lt;token 1&gt;"))
        #expect(browser.text.contains("&lt;b&gt;no token"))
        #expect(!browser.text.contains("s3cr3t"))
    }

    private func turn(_ loop: RelayLoop, _ what: String, until isDone: () -> Bool) throws {
        let end = time(nil) + 60
        while !isDone() {
            _ = loop.turn(milliseconds: 5)
            try #require(time(nil) < end, "waited in vain: \(what)")
        }
    }

    /// How a program is led to its server.
    enum Way: String, CaseIterable, Sendable { case intercepted, tapped, pointed }

    /// A program that says one thing over a WebSocket, and ends with 3.
    enum Client: String, CaseIterable, Sendable {
        case node, python, websockets, curl

        var command: [String] {
            switch self {
            case .node:
                [
                    "node", "-e",
                    """
                    const s = new (require('ws'))(process.env.ADDRESS);
                    s.on('open', () => s.send('hello'));
                    s.on('message', (m) => { console.log('got ' + m); s.close(1000); });
                    s.on('close', () => process.exit(3)); s.on('error', (e) => console.log(e.message));
                    """,
                ]
            case .websockets:
                [
                    "python3", "-c",
                    """
                    import asyncio, os, sys, websockets
                    async def main():
                        async with websockets.connect(os.environ["ADDRESS"]) as socket:
                            await socket.send("hello")
                            print("got", await socket.recv(), flush=True)
                    asyncio.run(main())
                    sys.exit(3)
                    """,
                ]
            case .curl:
                [
                    "sh", "-c",
                    """
                    address=$(echo "$ADDRESS" | sed 's/^ws/http/')
                    curl -sS -i --http1.1 --max-time 2 -H 'Connection: Upgrade' -H 'Upgrade: websocket' \\
                        -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' "$address" |
                        grep -a -q '^HTTP/1.1 101' && echo got hello
                    exit 3
                    """,
                ]
            case .python:
                [
                    "python3", "-c",
                    """
                    import aiohttp, asyncio, os, sys
                    async def main():
                        async with aiohttp.ClientSession() as session:
                            async with session.ws_connect(os.environ["ADDRESS"]) as socket:
                                await socket.send_str("hello")
                                print("got", (await socket.receive()).data, flush=True)
                    asyncio.run(main())
                    sys.exit(3)
                    """,
                ]
            }
        }

        var isInstalled: Bool {
            switch self {
            case .node: Program.succeeds(["node", "-e", "require('ws')"], environment: RealPeerTests.modules)
            case .python: Program.succeeds(["python3", "-c", "import aiohttp"])
            case .websockets: Program.succeeds(["python3", "-c", "import websockets"])
            case .curl: Program.succeeds(["curl", "--version"])
            }
        }
    }

    @Test(
        "A program behind run is seen, keeps its output and gives its status",
        .enabled(if: canRun, "the program is not built, or python3-aiohttp is not installed"),
        arguments: Client.allCases, Way.allCases)
    func run(client: Client, way: Way) throws {
        guard client.isInstalled else { return print("\(client) has no WebSocket client here: skipped") }
        let tls = try TLSWorld()
        let files = try tls.files(for: "localhost")
        let server = try Program(
            ["python3", RealPeerTests.folder + "/server.py"]
                + (way == .pointed ? [] : [files.certificate, files.key]))
        while !server.text.contains("\n"), !server.poll() {}
        let port = server.text.split(separator: "\n").first ?? ""
        var environment = RealPeerTests.modules
        environment["ADDRESS"] = "\(way == .pointed ? "ws" : "wss")://localhost:\(port)/echo"
        let recording = tls.path + ".pcapng"
        defer { unlink(recording) }
        var words = [Self.binary, "run"]
        switch way {
        case .intercepted: words += ["--upstream-ca", tls.path]
        case .tapped:
            words += ["--tap", "-w", recording]
            environment["SSL_CERT_FILE"] = tls.path
            environment["CURL_CA_BUNDLE"] = tls.path
            environment["NODE_EXTRA_CA_CERTS"] = tls.path
        case .pointed: words += ["--reverse", "ADDRESS"]
        }
        let program = try Program(words + ["--"] + client.command, environment: environment)
        program.endInput()
        while !program.poll() { sched_yield() }
        #expect(program.status == 3, "\(program.text)")
        #expect(program.text.contains("got hello"), "\(program.text)")
        #expect(program.text.contains("1 attempt: 1 opened"), "\(program.text)")
        guard way == .tapped else { return }
        // The keys are in the recording.
        let explained = try Program([Self.binary, "ls", recording])
        explained.endInput()
        while !explained.poll() { sched_yield() }
        #expect(explained.text.contains("open    /echo"), "\(explained.text)")
    }
}

/// The page, and an end of its events once an attempt was fetched: the browser prints what it shows when nothing is
/// loaded any more.
private final class EndingService: LocalService {
    private let page: LivePage
    private var wanted: Int?
    private(set) var hasEnded = false

    init(_ page: LivePage) { self.page = page }

    func opened(_ id: Int, listener: Endpoint, at time: Timestamp) {
        page.opened(id, listener: listener, at: time)
    }

    func received(_ bytes: Span<UInt8>, on id: Int, at time: Timestamp) {
        if String(decoding: bytes.bytes(), as: UTF8.self).contains("/attempts/1 HTTP/1.1") { wanted = id }
        page.received(bytes, on: id, at: time)
    }

    func closed(_ id: Int) {
        page.closed(id)
        guard id == wanted, !hasEnded else { return }
        hasEnded = true
        page.finish(at: Timestamp(seconds: 0))
    }

    func takeReady() -> [Int] { page.takeReady() }
    func takeOutput(for id: Int) -> [UInt8] { page.takeOutput(for: id) }
    func isFinished(_ id: Int) -> Bool { page.isFinished(id) }
}

extension String {
    fileprivate func replacing(_ part: String, _ other: String) -> String {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        guard let start = offset(of: wanted, in: bytes, from: 0) else { return self }
        return String(
            decoding: bytes[..<start] + Array(other.utf8) + bytes[(start + wanted.count)...], as: UTF8.self)
    }
}
