import Case
import Diagnosis
import TestSupport
import Testimony
import Testing
import Wire

/// HARs of every dialect, whole and damaged.
struct HARTests {
    @Test("Every dialect tells its attempts, and what it loses", arguments: HARFixture.all)
    func dialect(fixture: HARFixture) throws {
        let file = try everyWay(Array(fixture.text.utf8)) { feed in try readDocument(feed.pieces) }
        #expect(file.attempts.map(account) == fixture.attempts)
        #expect(file.limits.map(\.kind.rawValue) == fixture.limits)
        #expect(file.attempts.allSatisfy { $0.basis == .reported })
        #expect(file.attempts.allSatisfy { $0.request?.head.oddities == .rebuilt })
        #expect(file.inputs == [Input(name: "document", kind: "har", bytes: fixture.text.utf8.count)])
    }

    @Test("Cut at every point a HAR gives the attempts before the cut and says so, or an error in words")
    func everyCut() throws {
        let fixture = HARFixture.browsers[0]
        let bytes = Array(fixture.text.utf8)
        for length in stride(from: 0, to: bytes.count - 4, by: 1) {
            do throws(DocumentError) {
                let file = try read(Array(bytes[..<length]))
                let told = file.attempts.map(account)
                // The last one may lack what the cut took away, never have more.
                #expect(told.dropLast() == fixture.attempts.prefix(max(0, told.count - 1)), "\(length)")
                #expect(file.limits.contains { $0.kind == .inputCutShort }, "\(length)")
            } catch {
                #expect(error.text.contains("before its first entry"), "\(length): \(error.text)")
            }
        }
    }

    @Test("Flipped bytes give a case or an error, in one piece as in many")
    func flipped() throws {
        var random = SeededRandom(seed: 11)
        for fixture in HARFixture.all {
            let bytes = Array(fixture.text.utf8)
            for _ in 0..<60 {
                var damaged = bytes
                for _ in 0..<1 + random.below(4) {
                    damaged[random.below(bytes.count)] = UInt8(random.below(256))
                }
                let cut = random.below(bytes.count)
                let whole = Result { try read(damaged) }
                let parts = Result {
                    try readDocument([Array(damaged[..<cut]), Array(damaged[cut...])], as: .har)
                }
                #expect((try? whole.get()) == (try? parts.get()))
            }
        }
    }

