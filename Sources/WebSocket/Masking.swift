import Wire

/// Undoes the mask of payload bytes (RFC 6455 §5.3) into `output`, which is replaced.
///
/// - Parameters:
///   - key: the masking key, its first byte uppermost.
///   - phase: how many payload bytes came before these; the key is applied from there.
func unmask(_ bytes: Span<UInt8>, key: UInt32, phase: UInt64, into output: inout [UInt8]) {
    output.removeAll(keepingCapacity: true)
    output.append(bytes)
    let turned = key.rotated(left: 8 * UInt32(truncatingIfNeeded: phase & 3))
    // Lanes are in memory order, so the key's first byte must be the lowest.
    let lanes = SIMD8<UInt32>(repeating: turned.bigEndian)
    var position = 0
    unsafe output.withUnsafeMutableBytes { raw in
        while position + 32 <= raw.count {
            let block = unsafe raw.loadUnaligned(fromByteOffset: position, as: SIMD8<UInt32>.self)
            unsafe raw.storeBytes(of: block ^ lanes, toByteOffset: position, as: SIMD8<UInt32>.self)
            position += 32
        }
    }
    while position < output.count {
        output[position] ^= UInt8(truncatingIfNeeded: turned >> (24 - 8 * UInt32(position & 3)))
        position += 1
    }
}

extension UInt32 {
    fileprivate func rotated(left bits: UInt32) -> UInt32 {
        bits == 0 ? self : self << bits | self >> (32 - bits)
    }
}
