import Case
import Wire

/// Statements of the same end, and the place that was dialled.
struct ToldAttempt {
    /// The statement that says most, with what the others add.
    var told: Told
    /// Where each statement stands.
    var mentions: [Int]
    /// What was dialled.
    var dial: Dial?
}

/// Makes one attempt of all statements that tell the same end of the same handshake, and finds what was dialled.
func linked(_ told: [Told], _ dials: [Dial]) -> [ToldAttempt] {
    var attempts: [ToldAttempt] = []
    // Attempts that may take another statement of their kind. What has heads of its own takes none with heads.
    var open: [Told.Kind: [Int]] = [:]
    for statement in told {
        let hasHead = statement.request != nil || statement.response != nil
        let known = (open[statement.kind] ?? []).prefix(256)
        if let index = known.first(where: { canFold(attempts[$0].told, statement) }) {
            fold(statement, into: &attempts[index])
        } else {
            // One with heads is enough to take what is said without.
            if !hasHead || known.isEmpty { open[statement.kind, default: []].append(attempts.count) }
            attempts.append(ToldAttempt(told: statement, mentions: [statement.offset]))
        }
    }
    absorb(&attempts)
    let named = Set(attempts.map(\.told.url).filter { $0 != nil })
    for index in attempts.indices {
        attempts[index].dial = dial(of: attempts[index], dials, named: named)
        attempts[index].settle()
    }
    return attempts.enumerated().sorted { left, right in
        let keys = [left, right].map { ($0.element.order, $0.element.told.isReconnect ? 1 : 0, $0.offset) }
        return keys[0] < keys[1]
    }.map(\.element)
}

extension ToldAttempt {
    /// Chooses the statement to point at: what a program printed, or the words with the reason, else the first words behind
    /// what was dialled.
    fileprivate mutating func settle() {
        guard !told.isPrinted, told.reason.isEmpty, let dial else { return }
        told.offset = mentions.first { dial.offset < $0 } ?? told.offset
    }

    /// What was printed stands where it was printed; what was said stands where it was dialled.
    fileprivate var order: Int { told.isPrinted ? mentions[0] : dial?.offset ?? told.offset }
}

private func canFold(_ left: Told, _ right: Told) -> Bool {
    guard left.isSame(as: right) else { return false }
    if let one = left.url, let other = right.url, one != other { return false }
    // Two heads on paper are two handshakes.
    return left.request == nil && left.response == nil || right.request == nil && right.response == nil
}

private func fold(_ statement: Told, into attempt: inout ToldAttempt) {
    attempt.mentions.append(statement.offset)
    var told = attempt.told
    let isRicher = statement.response != nil || statement.isPrinted && !told.isPrinted
    if isRicher {
        var richer = statement
        richer.url = richer.url ?? told.url
        if richer.reason.isEmpty { richer.reason = told.reason }
        richer.isReconnect = richer.isReconnect || told.isReconnect
        told = richer
    } else {
        told.url = told.url ?? statement.url
        if told.reason.isEmpty, !statement.reason.isEmpty {
            told.reason = statement.reason
            // Of a close the words with the reason are the ones to point at.
            if case .closed = told.kind { told.offset = statement.offset }
        }
        told.isReconnect = told.isReconnect || statement.isReconnect
        told.certain = told.certain ?? statement.certain
    }
    attempt.told = told
}

/// Leaves out statements that say less of an attempt that another tells better: the 1006 after a refusal, "could not
/// connect" beside a status.
private func absorb(_ attempts: inout [ToldAttempt]) {
    let hasStatus = attempts.contains { if case .refused(_?) = $0.told.kind { true } else { false } }
    let hasEnd = attempts.contains { $0.told.kind != .abnormal && $0.told.kind != .opened }
    let ends = attempts.map(\.told)
    attempts.removeAll { attempt in
        switch attempt.told.kind {
        case .abnormal: hasEnd
        case .refused(nil), .failed:
            hasStatus
                && ends.contains { other in
                    guard case .refused(_?) = other.kind else { return false }
                    return attempt.told.url == nil || other.url == nil || other.url == attempt.told.url
                }
        default: false
        }
    }
}

/// The call or URL that a statement is about: the one it names, else the last one before it, else the first.
private func dial(of attempt: ToldAttempt, _ dials: [Dial], named: Set<String?>) -> Dial? {
    if case .neverSent = attempt.told.kind, attempt.told.isPrinted, !dials.contains(where: \.isCode) {
        return nil
    }
    if let url = attempt.told.url {
        return dials.first { $0.url == url && $0.isCode } ?? Dial(url: url, offset: attempt.told.offset)
    }
    let inCode = dials.filter(\.isCode)
    let candidates = inCode.isEmpty ? dials : inCode
    // A program that names no URL may mean any; of several none is the one.
    let isOne =
        candidates.dropFirst().allSatisfy { $0.url == candidates[0].url }
        && named.isSubset(of: [candidates.first?.url])
    guard !candidates.isEmpty, !inCode.isEmpty || !attempt.told.isPrinted || isOne else { return nil }
    if attempt.told.isReconnect, let again = candidates.last(where: \.isReconnect) { return again }
    let first = candidates.filter { !$0.isReconnect }
    let pool = first.isEmpty ? candidates : first
    for mention in attempt.mentions {
        if let before = pool.last(where: { $0.offset < mention }) { return before }
    }
    return pool.first
}