    @Test("A cut in the messages keeps the handshake and says that frames are missing")
    func cutInMessages() throws {
        let text = HARFixture.programs[0].text
        let cut = try #require(text.firstRange(of: #""data":"ho""#))
        let file = try read(Array(text[..<cut.lowerBound].utf8))
        #expect(file.attempts.count == 2)
        #expect(file.attempts.last?.outcome == .opened)
        #expect(file.attempts.last?.unseen.contains(.frames) == true)
        #expect(
            file.limits.first?.text.contains("/log/entries/1/_webSocketMessages/0") == true)
    }

    /// A socket of this program's own dialect with these members beside request and answer.
    private func own(_ members: String) -> String {
        #"""
        {"log":{"creator":{"name":"wsdiag"},"entries":[{"startedDateTime":"2026-11-21T02:45:05.000Z",
        "request":{"method":"GET","url":"wss://chat.test/live","headers":[\#(HARFixture.upgrade)]},
        "response":{"status":101,"headers":[\#(HARFixture.switched)],"content":{}},\#(members)}]}}
        """#
    }

    @Test("A list of control frames behind the messages makes no silence and no earlier end")
    func lateControls() throws {
        let controls =
            #""_webSocketControlFrames":[{"type":"send","time":1795229106,"opcode":9,"data":""},"#
            + #"{"type":"receive","time":1795229165,"opcode":8,"code":1001,"reason":"","data":""}]"#
        let messages =
            #""_webSocketMessages":[{"type":"send","time":1795229105.1,"opcode":1,"data":"a"},"#
            + #"{"type":"send","time":1795229164,"opcode":1,"data":"b"}]"#
        let before = try read(Array(own(controls + "," + messages).utf8)).attempts[0]
        let behind = try read(Array(own(messages + "," + controls).utf8)).attempts[0]
        #expect(before.session?.lastActivityAt == behind.session?.lastActivityAt)
        #expect(before.session?.closes.map(\.code) == [1001] && behind.session?.closes.map(\.code) == [1001])
        #expect(before.session?.counts.client.ping == 1 && behind.session?.counts.client.ping == 0)
        #expect(!before.unseen.contains(.frames) && behind.unseen.contains(.frames))
    }

    @Test("More control frames than are held, and frames that were let go, are frames not seen")
    func framesLeftOut() throws {
        let ping = #"{"type":"send","time":1795229106,"opcode":9,"data":""}"#
        let some = own(
            #""_webSocketControlFrames":[\#([String](repeating: ping, count: 9).joined(separator: ","))]"#)
        var limits = Limits()
        limits.heldControlFrames = 5
        let bounded = try readDocument([Array(some.utf8)], as: .har, limits: limits)
        #expect(bounded.attempts[0].session?.counts.client.ping == 5)
        #expect(bounded.attempts[0].unseen.contains(.frames))
        #expect(bounded.limits.contains { $0.text.contains("Some frames of 1 open socket") })
        let told = try read(Array(own(#""_webSocketMessages":[],"_framesLeftOut":{"count":4}"#).utf8))
        #expect(told.attempts[0].unseen.contains(.frames))
    }

    @Test("Exchanges beside the attempts hand out the tokens that the attempts send")
    func lineage() throws {
        let file = try read(
            Array(
                #"""
                {"log":{"creator":{"name":"mitmproxy"},"entries":[
                {"startedDateTime":"2026-11-21T02:45:00.000Z",
                 "request":{"method":"POST","url":"https://login.test/token","headers":[],
                  "postData":{"mimeType":"application/x-www-form-urlencoded","text":"client_secret=s3cr3ts3cr3t"}},
                 "response":{"status":200,"headers":[{"name":"Set-Cookie","value":"a=1\nb=2"}],
                  "content":{"encoding":"base64","text":"eyJhY2Nlc3NfdG9rZW4iOiJhYmNkZWZnaGlqa2xtbm9wIiwiZXhwaXJlc19pbiI6NjB9"}}},
                {"startedDateTime":"2026-11-21T02:45:03.000Z",
                 "request":{"method":"GET","url":"wss://chat.test/live?access_token=abcdefghijklmnop",
                  "headers":[\#(HARFixture.upgrade)]},
                 "response":{"status":401,"headers":[{"name":"Content-Length","value":"0"}],"content":{"size":0}}}
                ]}}
                """#.utf8))
        let minted = try #require(file.exchanges.first?.minted.first)
        let sent = try #require(file.attempts.first?.credentials.first { $0.placement == .query })
        #expect(minted.value == .token(sent.token))
        #expect(minted.lifetimeSeconds == 60)
        #expect(file.exchanges.first?.credentials.map(\.name) == ["client_secret"])
        #expect(file.exchanges.first?.response?.head.all("set-cookie") == ["a=1", "b=2"])
        #expect(sent.place == Place(input: 0, position: .pointer("/log/entries/1/request")))
        #expect(file.attempts.first?.unseen == [.transport])
    }

    @Test("Replaced values are no credentials, and tokens left inside are warned of without being shown")
    func redacted() throws {
        let text = #"""
            {"log":{"creator":{"name":"WebInspector"},"entries":[
            {"startedDateTime":"2026-11-21T02:45:03.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live?access_token=[access_token%20redacted]",
              "headers":[\#(HARFixture.upgrade)]},"response":{"status":0}},
            {"startedDateTime":"2026-11-21T02:45:04.000Z",
             "request":{"method":"GET","url":"wss://chat.test/live?access_token=live-live-live-live",
              "headers":[{"name":"Sec-WebSocket-Key","value":"dGhlIHNhbXBsZSBub25jZQ=="}]},"response":{"status":0}}
            ]}}
            """#
        let file = try read(Array(text.utf8))
        #expect(file.attempts[0].unseen.contains(.credentialValues))
        #expect(!file.attempts[1].unseen.contains(.credentialValues))
        #expect(file.limits.map(\.kind) == [.valuesRedacted, .secretsInside])
        #expect(file.limits[1].text.contains("/log/entries/1/request"))
        #expect(!file.limits.contains { $0.text.contains("live-live") })
    }

    @Test(
        "Wrong types, depth and size cost their part and no more",
        arguments: [
            (#"{"request":7}"#, ["input-cut-short"]), (#"7,"x",null,[]"#, ["input-cut-short"]),
            (#"{"request":{"url":7,"headers":"x"}}"#, ["input-cut-short"]),
            (#"{"request":{"url":"no url"}}"#, ["input-cut-short"]),
            (#"{"request":{"url":"https://a.test/"},"response":[1e999,{"status":"200"}]}"#, []),
            (
                #"{"request":{"url":"https://a.test/","headers":{"a":[1]}},"response":{"status":1e30,"headers":[[],7]}}"#,
                []
            ),
            (#"{"startedDateTime":"x","request":{"url":"https://a.test/"},"timings":{"wait":1e300}}"#, []),
            (#"{"request":{"url":"https://a.test/","x":\#(deep)}}"#, ["bound-reached", "input-cut-short"]),
            (#"{"request":{"url":"https://a.test/"},"response":{"status":tru}}"#, ["input-cut-short"]),
        ])
    func hostile(entry: String, kinds: [String]) throws {
        let text = #"{"log":{"entries":["# + entry + #",{"request":{"url":"https://good.test/"}}]}}"#
        let file = try everyWay(Array(text.utf8)) { feed in try readDocument(feed.pieces, as: .har) }
        #expect(file.limits.map(\.kind.rawValue) == kinds)
        #expect(file.exchanges.last?.authority == "good.test")
    }

    private static let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)

    @Test("Every bound is told when it is reached")
    func bounds() throws {
        let text = Array(HARFixture.browsers[0].text.utf8)
        var few = Limits.standard
        few.attempts = 2
        let file = try readDocument([text], as: .har, limits: few)
        #expect(file.attempts.count == 2)
        #expect(file.limits.last?.kind == .boundReached)
        var documents = Limits.standard
        documents.documentAttempts = 3
        #expect(try readDocument([text], as: .har, limits: documents).attempts.count == 3)
        var short = Limits.standard
        short.jsonBytes = 100
        #expect(
            try readDocument([text], as: .har, limits: short).limits.contains { $0.kind == .boundReached })
        let requests = Array(
            (#"{"entries":["#
                + Array(repeating: #"{"request":{"url":"https://a.test/"}}"#, count: 5).joined(separator: ",")
                + "]}").utf8)
        var exchanges = Limits.standard
        exchanges.exchanges = 3
        #expect(try readDocument([requests], as: .har, limits: exchanges).exchanges.count == 3)
        var bytes = Limits.standard
        bytes.evidenceBytes = 50
        let bounded = try readDocument([requests], as: .har, limits: bytes)
        #expect(bounded.exchanges.count < 5)
        #expect(bounded.limits.last?.kind == .boundReached)
    }

    @Test("A session of many messages is walked, not built: no bound on values is met")
    func manyMessages() throws {
        let message = #"{"type":"receive","time":1795229105.5,"opcode":1,"data":"ho"}"#
        let text =
            #"{"entries":[{"request":{"url":"ws://a.test/"},"response":{"status":101},"_webSocketMessages":["#
            + Array(repeating: message, count: 3000).joined(separator: ",") + "]}]}"
        var limits = Limits.standard
        limits.jsonValues = 100
        let file = try readDocument([Array(text.utf8)], as: .har, limits: limits)
        #expect(file.attempts.first?.session?.counts.server.text == 3000)
        #expect(file.attempts.first?.session?.firstFrames.count == 3)
        #expect(!file.limits.contains { $0.kind == .boundReached })
    }

    @Test("A 101 without Sec-WebSocket-Accept after which messages came is a head that is not whole")
    func partialHead() throws {
        let entry = #"""
            {"log":{"creator":{"name":"mitmproxy"},"entries":[{"_resourceType":"websocket",
             "request":{"url":"wss://a.test/","headers":[\#(HARFixture.upgrade)]},
             "response":{"status":101,"headers":[{"name":"Upgrade","value":"websocket"}]},
             "_webSocketMessages":[{"type":"receive","opcode":1,"data":"x"}]}]}}
            """#
        #expect(try read(Array(entry.utf8)).attempts.first?.unseen.contains(.responseFields) == true)
        let silent = entry.replacing(#"{"type":"receive","opcode":1,"data":"x"}"#, with: "")
        #expect(try read(Array(silent.utf8)).attempts.first?.unseen.contains(.responseFields) == false)
    }

    @Test(
        "A 101 that the browser refused names the rule that was broken, and is no session whose end is missing"
    )
    func brokenSwitch() throws {
        let text = HARFixture.browsers[0].text.replacing(
            "Unexpected response code: 403", with: "Incorrect 'Sec-WebSocket-Accept' header value")
        let file = try read(Array(text.utf8))
        #expect(file.attempts[0].handshake.accept == .wrong)
        #expect(file.attempts[0].unseen == [.responseFields, .frames, .closes, .transport])
        #expect(file.limits.last?.text.contains("1 open socket ") == true)
        #expect(file.reported.count == 2)
        let judgement = judge(file)[0]
        #expect(judgement.verdict?.cause == "switching-response-invalid")
        #expect(judgement.verdict?.certainty != .certain)
    }

    @Test("What the browser says beside a status is kept as its words")
    func words() throws {
        let file = try read(Array(HARFixture.browsers[0].text.utf8))
        #expect(file.reported.map(\.kind) == [.programSays])
        #expect(file.reported.first?.text.contains("net::ERR_CONNECTION_REFUSED") == true)
        #expect(file.clients == ["chrome"])
    }

    private func read(_ bytes: [UInt8]) throws(DocumentError) -> CaseFile {
        var reader = DocumentFormat.har.reader(named: "document")
        try reader.receive(bytes.span)
        return try reader.finish()
    }
}

/// One attempt in a line: scheme, host, target, outcome, status, frames, close, and what is unseen.
func account(_ attempt: Attempt) -> String {
    var words = [
        attempt.isSecure.map { $0 ? "wss" : "ws" } ?? "?", attempt.authority,
        attempt.request?.head.target ?? "-",
        attempt.outcome.rawValue,
    ]
    if let status = attempt.status { words.append("\(status)") }
    if attempt.outcome == .failed { words.append("\(attempt.connection.ending)") }
    if let body = attempt.response?.body, attempt.outcome == .refused, !body.bytes.isEmpty {
        words.append("body \(body.bytes.count)")
    }
    for frame in attempt.session?.firstFrames ?? [] {
        words.append(
            "\(frame.by == .client ? ">" : "<") \(frame.opcode == 1 ? "text" : "binary") \(frame.preview.count)"
        )
    }
    if let start = attempt.startedAt, let at = attempt.session?.firstFrames.last?.at {
        let milliseconds = String(Int((at.seconds(since: start) * 1000).rounded()))
        words.append("@\(milliseconds) ms")
    }
    if let close = attempt.session?.firstClose { words.append("close \(close.code ?? 0) \(close.by)") }
    let names: [(Attempt.Unseen, String)] = [
        (.requestFields, "requestFields"), (.status, "status"), (.responseFields, "responseFields"),
        (.responseBody, "responseBody"), (.frames, "frames"), (.closes, "closes"), (.transport, "transport"),
        (.query, "query"), (.credentialValues, "credentialValues"),
    ]
    for (part, name) in names where attempt.unseen.contains(part) { words.append("-\(name)") }
    return words.joined(separator: " ")
}
