import Case
import Glibc
import JSON
import TestSupport
import Testing
import Wire

@testable import Proxy

/// Whatever comes over the wire is text on the page, in a real browser: nothing of it runs, loads or becomes an element.
@Suite("Hostile traffic on the page", .serialized)
struct HostilePageTests {
    static let canRun =
        AroundTests.hasBrowser
        && Program.succeeds(["node", "-e", "require('ws')"], environment: RealPeerTests.modules)

    /// Runs where it becomes markup, an attribute or a script; 1 stands for the place.
    private static let marks = [
        "\"'><img src=x onerror=\"window.pwned=1\">", "</pre></script><script>window.pwned=1</script>",
        "<svg/onload=window.pwned=1>", "javascript:window.pwned=1", "${window.pwned=1}",
        "'; touch /tmp/wsdiag-pwned; $(touch /tmp/wsdiag-pwned) '",
    ]
    private static var all: String { marks.joined(separator: " ") }
    private static var inPath: String { all.split(separator: " ").joined(separator: "/") }

    /// A token whose header and claims are hostile.
    private static var token: String {
        func part(_ json: JSONWriter) -> String {
            var json = json
            return String(decoding: base64(json.take().span, url: true), as: UTF8.self)
        }
        var header = JSONWriter(.compact)
        header.object {
            $0.member("alg", "RS256")
            $0.member("kid", all)
        }
        var claims = JSONWriter(.compact)
        claims.object {
            $0.member("iss", all)
            $0.member(all, all)
            $0.member("aud", all)
            $0.member("iat", 1_700_000_000)
            $0.member("exp", 1_700_003_600)
        }
        let signature = [UInt8](repeating: 7, count: 256)
        return part(header) + "." + part(claims) + "."
            + String(decoding: base64(signature.span, url: true), as: UTF8.self)
    }

    /// What a client may call its server: in Host, and in the ClientHello.
    private static let host = "a.test'\"><img/src=x/onerror=window.pwned=1>"

    private static var request: String {
        let all = all
        return "GET /\(inPath)?q=\(inPath)&access_token=\(token) HTTP/1.1\r\nHost: \(host)\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-'`touch`': \(all)\r\n"
            + "User-Agent: \(all)\r\nX-Shell: \(marks[5])\r\nCookie: a=\(all)\r\nOrigin: \(all)\r\n"
            + "Sec-WebSocket-Protocol: \(all)\r\nAuthorization: Bearer \(token)\r\n\r\n"
    }

    private static var refusal: String {
        var body = JSONWriter(.compact)
        body.object {
            $0.member("error", all)
            $0.member("message", all)
        }
        let text = String(decoding: body.take(), as: UTF8.self)
        return
            "HTTP/1.1 401 \(all)\r\nServer: \(all)\r\nX-<img/src=x>: \(all)\r\nWWW-Authenticate: Bearer error=\"\(marks[0])\", realm=\(all)\r\n"
            + "Content-Type: text/html\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }

    private static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length =
            payload.count < 126
            ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        return [0x80 | opcode] + length + payload
    }

    @Test(
        "Nothing of it runs, loads or becomes an element",
        .enabled(if: canRun, "chromium or node-ws is missing"))
    func hostile() throws {
        let page = LivePage(token: LivePage.newToken(), version: "test")
        page.about.listening = Self.all
        page.about.recording = Self.all
        page.about.decrypting = [Self.all]
        let world = try PageWorld(page)
        try world.attempt(Self.request, answer: Array(Self.refusal.utf8))
        let socket =
            Array(acceptance.utf8) + Self.frame(1, Array(Self.all.utf8))
            + Self.frame(
                1, Array("{\"a\":\"\(Self.marks[2])\",\"padding\":\"\(Self.marks[2] + Self.marks[2])\"}".utf8)
            )
            + Self.frame(2, Array(Self.all.utf8)) + Self.frame(9, Array(Self.marks[0].utf8))
            + Self.frame(8, [0x0f, 0xa3] + Array(Self.marks[0].utf8))
        try world.attempt(Self.request, answer: socket)
        page.take(note: Self.all, at: Timestamp(seconds: 1_795_000_000))
        try world.greet(as: Self.host)
        let answers = try world.browse(Self.questions)
        #expect(answers.allSatisfy { $0["trouble"] == nil }, "\(answers)")
        let seen = try #require(answers.first { $0["elements"] != nil })
        #expect(seen["elements"]?.number == 0)
        #expect(seen["scripts"]?.number == 1 && seen["handlers"]?.number == 0 && seen["links"]?.number == 0)
        #expect(seen["pwned"]?.bool == false && seen["outside"]?.number == 0)
        #expect(seen["shown"]?.array?.compactMap(\.string) == [])
        #expect(answers.first { $0["inline"] != nil }?["inline"]?.string == "blocked blocked")
        #expect(seen["secrets"]?.bool == false)
        #expect(seen["hosts"]?.number == 2, "in a URL and in a remark")
        let command = try #require(answers.first { $0["curl"] != nil }?["curl"]?.string)
        try shell(command)
    }

