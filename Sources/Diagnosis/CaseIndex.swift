import Case
import Wire

/// What all attempts and exchanges of a case tell about each other: built once per case, and only where something
/// went wrong. Law: nothing in here grows with the square of the attempts.
struct CaseIndex {
    /// Attempts that dial one address of one host.
    struct Group {
        /// Indices into `CaseFile.attempts`, in time order.
        var members: [Int] = []
        /// One member for each combination of features and outcome, `representativeLimit` at most.
        var representatives: [Int] = []
        /// Whether there were more combinations than that.
        var isCapped = false
        /// Whether one of them was not seen whole.
        var hasUnknown = false
    }

    /// Where a token came from and how it fared; the first and the last sighting of each kind stand for the rest.
    struct Lineage {
        /// The exchange that handed it out: index, member.
        var mint: (exchange: Int, member: String, lifetime: Int?)?
        /// The last exchange that sent it and was answered 2xx.
        var acceptedExchanges: [Int] = []
        /// Exchanges that sent it and were answered 401 or 403, the first and the last.
        var refusedExchanges: [Int] = []
        /// The first and the last attempt that sent it and got a 101.
        var acceptedAttempts: [Int] = []
    }

    /// Differences between the clock of a host and that of the input.
    struct Skew {
        var count = 0
        var least = Double.greatestFiniteMagnitude
        var most = -Double.greatestFiniteMagnitude

        mutating func take(_ difference: Double) {
            count += 1
            least = min(least, difference)
            most = max(most, difference)
        }
    }

    static let representativeLimit = 8

    var symptoms: [Symptoms]
    /// Whether nothing is known to be missing from the case.
    let isWhole: Bool
    var traits: [Traits]
    /// For each attempt its place in `groups`, and in `series`.
    var groupOf: [Int]
    var seriesOf: [Int]
    var hostOf: [Int]
    /// By host and path.
    var groups: [Group] = []
    /// By client, host and path.
    var series: [Group] = []
    /// By host.
    var hosts: [Group] = []
    var lineages: [Lineage]
    var skews: [String: Skew] = [:]
    /// URLs that were handed out: exchange, index into its `minted`.
    var mintedURLs: [(exchange: Int, item: Int)] = []
    /// Exchanges that minted a token, in order.
    var mints: [(exchange: Int, token: Int)] = []

    init(_ file: CaseFile, symptoms: [Symptoms]) {
        self.symptoms = symptoms
        isWhole = file.isWhole
        traits = []
        traits.reserveCapacity(file.attempts.count)
        groupOf = []
        seriesOf = []
        hostOf = []
        lineages = [Lineage](repeating: Lineage(), count: file.tokens.count + 1)
        var groupNumbers: [Key: Int] = [:]
        var seriesNumbers: [Key: Int] = [:]
        var hostNumbers: [Key: Int] = [:]
        for index in file.attempts.indices {
            let own = Traits(file.attempts[index])
            traits.append(own)
            let key = Key(host: own.host, path: own.path, client: 0)
            groupOf.append(Self.number(of: key, in: &groupNumbers, &groups))
            seriesOf.append(
                Self.number(
                    of: Key(host: own.host, path: own.path, client: own.client), in: &seriesNumbers, &series))
            hostOf.append(Self.number(of: Key(host: own.host, path: "", client: 0), in: &hostNumbers, &hosts))
            Self.add(index, to: &groups[groupOf[index]], traits)
            series[seriesOf[index]].members.append(index)
            Self.add(index, to: &hosts[hostOf[index]], traits)
            note(file.attempts[index], index)
        }
        for index in file.exchanges.indices { note(file.exchanges[index], index) }
    }

    private struct Key: Hashable {
        var host: String
        var path: String
        var client: UInt64
    }

    // Static, because a method would hold a second reference to the arrays that it grows, and so copy them.
    private static func number(of key: Key, in numbers: inout [Key: Int], _ groups: inout [Group]) -> Int {
        if let number = numbers[key] { return number }
        numbers[key] = groups.count
        groups.append(Group())
        return groups.count - 1
    }

