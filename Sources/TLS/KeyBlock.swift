import Crypto
import Wire

/// What the keys of SSL 3 to TLS 1.2 are made of.
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
                    cipher: cipher, key: pieces.keys[side],
                    code: RecordCode(hash, key: pieces.codeKeys[side], isSSL3: isSSL3),
                    encryptsFirst: encryptsFirst && !isSSL3,
                    chainedVector: version <= 0x0301 ? pieces.vectors[side] : nil, hasAnyPadding: isSSL3)
                return RecordOpener(chained: records, suite: suite)
            }
            return PerSide(client: opener(.client), server: opener(.server))
        case .streamed(let hash):
            let pieces = self.pieces(
                master, hash, keyBytes: StreamDecryption.keyBytes, vectorBytes: 0)
            let (clientKey, serverKey) = (pieces.keys.client, pieces.keys.server)
            guard let client = StreamDecryption(key: clientKey.span),
                let server = StreamDecryption(key: serverKey.span)
            else { return nil }
            return openers(hash, PerSide(client: client, server: server), pieces.codeKeys)
        case .unencrypted(let hash):
            let pieces = self.pieces(master, hash, keyBytes: 0, vectorBytes: 0)
            return openers(hash, PerSide(client: nil, server: nil), pieces.codeKeys)
        }
    }

    private func openers(
        _ hash: HashAlgorithm, _ ciphers: PerSide<StreamDecryption?>, _ codeKeys: PerSide<[UInt8]>
    ) -> PerSide<RecordOpener> {
        let opener = { (side: Side) in
            let code = RecordCode(hash, key: codeKeys[side], isSSL3: isSSL3)
            return RecordOpener(streamed: StreamedRecords(cipher: ciphers[side], code: code), suite: suite)
        }
        return PerSide(client: opener(.client), server: opener(.server))
    }

    private var isSSL3: Bool { version == 0x0300 }

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
        let finalKeys = PerSide(
            client: finalKey(keys.client, .client, keyBytes), server: finalKey(keys.server, .server, keyBytes)
        )
        return (codeKeys, finalKeys, exportVectors(vectorBytes))
    }

    /// What is secret of an export key. Bytes.
    private static let exportBytes = 5

    /// RFC 2246 §6.3.1, RFC 6101 §6.2.2.1: five secret bytes, spread over a whole key.
    private func finalKey(_ key: [UInt8], _ side: Side, _ length: Int) -> [UInt8] {
        if isSSL3 {
            let seed = side == .client ? clientRandom + serverRandom : serverRandom + clientRandom
            let material = key + seed
            return Array(digest(.md5, material.span).prefix(length))
        }
        return pseudorandom(
            pseudorandomHash, secret: key, label: side == .client ? "client write key" : "server write key",
            seed: clientRandom + serverRandom, length: length)
    }

    /// The vectors of an export suite are made of what everybody saw.
    private func exportVectors(_ length: Int) -> PerSide<[UInt8]> {
        if isSSL3 {
            let client = clientRandom + serverRandom
            let server = serverRandom + clientRandom
            return PerSide(
                client: Array(digest(.md5, client.span).prefix(length)),
                server: Array(digest(.md5, server.span).prefix(length)))
        }
        let both = pseudorandom(
            pseudorandomHash, secret: [], label: "IV block", seed: clientRandom + serverRandom,
            length: 2 * length)
        return PerSide(client: Array(both.prefix(length)), server: Array(both.dropFirst(length)))
    }

    /// The hash of the pseudorandom function; nil for the one of TLS 1.0 and 1.1.
    private var pseudorandomHash: HashAlgorithm? { version == 0x0303 ? suite.hash : nil }

    private func block(_ master: [UInt8], length: Int) -> [UInt8] {
        if isSSL3 {
            return ssl3KeyMaterial(secret: master, seed: serverRandom + clientRandom, length: length)
        }
        return pseudorandom(
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
