import Case
import Wire

/// What all attempts and exchanges of a case tell about each other: built once per case, and only where something
/// went wrong.
///
/// Laws: nothing in here grows with the square of the attempts, and an attempt costs two hundred bytes at most.
struct CaseIndex {
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

    private(set) var symptoms: [Symptoms] = []
    private(set) var traits: [Traits] = []
    /// How the sessions ended, for the comparison of sessions.
    private(set) var ends: [SessionEnding] = []
    /// By host and path.
    private(set) var groups = Grouping()
    /// By client, host and path.
    private(set) var series = Grouping()
    /// How many attempts of its series came one soon after the other before each, itself included (`Storm`).
    private(set) var runs: [UInt8] = []
    /// By host.
    private(set) var hosts = Grouping()
    /// For each host whether one of its attempts was not seen whole.
    private var hidesSomething: [Bool] = []
    /// Whether nothing is known to be missing from the case.
    let isWhole: Bool
    /// The sites of which a connection could not be read; `*` stands for all.
    private let unreadSites: Set<String>
    private(set) var lineages: LineageTable
    private(set) var skews: [String: Skew] = [:]
    /// URLs that were handed out: exchange, index into its `minted`.
    private(set) var mintedURLs: [(exchange: Int, item: Int)] = []
    /// Exchanges that minted a token, in order.
    private(set) var mints: [(exchange: Int, token: Int)] = []
    /// How often two attempts were compared to find those that stand for a group.
    private(set) var comparedCount = 0
    private let attempts: AttemptList

    /// Nil where nothing is wrong: then there is nothing to compare.
    init?(_ file: CaseFile) {
        attempts = file.attempts
        isWhole = file.isWhole
        unreadSites = file.unreadSites
        lineages = LineageTable(count: file.tokens.count)
        var groupNumbers = Grouping.Numbers()
        var seriesNumbers = Grouping.Numbers()
        var hostNumbers = Grouping.Numbers()
        var isAnySick = false
        symptoms.reserveCapacity(attempts.count)
        for position in attempts.indices {
            let attempt = attempts[position]
            let found = Diagnosis.symptoms(of: attempt, tokens: file.tokens)
            symptoms.append(found)
            if !isAnySick {
                guard !found.isEmpty else { continue }
                isAnySick = true
                traits.reserveCapacity(attempts.count)
                for earlier in 0..<position { note(attempts[earlier], earlier) }
            }
            note(attempt, position)
        }
        guard isAnySick else { return nil }
        for own in traits {
            groupNumbers.add(own.host, own.path, 0)
            seriesNumbers.add(own.host, own.path, own.client)
            hostNumbers.add(own.host, 0, 0)
        }
        series = Grouping(seriesNumbers)
        runs = [UInt8](repeating: 1, count: traits.count)
        series.forEachPair { earlier, later in
            runs[later] = Storm.run(of: runs[earlier], attempts.startedAt(earlier), attempts.startedAt(later))
        }
        var groups = Grouping(groupNumbers)
        var compared = 0
        groups.chooseRepresentatives {
            compared += 1
            return isLike($0, $1)
        }
        self.groups = groups
        var hosts = Grouping(hostNumbers)
        hosts.chooseRepresentatives {
            compared += 1
            return isLike($0, $1)
        }
        self.hosts = hosts
        comparedCount = compared
        hidesSomething = [Bool](repeating: false, count: hosts.count)
        for (index, own) in traits.enumerated() where !own.isRequestKnown || !own.isOutcomeKnown {
            hidesSomething[hosts.group(of: index)] = true
        }
        for index in file.exchanges.indices { note(file.exchanges[index], index) }
    }

    /// Whether one of two attempts can stand for the other.
    private func isLike(_ left: Int, _ right: Int) -> Bool {
        traits[left].outcome == traits[right].outcome && traits[left].isAccepted == traits[right].isAccepted
            && differences(left, right).isEmpty
    }

    /// What differs between two attempts.
    func differences(_ left: Int, _ right: Int) -> Differences {
        let carriers = Int(traits[left].carrierCount)
        return traits[left].differences(from: traits[right]) {
            attempts.sendSameTokens(left, right, count: carriers)
        } sameInAnyOrder: {
            carried(left) == carried(right)
        }
    }

