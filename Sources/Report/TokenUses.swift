import Case

/// By token: the attempts and exchanges that carry it or handed it out. Two flat lists: a large case has a token for
/// each attempt.
struct TokenUses {
    /// One that carries a token or handed it out, by its place in the case.
    enum Use: Equatable {
        case attempt(Int)
        case exchange(Int)
    }

    private let file: CaseFile
    /// Places of attempts, and below zero the complements of those of exchanges; token after token.
    private var uses: [Int32] = []
    /// Where those of each token begin, and the end; token 0 is none.
    private var starts: [Int32]

    init(_ file: CaseFile) {
        self.file = file
        var counts = [Int32](repeating: 0, count: file.tokens.count + 2)
        TokenUses.visit(file) { token, _ in if counts.indices.contains(token + 1) { counts[token + 1] += 1 } }
        for token in 1..<counts.count { counts[token] += counts[token - 1] }
        starts = counts
        var next = counts
        var uses = [Int32](repeating: 0, count: Int(counts.last ?? 0))
        TokenUses.visit(file) { token, use in
            guard next.indices.contains(token + 1) else { return }
            uses[Int(next[token])] = use
            next[token] += 1
        }
        self.uses = uses
    }

    /// The uses of a token, attempts before exchanges; one that shows it twice stands there twice.
    func of(_ token: Int) -> [Use] {
        guard 0 <= token, token + 1 < starts.count else { return [] }
        return uses[Int(starts[token])..<Int(starts[token + 1])].map {
            $0 < 0 ? .exchange(Int(~$0)) : .attempt(Int($0))
        }
    }

    /// The labels of one token's uses (`1`, `x1`), in order and without repeats.
    func labels(of token: Int) -> [String] {
        var labels: [String] = []
        var last: Use?
        for use in of(token) where use != last {
            switch use {
            case .attempt(let index): labels.append("\(file.attempts.id(index))")
            case .exchange(let index): labels.append("x\(file.exchanges[index].id)")
            }
            last = use
        }
        return labels
    }

    private static func visit(_ file: CaseFile, _ body: (Int, Int32) -> Void) {
        for index in file.attempts.indices {
            for token in file.attempts.tokens(index) { body(token, Int32(truncatingIfNeeded: index)) }
        }
        for (index, exchange) in file.exchanges.enumerated() {
            let use = ~Int32(truncatingIfNeeded: index)
            for credential in exchange.credentials { body(credential.token, use) }
            for minted in exchange.minted {
                if case .token(let token) = minted.value { body(token, use) }
            }
        }
    }
}
