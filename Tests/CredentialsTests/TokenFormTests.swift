import Case
import Credentials
import Testing
import Wire

@Suite("Forms of tokens") struct TokenFormTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var expected: String

        init(_ testDescription: String, _ text: String, _ expected: String) {
            self.testDescription = testDescription
            self.text = text
            self.expected = expected
        }
    }

    static let jwt = makeJWT(#"{"sub":"u1","exp":1700000000}"#)
    static let parts = jwt.split(separator: ".").map(String.init)
    static let rs256 = makeJWT(header: #"{"alg":"RS256"}"#, signatureBytes: 256)

    static let forms: [Sample] = [
        Sample("a JWT", jwt, "jwt"),
        Sample("a JWT of RSA", rs256, "jwt"),
        Sample("a JWT that is not signed", makeJWT(header: #"{"alg":"none"}"#, signatureBytes: 0), "jwt"),
        Sample("a JWT of an unknown algorithm", makeJWT(header: #"{"alg":"XX9"}"#, signatureBytes: 5), "jwt"),
        Sample("a header with a space after the brace", makeJWT(header: #"{ "alg":"HS256"}"#), "jwt"),
        Sample("a JWE", base64URL(#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#) + ".AAAA.AAAA.AAAA.AAAA", "jwe"),
        Sample("a JWE with no key", base64URL(#"{"alg":"dir","enc":"A256GCM"}"#) + "..AAAA.AAAA.AAAA", "jwe"),
        Sample(
            "a JWE cut short", base64URL(#"{"alg":"dir","enc":"A256GCM"}"#) + "..AAAA.AAAA",
            "broken-jwt truncated"),
        Sample("two parts", parts[0] + "." + parts[1], "broken-jwt truncated"),
        Sample("cut inside the claims", parts[0] + "." + parts[1].prefix(20), "broken-jwt truncated"),
        Sample("the header alone", parts[0], "broken-jwt truncated"),
        Sample("no signature", parts[0] + "." + parts[1] + ".", "broken-jwt truncated"),
        Sample("a signature cut by one letter", String(jwt.dropLast(1)), "broken-jwt truncated"),
        Sample("an RSA signature cut by ten letters", String(rs256.dropLast(10)), "broken-jwt truncated"),
        Sample("padded", parts[0] + "." + parts[1] + "=." + parts[2] + "=", "broken-jwt padded"),
        Sample(
            "the standard alphabet",
            parts[0] + "." + parts[1] + "." + String(repeating: "+/", count: 21) + "A",
            "broken-jwt standardAlphabet"),
        Sample(
            "percent signs inside", parts[0] + "%2E" + parts[1] + "." + parts[2], "broken-jwt percentEncoded"),
        Sample(
            "a star inside", parts[0] + "." + parts[1] + "." + "*" + parts[2],
            "broken-jwt illegalCharacter, truncated"),
        Sample("four parts", jwt + ".AAAA", "broken-jwt illegalCharacter"),
        Sample(
            "claims that are no JSON", parts[0] + "." + base64URL("hello world") + "." + parts[2],
            "broken-jwt notJSON"),
        Sample("claims that are a list", makeJWT("[1]"), "broken-jwt notJSON"),
        Sample(
            "a header that is no JSON", "eyJhbGciOiJIUzI1NiJ8." + parts[1] + "." + parts[2],
            "broken-jwt notJSON"),
        Sample("an ellipsis of dots", jwt.prefix(40) + "...", "broken-jwt ellipsis, truncated"),
        Sample("an ellipsis of one letter", jwt.prefix(40) + "…", "broken-jwt ellipsis, truncated"),
        Sample("quotes around it", "\"" + jwt + "\"", "broken-jwt strayEdges"),
        Sample("an opaque token", "3f9a77c0d41b4e0e9d2c", "opaque"),
        Sample("an opaque token with an umlaut", "3f9a77c0d41bä", "opaque nonASCII"),
        Sample("eyJ and nothing of a JWT", "eyJustAnotherWordOfLetters", "opaque"),
        Sample("undefined", "undefined", "placeholder literalNonValue"),
        Sample("null in quotes", "\"null\"", "placeholder literalNonValue"),
        Sample("a promise", "[object Promise]", "placeholder literalNonValue"),
        Sample("nothing", "", "placeholder literalNonValue"),
        Sample("a template", "{{token}}", "placeholder literalNonValue"),
        Sample("a shell variable", "$ACCESS_TOKEN", "placeholder literalNonValue"),
        Sample("an example's name", "<your-token>", "placeholder placeholder"),
        Sample("an example's words", "INSERT_YOUR_KEY_HERE", "placeholder placeholder"),
        Sample("crosses", "xxxxxxxx", "placeholder placeholder"),
        Sample("dots alone", "...", "placeholder placeholder"),
        Sample("a word that begins like one", "yourtokenservice-8821", "opaque"),
    ]

    @Test("kind and defects", arguments: forms) func form(_ sample: Sample) {
        let form = TokenForm(of: Array(sample.text.utf8).span)
        let defects = form.defects.map(\.rawValue).joined(separator: ", ")
        #expect(form.kind.rawValue + (defects.isEmpty ? "" : " " + defects) == sample.expected)
    }

    @Test("what can be decoded of a broken one is there")
    func partial() throws {
        let cut = TokenForm(of: Array((Self.parts[0] + "." + Self.parts[1].prefix(20)).utf8).span)
        #expect(cut.jwt?.algorithm == "HS256")
        #expect(cut.jwt?.subject == "u1")
        #expect(cut.jwt?.expiresAt == nil)
        let beginning = Array(Self.parts[0].utf8.prefix(24))
        let header = TokenForm(of: beginning.span)
        #expect(header.jwt?.algorithm == "HS256")
        let table = Token(id: 1, secret: Secret(Self.jwt), kind: .jwt)
        #expect(table.jwt?.expiresAt == Timestamp(seconds: 1_700_000_000))
        #expect(table.jwt?.signatureLength == 32)
    }

    @Test("every cut and any flipped byte of a token is looked at without a trap")
    func damaged() {
        var random = Random(state: 11)
        let bytes = Array(Self.jwt.utf8)
        for length in 0...bytes.count {
            _ = TokenForm(of: bytes.span.extracting(0..<length))
            var damaged = bytes
            damaged[random.below(bytes.count)] = UInt8(random.below(256))
            let form = TokenForm(of: damaged.span)
            #expect(form.kind != .placeholder)
        }
    }

    @Test("tables number by first sight and take over one another's tokens")
    func tables() {
        var left = TokenTable()
        var right = TokenTable()
        for number in 0..<500 { #expect(left.intern(Secret("token-\(number)-abcdefgh")) == number + 1) }
        for number in 0..<500 { #expect(left.intern(Secret("token-\(number)-abcdefgh")) == number + 1) }
        for number in 400..<600 { _ = right.intern(Secret("token-\(number)-abcdefgh")) }
        let map = left.merge(right)
        #expect(map == Array(401...600))
        #expect(left.tokens.count == 600)
        #expect(left.tokens.map(\.id) == Array(1...600))
        #expect(left.id(of: Array("token-599-abcdefgh".utf8).span) == 600)
        #expect(left.id(of: Array("token-600-abcdefgh".utf8).span) == nil)
    }
}

@Suite("Remarks on tokens") struct TokenLintTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var claims: String
        var header = #"{"alg":"HS256"}"#
        var signatureBytes = 32
        var expected: [String]
    }

    static let now = Timestamp(seconds: 1_700_000_000)

    static let samples: [Sample] = [
        Sample(
            testDescription: "a sound token", claims: #"{"iat":1699999900,"exp":1700002460}"#,
            expected: ["note: It expires in 41 min."]),
        Sample(
            testDescription: "an expired one", claims: #"{"exp":1699999280}"#,
            expected: ["error: It expired 12 min ago."]),
        Sample(
            testDescription: "milliseconds", claims: #"{"exp":1700000000000}"#,
            expected: ["error: `exp` is in milliseconds; it must be seconds since 1970 (RFC 7519 §2)."]),
        Sample(
            testDescription: "a date in quotes", claims: #"{"exp":"1700000000"}"#,
            expected: ["error: `exp` is no number; it must be seconds since 1970 (RFC 7519 §2)."]),
        Sample(
            testDescription: "no expiry", claims: "{}",
            expected: ["warning: It has no `exp`: it never expires, and some servers refuse it for that."]),
        Sample(
            testDescription: "no signature", claims: #"{"exp":1700000600}"#, header: #"{"alg":"none"}"#,
            signatureBytes: 0,
            expected: [
                "error: `alg` is `none`: it is not signed, and no careful server accepts it (RFC 8725 §3.2).",
                "note: It expires in 10 min.",
            ]),
        Sample(
            testDescription: "not valid yet and never", claims: #"{"nbf":1700000900,"exp":1700000600}"#,
            expected: [
                "error: `nbf` is after `exp`: there is no moment at which it is valid.",
                "error: `nbf` is in 15 min: it is not valid yet.", "note: It expires in 10 min.",
            ]),
        Sample(
            testDescription: "a long life", claims: #"{"iat":1700000000,"exp":1731536000}"#,
            expected: [
                "note: It lives 365 days, which is long for a bearer token.", "note: It expires in 365 days.",
            ]),
        Sample(
            testDescription: "a DER signature", claims: #"{"exp":1700000600}"#, header: #"{"alg":"ES256"}"#,
            signatureBytes: 71,
            expected: [
                "error: The signature has 71 bytes; ES256 makes 64 (RFC 7518 §3).",
                "note: It expires in 10 min.",
            ]),
        Sample(
            testDescription: "an ID token", claims: #"{"exp":1700000600,"nonce":"n","aud":"c"}"#,
            expected: [
                "warning: It looks like an ID token (`nonce`, `at_hash`, no scope): it says who signed in, not what may be done.",
                "note: It expires in 10 min.",
            ]),
        Sample(
            testDescription: "a claim twice", claims: #"{"exp":1700000600,"exp":1700000700}"#,
            expected: [
                "warning: `exp` stands in it twice; readers differ in which one they take.",
                "note: It expires in 10 min.",
            ]),
    ]

    @Test("by its claims", arguments: samples) func lints(_ sample: Sample) {
        let text = makeJWT(sample.claims, header: sample.header, signatureBytes: sample.signatureBytes)
        let reading = TokenReading(Array(text.utf8).span)
        let remarks = lint(reading.token, spelling: reading.spelling, now: Self.now)
        #expect(remarks.map { "\($0.level.rawValue): \($0.text)" } == sample.expected)
    }

    static let jwt = makeJWT()
    static let pastes: [(String, [Token.Defect])] = [
        (jwt, []), ("  \(jwt)\n", []), ("Bearer \(jwt)", [.bearerPrefix]),
        ("Authorization: Bearer \(jwt)\r\n", []),
        ("'\(jwt)'", []), ("wss://h.example/s?x=1&access_token=\(jwt)&y", []),
        ("https://h.example/?token=Bearer%20\(jwt)", []), ("\(jwt.prefix(30))\n\(jwt.dropFirst(30))", []),
        ("Bearer%20\(jwt)", [.percentEncoded, .bearerPrefix]),
    ]

    @Test("pastes of a token lead to the bare token", arguments: pastes.indices) func paste(_ index: Int) {
        let (text, defects) = Self.pastes[index]
        let reading = TokenReading(Array(text.utf8).span)
        #expect(reading.token.secret == Secret(Self.jwt))
        #expect(reading.spelling == defects)
    }

    @Test("no remark holds the token")
    func noSecret() {
        for defect in Token.Defect.allCases {
            let token = Token(
                id: 1, secret: Secret("s3cr3t-value-of-somebody"), kind: .opaque, defects: [defect])
            // What is no secret may be quoted: stand-ins, and names of variables.
            let isNoSecret = [.placeholder, .literalNonValue, .codeVariable].contains(defect)
            for remark in lint(token, now: nil) where !isNoSecret {
                #expect(!(remark.text + (remark.advice ?? "")).contains("s3cr3t"))
            }
        }
    }
}

@Suite("Spans of time in words") struct DurationWordsTests {
    static let lengths: [(Double, String)] = [
        (0.4, "0 s"), (59, "59 s"), (119.9, "119 s"), (120, "2 min"), (2465, "41 min"), (7200, "2 h"),
        (7500, "2 h 5 min"), (-720, "12 min"), (172_800, "2 days"), (187_200, "2 days 4 h"),
        (1e9, "31 years"),
        (.infinity, "a very long time"), (.nan, "a very long time"),
    ]

    @Test("lengths", arguments: lengths)
    func length(_ seconds: Double, _ expected: String) { #expect(durationWords(seconds) == expected) }

    static let relations: [(Int64, String, String)] = [
        (-720, "expired 12 min before", "12 min ago"), (0, "expires at this second", "now"),
        (2460, "expires in 41 min", "in 41 min"),
    ]

    @Test("relations", arguments: relations)
    func relation(_ offset: Int64, _ expiry: String, _ moment: String) {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(expiryWords(Timestamp(seconds: 1_700_000_000 + offset), at: now) == expiry)
        #expect(momentWords(Timestamp(seconds: 1_700_000_000 + offset), at: now) == moment)
    }
}
