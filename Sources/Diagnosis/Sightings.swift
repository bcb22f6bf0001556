/// What is made when a key is met again, for as many keys as fit.
struct Sightings<Value> {
    /// What is known of a key.
    enum Sight {
        /// Nobody asked for it, as far as that is remembered.
        case first
        /// It was met: something may be made of it.
        case again
        case known(Value)
    }

    /// Values that are remembered at one time: a few kilobytes each.
    private static var valueLimit: Int { 64 }
    private static var seenLimit: Int { 256 }
    private static var recentLimit: Int { 8 }

    private var table: [[UInt8]: Value] = [:]
    /// Hashes of keys that were met.
    private var seen: Set<Int> = []
    /// The last that were asked for.
    private var recent: [(key: [UInt8], value: Value)] = []
    private var oldest = 0

    /// What is known of a key.
    mutating func sight(of key: [UInt8]) -> Sight {
        // Comparing is cheaper than hashing, and most attempts look like one a moment ago.
        for index in recent.indices where recent[index].key == key { return .known(recent[index].value) }
        var hasher = Hasher()
        unsafe key.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        let hash = hasher.finalize()
        guard seen.contains(hash) else {
            if Self.seenLimit <= seen.count { seen.removeAll(keepingCapacity: true) }
            seen.insert(hash)
            return .first
        }
        guard let value = table[key] else { return .again }
        keep(value, key)
        return .known(value)
    }

    mutating func remember(_ value: Value, as key: [UInt8]) {
        keep(value, key)
        // A capture in which no two attempts are alike fills this again and again.
        if Self.valueLimit <= table.count { table.removeAll(keepingCapacity: true) }
        table[key] = value
    }

    private mutating func keep(_ value: Value, _ key: [UInt8]) {
        if recent.count < Self.recentLimit {
            recent.append((key, value))
        } else {
            recent[oldest] = (key, value)
            oldest = (oldest + 1) % Self.recentLimit
        }
    }
}
