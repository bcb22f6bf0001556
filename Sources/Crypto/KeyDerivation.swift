/// HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446 §7.1).
///
/// Shape: `length` bytes, at most 255 digests.
package func expandLabel(_ algorithm: HashAlgorithm, secret: [UInt8], label: String, length: Int) -> [UInt8] {
    let name = Array("tls13 \(label)".utf8)
    let info =
        [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), UInt8(name.count)] + name
        + [0]
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 1
    while output.count < length, counter < 255 {
        block = hmac(algorithm, key: secret.span, (block + info + [counter]).span)
        output += block
        counter += 1
    }
    return Array(output.prefix(length))
}

/// The PRF of TLS 1.2 with P_hash (RFC 5246 §5).
package func pseudorandom(
    _ algorithm: HashAlgorithm, secret: [UInt8], label: String, seed: [UInt8], length: Int
) -> [UInt8] {
    let labelled = Array(label.utf8) + seed
    var output: [UInt8] = []
    var chain = labelled
    while output.count < length {
        chain = hmac(algorithm, key: secret.span, chain.span)
        output += hmac(algorithm, key: secret.span, (chain + labelled).span)
    }
    return Array(output.prefix(length))
}

/// The PRF of TLS 1.0 and 1.1: MD5 over one half of the secret, SHA-1 over the other, mixed (RFC 2246 §5).
package func pseudorandomMD5SHA1(secret: [UInt8], label: String, seed: [UInt8], length: Int) -> [UInt8] {
    let half = (secret.count + 1) / 2
    let left = pseudorandom(
        .md5, secret: Array(secret.prefix(half)), label: label, seed: seed, length: length)
    let right = pseudorandom(
        .sha1, secret: Array(secret.suffix(half)), label: label, seed: seed, length: length)
    return zip(left, right).map { $0 ^ $1 }
}
