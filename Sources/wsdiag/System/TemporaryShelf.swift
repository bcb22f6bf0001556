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
    /// What was read beyond the last piece: whoever walks over the attempts asks for the next one next.
    private var ahead: (start: Int, bytes: [UInt8]) = (0, [])
    private var lastEnd = -1
    private static let aheadBytes = 64 << 10

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

    func read(_ range: Range<Int>) -> [UInt8] {
        defer { lastEnd = range.upperBound }
        if ahead.start <= range.lowerBound, range.upperBound <= ahead.start + ahead.bytes.count {
            return Array(ahead.bytes[range.lowerBound - ahead.start..<range.upperBound - ahead.start])
        }
        guard range.lowerBound == lastEnd, range.count <= Self.aheadBytes else { return readExactly(range) }
        let more = range.lowerBound..<max(range.upperBound, min(end, range.lowerBound + Self.aheadBytes))
        ahead = (more.lowerBound, readExactly(more))
        return Array(ahead.bytes.prefix(range.count))
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
