import Crypto

/// What is to be known of a cipher suite to open its records. How keys were exchanged is no matter: a key log tells
/// the outcome.
struct CipherSuite: Sendable, Equatable {
    /// How records are protected.
    enum Protection: Sendable, Equatable {
        /// Authenticated encryption.
        case sealed(AuthenticatedCipher)
        /// Block chaining, and an HMAC with the hash given.
        case chained(ChainedCipher, HashAlgorithm)
        /// The stream cipher RC4, and an HMAC with the hash given.
        case streamed(HashAlgorithm)
        /// Not encrypted at all, with an HMAC.
        case unencrypted(HashAlgorithm)
        /// In a way that is not implemented.
        case unsupported
    }

    let number: Int
    let name: String
    let protection: Protection
    /// The hash of the pseudorandom function (TLS 1.2) or of HKDF (TLS 1.3).
    let hash: HashAlgorithm

    init(
        _ number: Int, _ name: String, _ protection: Protection = .unsupported,
        _ hash: HashAlgorithm = .sha256
    ) {
        self.number = number
        self.name = name
        self.protection = protection
        self.hash = hash
    }

    /// Whether its records can be opened here: it is implemented, and the library on this machine has its cipher.
    var canBeOpened: Bool {
        switch protection {
        case .sealed, .unencrypted: true
        case .chained(let cipher, _): cipher.isAvailable
        case .streamed: StreamDecryption.isAvailable
        case .unsupported: false
        }
    }

    /// Whether its keys are made of 40 bits, as the United States once wanted for export (RFC 2246 §6.3.1).
    var isExport: Bool { name.contains("_EXPORT_") }

    /// The suite of a number, or nil when it is not in the table.
    static func numbered(_ number: Int) -> CipherSuite? { cipherSuites.first { $0.number == number } }
}

/// Whether a suite is implemented and cannot be opened all the same: OpenSSL on this machine was built without its
/// cipher, as Debian's is without IDEA.
package func libraryLacksCipher(ofSuite number: Int) -> Bool {
    guard let suite = CipherSuite.numbered(number), suite.protection != .unsupported else { return false }
    return !suite.canBeOpened
}

/// The registered name of a cipher suite; `0x1234` in digits where the number is not known.
package func cipherSuiteName(_ number: Int) -> String {
    if let suite = CipherSuite.numbered(number) { return suite.name }
    let digits = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
