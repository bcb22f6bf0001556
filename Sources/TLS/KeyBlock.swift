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
            guard cipher.isAvailable else { return nil }
            let pieces = self.pieces(
                master, hash, keyBytes: cipher.keyBytes, vectorBytes: cipher.blockBytes)
            let opener = { (side: Side) in
                let records = ChainedRecords(
                    cipher: cipher, key: pieces.keys[side], hash: hash, codeKey: pieces.codeKeys[side],
                    encryptsFirst: encryptsFirst,
                    chainedVector: version == 0x0301 ? pieces.vectors[side] : nil)
                return RecordOpener(chained: records, suite: suite)
            }
            return PerSide(client: opener(.client), server: opener(.server))
        case .streamed(let hash):
            let pieces = self.pieces(
                master, hash, keyBytes: StreamDecryption.keyBytes, vectorBytes: 0)
            let records = { (side: Side) in
                StreamedRecords(key: pieces.keys[side], hash: hash, codeKey: pieces.codeKeys[side])
            }
            guard let client = records(.client), let server = records(.server) else { return nil }
            return PerSide(
                client: RecordOpener(streamed: client, suite: suite),
                server: RecordOpener(streamed: server, suite: suite))
        }
    }

    /// Keys for the codes, keys and vectors of both sides, where nothing is sealed.
    private func pieces(
        _ master: [UInt8], _ hash: HashAlgorithm, keyBytes: Int, vectorBytes: Int
    ) -> (codeKeys: PerSide<[UInt8]>, keys: PerSide<[UInt8]>, vectors: PerSide<[UInt8]>) {
        let material = suite.isExport ? Self.exportBytes : keyBytes
        var block = self.block(master, length: 2 * (hash.digestBytes + material + vectorBytes))[...]
        let codeKeys = take(hash.digestBytes, &block)
        let keys = take(material, &block)
        let vectors = take(vectorBytes, &block)
        guard suite.isExport else { return (codeKeys, keys, vectors) }
        let both = pseudorandom(
            pseudorandomHash, secret: [], label: "IV block", seed: clientRandom + serverRandom,
            length: 2 * vectorBytes)
        return (
            codeKeys,
            PerSide(
                client: finalKey(keys.client, "client write key", keyBytes),
                server: finalKey(keys.server, "server write key", keyBytes)),
            PerSide(client: Array(both.prefix(vectorBytes)), server: Array(both.dropFirst(vectorBytes)))
        )
    }

    /// What is secret of an export key. Bytes.
    private static let exportBytes = 5

    /// RFC 2246 §6.3.1: five secret bytes, spread over a whole key.
    private func finalKey(_ key: [UInt8], _ label: String, _ length: Int) -> [UInt8] {
        pseudorandom(
            pseudorandomHash, secret: key, label: label, seed: clientRandom + serverRandom, length: length)
    }

    /// The hash of the pseudorandom function; nil for the one of TLS 1.0 and 1.1.
    private var pseudorandomHash: HashAlgorithm? { version == 0x0303 ? suite.hash : nil }

    private func block(_ master: [UInt8], length: Int) -> [UInt8] {
        pseudorandom(
            pseudorandomHash, secret: master, label: "key expansion",
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
