import Crypto
import Wire

/// What the keys of TLS 1.0 to 1.2 are made of.
struct KeyBlock {
    var version: Int
    var suite: CipherSuite
    var clientRandom: [UInt8]
    var serverRandom: [UInt8]
    /// Encrypt-then-MAC was agreed on (RFC 7366).
    var encryptsFirst: Bool

    /// The openers of both sides; nil when the suite is not implemented or has no such version.
    ///
    /// Source: RFC 5246 §6.3; RFC 5288 §3 and RFC 7905 §2 for the length of the vectors.
    func openers(master: [UInt8]) -> PerSide<RecordOpener>? {
        switch suite.protection {
        case .unsupported: return nil
        case .sealed(let cipher):
            guard version == 0x0303 else { return nil }
            let vectorBytes = cipher == .chaCha20Poly1305 ? 12 : 4
            var block = self.block(master, length: 2 * (cipher.keyBytes + vectorBytes))[...]
            let keys = take(cipher.keyBytes, &block)
            let vectors = take(vectorBytes, &block)
            let opener = { (side: Side) in
                RecordOpener(cipher: cipher, key: keys[side], vector: vectors[side], suite: suite)
            }
            return PerSide(client: opener(.client), server: opener(.server))
        case .chained(let cipher, let hash):
            let each = hash.digestBytes + cipher.keyBytes + cipher.blockBytes
            var block = self.block(master, length: 2 * each)[...]
            let codeKeys = take(hash.digestBytes, &block)
            let keys = take(cipher.keyBytes, &block)
            let vectors = take(cipher.blockBytes, &block)
            let opener = { (side: Side) in
                let records = ChainedRecords(
                    cipher: cipher, key: keys[side], hash: hash, codeKey: codeKeys[side],
                    encryptsFirst: encryptsFirst, chainedVector: version == 0x0301 ? vectors[side] : nil)
                return RecordOpener(chained: records, suite: suite)
            }
            return PerSide(client: opener(.client), server: opener(.server))
        }
    }

    private func block(_ master: [UInt8], length: Int) -> [UInt8] {
        pseudorandom(
            version == 0x0303 ? suite.hash : nil, secret: master, label: "key expansion",
            seed: serverRandom + clientRandom, length: length)
    }
}

/// The client's piece and the server's, in this order.
private func take(_ count: Int, _ block: inout ArraySlice<UInt8>) -> PerSide<[UInt8]> {
    let client = Array(block.prefix(count))
    block = block.dropFirst(count)
    let server = Array(block.prefix(count))
    block = block.dropFirst(count)
    return PerSide(client: client, server: server)
}