    /// The tokens of an attempt's request.
    private func carried(_ index: Int) -> Set<Int> {
        Set(attempts.tokens(index).prefix(Int(traits[index].carrierCount)))
    }

    private mutating func note(_ attempt: Attempt, _ index: Int) {
        let own = Traits(attempt)
        traits.append(own)
        ends.append(SessionEnding(attempt))
        measure(attempt.response, authority: attempt.authority)
        guard own.isAccepted else { return }
        for credential in attempt.credentials { lineages.note(credential.token, acceptedBy: index) }
    }

    private mutating func note(_ exchange: Exchange, _ index: Int) {
        measure(exchange.response, authority: exchange.authority)
        if let status = exchange.status {
            for credential in exchange.credentials { lineages.note(credential.token, in: index, status) }
        }
        for (item, minted) in exchange.minted.enumerated() {
            switch minted.value {
            case .url: mintedURLs.append((index, item))
            case .token(let token):
                guard lineages.indices.contains(token) else { continue }
                mints.append((index, token))
                lineages.note(token, mintedBy: index, item)
            }
        }
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
    fileprivate let place: Int
    private let reads: Reads
    /// Index into `CaseFile.attempts`: which attempt it is differs for those that look alike.
    var other: Int {
        reads.note()
        return place
    }
    /// What differs.
    var differences: Differences
    /// Whether it ended the same way: status, body, field names, close.
    var isSameOutcome: Bool
    /// Whether it was let in, and stayed.
    var wasAccepted: Bool
    /// Whether it was upgraded, whatever came then.
    var wasOpened: Bool

    fileprivate init(
        _ place: Int, _ reads: Reads, differences: Differences, isSameOutcome: Bool, wasAccepted: Bool,
        wasOpened: Bool
    ) {
        self.place = place
        self.reads = reads
        self.differences = differences
        self.isSameOutcome = isSameOutcome
        self.wasAccepted = wasAccepted
        self.wasOpened = wasOpened
    }
}

extension CaseIndex {
    /// The comparisons that tell something of one attempt: with its neighbours in the series, and with one attempt
    /// of each other kind on the same address, then on the same host.
    func comparisons(of index: Int, _ memory: JudgeMemory) -> [Comparison] {
        var found: [Comparison] = []
        found.reserveCapacity(8)
        func consider(_ other: Int) {
            guard other != index, !found.contains(where: { $0.place == other }) else { return }
            memory.work.compared += 1
            found.append(
                Comparison(
                    other, memory.reads, differences: differences(index, other),
                    isSameOutcome: traits[index].outcome == traits[other].outcome
                        && traits[index].isOutcomeKnown && traits[other].isOutcomeKnown,
                    wasAccepted: traits[other].isAccepted, wasOpened: traits[other].isOpened))
        }
        let line = series.members(with: index)
        if let place = position(of: index, in: line) {
            if line.startIndex < place { consider(Int(line[place - 1])) }
            if place + 1 < line.endIndex { consider(Int(line[place + 1])) }
        }
        for other in groups.representatives(of: index) { consider(Int(other)) }
        for other in hosts.representatives(of: index) { consider(Int(other)) }
        return found
    }

    /// Whether every attempt on the host of this one was seen whole, and every connection to its site was read.
    func seesHost(of index: Int, _ attempt: Attempt) -> Bool {
        guard !hidesSomething[hosts.group(of: index)] else { return false }
        guard !unreadSites.isEmpty else { return true }
        let address = attempt.connection.server?.addressText
        return !unreadSites.contains("*") && !unreadSites.contains(site(of: hostOnly(attempt.authority)))
            && !(address.map(unreadSites.contains) ?? false)
    }

    /// The place of an index in a sorted list.
    func position(of index: Int, in sorted: ArraySlice<Int32>) -> Int? {
        var low = sorted.startIndex
        var high = sorted.endIndex
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low < sorted.endIndex && Int(sorted[low]) == index ? low : nil
    }

    /// The attempt of the same client on the same address before this one.
    func previous(of index: Int) -> Int? {
        let line = series.members(with: index)
        guard let place = position(of: index, in: line), line.startIndex < place else { return nil }
        return Int(line[place - 1])
    }
}
