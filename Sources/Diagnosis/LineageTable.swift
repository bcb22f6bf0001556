/// Where tokens came from and how they fared; the first and the last sighting of each kind stand for the rest.
struct LineageTable {
    /// What is known of one token.
    struct Lineage {
        /// The exchange that handed it out, and which of the things it handed out.
        var mint: (exchange: Int, item: Int)?
        /// Exchanges that sent it and were answered 2xx, the first and the last.
        var acceptedExchanges: [Int]
        /// Exchanges that sent it and were answered 401 or 403, the first and the last.
        var refusedExchanges: [Int]
        /// The first and the last attempt that sent it and got a 101.
        var acceptedAttempts: [Int]
    }

    /// A list of two at most; -1 is none.
    private struct Ends {
        private(set) var first: Int32 = -1
        var last: Int32 = -1

        mutating func note(_ index: Int) {
            if first < 0 {
                first = Int32(truncatingIfNeeded: index)
            } else {
                last = Int32(truncatingIfNeeded: index)
            }
        }

        var list: [Int] { [first, last].filter { 0 <= $0 }.map(Int.init) }
    }

    private struct Row {
        var mint: Int32 = -1
        var item: Int32 = 0
        var acceptedExchanges = Ends()
        var refusedExchanges = Ends()
        var acceptedAttempts = Ends()
    }

    private var rows: [Row]

    /// Nothing known of so many tokens.
    init(count: Int) { rows = [Row](repeating: Row(), count: count + 1) }

    /// The numbers of tokens; 0 is none.
    var indices: Range<Int> { rows.indices }

    /// Whether anything is known of a token.
    func isKnown(_ token: Int) -> Bool {
        guard rows.indices.contains(token) else { return false }
        let row = rows[token]
        return 0 <= row.mint || 0 <= row.acceptedExchanges.first || 0 <= row.refusedExchanges.first
            || 0 <= row.acceptedAttempts.first
    }

    /// What is known of a token.
    subscript(token: Int) -> Lineage {
        let row = rows[token]
        return Lineage(
            mint: row.mint < 0 ? nil : (Int(row.mint), Int(row.item)),
            acceptedExchanges: row.acceptedExchanges.list,
            refusedExchanges: row.refusedExchanges.list, acceptedAttempts: row.acceptedAttempts.list)
    }

    /// An attempt sent it and was let in.
    mutating func note(_ token: Int, acceptedBy attempt: Int) {
        if rows.indices.contains(token) { rows[token].acceptedAttempts.note(attempt) }
    }

    /// An exchange sent it and was answered.
    mutating func note(_ token: Int, in exchange: Int, _ status: Int) {
        guard rows.indices.contains(token) else { return }
        if 200..<300 ~= status {
            rows[token].acceptedExchanges.note(exchange)
        } else if status == 401 || status == 403 {
            rows[token].refusedExchanges.note(exchange)
        }
    }

    /// An exchange handed it out; the first one counts.
    mutating func note(_ token: Int, mintedBy exchange: Int, _ item: Int) {
        guard rows.indices.contains(token), rows[token].mint < 0 else { return }
        rows[token].mint = Int32(truncatingIfNeeded: exchange)
        rows[token].item = Int32(truncatingIfNeeded: item)
    }
}
