package import Wire

/// The attempts of a case, in time order: as they are, or put away as records and made anew each time one is asked for.
///
/// Hold on to an element that is used twice: making one costs a microsecond or two, more where its record is on a
/// shelf. Changing an element of a list of records makes all of them as they are; captures of any size are only read.
package struct AttemptList: Sendable {
    /// What is known of a put-away attempt without making it.
    struct Entry {
        /// Nanoseconds; `Int64.min` where the moment is not known.
        var startedAt: Int64
        var address: RecordStore.Address
        /// Index into `stores`.
        var store: UInt32
        var id: UInt32
        /// Its tokens in `tokens`: those of the request, then those of the session.
        var firstToken: UInt32
        var tokenCount: UInt32
    }

    /// Records, and how the numbers of tokens in them translate.
    struct Shelved {
        var stores: [RecordStore]
        /// For each store the number in the case of its token `n`, at `n - 1`.
        var numbers: [[UInt32]]
        var entries: [Entry]
        /// The tokens of all entries, numbers of the case.
        var tokens: [UInt32]
    }

    private var loose: [Attempt] = []
    private var shelved: Shelved?

    /// No attempts.
    package init() {}

    init(_ shelved: Shelved) { self.shelved = shelved }

    /// The attempts as they are.
    private mutating func unpack() {
        guard shelved != nil else { return }
        loose = Array(self)
        shelved = nil
    }

    /// When the attempt at an index began, without making it.
    package func startedAt(_ index: Int) -> Timestamp? {
        guard let shelved else { return loose[index].startedAt }
        let moment = shelved.entries[index].startedAt
        return moment == .min ? nil : Timestamp(nanoseconds: moment)
    }

    /// The number of the attempt at an index, without making it.
    package func id(_ index: Int) -> Int {
        guard let shelved else { return loose[index].id }
        return Int(shelved.entries[index].id)
    }

    /// The tokens that the attempt at an index sent, in the order of `allCredentials`, without making it.
    package func tokens(_ index: Int) -> [Int] {
        guard let shelved else { return loose[index].allCredentials.map(\.token) }
        let entry = shelved.entries[index]
        let first = Int(entry.firstToken)
        return shelved.tokens[first..<first + Int(entry.tokenCount)].map { Int($0) }
    }

    /// Whether the requests of two attempts, with `count` credentials each, sent the same tokens in the same order.
    package func sendSameTokens(_ left: Int, _ right: Int, count: Int) -> Bool {
        guard let shelved else {
            return loose[left].credentials.map(\.token) == loose[right].credentials.map(\.token)
        }
        let first = Int(shelved.entries[left].firstToken)
        let second = Int(shelved.entries[right].firstToken)
        for place in 0..<count where shelved.tokens[first + place] != shelved.tokens[second + place] {
            return false
        }
        return true
    }

    /// The attempt with a number, or nil.
    package func first(id: Int) -> Attempt? { indices.first { self.id($0) == id }.map { self[$0] } }

    /// Leaves out the attempts that answer to a condition; the others keep their numbers.
    package mutating func removeAll(where isUnwanted: (Attempt) throws -> Bool) rethrows {
        guard shelved != nil else { return try loose.removeAll(where: isUnwanted) }
        var kept: [Entry] = []
        for (index, entry) in (shelved?.entries ?? []).enumerated() where try !isUnwanted(self[index]) {
            kept.append(entry)
        }
        shelved?.entries = kept
    }
}

extension AttemptList.Shelved {
    func attempt(at index: Int) -> Attempt {
        let entry = entries[index]
        var reader = stores[Int(entry.store)].reader(at: entry.address)
        var attempt = Attempt.blank
        attempt.pass(through: &reader)
        attempt.id = Int(entry.id)
        let numbers = numbers[Int(entry.store)]
        renumber(&attempt.credentials, numbers)
        if var session = attempt.session, !session.credentials.isEmpty {
            renumber(&session.credentials, numbers)
            attempt.session = session
        }
        return attempt
    }

    private func renumber(_ credentials: inout [Credential], _ numbers: [UInt32]) {
        for index in credentials.indices {
            let old = credentials[index].token
            if 1 <= old, old <= numbers.count { credentials[index].token = Int(numbers[old - 1]) }
        }
    }
}

extension AttemptList: RandomAccessCollection, MutableCollection, RangeReplaceableCollection {
    /// 0.
    package var startIndex: Int { 0 }
    /// How many there are.
    package var endIndex: Int { shelved?.entries.count ?? loose.count }

    /// The attempt at an index, made anew where it was put away.
    package subscript(index: Int) -> Attempt {
        get { shelved?.attempt(at: index) ?? loose[index] }
        _modify {
            unpack()
            yield &loose[index]
        }
    }

    /// Puts others in the place of some.
    package mutating func replaceSubrange(_ range: Range<Int>, with attempts: some Collection<Attempt>) {
        unpack()
        loose.replaceSubrange(range, with: attempts)
    }
}

extension AttemptList: Equatable, ExpressibleByArrayLiteral {
    /// These attempts as they are.
    package init(arrayLiteral elements: Attempt...) { loose = elements }

    package static func == (left: AttemptList, right: AttemptList) -> Bool { left.elementsEqual(right) }
}
