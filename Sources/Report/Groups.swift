import Case
import Diagnosis

/// Attempts that share one verdict stand together: forty thousand refusals are one story.
struct Groups: Sendable {
    /// Verdicts printed in full unless all are asked for.
    static let shownInFull = 12
    /// Healthy attempts printed unless all are asked for.
    static let healthyShown = 12

    struct Group: Sendable {
        /// Indices into the attempts, in time order; the first is told in full.
        var members: [Int]
        var leader: Int { members[0] }
    }

    private struct Key: Hashable {
        var cause: String?
        var outcome: String
        var status: Int?
        var closeCode: Int?
        var authority: String
        var path: String
    }

    /// Explained ones first, then undetermined ones; each in time order of its first member.
    var failing: [Group] = []
    /// Indices of attempts with which nothing is wrong.
    var healthy: [Int] = []
    /// Whether an attempt that is only told stays undetermined.
    var leavesTestimonyOpen = false
    /// All of them, counted.
    var tally = Tally()

    init(_ report: Report) {
        var byKey: [Key: Int] = [:]
        var all: [Group] = []
        var isExplained: [Bool] = []
        for item in report.items {
            let attempt = item.attempt
            tally.count(attempt, item.judgement)
            guard let judgement = item.judgement, let verdict = judgement.verdict else {
                healthy.append(item.index)
                continue
            }
            if attempt.basis == .reported, verdict.cause == nil { leavesTestimonyOpen = true }
            let target = attempt.request?.head.target ?? ""
            let key = Key(
                cause: verdict.cause, outcome: attempt.outcome.rawValue, status: attempt.status,
                closeCode: attempt.session?.firstClose?.code, authority: attempt.authority,
                path: pattern(ofPath: target))
            if !report.options.all, let position = byKey[key] {
                all[position].members.append(item.index)
            } else {
                byKey[key] = all.count
                all.append(Group(members: [item.index]))
                isExplained.append(!judgement.isUndetermined)
            }
        }
        failing = zip(all, isExplained).filter(\.1).map(\.0) + zip(all, isExplained).filter { !$1 }.map(\.0)
    }

    /// The tokens that the attempts told in full carry, in order of their numbers.
    func tokensShown(_ report: Report) -> [Int] {
        let leaders = report.options.all ? failing[...] : failing.prefix(Groups.shownInFull)
        var ids = Set<Int>()
        for group in leaders {
            for credential in report.file.attempts[group.leader].allCredentials {
                ids.insert(credential.token)
            }
        }
        return ids.sorted()
    }
}

/// The path of a target with what tells one client from another left out: numbers and long segments with digits.
func pattern(ofPath target: String) -> String {
    var pattern: [UInt8] = []
    pattern.reserveCapacity(target.utf8.count)
    var start = 0
    var digits = 0
    func endSegment() {
        let count = pattern.count - start
        guard 0 < digits, digits == count || 16 <= count else { return }
        pattern.removeLast(count)
        pattern.append(0x2a)
    }
    for byte in target.utf8 {
        if byte == 0x3f { break }
        if byte == 0x2f {
            endSegment()
            pattern.append(byte)
            (start, digits) = (pattern.count, 0)
            continue
        }
        pattern.append(byte)
        if 0x30 <= byte, byte <= 0x39 { digits += 1 }
    }
    endSegment()
    return String(decoding: pattern, as: UTF8.self)
}
