import Case
import Credentials
import Testing
import Wire

@Suite("Masking") struct MaskingTests {
    static let jwt = makeJWT(signatureBytes: 64)
    static let opaque = "k7Jp+0sQ/81xWm2Zt5Vb9=="
    static let password = "s3cr&t p@ss"
    static let short = "hunt3r"

    /// A case with one attempt of that target and those lines, and one further token each for `more`.
    private func makeCase(_ target: String, _ lines: [String] = [], more: [String] = []) -> CaseFile {
        var tokens = TokenTable()
        let request = upgrade(target)
        var all = request
        if !lines.isEmpty {
            all = head(["GET \(target) HTTP/1.1", "Host: push.example"] + lines)
        }
        let found = credentials(in: all, isUpgrade: true, place: testPlace, tokens: &tokens)
        for text in more {
            _ = tokens.intern(Secret(text), kind: looksLikeJWT(text.utf8.span) ? nil : .opaque)
        }
        var file = CaseFile()
        file.tokens = tokens.tokens
        file.attempts = [
            Attempt(
                id: 1, input: 0, connection: Connection(stream: 0), startedAt: nil, basis: .observed,
                isSecure: true,
                authority: "push.example", request: message(all), response: nil, handshake: HandshakeCheck(),
                credentials: found, session: nil, outcome: .refused)
        ]
        return file
    }

    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var target: String
        var expected: String

