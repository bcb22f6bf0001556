import Wire

/// Remembers what lately delivered segments looked like, so that a second copy that differs is noticed although the
/// first one is gone. Of two segments that want the same place the later one has it.
struct RecentSegments {
    private struct Entry {
        var direction: UInt32 = .max
        var sequence: UInt32 = 0
        var length: UInt32 = 0
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
            direction: direction, sequence: sequence, length: UInt32(truncatingIfNeeded: bytes.count),
            digest: contentDigest(bytes))
    }

    /// Whether the same segment is remembered with other bytes.
    func differs(_ direction: UInt32, _ sequence: UInt32, _ bytes: Span<UInt8>) -> Bool {
        let entry = entries[RecentSegments.place(direction, sequence)]
        return entry.direction == direction && entry.sequence == sequence
            && entry.length == UInt32(truncatingIfNeeded: bytes.count) && entry.digest != contentDigest(bytes)
    }
}

/// A number that differs for different bytes, but for those who mean to deceive it.
@inline(__always) private func contentDigest(_ bytes: Span<UInt8>) -> UInt64 {
    unsafe bytes.withUnsafeBytes { buffer in
        var (first, second) = (0x243f_6a88_85a3_08d3 as UInt64, 0x1319_8a2e_0370_7344 as UInt64)
        var offset = 0
        while offset + 16 <= buffer.count {
            unsafe first =
                (first ^ buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                &* 0x9e37_79b9_7f4a_7c15
            unsafe second =
                (second ^ buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
                &* 0xc2b2_ae3d_27d4_eb4f
            first ^= first >> 32
            second ^= second >> 29
            offset += 16
        }
        while offset < buffer.count {
            unsafe first = (first ^ UInt64(buffer[offset])) &* 0x9e37_79b9_7f4a_7c15
            first ^= first >> 32
            offset += 1
        }
        return first ^ second &* 0x9e37_79b9_7f4a_7c15
    }
}
