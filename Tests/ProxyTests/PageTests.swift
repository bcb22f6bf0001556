import Case
import Diagnosis
import Dissect
import JSON
import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite("The live page")
struct PageTests {
    private let listener = Endpoint(ipv4: 0x7f00_0001, port: 8081)
    private let now = Timestamp(seconds: 1_795_000_000)

    private func page(_ limits: Limits = .standard) -> LivePage {
        LivePage(token: "tok", version: "test", limits: limits)
    }

    /// What the page answers to a request on a connection of its own.
    private func ask(_ page: LivePage, _ request: String, id: Int = 1, at listener: Endpoint? = nil) -> String
    {
        page.opened(id, listener: listener ?? self.listener, at: now)
        page.received(Array(request.utf8).span, on: id, at: now)
        return everything(page, id)
    }

    private func everything(_ page: LivePage, _ id: Int) -> String {
        var bytes: [UInt8] = []
        while case let piece = page.takeOutput(for: id), !piece.isEmpty { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func get(_ path: String, host: String = "127.0.0.1:8081", more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(more)\r\n"
    }

    @Test(
        "Only who knows the token, on this computer, under its own name, is answered",
        arguments: [
            ("GET /tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 200),
            ("GET /tok/ HTTP/1.1\r\nHost: LOCALHOST:8081\r\n\r\n", 200),
            ("GET /tok HTTP/1.1\r\nHost: localhost:8081\r\n\r\n", 308),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok2/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /to/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET //tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok/../tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET http://127.0.0.1:8081/tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok/attempts/x HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok/attempts/7 HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok/attempts/99999999999999999999 HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 404),
            ("GET /tok/ HTTP/1.1\r\nHost: evil.test:8081\r\n\r\n", 421),
            ("GET /tok/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421),
            ("GET /tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\nHost: evil.test\r\n\r\n", 421),
            ("GET /tok/ HTTP/1.1\r\n\r\n", 421),
            ("POST /tok/ HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n", 405),
            ("GET /tok/events HTTP/1.1\r\nHost: 127.0.0.1:8081\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403),
            ("GET /tok/events HTTP/1.1\r\nHost: 127.0.0.1:8081\r\nSec-Fetch-Site: same-origin\r\n\r\n", 200),
            ("\u{16}\u{3}\u{1}nothing\r\n\r\n", 400),
            ("GET /" + String(repeating: "a", count: 20_000), 431),
        ])
    func guarded(request: String, status: Int) {
        let answer = ask(page(), request)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(80))")
        #expect(!answer.contains("tok/") || status == 200 || status == 308)
    }

    @Test("An address that others reach is not served")
    func elsewhere() {
        let answer = ask(page(), get("/tok/"), at: Endpoint(ipv4: 0xc0a8_0001, port: 8081))
        #expect(answer.hasPrefix("HTTP/1.1 403 "))
    }

    @Test("The page brings everything along and may run nothing else")
    func policy() throws {
        let answer = ask(page(), get("/tok/"))
        let policy = try #require(
            answer.split(separator: "\r\n").first { $0.hasPrefix("Content-Security-Policy: ") })
        #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"))
        #expect(policy.contains("style-src 'sha256-") && !policy.contains("unsafe"))
        for outside in ["http://", "https://", "src=", "innerHTML", "eval("] {
            let known = answer.replacingOnce("http://www.w3.org/2000/svg", with: "").replacingOnce(
                "/^http", with: "")
            #expect(!known.contains(outside), "\(outside)")
        }
    }

    @Test("Requests may come in any pieces")
    func pieces() {
        let request = get("/tok/")
        let whole = ask(page(), request)
        let page = page()
        page.opened(1, listener: listener, at: now)
        for byte in request.utf8 { page.received([byte].span, on: 1, at: now) }
        #expect(everything(page, 1) == whole)
        #expect(page.isFinished(1))
    }

    /// A page that saw one refusal.
    private func busyPage() throws -> LivePage {
        let page = page()
        let path = "/tmp/wsdiag-page-\(UInt64.random(in: 0...UInt64.max)).pcapng"
        defer { _ = output("rm -f \(path)") }
        let relay = try RecordedRelay(path)
        relay.open(0)
        let info = RelayedConnection(
            id: 0, client: Endpoint(ipv4: 0x7f00_0001, port: 50_000), listener: listener)
        page.take(.opened(info), on: 0, at: now)
        let asked = AttemptNews(stage: .asked, number: 1, url: "ws://a.test/socket")
        page.take(.attempt(asked), on: 0, at: now)
        relay.say(upgrade, .client, on: 0)
        page.relayed(Array(acceptance.utf8 + [0x81, 2, 0x68, 0x69]).span, on: 0, from: .server, at: now)
        relay.say(Array(acceptance.utf8 + [0x81, 2, 0x68, 0x69]), .server, on: 0)
        let file = relay.snapshot()
        var news = AttemptNews(stage: .opened, number: 1, url: "ws://a.test/socket")
        news.file = file
        news.judgement = judge(file)[0]
        page.take(.attempt(news), on: 0, at: now)
        page.relayed([0x81, 5, 0x74, 0x68, 0x65, 0x72, 0x65].span, on: 0, from: .server, at: now)
        relay.recorder.finish(at: now)
        return page
    }

    @Test("An attempt is told with its frames, and without its secrets")
    func attempt() throws {
        let page = try busyPage()
        let answer = ask(page, get("/tok/attempts/1"))
        let body = try #require(answer.split(separator: "\r\n\r\n", maxSplits: 1).last)
        let json = try JSONValue(reading: body.utf8.span)
        #expect(json["item"]?["stage"]?.string == "opened")
        #expect(json["total"]?.number == 2)
        #expect(
            json["show"]?["session"]?["frames"]?.array?.compactMap { $0["preview"]?.string } == [
                "hi", "there",
            ])
        #expect(json["report"]?["attempts"]?.array?.count == 1)
        #expect(json["markdown"]?.string?.isEmpty == false)
        #expect(!answer.contains("abcdefghijklmnop1234"))
        let list = ask(page, get("/tok/events"), id: 2)
        #expect(list.contains("event: list\ndata: {") && !list.contains("abcdefghijklmnop1234"))
        let secret = ask(page, get("/tok/attempts/1/tokens/1"), id: 3)
        #expect(secret.hasSuffix("{\"value\":\"abcdefghijklmnop1234\"}"))
        #expect(ask(page, get("/tok/attempts/1/tokens/2"), id: 4).hasPrefix("HTTP/1.1 404 "))
    }

    @Test("A token has one number on the page, in its attempt's address too")
    func numbers() throws {
        let page = page()
        let file = Transcript.caseFile(
            """
            === upgrade
            > GET /live?access_token=abcdefghijklmnop1234 HTTP/1.1
            < HTTP/1.1 401 Unauthorized
            === upgrade
            > GET /live?access_token=zyxwvutsrqponmlk9876 HTTP/1.1
            < HTTP/1.1 401 Unauthorized
            """)
        // Asked alone its token was the first.
        var news = AttemptNews(stage: .refused, number: 2, url: "wss://a.test/live?access_token=<token 1>")
        news.file = file
        news.index = 1
        news.judgement = judge(file)[1]
        page.take(.attempt(news), on: 0, at: now)
        let answer = ask(page, get("/tok/attempts/2"))
        #expect(answer.contains("access_token=<token 2>") && !answer.contains("access_token=<token 1>"))
    }

    /// The stretches of a handshake's request, those that are hidden as their number of bytes.
    private func parts(_ answer: String) throws -> [String] {
        let body = try #require(answer.split(separator: "\r\n\r\n", maxSplits: 1).last)
        return try JSONValue(reading: body.utf8.span)["request"]?["parts"]?.array?.map { part in
            if let hidden = part["hidden"]?.number { return "\(Int(hidden)) bytes" }
            let bytes = Base64Decoding(Array((part["bytes"]?.string ?? "").utf8).span).bytes
            return String(decoding: bytes, as: UTF8.self)
        } ?? []
    }

    @Test("The bytes of a handshake are whole where that is asked for, and else without what a report masks")
    func rawBytes() throws {
        let page = try busyPage()
        let shown = try parts(ask(page, get("/tok/attempts/1/raw")))
        #expect(shown.count == 3 && shown[0].hasPrefix("GET /socket HTTP/1.1\r\n"))
        #expect(shown[0].hasSuffix("Bearer ") && shown[1] == "20 bytes" && shown[2] == "\r\n\r\n")
        #expect(try parts(ask(page, get("/tok/attempts/1/secrets"), id: 2)) == [upgrade])
        for path in ["attempts/2/raw", "attempts/1/other", "attempts/x/secrets"] {
            #expect(ask(page, get("/tok/" + path), id: 3).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test(
        "Two attempts stand side by side, a finding has its page, and a socket's frames are counted as they come"
    )
    func sideBySide() throws {
        let page = try busyPage()
        let same = ask(page, get("/tok/differences/1/1"))
        #expect(same.contains("\"schema\": \"wsdiag.diff/1\"") && same.contains("\"differences\": []"))
        #expect(ask(page, get("/tok/differences/1/9"), id: 2).hasPrefix("HTTP/1.1 404 "))
        #expect(ask(page, get("/tok/rules/token-expired"), id: 3).contains("TOKEN-101"))
        for slug in ["nothing", "..", "", "token-expired/"] {
            #expect(ask(page, get("/tok/rules/" + slug), id: 4).hasPrefix("HTTP/1.1 404 "), "\(slug)")
        }
        let detail = ask(page, get("/tok/attempts/1"), id: 5)
        #expect(detail.contains("0 sent, 2 received, still open"))
    }

    @Test("Changes are told at once, then several times a second at most")
    func events() throws {
        let page = try busyPage()
        _ = ask(page, get("/tok/events"))
        page.turnEnded(at: now)
        #expect(everything(page, 1).contains("event: attempt\ndata: {\"number\":1"))
        page.relayed([0x89, 0].span, on: 0, from: .server, at: now)
        page.turnEnded(at: now)
        #expect(everything(page, 1).isEmpty)
        page.turnEnded(at: Timestamp(seconds: now.seconds + 1))
        #expect(everything(page, 1).contains("\"received\":3"))
        page.finish(at: now)
        #expect(everything(page, 1).hasSuffix("event: end\ndata: {}\n\n"))
        #expect(page.isFinished(1))
    }

    @Test("Memory is bounded: attempts, frames, browsers and what waits for them")
    func bounds() throws {
        var limits = Limits()
        limits.pageAttempts = 5
        limits.pageClients = 2
        limits.pageOwedBytes = 4096
        limits.pageFrames = 3
        let page = page(limits)
        _ = ask(page, get("/tok/events"))
        for number in 1...2000 {
            let news = AttemptNews(stage: .asked, number: number, url: "ws://a.test/\(number)")
            page.take(.attempt(news), on: number, at: now)
            page.take(.closed(.open), on: number, at: now)
            page.turnEnded(at: Timestamp(seconds: now.seconds + Int64(number)))
        }
        #expect(everything(page, 1).utf8.count < 16_384)
        #expect(page.isFinished(1))
        page.closed(1)
        let list = ask(page, get("/tok/events"), id: 2)
        #expect(list.contains("a.test/2000") && !list.contains("a.test/1990"))
        for id in 3...4 { page.opened(id, listener: listener, at: now) }
        #expect(everything(page, 4).hasPrefix("HTTP/1.1 503 "))
    }
}

extension String {
    fileprivate func replacingOnce(_ part: String, with other: String) -> String {
        let (bytes, wanted) = (Array(utf8), Array(part.utf8))
        guard let start = offset(of: wanted, in: bytes, from: 0) else { return self }
        return String(
            decoding: bytes[..<start] + Array(other.utf8) + bytes[(start + wanted.count)...], as: UTF8.self)
    }
}
