import COpenSSL
package import Wire

/// A certificate for one server name, with its key and the certificates above it, as OpenSSL holds them.
///
/// The objects are owned by this value and freed with it; SSL_CTX_use_certificate and its kin take references of
/// their own.
package final class LeafIdentity {
    /// The leaf, an `X509 *`.
    package let certificate: OpaquePointer
    /// Its private key, an `EVP_PKEY *`.
    package let key: OpaquePointer
    /// The certificates above it, leaf's issuer first, the root may be left out.
    package let issuers: [OpaquePointer]

    /// Takes the objects over.
    package init(certificate: OpaquePointer, key: OpaquePointer, issuers: [OpaquePointer]) {
        self.certificate = certificate
        self.key = key
        self.issuers = issuers
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        issuers.forEach { X509_free($0) }
    }
}

/// Why no certificate can be made, in words for the user.
package struct MintingFailure: Error, Equatable {
    /// What is in the way, and what to do.
    package var text: String

    /// A failure in words.
    package init(_ text: String) { self.text = text }
}

/// Makes certificates that clients trust who trust the user's own authority.
package protocol LeafMinting: AnyObject {
    /// A leaf for a name (a DNS name or an address as a URL spells it, at most 255 bytes, from the client: hostile).
    /// Made once and kept; the number kept is bounded.
    func leaf(for name: String, at time: Timestamp) throws(MintingFailure) -> LeafIdentity
}

/// HTTP that the loop serves beside the relay: the live page. Sans-IO; the loop owns the sockets.
package protocol LocalService: AnyObject {
    /// A client was accepted; `listener` is the address it asked.
    func opened(_ id: Int, listener: Endpoint, at time: Timestamp)
    /// Takes what a client sent.
    func received(_ bytes: Span<UInt8>, on id: Int, at time: Timestamp)
    /// A client is gone; its number is used again for nobody.
    func closed(_ id: Int)
    /// The clients that are owed bytes or whose end is due. Empties the list.
    func takeReady() -> [Int]
    /// The next bytes for a client, 64 KiB at most; empty when there are none at the moment. The loop asks again when
    /// they were sent.
    func takeOutput(for id: Int) -> [UInt8]
    /// Whether everything was said to this client and its connection is to be closed once it was sent.
    func isFinished(_ id: Int) -> Bool
}