    /// What a shell makes of the copied command: arguments, and nothing that runs.
    private func shell(_ command: String) throws {
        let script = try Program(["sh", "-c", "curl() { printf '%s\\n' \"$@\"; }; \(command)"])
        script.endInput()
        while !script.poll() { sched_yield() }
        let lines = script.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("X-Shell: " + Self.marks[5]))
        #expect(lines.contains("User-Agent: " + Self.all))
        #expect(!TestFile.exists("/tmp/wsdiag-pwned"))
        #expect(lines.contains("X-'`touch`': " + Self.all))
    }

    /// Opens everything that can be opened, and looks at what stands there.
    private static let questions = [
        "const wait = ms => new Promise(done => setTimeout(done, ms)); let copied = ''; "
            + "navigator.clipboard.writeText = async text => { copied = text; }; null",
        "for (let i = 0; i < 100 && attempts.size < 2; i++) await wait(50); choose(2, true); "
            + "for (let i = 0; i < 100 && !detail; i++) await wait(50); toggleCompare(); await wait(300); null",
        "for (const d of document.querySelectorAll('details')) d.open = true; await wait(300); choose(1, true); "
            + "for (let i = 0; i < 100 && detail.item.number !== 1; i++) await wait(50); toggleCompare(); await wait(300); null",
        "for (const d of document.querySelectorAll('details')) d.open = true; await wait(300); "
            + "await openRule(detail.report.attempts[0].verdict.cause); $('rule').close(); null",
        "copyMarkdown(); await copyCurl(true); ({ curl: copied })",
        "const texts = document.body.textContent; const held = texts.includes(\(Swift.String(reflecting: String(token.suffix(40))))); "
            + "for (const b of [...document.querySelectorAll('button')].filter(b => /^Show (value|secrets)/.test(b.textContent))) b.click(); "
            + "await wait(400); null",
        "({ elements: document.querySelectorAll('img, iframe, object, embed, link, base, audio, video, svg script, svg foreignObject').length, "
            + "scripts: document.scripts.length, "
            + "handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length, "
            + "links: document.querySelectorAll('[href], [action], [formaction], [src], [style], [srcdoc]').length, "
            + "outside: performance.getEntriesByType('resource').filter(e => !e.name.startsWith(location.href.split('#')[0])).length, "
            + "pwned: window.pwned !== undefined || document.title.includes('pwned'), secrets: held, "
            + "hosts: Number([...$('list').querySelectorAll('*')].some(e => e.textContent.includes(\(Swift.String(reflecting: host))))) + Number([...$('notes').querySelectorAll('*')].some(e => e.textContent.includes(\(Swift.String(reflecting: host))))), "
            + "shown: \(quoted(marks.dropLast().map { $0 })).filter(m => !document.body.textContent.includes(m)) })",
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' })); "
            + "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">'); "
            + "let reached = 'reached'; try { await fetch('http://127.0.0.1:9/'); } catch { reached = 'blocked'; } "
            + "await wait(200); ({ inline: (window.ran === undefined ? 'blocked ' : 'ran ') + reached })",
    ]

    /// As a list in JavaScript.
    private static func quoted(_ texts: [String]) -> String {
        var json = JSONWriter(.compact)
        json.array { json in for text in texts { json.value(text) } }
        return String(decoding: json.take(), as: UTF8.self)
    }
}

/// A relay with the page, a server that answers as it is told, and a browser that is driven.
private final class PageWorld {
    private let listener: Int32
    private let page: LivePage
    private let loop: RelayLoop
    private let tls: TLSWorld
    private var peers: [Peer] = []

    init(_ page: LivePage) throws {
        self.page = page
        let any = Endpoint(ipv4: 0x7f00_0001, port: 0)
        listener = try openListener(any)
        let server = try #require(endpoint(of: listener, peer: false))
        var options = ProxyOptions()
        options.listeners = [
            ListenSpec(endpoint: any, target: Target(isSecure: false, host: "127.0.0.1", port: server.port))
        ]
        options.hostField = .kept
        tls = try TLSWorld()
        loop = try RelayLoop(
            options, minting: tls.authority, observers: [page], service: page, serviceAddress: any)
    }

    deinit { close(listener) }

    /// One request and its answer, to the end of the connection.
    func attempt(_ request: String, answer: [UInt8]) throws {
        let client = Peer(descriptor: beginConnecting(to: loop.endpoints[0]))
        client.send(request)
        var server: Peer?
        try turn("the server is asked") {
            client.poll()
            try #require(client.received.isEmpty, "\(client.text)")
            if server == nil, case let accepted = acceptClient(listener), 0 <= accepted {
                server = Peer(descriptor: accepted)
            }
            server?.poll()
            return server?.text.hasSuffix("\r\n\r\n") ?? false
        }
        server?.send(answer)
        try turn("the client is answered") {
            server?.poll()
            client.poll()
            return answer.count <= client.received.count
        }
        peers += [client] + (server.map { [$0] } ?? [])
    }

    /// A client that begins with TLS and names its server so, which no certificate can.
    func greet(as name: String) throws {
        let client = TLSPeer(Peer(descriptor: beginConnecting(to: loop.endpoints[0])), try tls.client(name))
        try turn("the client is let go") {
            client.peer.poll()
            client.work()
            return client.peer.hasEnded
        }
    }

    /// What the page answers to each expression.
    func browse(_ expressions: [String]) throws -> [JSONValue] {
        let browser = try Program(
            [
                "timeout", "50", "node", RealPeerTests.folder + "/browse.js",
                page.address(at: loop.endpoints[1]),
            ],
            environment: RealPeerTests.modules)
        browser.write(expressions.joined(separator: "\n") + "\n")
        browser.endInput()
        try turn("the browser ends") { browser.poll() }
        return try browser.text.split(separator: "\n").map { try JSONValue(reading: $0.utf8.span) }
    }

    private func turn(_ what: String, until isDone: () throws -> Bool) throws {
        let end = time(nil) + 60
        while try !isDone() {
            _ = loop.turn(milliseconds: 5)
            try #require(time(nil) < end, "waited in vain: \(what)")
        }
    }
}
