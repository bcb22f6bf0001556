import COpenSSL
import Crypto

/// A certificate and its private key, held for as long as somebody uses them.
///
/// Shape: confined to the thread that made it; the handles are freed with the object.
package final class Identity {
    /// `X509 *`
    let certificate: OpaquePointer
    /// `EVP_PKEY *`
    let key: OpaquePointer

    /// Takes over both handles.
    init(owning certificate: OpaquePointer, key: OpaquePointer) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads a certificate and a key in PEM (RFC 7468); nil when either is missing or they do not belong together.
    package init?(certificatePEM: [UInt8], keyPEM: [UInt8]) {
        defer { ERR_clear_error() }
        guard
            let certificate = readingPEM(certificatePEM, { PEM_read_bio_X509($0, nil, refusePassword, nil) })
        else { return nil }
        guard let key = readingPEM(keyPEM, { PEM_read_bio_PrivateKey($0, nil, refusePassword, nil) }) else {
            X509_free(certificate)
            return nil
        }
        self.certificate = certificate
        self.key = key
        guard X509_check_private_key(certificate, key) == 1 else { return nil }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }

    /// The certificate in PEM.
    package var certificatePEM: [UInt8] { writingPEM { PEM_write_bio_X509($0, certificate) } }

    /// The private key in PEM. It goes into a file of mode 0600 and nowhere else.
    var keyPEM: [UInt8] { writingPEM { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }

    /// The certificate in DER.
    package var certificateDER: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, Int(i2d_X509(certificate, nil))))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var place = buffer.baseAddress
            return i2d_X509(certificate, &place)
        }
        return Int(written) == bytes.count ? bytes : []
    }

    /// SHA-256 of the public key (SubjectPublicKeyInfo): what a browser can be told to accept.
    package var publicKeyDigest: [UInt8] { Proxy.publicKeyDigest(of: certificate) }

    /// SHA-256 of the certificate: what other programs call its fingerprint.
    package var fingerprint: [UInt8] { digest(.sha256, certificateDER.span) }
}

/// SHA-256 of the public key of an `X509 *`.
func publicKeyDigest(of certificate: OpaquePointer) -> [UInt8] {
    let info = X509_get_X509_PUBKEY(certificate)
    var bytes = [UInt8](repeating: 0, count: max(0, Int(i2d_X509_PUBKEY(info, nil))))
    bytes.withUnsafeMutableBufferPointer { buffer in
        var place = buffer.baseAddress
        _ = i2d_X509_PUBKEY(info, &place)
    }
    return digest(.sha256, bytes.span)
}

/// An encrypted key is not ours, and OpenSSL would ask the terminal for its password.
private func refusePassword(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }

private func readingPEM(_ text: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
    guard let memory = BIO_new_mem_buf(text, Int32(clamping: text.count)) else { return nil }
    defer { BIO_free(memory) }
    return read(memory)
}

private func writingPEM(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
    guard let memory = BIO_new(BIO_s_mem()) else { return [] }
    defer { BIO_free(memory) }
    guard write(memory) == 1 else { return [] }
    var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(memory))
    let count = BIO_read(memory, &bytes, Int32(clamping: bytes.count))
    return Int(count) == bytes.count ? bytes : []
}
