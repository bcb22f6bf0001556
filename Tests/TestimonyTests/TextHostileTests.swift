import Case
import JSON
import TestSupport
import Testing
import Wire

@testable import Testimony

private func fixture(_ name: String) -> [UInt8] {
    TestFile.read(TestFile.packageRoot + "/Tests/TestimonyTests/fixtures/" + name) ?? []
}

private let printed = """
    * Connected to live.example (192.0.2.1) port 443 (#0)
    > GET /v2?token=abc HTTP/1.1
    > Host: live.example
    > Upgrade: websocket
    >
    < HTTP/1.1 401 Unauthorized
    < Content-Length: 17
    <
    { [17 bytes data]
    {"error":"no way"}
    WebSocket connection to 'wss://live.example/v2' failed: Error during WebSocket handshake: Unexpected response code: 403
    received 4003 (private use) Invalid token; then sent 4003 (private use) Invalid token
    <= Recv header, 21 bytes (0x15)
    0000: 48 54 54 50 2f 31 2e 31 20 34 30 33 20 4e 6f 0d HTTP/1.1 403 No.
    $ wscat -c "wss://live.example/v2" -H "Authorization: Bearer $TOKEN" -s chat
    """

@Test func aTextIsReadTheSameInAnyPieces() throws {
    for post in posts {
        let bytes = fixture(post.fixture)
        let whole = try readDocument([bytes], as: .text)
        #expect(try readDocument(bytes.map { [$0] }, as: .text) == whole)
    }
}

@Test func aTextMayBeCutAnywhere() throws {
    let bytes = Array(printed.utf8) + fixture("reconnect-403.md")
    for end in stride(from: 0, to: bytes.count, by: 3) {
        _ = try readDocument([Array(bytes[..<end])], as: .text)
    }
}

@Test func bytesOfATextMayBeAnything() throws {
    let bytes = Array(printed.utf8) + fixture("upgrade-403-and-101.md")
    var random = SeededRandom(seed: 4)
    for _ in 0..<400 {
        var damaged = bytes
        for _ in 0..<8 {
            damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        _ = try readDocument([damaged], as: .text)
    }
}

@Test func aLongTextIsReadUpToItsBound() throws {
    var limits = Limits.standard
    limits.textBytes = 60
    let file = try readText(
        "I get a 403 on the upgrade request of my WebSocket.\n" + String(repeating: "x", count: 99),
        limits: limits)
    #expect(outline(file) == ["refused 403"])
    #expect(file.limits.map(\.kind) == [.boundReached])
}

@Test func noMoreStatementsAreKeptThanTheBoundSays() throws {
    var limits = Limits.standard
    limits.statements = 3
    let lines = (400..<440).map {
        "WebSocket connection to 'wss://a.example/\($0)' failed: Error during WebSocket handshake: Unexpected response code: \($0)"
    }
    #expect(try readText(lines.joined(separator: "\n"), limits: limits).attempts.count == 3)
}

/// Texts that would make a matcher with backtracking slow.
private let hostile: [String] = [
    "WebSocket connection to 'ws://a", "received 1000 (", "received 1000 (a) ", "websocket: close 4003 (",
    "Handshake status 403 a -+-+- ",
    "http://", "wss://a.b/c?(", "new WebSocket(", "a=a+a+a;", "a={a:{", "x.on('close',", "`${",
    "ws.on(\"close\", () => {", "eyJ", "403 ",
    "WSMsgType.CLOSE: 8>, data=4003, extra='", "Failed to construct 'WebSocket': The subprotocol '",
    "curl -H \"a: b\" \\\n",
    "HTTP/1.1 403 a\n", "GET / HTTP/1.1\na: b\n", "=> Send header, 9 bytes\n0000: a\n", "(((((((",
    "String(String(", "{headers:{headers:",
    "close 4003 \"", "code 4003 reason a ",
]

@Test(arguments: hostile) func hostileTextCostsNoMoreThanItsLength(_ piece: String) throws {
    func steps(_ count: Int) -> Int {
        let document = TextDocument(Array(String(repeating: piece, count: count).utf8))
        var matcher = AtlasMatcher(Atlas.embedded, textBytes: document.bytes.count, limits: .standard)
        for line in document.lines { _ = matcher.matches(document.bytes, line) }
        return matcher.steps
    }
    let once = steps(500)
    #expect(steps(1000) <= once * 5 / 2 + 65_536)
    // The other readers have no counter: a quadratic one would not end within the time of the suite.
    _ = try readText(String(repeating: piece, count: 2000))
}

@Test func everyRowOfTheAtlasIsOneAndFindsItself() throws {
    let bytes = Atlas.embeddedBytes
    let json = try JSONValue(reading: bytes.span)
    let rows = try #require(json["rows"]?.array)
    let atlas = Atlas(bytes)
    #expect(atlas.rows.count == rows.count)
    for (row, value) in zip(atlas.rows, rows) {
        for name in ["program", "basis", "source", "date", "certain"] {
            #expect(value[name]?.string?.isEmpty == false, "\(row.id) has no \(name)")
        }
        let sample = row.parts.map { part in
            switch part {
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            case .hole(.url): "wss://a.example/b"
            case .hole(.status): "403"
            case .hole(.code): "4003"
            case .hole(.closebytes): "\\x0f\\xa3no"
            case .hole: "some words"
            }
        }.joined()
        let line = Array(sample.utf8)
        var matcher = AtlasMatcher(atlas, textBytes: line.count, limits: .standard)
        let match = try #require(
            matcher.matches(line, 0..<line.count).first, "\(row.id) does not find \(sample)")
        #expect(atlas.rows[match.row].id == row.id)
    }
}
