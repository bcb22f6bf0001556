import Wire

/// Bytes between a reader that hands out pieces and a scanner that takes whole packets.
struct CaptureBuffer {
    private var kept: [UInt8] = []

    /// Lets `scan` take whole packets out of what was left and the next piece.
    ///
    /// Shape: only the rest of a packet is copied, not the piece.
    mutating func feed<Problem: Error>(
        _ piece: Span<UInt8>, _ scan: (Span<UInt8>) throws(Problem) -> Int
    ) throws(Problem) {
        var start = 0
        // A packet that began in the piece before is completed with as much as it needs, by doubling.
        while !kept.isEmpty, start < piece.count {
            let more = min(piece.count - start, max(4096, kept.count))
            let before = kept.count
            kept.append(piece.extracting(start..<start + more))
            let consumed = try scan(kept.span)
            start += more
            if before <= consumed {
                start -= kept.count - consumed
                kept.removeAll(keepingCapacity: true)
            } else if 0 < consumed {
                kept.removeFirst(consumed)
            }
        }
        guard kept.isEmpty, start < piece.count else { return }
        let rest = piece.extracting(start..<piece.count)
        let consumed = try scan(rest)
        if consumed < rest.count { kept.append(rest.extracting(consumed..<rest.count)) }
    }
    /// Lets `scan` take what is left at the end.
    mutating func finish<Problem: Error>(_ scan: (Span<UInt8>) throws(Problem) -> Int) throws(Problem) {
        _ = try scan(kept.span)
        kept = []
    }
}
