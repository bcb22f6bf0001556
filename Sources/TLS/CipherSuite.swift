import Crypto

/// How a cipher suite protects records.
struct CipherSuite: Sendable {
    /// The construction.
    enum Protection: Sendable, Equatable {
        /// An AEAD (RFC 5116) with a tag of so many bytes.
        case aead(CipherAlgorithm, tagBytes: Int)
        /// A block cipher with an HMAC (RFC 5246 §6.2.3.2).
        case cbc(CipherAlgorithm, HashAlgorithm)
    }

    var name: String
    var protection: Protection
    /// The hash of the key schedule or of the PRF.
    var hash: HashAlgorithm

    /// The suite of a number, or nil when it is not implemented.
    init?(_ number: Int) {
        guard let suite = CipherSuite.table[number] else { return nil }
        self = suite
    }

    init(_ name: String, _ protection: Protection, _ hash: HashAlgorithm) {
        self.name = name
        self.protection = protection
        self.hash = hash
    }
}

/// The name of a cipher suite as IANA registers it, or its number.
package func cipherSuiteName(_ number: Int) -> String {
    if let suite = CipherSuite(number) { return suite.name }
    let digits = String(number, radix: 16, uppercase: true)
    return "suite 0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

extension CipherSuite {
    /// What is implemented. Source: IANA TLS Cipher Suites registry, read 2026-11-21.
    ///
    /// The key exchange makes no difference here: a key log holds what comes out of it.
    private static let table: [Int: CipherSuite] = {
        var table: [Int: CipherSuite] = [
            0x1301: CipherSuite("TLS_AES_128_GCM_SHA256", .aead(.aes128GCM, tagBytes: 16), .sha256),
            0x1302: CipherSuite("TLS_AES_256_GCM_SHA384", .aead(.aes256GCM, tagBytes: 16), .sha384),
            0x1303: CipherSuite(
                "TLS_CHACHA20_POLY1305_SHA256", .aead(.chacha20Poly1305, tagBytes: 16), .sha256),
            0x1304: CipherSuite("TLS_AES_128_CCM_SHA256", .aead(.aes128CCM, tagBytes: 16), .sha256),
            0x1305: CipherSuite("TLS_AES_128_CCM_8_SHA256", .aead(.aes128CCM, tagBytes: 8), .sha256),
        ]
        for (cipher, protection, hash, numbers) in families {
            for (number, exchange) in numbers {
                table[number] = CipherSuite("TLS_\(exchange)_WITH_\(cipher)", protection, hash)
            }
        }
        return table
    }()

    /// Suites of TLS 1.2 and before, by cipher: number and key exchange.
    private static let families: [(String, Protection, HashAlgorithm, [(Int, String)])] = [
        (
            "AES_128_GCM_SHA256", .aead(.aes128GCM, tagBytes: 16), .sha256,
            [
                (0x9c, "RSA"), (0x9e, "DHE_RSA"), (0xa2, "DHE_DSS"), (0xa6, "DH_anon"), (0xa8, "PSK"),
                (0xaa, "DHE_PSK"), (0xc02b, "ECDHE_ECDSA"), (0xc02d, "ECDH_ECDSA"), (0xc02f, "ECDHE_RSA"),
                (0xc031, "ECDH_RSA"), (0xd001, "ECDHE_PSK"),
            ]
        ),
        (
            "AES_256_GCM_SHA384", .aead(.aes256GCM, tagBytes: 16), .sha384,
            [
                (0x9d, "RSA"), (0x9f, "DHE_RSA"), (0xa3, "DHE_DSS"), (0xa7, "DH_anon"), (0xa9, "PSK"),
                (0xab, "DHE_PSK"), (0xc02c, "ECDHE_ECDSA"), (0xc02e, "ECDH_ECDSA"), (0xc030, "ECDHE_RSA"),
                (0xc032, "ECDH_RSA"), (0xd002, "ECDHE_PSK"),
            ]
        ),
        (
            "CHACHA20_POLY1305_SHA256", .aead(.chacha20Poly1305, tagBytes: 16), .sha256,
            [
                (0xcca8, "ECDHE_RSA"), (0xcca9, "ECDHE_ECDSA"), (0xccaa, "DHE_RSA"), (0xccab, "PSK"),
                (0xccac, "ECDHE_PSK"), (0xccad, "DHE_PSK"),
            ]
        ),
        (
            "AES_128_CCM", .aead(.aes128CCM, tagBytes: 16), .sha256,
            [(0xc09c, "RSA"), (0xc09e, "DHE_RSA"), (0xc0a4, "PSK"), (0xc0ac, "ECDHE_ECDSA")]
        ),
        (
            "AES_256_CCM", .aead(.aes256CCM, tagBytes: 16), .sha256,
            [(0xc09d, "RSA"), (0xc09f, "DHE_RSA"), (0xc0a5, "PSK"), (0xc0ad, "ECDHE_ECDSA")]
        ),
        (
            "AES_128_CCM_8", .aead(.aes128CCM, tagBytes: 8), .sha256,
            [(0xc0a0, "RSA"), (0xc0a2, "DHE_RSA"), (0xc0a8, "PSK"), (0xc0ae, "ECDHE_ECDSA")]
        ),
        (
            "AES_256_CCM_8", .aead(.aes256CCM, tagBytes: 8), .sha256,
            [(0xc0a1, "RSA"), (0xc0a3, "DHE_RSA"), (0xc0a9, "PSK"), (0xc0af, "ECDHE_ECDSA")]
        ),
        (
            "AES_128_CBC_SHA", .cbc(.aes128CBC, .sha1), .sha256,
            [
                (0x2f, "RSA"), (0x32, "DHE_DSS"), (0x33, "DHE_RSA"), (0x34, "DH_anon"), (0x8c, "PSK"),
                (0xc004, "ECDH_ECDSA"), (0xc009, "ECDHE_ECDSA"), (0xc00e, "ECDH_RSA"), (0xc013, "ECDHE_RSA"),
                (0xc035, "ECDHE_PSK"),
            ]
        ),
        (
            "AES_256_CBC_SHA", .cbc(.aes256CBC, .sha1), .sha256,
            [
                (0x35, "RSA"), (0x38, "DHE_DSS"), (0x39, "DHE_RSA"), (0x3a, "DH_anon"), (0x8d, "PSK"),
                (0xc005, "ECDH_ECDSA"), (0xc00a, "ECDHE_ECDSA"), (0xc00f, "ECDH_RSA"), (0xc014, "ECDHE_RSA"),
                (0xc036, "ECDHE_PSK"),
            ]
        ),
        (
            "AES_128_CBC_SHA256", .cbc(.aes128CBC, .sha256), .sha256,
            [
                (0x3c, "RSA"), (0x40, "DHE_DSS"), (0x67, "DHE_RSA"), (0x6c, "DH_anon"), (0xae, "PSK"),
                (0xc023, "ECDHE_ECDSA"), (0xc025, "ECDH_ECDSA"), (0xc027, "ECDHE_RSA"), (0xc029, "ECDH_RSA"),
                (0xc037, "ECDHE_PSK"),
            ]
        ),
        (
            "AES_256_CBC_SHA256", .cbc(.aes256CBC, .sha256), .sha256,
            [(0x3d, "RSA"), (0x6a, "DHE_DSS"), (0x6b, "DHE_RSA"), (0x6d, "DH_anon")]
        ),
        (
            "AES_256_CBC_SHA384", .cbc(.aes256CBC, .sha384), .sha384,
            [
                (0xaf, "PSK"), (0xc024, "ECDHE_ECDSA"), (0xc026, "ECDH_ECDSA"), (0xc028, "ECDHE_RSA"),
                (0xc02a, "ECDH_RSA"), (0xc038, "ECDHE_PSK"),
            ]
        ),
    ]
}
