import Case
import Credentials
import Testing
import Wire

@Suite("Credentials of messages and bodies") struct MessageCredentialsTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var expected: [String]

        init(_ testDescription: String, _ text: String, _ expected: String...) {
            self.testDescription = testDescription
            bytes = Array(text.utf8)
            self.expected = expected
        }

        init(_ testDescription: String, bytes: [UInt8], _ expected: String...) {
            self.testDescription = testDescription
            self.bytes = bytes
            self.expected = expected
        }
    }

    static let jwt = makeJWT()
    static let opaque = "3f9a77c0d41b4e0e9d2c"

    static let texts: [Sample] = [
        Sample("no credential", #"{"type":"message","text":"the token is in the key, author"}"#),
        Sample("a drink is no key", #"{"order":"a whiskey sour, keyed \#(opaque)"}"#),
        Sample(
            "a member named key after a drink", #"{"order":"whiskey","api_key":"\#(opaque)"}"#,
            "message /api_key opaque \(opaque)"),
        Sample(
            "a key in a text of JSON inside a string", #"{"data":"{\"accessKey\":\"\#(opaque)\"}"}"#,
            "message /data/accessKey opaque \(opaque)"),
        Sample(
            "a member named token", #"{"action":"auth","token":"\#(opaque)"}"#,
            "message /token opaque \(opaque)"),
        Sample(
            "connection_init", #"{"type":"connection_init","payload":{"Authorization":"Bearer \#(jwt)"}}"#,
            "message /payload/Authorization [Bearer] jwt JWT"),
        Sample(
            "deep inside, with a name that needs escapes", #"{"a":[{"x/y~z":{"accessToken":"\#(jwt)"}}]}"#,
            "message /a/0/x~1y~0z/accessToken jwt JWT"),
        Sample("a JWT under any name", #"{"d":"\#(jwt)"}"#, "message /d jwt JWT"),
        Sample("a JWT in an array", #"["x","\#(jwt)"]"#, "message /1 jwt JWT"),
        Sample("null for a token", #"{"token":null}"#, "message /token placeholder null (literalNonValue)"),
        Sample("an empty token", #"{"token":""}"#, "message /token placeholder  (literalNonValue)"),
        Sample("Bearer inside", #"{"token":"Bearer \#(jwt)"}"#, "message /token jwt JWT (bearerPrefix)"),
        Sample("a Socket.IO packet", #"40/admin,{"token":"\#(opaque)"}"#, "message /token opaque \(opaque)"),
        Sample("a Socket.IO event", #"42["auth",{"jwt":"\#(jwt)"}]"#, "message /1/jwt jwt JWT"),
        Sample(
            "a record separator after it", "{\"token\":\"\(opaque)\"}\u{1e}",
            "message /token opaque \(opaque)"),
        Sample(
            "JSON inside JSON", #"["{\"type\":\"auth\",\"token\":\"\#(opaque)\"}"]"#,
            "message /0/token opaque \(opaque)"),
        Sample(
            "a user and a password", #"{"user":"u","password":"token"}"#, "message /password opaque token"),
        Sample("a name of a button is none", #"{"key":"ArrowLeft","session":"main","auth":true}"#),
        Sample("page marks and guards are none", #"{"nextPageToken":"\#(opaque)","csrfToken":"\#(opaque)"}"#),
        Sample("the JWT alone", jwt, "message text jwt JWT"),
        Sample("a JWT after a word", "AUTH \(jwt)\r\n", "message text jwt JWT"),
        Sample(
            "a JSON text cut short after the token", #"{"token":"\#(opaque)","channels":["a","#,
            "message /token opaque \(opaque)"),
        Sample("a JSON text cut inside the token", #"{"type":"auth","token":"3f9a"#.dropLast().description),
        Sample(
            "STOMP CONNECT",
            "CONNECT\naccept-version:1.2\nlogin:guest\npasscode:gu:est\nAuthorization:Bearer \(jwt)\n\n\0",
            "message CONNECT passcode opaque gu:est", "message CONNECT Authorization [Bearer] jwt JWT"),
        Sample(
            "STOMP in an array of texts",
            #"["CONNECT\nX-Auth-Token:\#(opaque)\naccept-version:1.1\n\n\u0000"]"#,
            "message CONNECT X-Auth-Token opaque \(opaque)"),
    ]

    @Test("text messages", arguments: texts) func text(_ sample: Sample) {
        var tokens = TokenTable()
        let found = credentials(inMessage: sample.bytes, isText: true, place: testPlace, tokens: &tokens)
        #expect(described(found, tokens, hiding: Self.jwt) == sample.expected)
    }

    /// Names of members, each with one of the words that are looked for first.
    static let names = [
        "token", "authToken", "api_key", "password", "jwt", "credentials", "ticket", "bearer", "pwd",
        "session_token",
    ]

    @Test("a member is found at an even and an odd place, in either case", arguments: names)
    func everyPlace(_ name: String) {
        for spelled in [name, name.uppercased()] {
            for shift in 0...3 {
                let text = String(repeating: " ", count: shift) + #"{"\#(spelled)":"\#(Self.opaque)"}"#
                var tokens = TokenTable()
                let found = credentials(
                    inMessage: Array(text.utf8), isText: true, place: testPlace, tokens: &tokens)
                #expect(found.map(\.name) == ["/\(spelled)"], "\(shift) spaces before it")
            }
        }
    }

    private static func field(_ text: String) -> [UInt8] {
        [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
    }

    private static func mqtt(level: UInt8, flags: UInt8, _ rest: [UInt8]) -> [UInt8] {
        let body = field("MQTT") + [level, flags, 0, 60] + rest
        let length =
            body.count < 128 ? [UInt8(body.count)] : [UInt8(body.count & 127 | 128), UInt8(body.count >> 7)]
        return [0x10] + length + body
    }

    static let packets: [Sample] = [
        Sample(
            "MQTT 3.1.1 with a password",
            bytes: mqtt(level: 4, flags: 0xc2, field("id") + field("user") + field("pw1")),
            "message CONNECT password opaque pw1"),
        Sample(
            "MQTT 3.1.1 with a will and a JWT as password",
            bytes: mqtt(
                level: 4, flags: 0xc6, field("id") + field("t") + field("w") + field("u") + field(jwt)),
            "message CONNECT password jwt JWT"),
        Sample(
            "MQTT with the token as user name",
            bytes: mqtt(level: 4, flags: 0x82, field("id") + field(opaque)),
            "message CONNECT username opaque \(opaque)"),
        Sample(
            "MQTT 5 with authentication data",
            bytes: mqtt(
                level: 5, flags: 0x42,
                [5 + 5 + 3 + UInt8(opaque.utf8.count)] + [0x11, 0, 0, 0, 9] + [0x15] + field("JW")
                    + [0x16] + field(opaque) + field("id") + field("pw2")),
            "message CONNECT authentication data opaque \(opaque)", "message CONNECT password opaque pw2"),
        Sample(
            "MQTT cut short",
            bytes: Array(mqtt(level: 4, flags: 0xc2, field("id") + field("user")).dropLast(3))),
        Sample("a JWT in binary", bytes: [8, 1, 18, 98] + Array(jwt.utf8) + [0, 1], "message text jwt JWT"),
        Sample(
            "binary without one", bytes: [8, 1, 18, 98, 0x65, 0x79, 0x4a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]

    @Test("binary messages", arguments: packets) func binary(_ sample: Sample) {
        var tokens = TokenTable()
        let found = credentials(inMessage: sample.bytes, isText: false, place: testPlace, tokens: &tokens)
        #expect(described(found, tokens, hiding: Self.jwt) == sample.expected)
    }

    @Test("messages cut anywhere or with a byte flipped never trap")
    func damaged() {
        var state: UInt64 = 7
        for sample in Self.packets + Self.texts {
            for length in 0...sample.bytes.count {
                var tokens = TokenTable()
                var bytes = Array(sample.bytes.prefix(length))
                _ = credentials(inMessage: bytes, isText: false, place: testPlace, tokens: &tokens)
                guard 0 < length else { continue }
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % length] = UInt8(truncatingIfNeeded: state >> 20)
                _ = credentials(inMessage: bytes, isText: state & 1 == 0, place: testPlace, tokens: &tokens)
            }
        }
    }

    static let bodies: [Sample] = [
        Sample(
            "a token request",
            "grant_type=client_credentials&client_id=app&client_secret=s%2Bcret+1&scope=a+b",
            "body client_secret opaque s+cret 1"),
        Sample(
            "a refresh", "grant_type=refresh_token&refresh_token=\(opaque)",
            "body refresh_token opaque \(opaque)"),
        Sample("a code", "grant_type=authorization_code&code=\(opaque)", "body code opaque \(opaque)"),
        Sample("JSON", #"{"username":"u","password":"hunter2"}"#, "body /password opaque hunter2"),
        Sample("nothing of the sort", "a=1&b=2"),
    ]

    @Test("request bodies", arguments: bodies) func body(_ sample: Sample) {
        var tokens = TokenTable()
        let request = message(
            head(["POST /token HTTP/1.1"]), body: String(decoding: sample.bytes, as: UTF8.self))
        let found = credentials(inRequestBody: request, tokens: &tokens)
        #expect(described(found, tokens, hiding: Self.jwt) == sample.expected)
    }

    static let responses: [Sample] = [
        Sample(
            "an OAuth answer",
            #"{"access_token":"\#(jwt)","token_type":"Bearer","expires_in":3600,"refresh_token":"\#(opaque)"}"#,
            "access_token JWT 3600", "refresh_token \(opaque) 3600"),
        Sample(
            "a guest token, nested", #"{"data":{"guestToken":"\#(opaque)","expiresIn":"60"}}"#,
            "guestToken \(opaque) 60"),
        Sample(
            "a URL to dial with a ticket in it",
            #"{"ok":true,"url":"wss://h.example/link/?ticket=\#(opaque)&app=1"}"#,
            "url wss://h.example/link/?ticket=\(opaque)&app=1 -", "url \(opaque) -"),
        Sample(
            "a connect URI", #"{"id":"1","connectUri":"wss://s.example/channels/streaming-1"}"#,
            "connectUri wss://s.example/channels/streaming-1 -"),
        Sample(
            "words are no tokens", #"{"token_type":"Bearer","token":"none","key":"value","session":"abc"}"#),
        Sample("a bare JWT", "  \(jwt)\n", "body JWT -"),
        Sample("HTML", "<html>token=abcdefgh12345678</html>"),
    ]

    @Test("what responses hand out", arguments: responses) func mint(_ sample: Sample) {
        var tokens = TokenTable()
        let text = String(decoding: sample.bytes, as: UTF8.self)
        let found = minted(in: message(head(["HTTP/1.1 200 OK"]), body: text), tokens: &tokens)
        let lines = found.map { minted in
            let value =
                switch minted.value {
                case .token(let id): tokens.tokens[id - 1].secret.revealed
                case .url(let secret): secret.revealed
                }
            let life = minted.lifetimeSeconds.map(String.init) ?? "-"
            return "\(minted.member) \(value == Self.jwt ? "JWT" : value) \(life)"
        }
        #expect(lines == sample.expected)
        #expect(minted(in: message(head(["HTTP/1.1 401 No"]), body: text), tokens: &tokens).isEmpty)
    }

    @Test(
        "each member that hands out a credential, or a URL to dial, is a mint",
        arguments: [
            "access_token", "accessToken", "token", "jwt", "id_token", "refresh_token", "connectUri",
            "eventStreamUri", "gatewayUrl",
        ])
    func mintMember(_ name: String) {
        let isURL = name.hasSuffix("Uri") || name.hasSuffix("Url")
        let value = isURL ? "https://s.example/channels/streaming-1" : Self.jwt
        var tokens = TokenTable()
        let found = minted(
            in: message(head(["HTTP/1.1 200 OK"]), body: #"{"\#(name)":"\#(value)"}"#), tokens: &tokens)
        #expect(found.map(\.member) == [name])
    }
}
