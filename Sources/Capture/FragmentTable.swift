import Wire

/// What the fragments of one IP packet have in common.
struct FragmentKey: Hashable {
    var addresses: AddressPair
    var identification: UInt32
    var transport: Int
}

/// The content of an IP packet that was put together from fragments.
struct Datagram {
    var addresses: AddressPair
    /// The IP protocol number of its content.
    var transport: Int
    var bytes: [UInt8]
}

/// Fragments that wait for their siblings. Of bytes that come twice the first copy is used.
struct FragmentTable {
    private struct Waiting {
        var bytes: [UInt8] = []
        /// What was received, in order, neither overlapping nor touching.
        var ranges: [Range<Int>] = []
        /// The length of the whole; nil before the last fragment came.
        var length: Int?

        /// What it costs to keep it. Bytes, with those of the tables.
        var cost: Int { bytes.count + ranges.count * 16 + 256 }
    }

    /// Ranges of one packet that do not touch; nobody sends more pieces in such disorder.
    private static let rangeLimit = 1024

    private let limits: Limits
    private var waiting: [FragmentKey: Waiting] = [:]
    /// Keys in the order of their first fragment; those already done are passed over.
    private var order: [FragmentKey] = []
    private var heldBytes = 0

    init(limits: Limits) { self.limits = limits }

    /// Keeps one fragment; answers the packet when it is whole, and how many others had to be given up.
    mutating func keep(
        _ part: Span<UInt8>, of key: FragmentKey, offset: Int, isLast: Bool, isCut: Bool
    ) -> (datagram: Datagram?, givenUp: Int) {
        let end = offset + part.count
        // Only the last fragment may have a length that is no multiple of 8; a cut one never completes.
        guard !isCut, 0 < part.count, isLast || part.count % 8 == 0, end <= 0xffff + 40 else {
            return (nil, 0)
        }
        var entry = waiting.removeValue(forKey: key) ?? Waiting()
        if entry.bytes.isEmpty { order.append(key) } else { heldBytes -= entry.cost }
        if isLast, entry.length == nil { entry.length = end }
        fill(&entry, part, offset)
        if let length = entry.length,
            entry.ranges.first.map({ $0.lowerBound == 0 && length <= $0.upperBound }) ?? false
        {
            entry.bytes.removeSubrange(length...)
            return (Datagram(addresses: key.addresses, transport: key.transport, bytes: entry.bytes), 0)
        }
        guard entry.ranges.count <= FragmentTable.rangeLimit else { return (nil, 1) }
        heldBytes += entry.cost
        waiting[key] = entry
        return (nil, makeRoom())
    }

    /// Gives up all; answers how many.
    mutating func removeAll() -> Int {
        let count = waiting.count
        waiting.removeAll()
        order.removeAll()
        heldBytes = 0
        return count
    }

    private func fill(_ entry: inout Waiting, _ part: Span<UInt8>, _ offset: Int) {
        let end = offset + part.count
        if entry.bytes.count < end {
            entry.bytes.append(contentsOf: repeatElement(0, count: end - entry.bytes.count))
        }
        var (position, merged) = (offset, offset..<end)
        var index = entry.ranges.firstIndex { offset <= $0.upperBound } ?? entry.ranges.count
        let first = index
        while index < entry.ranges.count, entry.ranges[index].lowerBound <= end {
            let old = entry.ranges[index]
            copy(part, offset, position..<max(position, min(end, old.lowerBound)), &entry.bytes)
            position = max(position, old.upperBound)
            merged = min(merged.lowerBound, old.lowerBound)..<max(merged.upperBound, old.upperBound)
            index += 1
        }
        copy(part, offset, position..<max(position, end), &entry.bytes)
        entry.ranges.replaceSubrange(first..<index, with: CollectionOfOne(merged))
    }

    private func copy(_ part: Span<UInt8>, _ offset: Int, _ range: Range<Int>, _ bytes: inout [UInt8]) {
        for position in range { bytes[position] = part[position - offset] }
    }

    private mutating func makeRoom() -> Int {
        if 64 < order.count, waiting.count * 2 < order.count { sweep() }
        guard limits.fragmentBytes < heldBytes else { return 0 }
        // More than needed is given up at once, so that a flood does not pay for every packet.
        var (givenUp, index) = (0, 0)
        while limits.fragmentBytes / 16 * 15 < heldBytes, index < order.count {
            if let entry = waiting.removeValue(forKey: order[index]) {
                heldBytes -= entry.cost
                givenUp += 1
            }
            index += 1
        }
        order.removeFirst(index)
        return givenUp
    }

    /// Takes keys that are done out of the order, once they are the most of it.
    private mutating func sweep() {
        order = order.filter { waiting[$0] != nil }
    }
}
