import Crypto
import TestSupport
import Testing

/// Vectors: FIPS 180-4 examples ("abc", ""), RFC 1321 §A.5, RFC 2202 §3 and RFC 4231 §4 test case 2.
struct DigestTests {
    @Test(arguments: [
        (HashAlgorithm.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
        (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha384, "abc",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
    ])
    func `a digest is that of the standard`(_ algorithm: HashAlgorithm, _ text: String, _ expected: String) {
        let message = Array(text.utf8)
        #expect(digest(algorithm, message.span) == bytes(hex: expected))
    }

    @Test(arguments: [
        (HashAlgorithm.sha1, "Jefe", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (.sha256, "Jefe", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ])
    func `a code is that of the standard`(_ algorithm: HashAlgorithm, _ key: String, _ expected: String) {
        let message = Array("what do ya want for nothing?".utf8)
        let key = Array(key.utf8)
        #expect(hmac(algorithm, key: key.span, message.span) == bytes(hex: expected))
    }

    @Test func `an empty key is a key`() {
        // RFC 2104 pads a key with zeros, so that no key and one zero byte are the same.
        let none: [UInt8] = []
        let zero: [UInt8] = [0]
        let message: [UInt8] = [1, 2]
        let code = hmac(.sha256, key: zero.span, message.span)
        #expect(hmac(.sha256, key: none.span, message.span) == code)
    }
}
