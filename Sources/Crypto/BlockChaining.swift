import COpenSSL

/// A block cipher in cipher block chaining mode.
package enum ChainedCipher: Int, Sendable, Equatable, CaseIterable {
    case aes128
    case aes256
    case camellia128
    case camellia256
    /// Triple DES, three keys.
    case tripleDES
    case des
    case idea
    case rc2
    case seed

    /// The length of its key. Bytes.
    package var keyBytes: Int {
        switch self {
        case .aes128, .camellia128, .idea, .rc2, .seed: 16
        case .des: 8
        case .tripleDES: 24
        case .aes256, .camellia256: 32
        }
    }

    /// The length of a block, and of the initialization vector. Bytes.
    package var blockBytes: Int {
        switch self {
        case .tripleDES, .des, .idea, .rc2: 8
        case .aes128, .aes256, .camellia128, .camellia256, .seed: 16
        }
    }

    /// Whether the library on this machine has it; some stand in its legacy provider.
    package var isAvailable: Bool { implementation != nil }

    fileprivate var implementation: OpaquePointer? {
        switch self {
        case .des, .idea, .rc2, .seed: legacy.chained[rawValue - ChainedCipher.des.rawValue]
        case .aes128, .aes256, .camellia128, .camellia256, .tripleDES: chained.pointers[rawValue]
        }
    }
}

/// Decrypts under one key in CBC mode. Nothing is authenticated here: the caller checks a code before it believes.
package final class BlockChaining {
    /// The cipher.
    package let cipher: ChainedCipher
    private let context: OpaquePointer?

    /// Decryption under a key of `cipher.keyBytes` bytes, with a cipher that `isAvailable`.
    package init(_ cipher: ChainedCipher, key: Span<UInt8>) {
        precondition(key.count == cipher.keyBytes, "a key has the length that its cipher wants")
        self.cipher = cipher
        context = EVP_CIPHER_CTX_new()
        let ready = key.withUnsafeBufferPointer { key in
            EVP_DecryptInit_ex2(context, cipher.implementation, key.baseAddress, nil, nil)
        }
        precondition(ready == 1, "the cryptographic library refused a key")
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Decrypts whole blocks and appends them, padding and all, to `plaintext`. Answers false, and appends nothing,
    /// when there is no whole number of blocks or the vector is not one block long.
    package func decrypt(
        _ blocks: Span<UInt8>, vector: Span<UInt8>, into plaintext: inout [UInt8]
    ) -> Bool {
        let block = cipher.blockBytes
        guard 0 < blocks.count, blocks.count % block == 0, vector.count == block,
            blocks.count <= Int(Int32.max) - block
        else { return false }
        var isDone = false
        plaintext.append(addingCapacity: blocks.count + block) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                isDone = decrypt(blocks, vector, start + count)
                if isDone { count += blocks.count }
            }
        }
        return isDone
    }

    private func decrypt(
        _ blocks: Span<UInt8>, _ vector: Span<UInt8>, _ output: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        blocks.withUnsafeBufferPointer { blocks in
            vector.withUnsafeBufferPointer { vector in
                var written: Int32 = 0
                return EVP_DecryptInit_ex2(context, nil, nil, vector.baseAddress, nil) == 1
                    && EVP_CIPHER_CTX_set_padding(context, 0) == 1
                    && EVP_DecryptUpdate(
                        context, output, &written, blocks.baseAddress, Int32(blocks.count)) == 1
                    && Int(written) == blocks.count
            }
        }
    }
}

/// Fetched implementations are immutable and counted by the library, so threads may share them.
private struct ChainedImplementations: @unchecked Sendable {
    let pointers = [
        "AES-128-CBC", "AES-256-CBC", "CAMELLIA-128-CBC", "CAMELLIA-256-CBC", "DES-EDE3-CBC",
    ].map { (name: String) in EVP_CIPHER_fetch(nil, name, nil) }
}

private let chained = ChainedImplementations()
