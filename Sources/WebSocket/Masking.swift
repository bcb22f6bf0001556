import Wire

/// Undoes the mask of payload bytes (RFC 6455 §5.3) into `output`, which is replaced.
///
/// - Parameters:
///   - key: the masking key, its first byte uppermost.
///   - phase: how many payload bytes came before these; the key is applied from there.
func unmask(_ bytes: Span<UInt8>, key: UInt32, phase: UInt64, into output: inout [UInt8]) {
    let turned = key.turned(by: phase)
    let lanes = SIMD8<UInt32>(repeating: turned.bigEndian)
    output.removeAll(keepingCapacity: true)
    output.append(bytes)
    var position = 0
    unsafe output.withUnsafeMutableBytes { raw in
        while position + 32 <= raw.count {
            let block = unsafe raw.loadUnaligned(fromByteOffset: position, as: SIMD8<UInt32>.self)
            unsafe raw.storeBytes(of: block ^ lanes, toByteOffset: position, as: SIMD8<UInt32>.self)
            position += 32
        }
        while position + 4 <= raw.count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            unsafe raw.storeBytes(of: word ^ lanes[0], toByteOffset: position, as: UInt32.self)
            position += 4
        }
    }
    while position < output.count {
        output[position] ^= UInt8(truncatingIfNeeded: turned >> (24 - 8 * UInt32(position & 3)))
        position += 1
    }
}

/// Whether masked payload bytes are ASCII without their mask. Nothing is written: most text is looked at for nothing
/// else. A key of 0 leaves bytes as they are.
func isASCII(_ bytes: Span<UInt8>, key: UInt32, phase: UInt64) -> Bool {
    let turned = key.turned(by: phase)
    let lanes = SIMD16<UInt32>(repeating: turned.bigEndian)
    var position = 0
    var union: UInt64 = 0
    unsafe bytes.withUnsafeBytes { raw in
        while position + 64 <= raw.count, union & 0x8080_8080_8080_8080 == 0 {
            let block = unsafe raw.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt32>.self) ^ lanes
            let half = block.lowHalf | block.highHalf
            let quarter = half.lowHalf | half.highHalf
            let words = unsafe unsafeBitCast(quarter, to: SIMD2<UInt64>.self)
            union |= words[0] | words[1]
            position += 64
        }
        while position + 4 <= raw.count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt32.self) ^ lanes[0]
            union |= UInt64(word)
            position += 4
        }
    }
    while position < bytes.count {
        let mask = UInt8(truncatingIfNeeded: turned >> (24 - 8 * UInt32(position & 3)))
        union |= UInt64(bytes[position] ^ mask)
        position += 1
    }
    return union & 0x8080_8080_8080_8080 == 0
}

extension UInt32 {
    /// A masking key for the payload bytes from `phase` on.
    fileprivate func turned(by phase: UInt64) -> UInt32 {
        let bits = 8 * UInt32(truncatingIfNeeded: phase & 3)
        return bits == 0 ? self : self << bits | self >> (32 - bits)
    }
}
