import Crypto
import Wire

/// The keys of one direction: opens its records.
///
/// Laws: plaintext comes out only when its authentication fits; a record that does not open changes nothing.
struct RecordProtection {
    /// A record as it stood on the wire: its type, version and what follows its header.
    struct Record {
        var type: UInt8
        var version: Int
        var length: Int
    }

    /// The construction of TLS 1.2 and before with CBC.
    private struct BlockKeys {
        var code: MessageAuthentication
        var codeBytes: Int
        var encryptThenMAC: Bool
        /// Of TLS 1.0: the last block of the record before; nil where each record brings its own.
        var chained: [UInt8]?
    }

    private let cipher: RecordCipher
    private let tagBytes: Int
    private let isVersion13: Bool
    /// 12 bytes, or 4 where each record brings the other 8.
    private let vector: [UInt8]
    private var block: BlockKeys?
    /// Records opened so far: the next sequence number.
    private(set) var sequence: UInt64 = 0

    /// Sequence numbers that are tried after a gap.
    private static let lookAhead: UInt64 = 64

    /// Keys of TLS 1.3 from a traffic secret (RFC 8446 §7.3).
    init?(secret: [UInt8], suite: CipherSuite) {
        guard case .aead(let algorithm, let tagBytes) = suite.protection else { return nil }
        let key = expandLabel(suite.hash, secret: secret, label: "key", length: algorithm.keyBytes)
        guard let cipher = RecordCipher(algorithm, key: key, tagBytes: tagBytes) else { return nil }
        self.cipher = cipher
        self.tagBytes = tagBytes
        isVersion13 = true
        vector = expandLabel(suite.hash, secret: secret, label: "iv", length: 12)
    }

    /// Keys of TLS 1.0 to 1.2 from the master secret (RFC 5246 §6.3).
    init?(
        side: Side, master: [UInt8], clientRandom: [UInt8], serverRandom: [UInt8], suite: CipherSuite,
        version: Int,
        encryptThenMAC: Bool
    ) {
        isVersion13 = false
        let seed = serverRandom + clientRandom
        func keyBlock(_ length: Int) -> [UInt8] {
            version < 0x0303
                ? pseudorandomMD5SHA1(secret: master, label: "key expansion", seed: seed, length: length)
                : pseudorandom(suite.hash, secret: master, label: "key expansion", seed: seed, length: length)
        }
        let own = side == .client ? 0 : 1
        switch suite.protection {
        case .aead(let algorithm, let tagBytes):
            let keyBytes = algorithm.keyBytes
            let vectorBytes = algorithm == .chacha20Poly1305 ? 12 : 4
            let keys = keyBlock(2 * keyBytes + 2 * vectorBytes)
            let key = Array(keys[own * keyBytes..<(own + 1) * keyBytes])
            guard let cipher = RecordCipher(algorithm, key: key, tagBytes: tagBytes) else { return nil }
            self.cipher = cipher
            self.tagBytes = tagBytes
            let start = 2 * keyBytes + own * vectorBytes
            vector = Array(keys[start..<start + vectorBytes])
        case .cbc(let algorithm, let hash):
            let codeBytes = hash.digestBytes
            let keyBytes = algorithm.keyBytes
            let keys = keyBlock(2 * codeBytes + 2 * keyBytes + 32)
            let codeKey = Array(keys[own * codeBytes..<(own + 1) * codeBytes])
            let start = 2 * codeBytes + own * keyBytes
            guard let cipher = RecordCipher(algorithm, key: Array(keys[start..<start + keyBytes])) else {
                return nil
            }
            self.cipher = cipher
            tagBytes = 0
            vector = []
            let chain = 2 * codeBytes + 2 * keyBytes + own * 16
            block = BlockKeys(
                code: MessageAuthentication(hash, key: codeKey.span), codeBytes: codeBytes,
                encryptThenMAC: encryptThenMAC,
                chained: version < 0x0302 ? Array(keys[chain..<chain + 16]) : nil)
        }
    }

