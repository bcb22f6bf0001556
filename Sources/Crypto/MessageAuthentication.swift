import COpenSSL

/// HMAC under one key, for many messages: the key is prepared once.
package final class MessageAuthentication {
    private let context: OpaquePointer?
    private let algorithm: HashAlgorithm

    /// A code under `key`, which may be of any length.
    package init(_ algorithm: HashAlgorithm, key: Span<UInt8>) {
        self.algorithm = algorithm
        context = EVP_MAC_CTX_new(hmacImplementation.pointer)
        let ready = key.withUnsafeBufferPointer { key in
            withDigestParameter(algorithm) { parameters in
                // An empty key needs an address too: without one the library keeps the key it has, which is none.
                withUnsafePointer(to: UInt8(0)) { nothing in
                    EVP_MAC_init(context, key.baseAddress ?? nothing, key.count, parameters)
                }
            }
        }
        precondition(ready == 1, "the cryptographic library refused an HMAC key")
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// Starts the next message.
    package func begin() {
        precondition(EVP_MAC_init(context, nil, 0, nil) == 1, "the cryptographic library refused an HMAC")
    }

    /// Adds bytes to the message.
    package func add(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { _ = EVP_MAC_update(context, $0.baseAddress, $0.count) }
    }

    /// The code of the message.
    package func finish() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: algorithm.digestBytes) { output, count in
            let done = EVP_MAC_final(context, output.baseAddress, &count, algorithm.digestBytes)
            precondition(done == 1, "the cryptographic library refused an HMAC")
        }
    }
}

/// Calls `body` with the parameter list that names a digest.
private func withDigestParameter<Result>(
    _ algorithm: HashAlgorithm, _ body: (UnsafePointer<OSSL_PARAM>?) -> Result
) -> Result {
    var name = Array(algorithm.name.utf8CString)
    return name.withUnsafeMutableBufferPointer { name in
        // A parameter keeps the address of its key, so that key must outlive the call that makes it.
        OSSL_MAC_PARAM_DIGEST.withCString { key in
            let parameters = [
                OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0), OSSL_PARAM_construct_end(),
            ]
            return parameters.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}

private struct HMACImplementation: @unchecked Sendable {
    let pointer = EVP_MAC_fetch(nil, "HMAC", nil)
}

private let hmacImplementation = HMACImplementation()
