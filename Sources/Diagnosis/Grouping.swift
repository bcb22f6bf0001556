/// Attempts that belong together, by number: three flat lists, because a capture may have as many groups as attempts.
struct Grouping {
    /// Gives each attempt the number of its group.
    struct Numbers {
        private struct Key: Hashable {
            var host: Int
            var path: Int
            var client: UInt64
        }

        private var known: [Key: Int32] = [:]
        fileprivate var groupOf: [Int32] = []
        fileprivate var count: Int { known.count }

        init() {}

        mutating func add(_ host: Int, _ path: Int, _ client: UInt64) {
            let key = Key(host: host, path: path, client: client)
            let next = Int32(truncatingIfNeeded: known.count)
            groupOf.append(
                known[key]
                    ?? {
                        known[key] = next
                        return next
                    }())
        }
    }

    /// Members that stand for a group, one for each combination of features and outcome.
    static let representativeLimit = 8

    /// For each attempt the number of its group.
    private var groupOf: [Int32] = []
    /// All attempts, group after group, in time order in each.
    private var members: [Int32] = []
    /// Where the members of each group begin, and the end.
    private var starts: [Int32] = [0]
    /// Representatives, group after group; a group of one has none.
    private var standIns: [Int32] = []
    private var standInStarts: [Int32] = [0]

    /// No groups.
    init() {}

    /// Groups by number, without representatives.
    init(_ numbers: consuming Numbers) {
        groupOf = numbers.groupOf
        starts = [Int32](repeating: 0, count: numbers.count + 1)
        for group in groupOf { starts[Int(group) + 1] += 1 }
        for group in 0..<numbers.count { starts[group + 1] += starts[group] }
        var next = starts
        members = [Int32](repeating: 0, count: groupOf.count)
        for (index, group) in groupOf.enumerated() {
            members[Int(next[Int(group)])] = Int32(truncatingIfNeeded: index)
            next[Int(group)] += 1
        }
    }

    /// Gives each group representatives, no two of them alike.
    mutating func chooseRepresentatives(isLike: (Int, Int) -> Bool) {
        standInStarts.reserveCapacity(starts.count)
        for group in 0..<starts.count - 1 {
            let first = standIns.count
            let own = members[Int(starts[group])..<Int(starts[group + 1])]
            for member in own where 1 < own.count && standIns.count - first < Self.representativeLimit {
                let isKnown = standIns[first...].contains { isLike(Int($0), Int(member)) }
                if !isKnown { standIns.append(member) }
            }
            standInStarts.append(Int32(truncatingIfNeeded: standIns.count))
        }
    }

    /// How many groups there are.
    var count: Int { starts.count - 1 }

    /// The group of an attempt.
    func group(of index: Int) -> Int { Int(groupOf[index]) }

    /// The members of an attempt's group in time order, that attempt included.
    func members(with index: Int) -> ArraySlice<Int32> {
        let group = group(of: index)
        return members[Int(starts[group])..<Int(starts[group + 1])]
    }

    /// Walks over the members that follow each other in a group.
    func forEachPair(_ body: (_ earlier: Int, _ later: Int) -> Void) {
        for group in 0..<count {
            for place in Int(starts[group])..<Int(starts[group + 1]) - 1 {
                body(Int(members[place]), Int(members[place + 1]))
            }
        }
    }

    /// The members that stand for an attempt's group; none where it is alone.
    func representatives(of index: Int) -> ArraySlice<Int32> {
        let group = group(of: index)
        return standIns[Int(standInStarts[group])..<Int(standInStarts[group + 1])]
    }
}
