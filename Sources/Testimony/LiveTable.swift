/// What is known of things that are going on, by their number. The one that was silent for longest makes room when there
/// are too many.
struct LiveTable<Value> {
    private struct Entry {
        var value: Value
        var stamp: Int
    }

    private let capacity: Int
    private var entries: [Int: Entry] = [:]
    /// Numbers in the order in which they were touched; an entry whose stamp moved on stands here again, later.
    private var order: [(id: Int, stamp: Int)] = []
    private var head = 0
    private var clock = 0
    /// How many made room.
    private(set) var evicted = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// How many are going on.
    var count: Int { entries.count }
    /// Their numbers, ascending.
    var ids: [Int] { entries.keys.sorted() }

    func contains(_ id: Int) -> Bool { entries[id] != nil }

    subscript(id: Int) -> Value? { entries[id]?.value }

    /// Puts a value in; answers what had to make room.
    mutating func insert(_ value: Value, _ id: Int) -> Value? {
        clock += 1
        entries[id] = Entry(value: value, stamp: clock)
        order.append((id, clock))
        tidy()
        guard capacity < entries.count else { return nil }
        return removeOldest()
    }

    /// Changes a value in place and makes it the latest.
    mutating func update(_ id: Int, _ change: (inout Value) -> Void) {
        guard var entry = entries.removeValue(forKey: id) else { return }
        change(&entry.value)
        clock += 1
        entry.stamp = clock
        entries[id] = entry
        order.append((id, clock))
        tidy()
    }

    mutating func remove(_ id: Int) -> Value? { entries.removeValue(forKey: id)?.value }

    private mutating func removeOldest() -> Value? {
        while head < order.count {
            let next = order[head]
            head += 1
            guard let entry = entries[next.id], entry.stamp == next.stamp else { continue }
            evicted += 1
            return entries.removeValue(forKey: next.id)?.value
        }
        return nil
    }

    /// Lets go of places in the order that mean nothing any more, once they are most of it.
    private mutating func tidy() {
        guard 64 + 4 * entries.count < order.count else { return }
        order = order[head...].filter { entries[$0.id]?.stamp == $0.stamp }
        head = 0
    }
}
