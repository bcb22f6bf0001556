import Wire

/// One line of a head, without its end.
struct HeadLine {
    /// Where it stands.
    var range: Range<Int>
    /// The last control byte in it that is no tab; -1 when there is none.
    var lastControl: Int
    /// Whether it ended in LF without CR.
    var isBare: Bool
    /// Where the next line begins.
    var next: Int
}

extension Span where Element == UInt8 {
    /// The line that begins at `start` and ends before `limit`, or nil when its end is not there.
    func line(from start: Int, limit: Int) -> HeadLine? {
        var index = start
        var lastControl = -1
        while true {
            index = firstControl(from: index, to: limit)
            guard index < limit else { return nil }
            switch self[index] {
            case 0x0a:
                return HeadLine(range: start..<index, lastControl: lastControl, isBare: true, next: index + 1)
            case 0x0d where index + 1 < limit && self[index + 1] == 0x0a:
                return HeadLine(
                    range: start..<index, lastControl: lastControl, isBare: false, next: index + 2)
            case 0x09: break
            default: lastControl = index
            }
            index += 1
        }
    }

    /// The first byte below space, or DEL, in a range; its end when there is none. Eight bytes at a time.
    private func firstControl(from start: Int, to end: Int) -> Int {
        var index = start
        unsafe withUnsafeBytes { raw in
            while index + 8 <= end {
                let word = unsafe UInt64(
                    littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                // The classic tests for a byte below 0x20 and for a zero byte; the lowest hit is exact.
                let below = (word &- 0x2020_2020_2020_2020) & ~word
                let mixed = word ^ 0x7f7f_7f7f_7f7f_7f7f
                let delete = (mixed &- 0x0101_0101_0101_0101) & ~mixed
                let hits = (below | delete) & 0x8080_8080_8080_8080
                if hits != 0 {
                    index += hits.trailingZeroBitCount / 8
                    return
                }
                index += 8
            }
            while index < end, unsafe 0x20 <= raw[index], unsafe raw[index] != 0x7f { index += 1 }
        }
        return index
    }

    /// The first `byte` in a range, or nil. Eight bytes at a time.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        var index = range.lowerBound
        unsafe withUnsafeBytes { raw in
            while index + 8 <= range.upperBound {
                let word = unsafe UInt64(
                    littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ pattern
                let hits = (mixed &- 0x0101_0101_0101_0101) & ~mixed & 0x8080_8080_8080_8080
                if hits != 0 {
                    index += hits.trailingZeroBitCount / 8
                    return
                }
                index += 8
            }
            while index < range.upperBound, unsafe raw[index] != byte { index += 1 }
        }
        return index < range.upperBound ? index : nil
    }
}
