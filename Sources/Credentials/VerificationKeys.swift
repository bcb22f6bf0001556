package import Case
package import Crypto
package import JSON
package import Wire

/// The keys that the user gave to check signatures with.
package struct VerificationKeys: Sendable, Equatable {
    /// One key, with what its document says of it.
    package struct Entry: Sendable, Equatable {
        /// `kid`, or nil.
        package var id: String?
        /// `alg`, or nil.
        package var algorithm: String?
        /// The key.
        package var key: SignatureKey
    }

    /// Why a document gives no keys.
    package enum Problem: Error, Sendable, Equatable {
        /// It begins like JSON and is none.
        case notJSON(JSONError)
        /// JSON without a key that signatures can be checked with.
        case noUsableKey
        /// PEM without a key in it.
        case noKeyInPEM
        /// Nothing in it.
        case empty
    }

    /// The keys in the order of their documents.
    package var entries: [Entry]

    /// No keys.
    package init() { entries = [] }

    /// The keys of a document: a JWK set, a JWK (RFC 7517), PEM, or else the bytes of a shared secret, with and
    /// without a line end after it.
    ///
    /// Throws: what keeps the document from being any of these.
    package init(reading document: Span<UInt8>, limits: Limits = .standard) throws(Problem) {
        entries = []
        guard 0 < document.count, let start = document.firstNonSpace else { throw .empty }
        if document[start] == 0x7b {
            try readJSON(document, limits)
        } else if document.extracting(start..<document.count).starts(with: "-----BEGIN ") {
            entries = SignatureKey.keys(inPEM: document).map { Entry(id: nil, algorithm: nil, key: $0) }
            guard !entries.isEmpty else { throw .noKeyInPEM }
        } else {
            let bytes = document.bytes()
            entries = [Entry(id: nil, algorithm: nil, key: .secret(bytes))]
            let trimmed = Array(bytes.prefix(bytes.count - lineEndLength(document)))
            if trimmed.count < bytes.count, !trimmed.isEmpty {
                entries.append(Entry(id: nil, algorithm: nil, key: .secret(trimmed)))
            }
        }
    }

    private mutating func readJSON(_ document: Span<UInt8>, _ limits: Limits) throws(Problem) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(reading: document, limits: limits) } catch {
            throw .notJSON(error)
        }
        let keys = json["keys"]?.array ?? [json]
        for key in keys {
            guard let read = signatureKey(of: key), key["use"]?.string != "enc" else { continue }
            entries.append(Entry(id: key["kid"]?.string, algorithm: key["alg"]?.string, key: read))
        }
        guard !entries.isEmpty else { throw .noUsableKey }
    }
}

/// A key of a JWK (RFC 7518 §6, RFC 8037 §2), or nil when it is none that is known.
private func signatureKey(of jwk: JSONValue) -> SignatureKey? {
    func bytes(_ name: String) -> [UInt8]? {
        guard let text = jwk[name]?.string, text.utf8.count < 16_384 else { return nil }
        let decoding = Base64Decoding(text.utf8.span)
        return decoding.illegalOffset == nil && !decoding.bytes.isEmpty ? decoding.bytes : nil
    }
    switch jwk["kty"]?.string {
    case "RSA":
        guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
        return .rsa(modulus: modulus, exponent: exponent)
    case "EC":
        guard let curve = jwk["crv"]?.string.flatMap(SignatureKey.Curve.init(rawValue:)), let x = bytes("x"),
            let y = bytes("y"), x.count <= 66, y.count <= 66
        else { return nil }
        return .curve(curve, x: x, y: y)
    case "OKP":
        guard jwk["crv"]?.string == "Ed25519", let x = bytes("x") else { return nil }
        return .curve(.ed25519, x: x, y: [])
    case "oct":
        return bytes("k").map { .secret($0) }
    default: return nil
    }
}

private func lineEndLength(_ document: Span<UInt8>) -> Int {
    guard let last = document.indices.last, document[last] == 0x0a else { return 0 }
    return 0 < last && document[last - 1] == 0x0d ? 2 : 1
}

/// Checks the signature of a token.
///
/// Shape: `keyUnknown` when no given key has the header's `kid` or fits its `alg`; `invalid` only when a key that
/// does was tried. An `alg` of `none`, a JWE and anything that is no whole JWT are `notApplicable`.
package func verification(of token: Token, with keys: VerificationKeys) -> Verification {
    guard !keys.entries.isEmpty else { return .noKey }
    guard token.kind == .jwt, let jwt = token.jwt, let algorithmName = jwt.algorithm, algorithmName != "none",
        let dot = token.secret.bytes.lastIndex(of: 0x2e)
    else { return .notApplicable }
    guard let algorithm = SignatureAlgorithm(rawValue: algorithmName) else { return .keyUnknown }
    let message = Array(token.secret.bytes[..<dot])
    let signature = Base64Decoding(token.secret.bytes.span.extracting(dot + 1..<token.secret.bytes.count))
        .bytes
    var wasTried = false
    for entry in candidates(keys.entries, jwt.keyID) {
        if let own = entry.algorithm, own != algorithmName { continue }
        switch algorithm.check(signature, of: message, with: entry.key) {
        case true?: return .valid
        case false?: wasTried = true
        case nil: continue
        }
    }
    return wasTried ? .invalid : .keyUnknown
}

/// The keys that may have signed: those of that id, else those without an id. A token without a `kid` may be from
/// any.
private func candidates(_ entries: [VerificationKeys.Entry], _ id: String?) -> [VerificationKeys.Entry] {
    guard let id else { return entries }
    let named = entries.filter { $0.id == id }
    return named.isEmpty ? entries.filter { $0.id == nil } : named
}

extension TokenTable {
    /// Checks every signed token of the table.
    package mutating func verify(with keys: VerificationKeys) {
        for token in tokens { setVerification(verification(of: token, with: keys), of: token.id) }
    }
}
