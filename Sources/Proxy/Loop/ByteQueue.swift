import Wire

/// Bytes that wait to be sent, first in, first out.
struct ByteQueue {
    private var storage: [UInt8] = []
    private var start = 0

    /// How many wait.
    var count: Int { storage.count - start }
    var isEmpty: Bool { start == storage.count }

    mutating func append(_ bytes: Span<UInt8>) { storage.append(bytes) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { storage.append(contentsOf: bytes) }

    /// Lends what waits.
    func withBytes<Answer>(_ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Lets the first ones go. Storage that a burst made large is given back.
    mutating func drop(_ count: Int) {
        start += count
        if start == storage.count {
            if 1 << 16 < storage.capacity { storage = [] } else { storage.removeAll(keepingCapacity: true) }
            start = 0
        } else if 1 << 17 <= start {
            storage.removeFirst(start)
            start = 0
        }
    }

    /// Lets all go.
    mutating func removeAll() {
        storage = []
        start = 0
    }
}
