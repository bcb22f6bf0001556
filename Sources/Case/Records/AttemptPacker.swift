package import Wire

/// Puts finished attempts away as records, and makes the list of all of them at the end.
package struct AttemptPacker: Sendable {
    /// What is needed of an attempt to put it in its place.
    package struct Row: Sendable {
        /// When it began.
        package var startedAt: Timestamp?
        /// Where it stands: its request, else the end of its connection.
        package var place: Place
        fileprivate var address: RecordStore.Address
        fileprivate var store: UInt32
        fileprivate var firstToken: UInt32
        fileprivate var tokenCount: UInt32
    }

    /// The attempts put away so far.
    package private(set) var rows: [Row] = []
    private var stores: [RecordStore]
    /// For each store, the numbers here of the tokens in its records; nil where they are the same.
    private var numbers: [[UInt32]?] = [nil]
    private var tokens: [UInt32] = []
    /// The one buffer that all records are made in.
    private var writer = RecordWriter()

    /// Nothing put away. `budget` is what stays in memory, in bytes, where there is a shelf for the rest.
    package init(budget: Int, shelf: (any Shelf)?) { stores = [RecordStore(budget: budget, shelf: shelf)] }

    /// Puts an attempt away. Its number is given at the end.
    package mutating func add(_ attempt: Attempt) {
        let first = tokens.count
        for credential in attempt.credentials { tokens.append(UInt32(truncatingIfNeeded: credential.token)) }
        for credential in attempt.session?.credentials ?? [] {
            tokens.append(UInt32(truncatingIfNeeded: credential.token))
        }
        writer.bytes.removeAll(keepingCapacity: true)
        var attempt = attempt
        attempt.pass(through: &writer)
        rows.append(
            Row(
                startedAt: attempt.startedAt, place: attempt.standsAt,
                address: stores[0].append(writer.bytes), store: 0,
                firstToken: UInt32(truncatingIfNeeded: first),
                tokenCount: UInt32(truncatingIfNeeded: tokens.count - first)))
    }

    /// Takes over the first so many attempts of another. Element `n - 1` of `numbers` is the number here of the
    /// other's token `n`.
    package mutating func absorb(_ other: AttemptPacker, most: Int, tokens numbers: [Int]) {
        let firstStore = UInt32(stores.count)
        let firstToken = UInt32(tokens.count)
        let own = numbers.map { UInt32(truncatingIfNeeded: $0) }
        tokens += other.tokens.map { translated($0, own) }
        stores += other.stores
        self.numbers += other.numbers.map { inner in inner.map { $0.map { translated($0, own) } } ?? own }
        for var row in other.rows.prefix(most) {
            row.store += firstStore
            row.firstToken += firstToken
            rows.append(row)
        }
    }

    /// Puts the rows in order.
    package mutating func sort(by isEarlier: (Row, Row) -> Bool) { rows.sort(by: isEarlier) }

    /// The tokens of a row, in the order of `allCredentials`.
    package func tokens(of row: Row) -> ArraySlice<UInt32> {
        tokens[Int(row.firstToken)..<Int(row.firstToken) + Int(row.tokenCount)]
    }

    /// All attempts in the order of the rows, numbered from 1. Element `n - 1` of `final` is the number in the case
    /// of the token that is `n` here.
    package consuming func list(tokens final: [Int]) -> AttemptList {
        let own = final.map { UInt32(truncatingIfNeeded: $0) }
        var entries: [AttemptList.Entry] = []
        entries.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            entries.append(
                AttemptList.Entry(
                    startedAt: row.startedAt?.nanoseconds ?? .min, address: row.address, store: row.store,
                    id: UInt32(truncatingIfNeeded: index + 1), firstToken: row.firstToken,
                    tokenCount: row.tokenCount))
        }
        return AttemptList(
            AttemptList.Shelved(
                stores: stores,
                numbers: numbers.map { inner in inner.map { $0.map { translated($0, own) } } ?? own },
                entries: entries, tokens: tokens.map { translated($0, own) }))
    }
}

private func translated(_ token: UInt32, _ numbers: [UInt32]) -> UInt32 {
    1 <= token && token <= numbers.count ? numbers[Int(token) - 1] : token
}

extension Attempt {
    /// Where it stands in the input: its request, else the end of its connection.
    package var standsAt: Place {
        request?.place ?? connection.endedPlace ?? .frame(0, stream: connection.stream, input: input)
    }
}