    private static func add(_ index: Int, to group: inout Group, _ traits: [Traits]) {
        group.members.append(index)
        if !traits[index].isRequestKnown || !traits[index].isOutcomeKnown { group.hasUnknown = true }
        let isKnown = group.representatives.contains {
            traits[$0].outcome == traits[index].outcome && traits[$0].isAccepted == traits[index].isAccepted
                && traits[$0].differences(from: traits[index]).isEmpty
        }
        if isKnown { return }
        if group.representatives.count < CaseIndex.representativeLimit {
            group.representatives.append(index)
        } else {
            group.isCapped = true
        }
    }

    private mutating func note(_ attempt: Attempt, _ index: Int) {
        measure(attempt.response, authority: attempt.authority)
        guard traits[index].isAccepted else { return }
        for credential in attempt.credentials where lineages.indices.contains(credential.token) {
            Self.keepEnds(index, of: &lineages[credential.token].acceptedAttempts)
        }
    }

    private mutating func note(_ exchange: Exchange, _ index: Int) {
        measure(exchange.response, authority: exchange.authority)
        if let status = exchange.status {
            for credential in exchange.credentials where lineages.indices.contains(credential.token) {
                if 200..<300 ~= status {
                    Self.keepEnds(index, of: &lineages[credential.token].acceptedExchanges)
                } else if status == 401 || status == 403 {
                    Self.keepEnds(index, of: &lineages[credential.token].refusedExchanges)
                }
            }
        }
        for (item, minted) in exchange.minted.enumerated() {
            switch minted.value {
            case .url: mintedURLs.append((index, item))
            case .token(let token):
                guard lineages.indices.contains(token) else { continue }
                mints.append((index, token))
                if lineages[token].mint == nil {
                    lineages[token].mint = (index, minted.member, minted.lifetimeSeconds)
                }
            }
        }
    }

    /// Keeps the first and the last of a growing list.
    private static func keepEnds(_ index: Int, of list: inout [Int]) {
        if list.count < 2 { list.append(index) } else { list[1] = index }
    }

    private mutating func measure(_ response: Message?, authority: String) {
        guard let response, let at = response.at, let text = response.head.first("date"),
            let date = Timestamp(httpDate: text)
        else { return }
        let difference = date.seconds(since: at)
        skews[authority, default: Skew()].take(difference)
    }
}

/// What another attempt shows by being almost the same.
struct Comparison {
    /// Index into `CaseFile.attempts`.
    var other: Int
    /// What differs.
    var differences: Differences
    /// Whether it ended the same way: status, body, field names, close.
    var isSameOutcome: Bool
    /// Whether it was let in.
    var wasAccepted: Bool
}

extension CaseIndex {
    /// The comparisons that tell something of one attempt: with its neighbours in the series, and with one attempt
    /// of each other kind on the same address, then on the same host.
    func comparisons(of index: Int) -> [Comparison] {
        var others: [Int] = []
        func consider(_ other: Int) {
            if other != index, !others.contains(other) { others.append(other) }
        }
        let line = series[seriesOf[index]].members
        if let place = position(of: index, in: line) {
            if 0 < place { consider(line[place - 1]) }
            if place + 1 < line.count { consider(line[place + 1]) }
        }
        groups[groupOf[index]].representatives.forEach(consider)
        hosts[hostOf[index]].representatives.forEach(consider)
        return others.map { other in
            Comparison(
                other: other, differences: traits[index].differences(from: traits[other]),
                isSameOutcome: traits[index].outcome == traits[other].outcome
                    && traits[index].isOutcomeKnown && traits[other].isOutcomeKnown,
                wasAccepted: traits[other].isAccepted)
        }
    }

    /// The place of an index in a sorted list.
    func position(of index: Int, in sorted: [Int]) -> Int? {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == index ? low : nil
    }

    /// The attempt of the same client on the same address before this one.
    func previous(of index: Int) -> Int? {
        let line = series[seriesOf[index]].members
        guard let place = position(of: index, in: line), 0 < place else { return nil }
        return line[place - 1]
    }
}
