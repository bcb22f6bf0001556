import COpenSSL

/// A cipher that authenticates what it opens (AEAD, RFC 5116).
package enum AuthenticatedCipher: Int, Sendable, Equatable, CaseIterable {
    case aes128GCM
    case aes256GCM
    case aes128CCM
    case aes256CCM
    /// CCM with a tag of 8 bytes.
    case aes128CCM8
    /// CCM with a tag of 8 bytes.
    case aes256CCM8
    case chaCha20Poly1305
    case aria128GCM
    case aria256GCM

    /// The length of its key. Bytes.
    package var keyBytes: Int {
        switch self {
        case .aes128GCM, .aes128CCM, .aes128CCM8, .aria128GCM: 16
        case .aes256GCM, .aes256CCM, .aes256CCM8, .chaCha20Poly1305, .aria256GCM: 32
        }
    }

    /// The length of its tag. Bytes.
    package var tagBytes: Int { self == .aes128CCM8 || self == .aes256CCM8 ? 8 : 16 }

    /// CCM wants to know the length of the text, and its tag, before anything else (NIST SP 800-38C).
    fileprivate var wantsLengthFirst: Bool {
        switch self {
        case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8: true
        case .aes128GCM, .aes256GCM, .chaCha20Poly1305, .aria128GCM, .aria256GCM: false
        }
    }
}

/// A nonce of 96 bits, the only length that TLS uses.
package typealias Nonce = InlineArray<12, UInt8>

/// Opens what was sealed under one key. The key is prepared once; each text costs a new nonce only.
package final class AuthenticatedOpening {
    /// The cipher.
    package let cipher: AuthenticatedCipher
    private let context: OpaquePointer?

    /// An opening under a key of `cipher.keyBytes` bytes.
    package init(_ cipher: AuthenticatedCipher, key: Span<UInt8>) {
        precondition(key.count == cipher.keyBytes, "a key has the length that its cipher wants")
        self.cipher = cipher
        context = EVP_CIPHER_CTX_new()
        let ready = key.withUnsafeBufferPointer { key in
            EVP_DecryptInit_ex2(context, authenticated.pointers[cipher.rawValue], nil, nil, nil) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12, nil) == 1
                && (!cipher.wantsLengthFirst
                    || EVP_CIPHER_CTX_ctrl(
                        context, EVP_CTRL_AEAD_SET_TAG, Int32(cipher.tagBytes), nil) == 1)
                && EVP_DecryptInit_ex2(context, nil, key.baseAddress, nil, nil) == 1
        }
        precondition(ready, "the cryptographic library refused a key")
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Opens `sealed`, which ends with its tag, and appends the text to `plaintext`. Answers false, and leaves
    /// `plaintext` as it was, when the tag does not fit.
    package func open(
        _ sealed: Span<UInt8>, nonce: Nonce, additional: Span<UInt8>, into plaintext: inout [UInt8]
    ) -> Bool {
        let length = sealed.count - cipher.tagBytes
        guard 0 <= length, length <= Int(Int32.max) else { return false }
        var isAuthentic = false
        plaintext.append(addingCapacity: length + 1) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                // The address of no byte at all is never nil here: one more byte than needed was asked for.
                guard let start = buffer.baseAddress else { return }
                isAuthentic = open(sealed, length: length, nonce, additional, start + count)
                if isAuthentic { count += length }
            }
        }
        return isAuthentic
    }

    private func open(
        _ sealed: Span<UInt8>, length: Int, _ nonce: Nonce, _ additional: Span<UInt8>,
        _ output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        sealed.withUnsafeBufferPointer { sealed in
            nonce.span.withUnsafeBufferPointer { nonce in
                additional.withUnsafeBufferPointer { additional in
                    guard let input = sealed.baseAddress else { return false }
                    let tag = UnsafeMutableRawPointer(mutating: input + length)
                    var written: Int32 = 0
                    guard EVP_DecryptInit_ex2(context, nil, nil, nonce.baseAddress, nil) == 1,
                        EVP_CIPHER_CTX_ctrl(
                            context, EVP_CTRL_AEAD_SET_TAG, Int32(cipher.tagBytes), tag) == 1,
                        !cipher.wantsLengthFirst
                            || EVP_DecryptUpdate(context, nil, &written, nil, Int32(length)) == 1,
                        additional.isEmpty
                            || EVP_DecryptUpdate(
                                context, nil, &written, additional.baseAddress, Int32(additional.count)) == 1,
                        EVP_DecryptUpdate(context, output, &written, input, Int32(length)) == 1
                    else { return false }
                    if cipher.wantsLengthFirst { return true }
                    return EVP_DecryptFinal_ex(context, output + length, &written) == 1
                }
            }
        }
    }
}

/// Fetched implementations are immutable and counted by the library, so threads may share them.
private struct AuthenticatedImplementations: @unchecked Sendable {
    let pointers = [
        "AES-128-GCM", "AES-256-GCM", "AES-128-CCM", "AES-256-CCM", "AES-128-CCM", "AES-256-CCM",
        "ChaCha20-Poly1305", "ARIA-128-GCM", "ARIA-256-GCM",
    ].map { (name: String) in EVP_CIPHER_fetch(nil, name, nil) }
}

private let authenticated = AuthenticatedImplementations()
