import COpenSSL
import Wire

/// The signature algorithms of JWS (RFC 7518 §3.1, RFC 8037 §3.1, RFC 8812 §3.2), by their names there.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case es256k = "ES256K"
    case edDSA = "EdDSA"
    case ed25519 = "Ed25519"

    private enum Family { case hmac, rsa, pss, ellipticCurve, edwards }

    private var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512: .rsa
        case .ps256, .ps384, .ps512: .pss
        case .es256, .es384, .es512, .es256k: .ellipticCurve
        case .edDSA, .ed25519: .edwards
        }
    }

    private var digest: OpaquePointer? {
        switch self {
        case .hs256, .rs256, .ps256, .es256, .es256k: EVP_sha256()
        case .hs384, .rs384, .ps384, .es384: EVP_sha384()
        case .hs512, .rs512, .ps512, .es512: EVP_sha512()
        case .edDSA, .ed25519: nil
        }
    }

    /// Whether `signature` is that of `message` under `key`. Nil when the key is not one for this algorithm: a public
    /// key never checks an HMAC, a secret nothing else, and a curve only its own algorithm.
    ///
    /// Shape: signatures are those of JWS: for ECDSA both numbers at full width, one after the other.
    package func check(_ signature: [UInt8], of message: [UInt8], with key: SignatureKey) -> Bool? {
        if case .secret(let secret) = key {
            return family == .hmac ? checkHMAC(signature, message, secret) : nil
        }
        guard family != .hmac, let publicKey = loaded(key) else { return nil }
        defer { EVP_PKEY_free(publicKey) }
        guard fits(publicKey) else { return nil }
        guard let spelled = spelledForLibrary(signature) else { return false }
        return verify(spelled, message, publicKey)
    }

    private func checkHMAC(_ signature: [UInt8], _ message: [UInt8], _ secret: [UInt8]) -> Bool {
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        // An empty secret needs an address too.
        let key = secret.isEmpty ? [0] : secret
        guard HMAC(digest, key, CInt(secret.count), message, message.count, &code, &length) != nil else {
            return false
        }
        return signature.count == Int(length) && CRYPTO_memcmp(signature, code, signature.count) == 0
    }

    private func loaded(_ key: SignatureKey) -> OpaquePointer? {
        defer { ERR_clear_error() }
        switch key {
        case .secret: return nil
        case .publicKey(let bytes):
            return bytes.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return d2i_PUBKEY(nil, &start, buffer.count)
            }
        case .privateKey(let bytes):
            return bytes.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return d2i_AutoPrivateKey(nil, &start, buffer.count)
            }
        case .certificate(let bytes):
            let certificate = bytes.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return d2i_X509(nil, &start, buffer.count)
            }
            guard let certificate else { return nil }
            defer { X509_free(certificate) }
            return X509_get_pubkey(certificate)
        }
    }

    private func fits(_ key: OpaquePointer) -> Bool {
        let type = EVP_PKEY_get_base_id(key)
        switch family {
        case .hmac: return false
        case .rsa: return type == EVP_PKEY_RSA
        case .pss: return type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS
        case .edwards: return type == EVP_PKEY_ED25519
        case .ellipticCurve:
            guard type == EVP_PKEY_EC else { return false }
            var name = [CChar](repeating: 0, count: 64)
            var length = 0
            guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return false }
            let curve = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return curve == curveName
        }
    }

    /// The library's name of the curve.
    private var curveName: String {
        switch self {
        case .es384: "secp384r1"
        case .es512: "secp521r1"
        case .es256k: "secp256k1"
        default: "prime256v1"
        }
    }

    /// ECDSA signatures as the DER that the library wants; nil when the length is not twice the curve's.
    private func spelledForLibrary(_ signature: [UInt8]) -> [UInt8]? {
        guard family == .ellipticCurve else { return signature }
        let width = self == .es512 ? 66 : self == .es384 ? 48 : 32
        guard signature.count == 2 * width else { return nil }
        return DER.sequence(
            DER.integer(Array(signature[..<width])) + DER.integer(Array(signature[width...])))
    }

    private func verify(_ signature: [UInt8], _ message: [UInt8], _ key: OpaquePointer) -> Bool {
        defer { ERR_clear_error() }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &keyContext, digest, nil, key) == 1 else { return false }
        if family == .pss {
            // RFC 7518 §3.5: the salt is as long as the digest.
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