        init(_ testDescription: String, _ target: String, _ expected: String) {
            self.testDescription = testDescription
            self.target = target
            self.expected = expected
        }
    }

    static let urls: [Sample] = [
        Sample("nothing to hide", "/s?v=1&x", "wss://push.example/s?v=1&x"),
        Sample(
            "a token in the query", "/s?v=1&access_token=\(jwt)&x=2",
            "wss://push.example/s?v=1&access_token=<token 1>&x=2"),
        Sample(
            "an opaque token, percent-encoded", "/s?token=k7Jp%2B0sQ%2F81xWm2Zt5Vb9%3D%3D",
            "wss://push.example/s?token=<token 1>"),
        Sample(
            "the same with small digits", "/s?token=k7Jp%2b0sQ%2f81xWm2Zt5Vb9%3d%3d",
            "wss://push.example/s?token=<token 1>"),
        Sample("the same unencoded", "/s?token=\(opaque)", "wss://push.example/s?token=<token 1>"),
        Sample(
            "the same encoded twice", "/s?token=k7Jp%252B0sQ%252F81xWm2Zt5Vb9%253D%253D",
            "wss://push.example/s?token=<token 1>"),
        Sample("Bearer before it", "/s?token=Bearer+\(jwt)", "wss://push.example/s?token=Bearer%20<token 1>"),
        Sample("a placeholder is shown", "/s?token=undefined", "wss://push.example/s?token=undefined"),
        Sample("a short token", "/s?token=abc", "wss://push.example/s?token=<token 1>"),
        Sample("user information", "wss://u:p%40ss@push.example/s", "wss://<token 1>@push.example/s"),
        Sample("a JWT in the path", "/v1/\(jwt)/events", "wss://push.example/v1/<token 1>/events"),
        Sample(
            "a JWT inside another value", "/s?next=https%3A%2F%2Fx%3Ft%3D\(jwt)",
            "wss://push.example/s?next=https%3A%2F%2Fx%3Ft%3D<token>"),
        Sample(
            "two of one name", "/s?token=abcd1234abcd1234&token=efgh5678efgh",
            "wss://push.example/s?token=<token 1>&token=<token 2>"),
        Sample("bytes that are not ASCII", "/s\u{1b}[2J\u{e9}", "wss://push.example/s%1B[2J%C3%A9"),
    ]

    @Test("URLs", arguments: urls) func url(_ sample: Sample) {
        let file = makeCase(sample.target)
        #expect(file.url(of: file.attempts[0], showingSecrets: false) == sample.expected)
        guard sample.target.hasPrefix("/"), sample.target.allSatisfy({ $0.isASCII && $0 != "\u{1b}" }) else {
            return
        }
        #expect(file.url(of: file.attempts[0], showingSecrets: true) == "wss://push.example" + sample.target)
    }

    static let texts: [Sample] = [
        Sample(
            "no token", "Forbidden: the token is not valid here", "Forbidden: the token is not valid here"),
        Sample("the JWT in a sentence", "Token \(jwt). is bad", "Token <token 1>. is bad"),
        Sample("the opaque one in JSON", #"{"t":"\#(opaque)"}"#, #"{"t":"<token 2>"}"#),
        Sample("percent-encoded", "t=k7Jp%2B0sQ%2F81xWm2Zt5Vb9%3D%3D&", "t=<token 2>&"),
        Sample("a password in a form", "pw=s3cr%26t%20p%40ss", "pw=<token 3>"),
        Sample("a short one as a word", "user hunt3r, not hunt3rs", "user <token 4>, not hunt3rs"),
        Sample("base64url of the JWT", "x.\(base64URL(jwt)), y", "x.<token 1>, y"),
        Sample("the end of the JWT", "ends in \(jwt.suffix(20))", "ends in <part of token 1>"),
        Sample(
            "the middle of the opaque one", "has \(opaque.dropFirst(3).prefix(13))", "has <part of token 2>"),
        Sample("eleven bytes may stand", "ends in \(jwt.suffix(7))", "ends in \(jwt.suffix(7))"),
        Sample("an unknown JWT", "got \(makeJWT("{}", salt: 90))!", "got <token>!"),
        Sample("an unknown JWT, cut", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiO...", "got <token>..."),
        Sample(
            "a client secret", "client_id=a&client_secret=abc&x=1", "client_id=a&client_secret=<secret>&x=1"),
        Sample("a password in JSON", #"{"password": "a\"b", "x":1}"#, #"{"password": "<secret>", "x":1}"#),
        Sample(
            "a server's words stay", #"error="invalid_token", error_description="access_token=expired""#,
            #"error="invalid_token", error_description="access_token=expired""#),
    ]

    @Test("texts", arguments: texts) func text(_ sample: Sample) {
        var file = makeCase("/", more: [Self.jwt, Self.opaque, Self.password, Self.short])
        #expect(file.masked(sample.target) == sample.expected)
        file.prepareMask()
        #expect(file.masked(sample.target) == sample.expected)
    }

    @Test("a password that is a word is hidden in its own place and nowhere else")
    func words() {
        let file = makeCase("/v1/guest?password=guest", more: ["guest"])
        #expect(
            file.url(of: file.attempts[0], showingSecrets: false)
                == "wss://push.example/v1/guest?password=<token 1>")
        #expect(file.masked("guest: login=guest&password=guest") == "guest: login=guest&password=<secret>")
    }

    @Test("a secret that is a word is hidden where it is a whole parameter or subprotocol")
    func wholeWords() throws {
        let file = makeCase("/s?good=1&token=good&q=goods", ["Sec-WebSocket-Protocol: auth, good"])
        let head = try #require(file.attempts.first?.request?.head)
        #expect(file.masked(firstLineOf: head) == "GET /s?good=1&token=<token 1>&q=goods HTTP/1.1")
        #expect(file.masked(value: "auth, good", ofField: "Sec-WebSocket-Protocol") == "auth, <token 1>")
    }

    @Test("field values hide schemes' rests and cookies")
    func fields() {
        let file = makeCase("/", more: [Self.jwt])
        #expect(file.masked(value: "Bearer \(Self.jwt)", ofField: "Authorization") == "Bearer <token 1>")
        #expect(
            file.masked(value: "Basic dXNlcjpwYXNzd29yZA==", ofField: "authorization") == "Basic <secret>")
        #expect(file.masked(value: "Bearer undefined", ofField: "authorization") == "Bearer undefined")
        #expect(
            file.masked(value: "a=1; sid=abcdefgh; t=\(Self.jwt)", ofField: "Cookie")
                == "a=1; sid=<8 bytes>; t=<token 1>")
        #expect(
            file.masked(value: "sid=abcdefgh; Path=/; Secure", ofField: "Set-Cookie")
                == "sid=<8 bytes>; Path=/; Secure")
    }

    /// Twelve bytes in a row of any of the secret parts, or nil.
    private func leak(_ output: String, _ secrets: [String]) -> String? {
        for secret in secrets {
            let bytes = Array(secret.utf8)
            let whole = Array(output.utf8)
            guard 12 <= bytes.count, 12 <= whole.count else { continue }
            var windows: Set<[UInt8]> = []
            for start in 0...bytes.count - 12 { windows.insert(Array(bytes[start..<start + 12])) }
            for start in 0...whole.count - 12 where windows.contains(Array(whole[start..<start + 12])) {
                return String(decoding: whole[start..<start + 12], as: UTF8.self)
            }
        }
        return nil
    }

    @Test("no output holds twelve bytes of a secret, however the text quotes it")
    func property() {
        var random = Random(state: 42)
        for _ in 0..<60 {
            let jwt = makeJWT(#"{"sub":"\#(random.letters(12))"}"#, signatureBytes: 32 + random.below(3) * 16)
            let opaque = random.letters(16 + random.below(40))
            var file = makeCase("/s?token=\(opaque)&t=\(jwt)")
            file.prepareMask()
            let signature = String(jwt.split(separator: ".")[2])
            let filler = random.letters(random.below(6))
            for secret in [jwt, opaque] {
                let cut = random.below(secret.utf8.count)
                let pieces = [
                    secret, String(secret.prefix(cut)), String(secret.suffix(cut)), "a\(secret)\(secret)",
                    "\(filler) \(secret)\u{e9}",
                    secret.map { "%\(String($0.asciiValue ?? 0, radix: 16))" }.joined(),
                    base64URL(secret), "{\"x\":\"\(secret)\"}", "Bearer\(secret)Bearer",
                    secret + String(secret.prefix(cut)),
                    String(secret.dropFirst(cut / 2).prefix(14)),
                ]
                for piece in pieces {
                    let shown = file.masked("\(filler)\(piece)\(filler)")
                    #expect(leak(shown, [signature, opaque]) == nil, "\(piece) became \(shown)")
                    #expect(leak(shown, [base64URL(secret)]) == nil)
                }
            }
            let url = file.url(of: file.attempts[0], showingSecrets: false)
            #expect(leak(url, [signature, opaque]) == nil)
        }
    }

    @Test("forty thousand tokens are indexed, and bombs of their letters are passed over quickly")
    func hostile() {
        var tokens = TokenTable()
        for number in 0..<4000 { _ = tokens.intern(Secret(makeJWT("{\"n\":\(number)}")), kind: .jwt) }
        _ = tokens.intern(Secret(String(repeating: "a", count: 60_000)), kind: .opaque)
        var file = CaseFile()
        file.tokens = tokens.tokens
        file.prepareMask()
        for text in ["aaaaaaaaaa!", "YWFhYWFh!", "eyJ", "ZXlK", "password=", "client_secret", "<token 1>"] {
            _ = file.masked(String(repeating: text, count: 65_536 / text.utf8.count))
        }
    }
}

/// A seeded generator, so that a failure can be repeated.
struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % max(1, bound)
    }

    mutating func letters(_ count: Int) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        return String((0..<count).map { _ in alphabet[below(alphabet.count)] })
    }
}
