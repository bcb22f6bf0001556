import Wire

/// What SSL 3 makes keys of, in the place of a pseudorandom function.
///
/// Source: RFC 6101 §6.2.2: MD5(secret + SHA('A' + secret + seed)) + MD5(secret + SHA('BB' + secret + seed)) and so on.
package func ssl3KeyMaterial(secret: [UInt8], seed: [UInt8], length: Int) -> [UInt8] {
    var output: [UInt8] = []
    var round = 1
    while output.count < length {
        let letters = [UInt8](repeating: 0x40 &+ UInt8(truncatingIfNeeded: round), count: round)
        let inner = letters + secret + seed
        let outer = secret + digest(.sha1, inner.span)
        output += digest(.md5, outer.span)
        round += 1
    }
    return Array(output.prefix(length))
}

/// The code of a record of SSL 3: HMAC before there was HMAC, the pads set behind the key and not laid over it.
///
/// Shape: `key` is one digest long. Source: RFC 6101 §5.2.3.1.
package func ssl3Code(_ algorithm: HashAlgorithm, key: [UInt8], header: [UInt8], _ text: Span<UInt8>)
    -> [UInt8]
{
    let padBytes = algorithm == .md5 ? 48 : 40
    var inner = key + [UInt8](repeating: 0x36, count: padBytes) + header
    inner.append(text)
    let outer = key + [UInt8](repeating: 0x5c, count: padBytes) + digest(algorithm, inner.span)
    return digest(algorithm, outer.span)
}
