import Case
import Wire

/// A text in lines, with places that a person can find again.
struct TextDocument {
    /// Every byte, as it was pasted.
    let bytes: [UInt8]
    /// The lines without their ends (LF or CRLF).
    let lines: [Range<Int>]
    /// UTF-8 continuation bytes before each block of `block` bytes, so that a column costs one block and not the line.
    private let continuationsBefore: [Int]
    private static let block = 1024

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var lines: [Range<Int>] = []
        var before: [Int] = []
        var continuations = 0
        var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        for index in bytes.indices {
            if index % Self.block == 0 { before.append(continuations) }
            let byte = bytes[index]
            if byte & 0xc0 == 0x80 { continuations += 1 }
            guard byte == 0x0a, start <= index else { continue }
            let end = start < index && bytes[index - 1] == 0x0d ? index - 1 : index
            lines.append(start..<end)
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        self.lines = lines
        continuationsBefore = before
    }

    /// The line and column of a byte: both from 1, columns in characters as an editor counts code points.
    func place(_ offset: Int) -> Place {
        let number = lineIndex(of: offset)
        guard lines.indices.contains(number) else {
            return Place(input: 0, position: .line(1, column: 1))
        }
        let start = lines[number].lowerBound
        let end = min(max(offset, start), bytes.count)
        let column = end - start - (continuations(before: end) - continuations(before: start)) + 1
        return Place(input: 0, position: .line(number + 1, column: column))
    }

    /// The index of the line that holds a byte.
    func lineIndex(of offset: Int) -> Int {
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if lines[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The text of a range, read as UTF-8 with repairs.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// A range without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes[start] <= 0x20 { start += 1 }
        while start < end, bytes[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }

    /// Whether `word` (ASCII) stands at `offset`, within `end`.
    func has(_ word: StaticString, at offset: Int, before end: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard 0 <= offset, length <= end - offset else { return false }
        return word.withUTF8Buffer { wanted in
            for index in 0..<length where unsafe wanted[index] != bytes[offset + index] { return false }
            return true
        }
    }

    private func continuations(before offset: Int) -> Int {
        guard offset < bytes.count || offset % Self.block != 0 else {
            return continuations(before: offset - 1)
                + (bytes[offset - 1] & 0xc0 == 0x80 ? 1 : 0)
        }
        let block = offset / Self.block
        var count = continuationsBefore[block]
        for index in block * Self.block..<offset where bytes[index] & 0xc0 == 0x80 { count += 1 }
        return count
    }
}
