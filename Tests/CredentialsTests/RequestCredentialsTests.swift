import Case
import Credentials
import Testing
import Wire

@Suite("Credentials of a request") struct RequestCredentialsTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var request: MessageHead
        var expected: [String]

        init(_ testDescription: String, _ request: MessageHead, _ expected: String...) {
            self.testDescription = testDescription
            self.request = request
            self.expected = expected
        }
    }

    static let jwt = makeJWT()
    static let opaque = "3f9a77c0d41b4e0e9d2c"

    private func check(_ sample: Sample) {
        var tokens = TokenTable()
        let found = credentials(in: sample.request, isUpgrade: true, place: testPlace, tokens: &tokens)
        #expect(described(found, tokens, hiding: Self.jwt) == sample.expected)
    }

    static let headers: [Sample] = [
        Sample("no credential at all", upgrade("/socket?v=1", "User-Agent: x", "Origin: https://a.example")),
        Sample(
            "a bearer JWT", upgrade("/", "Authorization: Bearer \(jwt)"),
            "header Authorization [Bearer] jwt JWT"),
        Sample(
            "a lower-case scheme and field name", upgrade("/", "authorization: bearer \(opaque)"),
            "header authorization [bearer] opaque \(opaque)"),
        Sample(
            "a JWT without a scheme", upgrade("/", "Authorization: \(jwt)"), "header Authorization jwt JWT"),
        Sample(
            "a doubled scheme", upgrade("/", "Authorization: Bearer Bearer \(jwt)"),
            "header Authorization [Bearer] jwt JWT (bearerPrefix)"),
        Sample(
            "a scheme with nothing after it", upgrade("/", "Authorization: Bearer"),
            "header Authorization [Bearer] placeholder  (literalNonValue)"),
        Sample(
            "a literal undefined", upgrade("/", "Authorization: Bearer undefined"),
            "header Authorization [Bearer] placeholder undefined (literalNonValue)"),
        Sample(
            "an unfilled template", upgrade("/", "Authorization: Bearer ${token}"),
            "header Authorization [Bearer] placeholder ${token} (literalNonValue)"),
        Sample(
            "an example's word", upgrade("/", "Authorization: Bearer YOUR_TOKEN"),
            "header Authorization [Bearer] placeholder YOUR_TOKEN (placeholder)"),
        Sample(
            "quotes around the value", upgrade("/", "Authorization: \"Bearer \(jwt)\""),
            "header Authorization [Bearer] jwt JWT (strayEdges)"),
        Sample(
            "quotes around the token", upgrade("/", "Authorization: Bearer \"\(jwt)\""),
            "header Authorization [Bearer] jwt JWT (strayEdges)"),
        Sample(
            "user name and password", upgrade("/", "Authorization: Basic dXNlcjpwYXNz"),
            "header Authorization [Basic] basic user:pass"),
        Sample(
            "Basic that is no base64", upgrade("/", "Authorization: Basic user:pass"),
            "header Authorization [Basic] basic user:pass (illegalCharacter)"),
        Sample(
            "any other scheme", upgrade("/", "Authorization: Vendor \(opaque)"),
            "header Authorization [Vendor] opaque \(opaque)"),
        Sample(
            "a signed request",
            upgrade(
                "/",
                "Authorization: XYZ4-HMAC-SHA256 Credential=AK/1/r/s, SignedHeaders=host, Signature=fe5f80"),
            "header Authorization [XYZ4-HMAC-SHA256] sigv4 fe5f80"),
        Sample(
            "a proxy's credential", upgrade("/", "Proxy-Authorization: Basic dXNlcjpwYXNz"),
            "header Proxy-Authorization [Basic] basic user:pass"),
        Sample(
            "percent signs in a header", upgrade("/", "Authorization: Bearer abc%2Bdef%3D%3D12345678"),
            "header Authorization [Bearer] opaque abc+def==12345678 (percentEncoded)"),
        Sample("an API key", upgrade("/", "X-API-Key: k1"), "header X-API-Key opaque k1"),
        Sample("a JWT in any field", upgrade("/", "X-Whatever: \(jwt)"), "header X-Whatever jwt JWT"),
        Sample(
            "a bearer JWT in any field", upgrade("/", "X-Up: Bearer \(jwt)"),
            "header X-Up jwt JWT (bearerPrefix)"),
        Sample("a request guard is none", upgrade("/", "X-CSRF-Token: \(opaque)", "X-Request-Id: \(opaque)")),
        Sample("a proof of possession is none", upgrade("/", "DPoP: \(jwt)")),
        Sample(
            "two that disagree", upgrade("/?token=\(opaque)", "Authorization: Bearer \(jwt)"),
            "query token opaque \(opaque)", "header Authorization [Bearer] jwt JWT"),
    ]

    @Test("header field lines", arguments: headers) func header(_ sample: Sample) { check(sample) }

    static let queries: [Sample] = [
        Sample("access_token", upgrade("/s?v=1&access_token=\(jwt)&x=2"), "query access_token jwt JWT"),
        Sample("accessToken", upgrade("/s?accessToken=\(opaque)"), "query accessToken opaque \(opaque)"),
        Sample("a JWT under any name", upgrade("/s?t=\(jwt)"), "query t jwt JWT"),
        Sample("an empty token", upgrade("/s?token="), "query token placeholder  (literalNonValue)"),
        Sample("a null token", upgrade("/s?token=null"), "query token placeholder null (literalNonValue)"),
        Sample(
            "an object", upgrade("/s?token=[object%20Object]"),
            "query token placeholder [object Object] (literalNonValue)"),
        Sample(
            "Bearer inside, %20", upgrade("/s?token=Bearer%20\(jwt)"), "query token jwt JWT (bearerPrefix)"),
        Sample(
            "Bearer inside, plus", upgrade("/s?token=Bearer+\(jwt)"), "query token jwt JWT (bearerPrefix)"),
        Sample(
            "a plus in an opaque token", upgrade("/s?token=ab+cd/ef1234567890=="),
            "query token opaque ab+cd/ef1234567890== (spaceInside)"),
        Sample(
            "a plus rightly encoded", upgrade("/s?token=ab%2Bcd/ef1234567890"),
            "query token opaque ab+cd/ef1234567890"),
        Sample(
            "encoded twice", upgrade("/s?token=ab%252Bcd%253D"),
            "query token opaque ab+cd= (percentEncodedTwice)"),
        Sample(
            "Bearer encoded twice", upgrade("/s?token=Bearer%2520\(jwt)"),
            "query token jwt JWT (percentEncodedTwice, bearerPrefix)"),
        Sample("a line end after it", upgrade("/s?token=\(jwt)%0A"), "query token jwt JWT (strayEdges)"),
        Sample(
            "innocent keys",
            upgrade("/s?key=production&sid=3&EIO=4&transport=websocket&auth=1&csrf_token=\(opaque)")),
        Sample("a key that looks like one", upgrade("/s?key=\(opaque)"), "query key opaque \(opaque)"),
        Sample(
            "a signed URL",
            upgrade("/s?X-Sgn-Credential=AK&X-Sgn-Signature=fe5f80f77d5fa3beca038a248ff027d0"),
            "query X-Sgn-Signature sigv4 fe5f80f77d5fa3beca038a248ff027d0"),
        Sample(
            "user information", upgrade("ws://us%40er:p%3Aw@push.example/s"),
            "userinfo userinfo basic us@er:p:w"),
        Sample("a JWT in the path", upgrade("/v1/\(jwt)/events"), "path segment 2 jwt JWT"),
        Sample("a fragment is not sent on", upgrade("/s#token=\(opaque)")),
    ]

    @Test("the request target", arguments: queries) func query(_ sample: Sample) { check(sample) }

    static let wrapped = base64URL(jwt)
    static let subprotocols: [Sample] = [
        Sample(
            "names only",
            upgrade(
                "/", "Sec-WebSocket-Protocol: v4.channel.k8s.io, graphql-transport-ws, chat.v2, mqtt",
                "Sec-WebSocket-Protocol: notification-channel-production-2, v12.stomp")),
        Sample(
            "a plain JWT", upgrade("/", "Sec-WebSocket-Protocol: \(jwt)"),
            "subprotocol Sec-WebSocket-Protocol jwt JWT"),
        Sample(
            "a leading name", upgrade("/", "Sec-WebSocket-Protocol: NX-WebSocket-Auth, \(jwt)"),
            "subprotocol NX-WebSocket-Auth jwt JWT"),
        Sample(
            "the name and the JWT on two lines",
            upgrade("/", "Sec-WebSocket-Protocol: access_token", "sec-websocket-protocol: \(jwt)"),
            "subprotocol access_token jwt JWT"),
        Sample(
            "a leading name and an opaque key", upgrade("/", "Sec-WebSocket-Protocol: token, \(opaque)"),
            "subprotocol token opaque \(opaque)"),
        Sample(
            "a marker before an ordinary name", upgrade("/", "Sec-WebSocket-Protocol: token, graphql-ws")),
        Sample(
            "base64url wrapped",
            upgrade(
                "/", "Sec-WebSocket-Protocol: base64url.bearer.authorization.x.io.\(wrapped), v4.channel.x.io"
            ),
            "subprotocol base64url.bearer.authorization.x.io [base64url] jwt JWT"),
        Sample(
            "base64url wrapped with padding",
            upgrade("/", "Sec-WebSocket-Protocol: base64url.bearer.abc.dG9rZW4tMTIzNDU2Nw=="),
            "subprotocol base64url.bearer.abc [base64url] opaque token-1234567 (padded)"),
        Sample(
            "a header object",
            upgrade(
                "/",
                "Sec-WebSocket-Protocol: app-ws, header-"
                    + base64URL(#"{"host":"h.example","Authorization":"Bearer \#(jwt)"}"#)),
            "subprotocol header- [base64url Authorization] jwt JWT"),
        Sample(
            "a key after a name and a dot",
            upgrade("/", "Sec-WebSocket-Protocol: realtime, some-insecure-api-key.sk-\(opaque), beta.v1"),
            "subprotocol some-insecure-api-key [name.value] opaque sk-\(opaque)"),
        Sample(
            "a JWT after a name and a hyphen", upgrade("/", "Sec-WebSocket-Protocol: bearer-\(jwt)"),
            "subprotocol bearer [name.value] jwt JWT"),
        Sample(
            "Bearer and a space", upgrade("/", "Sec-WebSocket-Protocol: Bearer \(jwt)"),
            "subprotocol Sec-WebSocket-Protocol jwt JWT (bearerPrefix)"),
        Sample(
            "Bearer and %20", upgrade("/", "Sec-WebSocket-Protocol: Bearer%20\(jwt)"),
            "subprotocol Sec-WebSocket-Protocol jwt JWT (percentEncoded, bearerPrefix)"),
        Sample(
            "undefined after a marker", upgrade("/", "Sec-WebSocket-Protocol: access_token, undefined"),
            "subprotocol access_token placeholder undefined (literalNonValue)"),
    ]

    @Test("subprotocols", arguments: subprotocols) func subprotocol(_ sample: Sample) { check(sample) }

    static let cookies: [Sample] = [
        Sample(
            "a session among others", upgrade("/", "Cookie: theme=dark; sessionid=\(opaque); _ga=GA1.2.3.4"),
            "cookie sessionid opaque \(opaque)"),
        Sample("a JWT under any name", upgrade("/", "Cookie: a=1; x=\(jwt)"), "cookie x jwt JWT"),
        Sample(
            "a signed session stays as it is", upgrade("/", "Cookie: connect.sid=s%3A\(opaque).abc"),
            "cookie connect.sid opaque s%3A\(opaque).abc"),
        Sample("a request guard is none", upgrade("/", "Cookie: csrftoken=\(opaque); XSRF-TOKEN=\(opaque)")),
    ]

    @Test("cookies", arguments: cookies) func cookie(_ sample: Sample) { check(sample) }

    @Test("the same bytes in different carriers are one token")
    func equality() {
        var tokens = TokenTable()
        let jwt = Self.jwt
        let request = upgrade(
            "/s?token=Bearer%20\(jwt)", "Authorization: Bearer \(jwt)", "Cookie: jwt=\(jwt)",
            "Sec-WebSocket-Protocol: base64url.bearer.x.\(Self.wrapped)")
        let found = credentials(in: request, isUpgrade: true, place: testPlace, tokens: &tokens)
        #expect(found.map(\.token) == [1, 1, 1, 1])
    }

    @Test("a thousand tokens in one head are noted up to the limit")
    func bound() {
        var tokens = TokenTable()
        let query = (0..<1000).map { "token=\($0)abcdefgh12345" }.joined(separator: "&")
        let found = credentials(in: upgrade("/?" + query), isUpgrade: true, place: testPlace, tokens: &tokens)
        #expect(found.count == Limits.standard.credentialsPerMessage)
    }

    @Test("a megabyte of percent signs, dots or eyJ costs little and never traps")
    func hostile() {
        var limits = Limits()
        limits.tokenBytes = 1 << 21
        for filler in ["%25", "%", ".", "eyJ", "eyJ.", "Bearer%20", "+", "=", "\"", "{", "\u{200b}"] {
            let size = filler == "%25" || filler == "eyJ" ? 1 << 20 : 1 << 16
            let bomb = String(repeating: filler, count: size / filler.utf8.count)
            for request in [
                upgrade("/?token=\(bomb)&x=eyJ\(bomb)"), upgrade("/\(bomb)", "Authorization: Bearer \(bomb)"),
                upgrade("/", "Sec-WebSocket-Protocol: token, \(bomb), x.\(bomb)", "Cookie: session=\(bomb)"),
                upgrade("/", "Authorization: \(bomb)", "Sec-WebSocket-Protocol: base64url.bearer.\(bomb)"),
            ] {
                var tokens = TokenTable(limits: limits)
                _ = credentials(
                    in: request, isUpgrade: true, place: testPlace, tokens: &tokens, limits: limits)
            }
        }
    }
}
