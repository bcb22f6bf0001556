import Glibc

/// What the system calls an error: `No such file or directory`.
func systemText(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
}

/// Writes all of it; nil when that was done, else the number of the error.
func writeWhole(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var offset = 0
    while offset < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { Glibc.write(descriptor, $0 + offset, buffer.count - offset) } ?? 0
        }
        if count < 0, errno == EINTR { continue }
        guard 0 < count else { return errno }
        offset += count
    }
    return nil
}

/// The clock that never goes back. Nanoseconds since some moment.
func monotonicNanoseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}