    /// Opens a record and appends its plaintext; answers its true type, or nil when it does not open.
    /// - Parameter afterGap: whether records before it may be missing, so that later sequence numbers are tried.
    mutating func open(
        _ record: Record, _ body: Span<UInt8>, afterGap: Bool, into output: inout [UInt8]
    ) -> UInt8? {
        let last = afterGap ? sequence &+ Self.lookAhead : sequence
        while true {
            if let type = tryOpen(record, body, into: &output) {
                sequence &+= 1
                return type
            }
            guard sequence < last else { return nil }
            sequence &+= 1
        }
    }

    /// Goes back to where a fruitless search began.
    mutating func rewind(to sequence: UInt64) { self.sequence = sequence }

    private mutating func tryOpen(_ record: Record, _ body: Span<UInt8>, into output: inout [UInt8]) -> UInt8?
    {
        if block != nil { return openBlocks(record, body, into: &output) ? record.type : nil }
        let start = output.count
        guard !isVersion13 else {
            let header = [record.type, 3, 3, UInt8(record.length >> 8), UInt8(record.length & 0xff)]
            guard cipher.open(body, nonce: mixedNonce(), additional: header, into: &output) else {
                return nil
            }
            return takeInnerType(&output, from: start)
        }
        let explicit = vector.count == 4 ? 8 : 0
        let length = body.count - explicit - tagBytes
        guard 0 <= length else { return nil }
        let nonce = explicit == 0 ? mixedNonce() : vector + body.extracting(first: 8).bytes()
        let isOpen = cipher.open(
            body.extracting(explicit...), nonce: nonce, additional: additional(record, length), into: &output)
        return isOpen ? record.type : nil
    }

    /// The sequence number in 8 bytes, type, version and length of the plaintext (RFC 5246 §6.2.3.3).
    private func additional(_ record: Record, _ length: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (56 - 8 * UInt64($0))) } + [
            record.type, UInt8(record.version >> 8), UInt8(record.version & 0xff), UInt8(length >> 8),
            UInt8(length & 0xff),
        ]
    }

    /// The vector with the sequence number mixed in (RFC 8446 §5.3, RFC 7905 §2).
    private func mixedNonce() -> [UInt8] {
        var nonce = vector
        for index in 0..<8 {
            nonce[4 + index] ^= UInt8(truncatingIfNeeded: sequence >> (56 - 8 * UInt64(index)))
        }
        return nonce
    }

    /// The last byte that is not zero is the type, what follows it is padding (RFC 8446 §5.2).
    private func takeInnerType(_ output: inout [UInt8], from start: Int) -> UInt8? {
        while start < output.count {
            let type = output.removeLast()
            if type != 0 { return type }
        }
        return nil
    }

    /// CBC with an HMAC, before or after encryption (RFC 5246 §6.2.3.2, RFC 7366).
    private mutating func openBlocks(_ record: Record, _ body: Span<UInt8>, into output: inout [UInt8])
        -> Bool
    {
        guard let keys = block else { return false }
        var sealed = body.bytes()
        if keys.encryptThenMAC {
            guard keys.codeBytes < sealed.count else { return false }
            let code = Array(sealed.suffix(keys.codeBytes))
            sealed.removeLast(keys.codeBytes)
            guard authentication(keys, record, sealed.span, length: sealed.count) == code else {
                return false
            }
        }
        let explicit = keys.chained == nil ? 16 : 0
        guard explicit + 16 <= sealed.count else { return false }
        let vector = keys.chained ?? Array(sealed.prefix(16))
        guard var plain = cipher.decryptCBC(sealed.span.extracting(explicit...), vector: vector) else {
            return false
        }
        guard let padding = plain.last, Int(padding) < plain.count,
            plain.suffix(Int(padding) + 1).allSatisfy({ $0 == padding })
        else { return false }
        plain.removeLast(Int(padding) + 1)
        if !keys.encryptThenMAC {
            guard keys.codeBytes <= plain.count else { return false }
            let code = Array(plain.suffix(keys.codeBytes))
            plain.removeLast(keys.codeBytes)
            guard authentication(keys, record, plain.span, length: plain.count) == code else { return false }
        }
        if keys.chained != nil { block?.chained = Array(sealed.suffix(16)) }
        output += plain
        return true
    }

    private func authentication(
        _ keys: BlockKeys, _ record: Record, _ content: Span<UInt8>, length: Int
    ) -> [UInt8] {
        keys.code.begin()
        keys.code.add(additional(record, length).span)
        keys.code.add(content)
        return keys.code.finish()
    }
}
