import COpenSSL

/// A cipher of TLS records.
package enum CipherAlgorithm: Int, Sendable, Equatable, CaseIterable {
    case aes128GCM
    case aes256GCM
    case aes128CCM
    case aes256CCM
    case chacha20Poly1305
    case aes128CBC
    case aes256CBC

    /// How long its keys are. Bytes.
    package var keyBytes: Int {
        switch self {
        case .aes128GCM, .aes128CCM, .aes128CBC: 16
        case .aes256GCM, .aes256CCM, .chacha20Poly1305, .aes256CBC: 32
        }
    }

    fileprivate var name: String {
        switch self {
        case .aes128GCM: "AES-128-GCM"
        case .aes256GCM: "AES-256-GCM"
        case .aes128CCM: "AES-128-CCM"
        case .aes256CCM: "AES-256-CCM"
        case .chacha20Poly1305: "ChaCha20-Poly1305"
        case .aes128CBC: "AES-128-CBC"
        case .aes256CBC: "AES-256-CBC"
        }
    }
}

/// Opens what one side sealed under one key: the context is made once, and only the nonce changes from record to record.
package final class RecordCipher {
    private let context: OpaquePointer?
    private let algorithm: CipherAlgorithm
    private let key: [UInt8]
    private let tagBytes: Int

    /// A cipher under `key`, which is `algorithm.keyBytes` long. `tagBytes` is the length of the tag of an AEAD.
    package init?(_ algorithm: CipherAlgorithm, key: [UInt8], tagBytes: Int = 16) {
        guard key.count == algorithm.keyBytes, let context = EVP_CIPHER_CTX_new() else { return nil }
        self.context = context
        self.algorithm = algorithm
        self.key = key
        self.tagBytes = tagBytes
        let implementation = ciphers.pointers[algorithm.rawValue]
        let isCCM = algorithm == .aes128CCM || algorithm == .aes256CCM
        guard EVP_DecryptInit_ex(context, implementation, nil, nil, nil) == 1 else { return nil }
        if isCCM {
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12, nil)
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), nil)
        }
        guard EVP_DecryptInit_ex(context, nil, nil, key, nil) == 1 else { return nil }
        EVP_CIPHER_CTX_set_padding(context, 0)
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Opens ciphertext with its tag behind it, and appends the plaintext. False, with nothing appended, when the tag
    /// does not fit.
    /// - Parameter nonce: 12 bytes.
    package func open(
        _ sealed: Span<UInt8>, nonce: [UInt8], additional: [UInt8], into output: inout [UInt8]
    ) -> Bool {
        let length = sealed.count - tagBytes
        guard 0 <= length, nonce.count == 12 else { return false }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: length + 16))
        let isGood = sealed.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output -> Bool in
                guard let from = input.baseAddress, let to = output.baseAddress else { return false }
                return decrypt(from, length, to + start, nonce, additional)
            }
        }
        output.removeLast(isGood ? 16 : length + 16)
        return isGood
    }

    private func decrypt(
        _ input: UnsafePointer<UInt8>, _ length: Int, _ output: UnsafeMutablePointer<UInt8>, _ nonce: [UInt8],
        _ additional: [UInt8]
    ) -> Bool {
        var written: Int32 = 0
        let tag = UnsafeMutableRawPointer(mutating: input + length)
        switch algorithm {
        case .aes128CCM, .aes256CCM:
            // CCM wants tag and total length before the data, and gives its verdict with the data.
            guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), tag) == 1,
                EVP_DecryptInit_ex(context, nil, nil, key, nonce) == 1,
                EVP_DecryptUpdate(context, nil, &written, nil, Int32(length)) == 1,
                EVP_DecryptUpdate(context, nil, &written, additional, Int32(additional.count)) == 1
            else { return false }
            return EVP_DecryptUpdate(context, output, &written, input, Int32(length)) == 1
        default:
            guard EVP_DecryptInit_ex(context, nil, nil, nil, nonce) == 1,
                EVP_DecryptUpdate(context, nil, &written, additional, Int32(additional.count)) == 1,
                EVP_DecryptUpdate(context, output, &written, input, Int32(length)) == 1,
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), tag) == 1
            else { return false }
            return EVP_DecryptFinal_ex(context, output + length, &written) == 1
        }
    }

    /// Undoes CBC, padding and code left in place; nil when the length is no multiple of 16.
    /// - Parameter vector: the 16 bytes of the initialisation vector.
    package func decryptCBC(_ input: Span<UInt8>, vector: [UInt8]) -> [UInt8]? {
        guard input.count.isMultiple(of: 16), 0 < input.count, vector.count == 16 else { return nil }
        guard EVP_DecryptInit_ex(context, nil, nil, nil, vector) == 1 else { return nil }
        var output = [UInt8](repeating: 0, count: input.count + 16)
        var written: Int32 = 0
        let done = input.withUnsafeBufferPointer {
            EVP_DecryptUpdate(context, &output, &written, $0.baseAddress, Int32($0.count))
        }
        guard done == 1, Int(written) == input.count else { return nil }
        output.removeLast(16)
        return output
    }
}

/// Fetched once, immutable, and counted by the library: threads may share them.
private struct Ciphers: @unchecked Sendable {
    let pointers = CipherAlgorithm.allCases.map { EVP_CIPHER_fetch(nil, $0.name, nil) }
}

private let ciphers = Ciphers()
