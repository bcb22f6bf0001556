import Wire

/// Remembers what lately delivered segments looked like, so that a second copy that differs is noticed although the
/// first one is gone. Of two segments that want the same place the later one has it.
struct RecentSegments {
    private struct Entry {
        var direction: UInt32 = .max
        var sequence: UInt32 = 0
        /// The low 16 bits are the number of bytes, the rest is of their content.
        var digest: UInt64 = 0
    }

    /// 2 to this power are remembered.
    private static let bits = 13

    private var entries = [Entry](repeating: Entry(), count: 1 << RecentSegments.bits)

    private static func place(_ direction: UInt32, _ sequence: UInt32) -> Int {
        let mixed = (UInt64(direction) << 32 | UInt64(sequence)) &* 0x9e37_79b9_7f4a_7c15
        return Int(mixed >> (64 - UInt64(bits)))
    }

    /// Remembers a segment of one direction of a stream.
    @inline(__always) mutating func remember(_ direction: UInt32, _ sequence: UInt32, _ bytes: Span<UInt8>) {
        entries[RecentSegments.place(direction, sequence)] = Entry(
            direction: direction, sequence: sequence, digest: contentDigest(bytes))
    }

    /// Whether the same segment is remembered with other bytes.
    func differs(_ direction: UInt32, _ sequence: UInt32, _ bytes: Span<UInt8>) -> Bool {
        let entry = entries[RecentSegments.place(direction, sequence)]
        guard entry.direction == direction, entry.sequence == sequence else { return false }
        let difference = entry.digest ^ contentDigest(bytes)
        return difference & 0xffff == 0 && difference != 0
    }
}

/// A number that differs for different bytes, but for those who mean to deceive it; its low 16 bits are those of their
/// count.
@inline(__always) private func contentDigest(_ bytes: Span<UInt8>) -> UInt64 {
    unsafe bytes.withUnsafeBytes { buffer in
        let count = buffer.count
        var (first, second) = (0x243f_6a88_85a3_08d3 as UInt64, 0x1319_8a2e_0370_7344 as UInt64)
        var offset = 0
        // Two chains, so that one multiplication does not wait for the other.
        while offset + 32 <= count {
            first = unsafe mixed(first, buffer, offset)
            second = unsafe mixed(second, buffer, offset + 16)
            offset += 32
        }
        if offset + 16 <= count {
            first = unsafe mixed(first, buffer, offset)
            offset += 16
        }
        if offset < count, 16 <= count {
            second = unsafe mixed(second, buffer, count - 16)
        } else {
            while offset < count {
                second = unsafe (second ^ UInt64(buffer[offset])) &* 0x9e37_79b9_7f4a_7c15
                second ^= second >> 32
                offset += 1
            }
        }
        let content = first ^ second &* 0x9e37_79b9_7f4a_7c15
        return content &* 0xc2b2_ae3d_27d4_eb4f & ~0xffff | UInt64(truncatingIfNeeded: count & 0xffff)
    }
}

/// Sixteen bytes more.
@inline(__always) private func mixed(_ digest: UInt64, _ buffer: UnsafeRawBufferPointer, _ offset: Int)
    -> UInt64
{
    let low = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let high = unsafe buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    let product = (digest ^ low).multipliedFullWidth(by: high ^ 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low ^ (digest &<< 1)
}
