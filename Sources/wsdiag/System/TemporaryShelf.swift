import Case
import Glibc
import Report

/// A file without a name, for the attempts of a capture that do not fit into the memory that is set aside for them.
///
/// It is made when it is first needed, readable for nobody else, in TMPDIR or /var/tmp, which unlike /tmp is seldom
/// memory; the system takes it back when the process ends, however it ends. Where no file can be had, memory is used.
final class TemporaryShelf: Shelf, @unchecked Sendable {
    // One thread puts aside; one reads, and begins when the other has ended.
    private var descriptor: Int32?
    private var end = 0
    /// Blocks of the file that were read whole, because their neighbours were asked for.
    private var blocks: [(number: Int, bytes: [UInt8])] = []
    private var oldest = 0
    /// The blocks that were asked for last: attempts and tokens are walked over side by side.
    private var asked = [Int](repeating: -2, count: TemporaryShelf.blockCount)
    private var askedCount = 0
    private static let blockBytes = 64 << 10
    private static let blockCount = 8

    deinit {
        if let descriptor, 0 <= descriptor { close(descriptor) }
    }

    func append(_ bytes: [UInt8]) -> Int? {
        let file = descriptor ?? unnamedFile()
        descriptor = file
        guard 0 <= file else { return nil }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    file, buffer.baseAddress.map { $0 + written }, buffer.count - written,
                    off_t(end + written))
            }
            if 0 < count { written += count } else if count == 0 || errno != EINTR { return nil }
        }
        defer { end += bytes.count }
        return end
    }

    /// Walks over the attempts or the tokens of a case ask for what lies close together; others for a piece here and
    /// there, for which a whole block would be too much.
    func read(_ range: Range<Int>) -> [UInt8] {
        let number = range.lowerBound / Self.blockBytes
        let start = number * Self.blockBytes
        guard range.upperBound <= start + Self.blockBytes, start + Self.blockBytes <= end else {
            return readExactly(range)
        }
        let own = range.lowerBound - start..<range.upperBound - start
        for block in blocks where block.number == number { return Array(block.bytes[own]) }
        let isWalk = asked.contains { abs($0 - number) <= 1 }
        asked[askedCount % Self.blockCount] = number
        askedCount += 1
        guard isWalk else { return readExactly(range) }
        let block = (number, readExactly(start..<start + Self.blockBytes))
        if blocks.count < Self.blockCount {
            blocks.append(block)
        } else {
            blocks[oldest] = block
            oldest = (oldest + 1) % Self.blockCount
        }
        return Array(block.1[own])
    }

    private func readExactly(_ range: Range<Int>) -> [UInt8] {
        guard let descriptor, 0 <= descriptor else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let count = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, range.count - filled,
                    off_t(range.lowerBound + filled))
                if 0 < count { filled += count } else if count == 0 || errno != EINTR { return }
            }
        }
        if bytes.count < range.count { giveUp(errno) }
        return bytes
    }

    /// What was put aside cannot be read again: a report with holes in it would be false.
    private func giveUp(_ number: Int32) -> Never {
        let text = "error: the temporary file cannot be read back: \(errorText(number))\n"
        try? writeAll(Array(text.utf8), to: STDERR_FILENO, name: "standard error")
        exitProcess(with: .internalError)
    }
}

/// A descriptor of a new file that nobody can open, or -1.
private func unnamedFile() -> Int32 {
    let folders = [getenv("TMPDIR").map { String(cString: $0) }, "/var/tmp", "/tmp"].compactMap { $0 }
    for folder in folders where !folder.isEmpty {
        var name = Array("\(folder)/wsdiag-XXXXXX".utf8CString)
        let file = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard 0 <= file else { continue }
        name.withUnsafeBufferPointer { if let path = $0.baseAddress { _ = unlink(path) } }
        return file
    }
    return -1
}
