import Wire

/// HKDF-Expand-Label of TLS 1.3.
///
/// Shape: `label` without `prefix`, which drafts wrote otherwise; `length` at most 255 digests, of which more than one is never asked in TLS.
/// Source: RFC 8446 §7.1, RFC 5869 §2.3.
package func expandLabel(
    _ algorithm: HashAlgorithm, secret: Span<UInt8>, prefix: String = "tls13 ", label: String,
    context: [UInt8] = [],
    length: Int
) -> [UInt8] {
    let name = Array(prefix.utf8) + Array(label.utf8)
    let information =
        [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        + [UInt8(truncatingIfNeeded: name.count)] + name
        + [UInt8(truncatingIfNeeded: context.count)] + context
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while output.count < length {
        let message = block + information + [counter]
        block = hmac(algorithm, key: secret, message.span)
        output += block
        counter &+= 1
    }
    return Array(output.prefix(length))
}

/// The pseudorandom function of TLS 1.2, and with no algorithm that of TLS 1.0 and 1.1.
///
/// Source: RFC 5246 §5; RFC 2246 §5 (MD5 over one half of the secret, SHA-1 over the other).
package func pseudorandom(
    _ algorithm: HashAlgorithm?, secret: [UInt8], label: String, seed: [UInt8], length: Int
) -> [UInt8] {
    let labelled = Array(label.utf8) + seed
    if let algorithm {
        return expand(algorithm, secret: secret, seed: labelled, length: length)
    }
    // The halves share the middle byte of a secret of odd length.
    let half = (secret.count + 1) / 2
    let first = expand(.md5, secret: Array(secret.prefix(half)), seed: labelled, length: length)
    let second = expand(.sha1, secret: Array(secret.suffix(half)), seed: labelled, length: length)
    return zip(first, second).map { $0 ^ $1 }
}

/// P_hash of RFC 5246 §5.
private func expand(_ algorithm: HashAlgorithm, secret: [UInt8], seed: [UInt8], length: Int) -> [UInt8] {
    let code = MessageAuthentication(algorithm, key: secret.span)
    var chain = seed
    var output: [UInt8] = []
    while output.count < length {
        code.begin()
        code.add(chain.span)
        chain = code.finish()
        code.begin()
        code.add(chain.span)
        code.add(seed.span)
        output += code.finish()
    }
    return Array(output.prefix(length))
}
