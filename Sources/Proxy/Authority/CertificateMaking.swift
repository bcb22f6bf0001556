import COpenSSL
import Wire

/// Fills in and signs one certificate (RFC 5280 §4.1).
struct CertificateRecipe {
    var commonName: String
    var notBefore: Timestamp
    var notAfter: Timestamp
    /// Extensions in their order: NID and OpenSSL's spelling of the value.
    var extensions: [(Int32, String)]

    /// A certificate of `key`, signed by `issuer`, or by itself.
    ///
    /// Throws: `library` with OpenSSL's words.
    func certificate(of key: OpaquePointer, signedBy issuer: Identity?) throws(AuthorityError)
        -> OpaquePointer
    {
        guard let certificate = X509_new() else { throw libraryError() }
        var isDone = false
        defer {
            if !isDone { X509_free(certificate) }
            ERR_clear_error()
        }
        let name = X509_get_subject_name(certificate)
        guard X509_set_version(certificate, 2) == 1, setSerial(certificate),
            add("O", "wsdiag", to: name), add("CN", commonName, to: name),
            X509_set_issuer_name(
                certificate, issuer.map { X509_get_subject_name($0.certificate) } ?? name) == 1,
            ASN1_TIME_set(X509_getm_notBefore(certificate), Int(notBefore.seconds)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), Int(notAfter.seconds)) != nil,
            X509_set_pubkey(certificate, key) == 1
        else { throw libraryError() }
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer?.certificate ?? certificate, certificate, nil, nil, 0)
        for (identifier, value) in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
                throw libraryError()
            }
            defer { X509_EXTENSION_free(made) }
            guard X509_add_ext(certificate, made, -1) == 1 else { throw libraryError() }
        }
        guard 0 < X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) else { throw libraryError() }
        isDone = true
        return certificate
    }

    /// 127 random bits (RFC 5280 §4.1.2.2 allows 20 bytes, positive).
    private func setSerial(_ certificate: OpaquePointer) -> Bool {
        var bytes = randomBytes(16)
        bytes[0] = bytes[0] & 0x7f | 0x40
        guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { return false }
        defer { BN_free(number) }
        return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    private func add(_ field: String, _ value: String, to name: OpaquePointer?) -> Bool {
        let bytes = Array(value.utf8)
        return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1
    }
}

private let MBSTRING_UTF8: Int32 = 0x1000

/// A new key on P-256.
func newKey() throws(AuthorityError) -> OpaquePointer {
    guard let key = wsd_EVP_EC_gen("P-256") else { throw libraryError() }
    return key
}

/// Bytes from OpenSSL's generator.
package func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // A generator without entropy is no input of ours, and nothing secret may be made without it.
    let isFilled = RAND_bytes(&bytes, Int32(count)) == 1
    precondition(isFilled, "the random generator of OpenSSL has no entropy")
    return bytes
}

/// What OpenSSL says of its last error.
func libraryError() -> AuthorityError {
    defer { ERR_clear_error() }
    guard let words = ERR_reason_error_string(ERR_peek_last_error()) else {
        return .library("no reason given")
    }
    return .library(String(cString: words))
}
