import COpenSSL

/// Decrypts under one key with the stream cipher RC4. Nothing is authenticated here: the caller checks a code, and
/// takes the last step back when it is wrong.
package final class StreamDecryption {
    /// The length of a key. Bytes.
    package static let keyBytes = 16
    /// Whether the library on this machine has it.
    package static var isAvailable: Bool { legacy.rc4 != nil }

    private let context: OpaquePointer?
    private let before: OpaquePointer?

    /// Decryption from the beginning of the key stream; nil when the library on this machine has no RC4.
    package init?(key: Span<UInt8>) {
        guard key.count == Self.keyBytes, let cipher = legacy.rc4 else { return nil }
        context = EVP_CIPHER_CTX_new()
        before = EVP_CIPHER_CTX_new()
        let ready = key.withUnsafeBufferPointer { key in
            EVP_DecryptInit_ex2(context, cipher, key.baseAddress, nil, nil)
        }
        guard ready == 1 else { return nil }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
        EVP_CIPHER_CTX_free(before)
    }

    /// Decrypts the next bytes of the stream and appends them. Answers false when that is impossible.
    package func decrypt(_ bytes: Span<UInt8>, into plaintext: inout [UInt8]) -> Bool {
        guard 0 < bytes.count, bytes.count <= Int(Int32.max), EVP_CIPHER_CTX_copy(before, context) == 1
        else { return false }
        var output = [UInt8](repeating: 0, count: bytes.count)
        var written: Int32 = 0
        let isDone = bytes.withUnsafeBufferPointer { input in
            EVP_DecryptUpdate(context, &output, &written, input.baseAddress, Int32(input.count)) == 1
        }
        guard isDone, Int(written) == bytes.count else { return false }
        plaintext += output
        return true
    }

    /// Takes the last step back: what was decrypted was not what was sent.
    package func undo() { _ = EVP_CIPHER_CTX_copy(context, before) }
}
