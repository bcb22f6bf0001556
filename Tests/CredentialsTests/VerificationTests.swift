import Case
import Credentials
import Testing
import Wire

@Suite("Signature checks") struct VerificationTests {
    private func token(_ text: String) -> Token {
        var tokens = TokenTable()
        _ = tokens.intern(Secret(text))
        return tokens.tokens[0]
    }

    private func keys(_ document: String) throws -> VerificationKeys {
        try VerificationKeys(reading: Array(document.utf8).span)
    }

    @Test(
        "every algorithm verifies with its key, and not when one letter is another",
        arguments: SignatureVectors.tokens.map(\.token))
    func algorithms(_ text: String) throws {
        let keys = try keys(SignatureVectors.jwks)
        #expect(keys.entries.count == 6)
        #expect(verification(of: token(text), with: keys) == .valid)
        let dot = try #require(text.lastIndex(of: "."))
        for place in [text.index(after: dot), text.index(dot, offsetBy: 20), text.index(dot, offsetBy: -3)] {
            let other = text[place] == "A" ? "B" : "A"
            let damaged = text[..<place] + other + text[text.index(after: place)...]
            #expect(verification(of: token(String(damaged)), with: keys) != .valid)
        }
        let cut = String(text[..<text.index(dot, offsetBy: 12)])
        #expect(verification(of: token(cut), with: keys) == .notApplicable)
    }

    @Test("PEM checks RSA tokens, a secret checks HMAC tokens, neither checks the other's")
    func otherDocuments() throws {
        let pem = try keys(SignatureVectors.pem)
        let secret = try keys(SignatureVectors.secret + "\n")
        for (algorithm, text) in SignatureVectors.tokens {
            let isRSA = algorithm.hasPrefix("RS") || algorithm.hasPrefix("PS")
            #expect(verification(of: token(text), with: pem) == (isRSA ? .valid : .keyUnknown))
            let isHMAC = algorithm.hasPrefix("HS")
            #expect(verification(of: token(text), with: secret) == (isHMAC ? .valid : .keyUnknown))
        }
    }

    @Test("a secret that is another one refutes the signature")
    func wrongSecret() throws {
        let keys = try keys("another secret")
        #expect(verification(of: token(SignatureVectors.tokens[0].token), with: keys) == .invalid)
    }

    @Test("a key id that is not in the set is unknown, not invalid")
    func unknownKey() throws {
        let keys = try keys(#"{"keys":[{"kty":"oct","kid":"other","k":"AAAA"}]}"#)
        #expect(verification(of: token(SignatureVectors.tokens[0].token), with: keys) == .keyUnknown)
        #expect(verification(of: token(SignatureVectors.tokens[0].token), with: VerificationKeys()) == .noKey)
    }

    @Test("what has no signature to check says so")
    func notApplicable() throws {
        let keys = try keys(SignatureVectors.jwks)
        for text in [
            "opaque-token-123456789", makeJWT(header: #"{"alg":"none"}"#, signatureBytes: 0), "undefined",
        ] {
            #expect(verification(of: token(text), with: keys) == .notApplicable)
        }
        let unknown = makeJWT(header: #"{"alg":"XX1"}"#)
        #expect(verification(of: token(unknown), with: keys) == .keyUnknown)
    }

    @Test(
        "documents without keys are refused with a reason",
        arguments: [
            ("", VerificationKeys.Problem.empty), ("  \n", .empty), ("{}", .noUsableKey),
            (#"{"keys":[]}"#, .noUsableKey),
            (#"{"keys":[{"kty":"RSA","n":"%%","e":"AQAB"}]}"#, .noUsableKey),
            (#"{"keys":[{"kty":"oct","k":"AAAA","use":"enc"}]}"#, .noUsableKey),
            ("-----BEGIN PUBLIC KEY-----\n", .noKeyInPEM),
        ])
    func refused(_ document: String, _ problem: VerificationKeys.Problem) {
        #expect(throws: problem) { try keys(document) }
    }

    @Test("damaged keys never trap")
    func damagedKeys() throws {
        var random = Random(state: 3)
        for source in [SignatureVectors.jwks, SignatureVectors.pem] {
            for _ in 0..<200 {
                var bytes = Array(source.utf8)
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
                guard let keys = try? VerificationKeys(reading: bytes.span) else { continue }
                for (_, text) in SignatureVectors.tokens { _ = verification(of: token(text), with: keys) }
            }
        }
    }

    @Test("a table checks all of its tokens")
    func table() throws {
        var tokens = TokenTable()
        for (_, text) in SignatureVectors.tokens { _ = tokens.intern(Secret(text)) }
        _ = tokens.intern(Secret("opaque-token-123456789"))
        tokens.verify(with: try keys(SignatureVectors.jwks))
        #expect(tokens.tokens.filter { $0.verification == .valid }.count == SignatureVectors.tokens.count)
        #expect(tokens.tokens.last?.verification == .notApplicable)
    }
}
