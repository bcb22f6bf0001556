import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Reads a text and answers its case.
func readText(_ text: String, limits: Limits = .standard) throws -> CaseFile {
    var reader = TextReader(named: "post.md", limits: limits)
    try reader.receive(Array(text.utf8).span)
    return try reader.finish()
}

/// `refused 403 wss://host/path`, for each attempt.
func outline(_ file: CaseFile) -> [String] {
    file.attempts.map { attempt in
        var words = [attempt.outcome.rawValue]
        if let status = attempt.status, attempt.outcome == .refused { words.append("\(status)") }
        if let close = attempt.session?.firstClose {
            words.append("close \(close.code ?? 0)" + (close.reason.isEmpty ? "" : " '\(close.reason)'"))
        }
        if !attempt.authority.isEmpty { words.append(file.url(of: attempt, showingSecrets: false)) }
        return words.joined(separator: " ")
    }
}

struct Telling: Sendable, CustomStringConvertible {
    let description: String
    let text: String
    let attempts: [String]

    init(_ description: String, _ text: String, _ attempts: String...) {
        self.description = description
        self.text = text
        self.attempts = attempts
    }
}

@Test(arguments: [
    Telling(
        "a browser's line tells URL and status",
        "WebSocket connection to 'wss://live.example/v2' failed: Error during WebSocket handshake: Unexpected response code: 403",
        "refused 403 wss://live.example/v2"),
    Telling(
        "a 401 is worded without its number",
        "WebSocket connection to 'wss://live.example/v2' failed: HTTP Authentication failed; no valid credentials available",
        "refused 401 wss://live.example/v2"),
    Telling(
        "a 1006 behind a status is the same attempt",
        "error: Unexpected server response: 403\nConnection closed with code 1006: \n", "refused 403"),
    Telling(
        "one end told five times is one attempt",
        "WebSocket handshake 403\n\nI get a 403 on the upgrade request.\nUnexpected server response: 403\n",
        "refused 403"),
    Telling(
        "a library tells code and reason",
        "received 4003 (private use) Invalid token; then sent 4003 (private use) Invalid token",
        "opened close 4003 'Invalid token'"),
    Telling(
        "a sentence tells code and reason",
        "Right after the handshake the server sends a close frame with code 4003 and the reason Invalid token.",
        "opened close 4003 'Invalid token'"),
    Telling("a port is no close code", "The socket server listens on port 4003 and the connection is fine."),
    Telling("a number of REST is no handshake", "The REST call returns a 403 when I post a message."),
    Telling(
        "what is supposed is not told", "If I get a 403 on the upgrade request I would look at the token."),
])
func aTextBecomesWhatItTells(_ telling: Telling) throws {
    #expect(outline(try readText(telling.text)) == telling.attempts)
}

struct Coding: Sendable, CustomStringConvertible {
    let description: String
    let code: String
    /// `kind name name`, the beginnings of what must be told.
    let facts: [String]

    init(_ description: String, _ code: String, _ facts: String...) {
        self.description = description
        self.code = code
        self.facts = facts
    }
}

@Test(arguments: [
    Coding(
        "Python puts a header",
        """
        import websockets
        token = get_token()
        async with websockets.connect("wss://a.example/v2", additional_headers={"Authorization": f"Bearer {token}"}) as ws:
        """, "dials wss://a.example/v2 python", "sends-credential header Authorization"),
    Coding(
        "Python offers subprotocols",
        """
        ws = websocket.create_connection("wss://a.example/v2", subprotocols=["chat", token], header=["X-Api-Key: abc"])
        """, "offers-subprotocols chat", "sends-credential header X-Api-Key"),
    Coding(
        "aiohttp dials",
        "    async with session.ws_connect(f'wss://a.example/v2?access_token={token}') as ws:",
        "dials wss://a.example/v2?access_token=${token} python", "sends-credential query access_token token"),
    Coding(
        "Go sets a header first",
        """
        header := http.Header{}
        header.Set("Authorization", "Bearer "+token)
        url := fmt.Sprintf("wss://a.example/%s?v=2", room)
        conn, _, err := websocket.DefaultDialer.Dial(url, header)
        """, "dials wss://a.example/${room}?v=2 go", "sends-credential header Authorization token"),
    Coding(
        "a browser's constants are put in",
        """
        const host = 'a.example';
        const url = `wss://${host}/v2`;
        const socket = new WebSocket(url + '?token=' + encodeURIComponent(token), 'chat');
        """, "dials wss://a.example/v2?token=${token} chrome", "sends-credential query token token",
        "offers-subprotocols chat"),
    Coding(
        "a command line dials",
        "$ wscat -c wss://a.example/v2 -H \"Authorization: Bearer $TOKEN\" -s chat",
        "dials wss://a.example/v2 node", "sends-credential header Authorization TOKEN",
        "offers-subprotocols chat"),
    Coding(
        "curl dials with the fields of an upgrade",
        """
        curl -i -N -H "Connection: Upgrade" -H "Upgrade: websocket" \\
          -H "Authorization: Bearer abc" https://a.example/v2
        """, "dials https://a.example/v2 curl", "sends-credential header Authorization"),
    Coding(
        "a reconnect keeps the token of the first attempt",
        """
        const token = await getToken();
        function connect() {
          const ws = new WebSocket(`wss://a.example/v2?token=${token}`);
          ws.onclose = () => { setTimeout(connect, 1000); };
        }
        connect();
        """, "reconnects", "stale-capture token"),
    Coding(
        "a refreshed token is never used",
        """
        let token = 'first';
        const ws = new WebSocket('wss://a.example/v2', { headers: { Authorization: `Bearer ${token}` } });
        ws.on('close', async () => {
          const newToken = await refresh();
          new WebSocket('wss://a.example/v2', { headers: { Authorization: 'Bearer ' + old } });
        });
        """, "reconnects", "used-never-assigned old", "assigned-never-used newToken"),
])
func codeShowsWhatItDials(_ coding: Coding) throws {
    let facts = try readText(coding.code).reported.map {
        ([$0.kind.rawValue] + $0.names).joined(separator: " ")
    }
    for fact in coding.facts { #expect(facts.contains { $0.hasPrefix(fact) }, "\(fact) in \(facts)") }
}

@Test(arguments: [
    "{\"a\": 1}", "class A { void connect() { throw new WebSocketHandshakeException(); } }",
    "The docs say that a server should answer 403 to a bad upgrade.",
    "Listening on port 4003, connection ready.",
])
func whatIsNoAccountTellsNothing(_ text: String) throws {
    #expect(try readText(text).attempts.isEmpty)
}
