import Case
import Wire

/// Positions in order of time.
struct TimeIndex {
    private var moments: [(nanoseconds: Int64, index: Int)]

    /// Elements without a time are in none of its answers.
    init(_ times: [Timestamp?]) {
        moments = times.enumerated().compactMap { index, time in time.map { ($0.nanoseconds, index) } }
            .sorted { $0.nanoseconds < $1.nanoseconds }
    }

    /// The positions within so many seconds of a moment, 64 at most: more could never be told apart.
    func around(_ moment: Timestamp, within seconds: Double) -> [Int] {
        let reach = Int64(seconds * 1_000_000_000)
        let first = moment.nanoseconds.subtractingReportingOverflow(reach)
        let from = first.overflow ? Int64.min : first.partialValue
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = low + (high - low) / 2
            if moments[middle].nanoseconds < from { low = middle + 1 } else { high = middle }
        }
        var found: [Int] = []
        while low < moments.count, found.count < 64 {
            let distance = moments[low].nanoseconds.subtractingReportingOverflow(moment.nanoseconds)
            guard !distance.overflow, distance.partialValue <= reach else { break }
            found.append(moments[low].index)
            low += 1
        }
        return found
    }
}

/// How far apart the clock of a log and another one may be, and the second that many logs round to. Seconds.
private let logSeconds = 2.5

extension CaseFile {
    /// Gives requests of access logs to the attempts that they are about: same path and status within the time, and no
    /// other attempt that could be meant. Those that stay were ordinary requests, or nobody knows.
    mutating func attachLoggedRequests() {
        let isLog = inputs.map { $0.kind == DocumentFormat.accessLog.rawValue }
        guard isLog.contains(true), exchanges.contains(where: { isLog[$0.input] }) else { return }
        let index = TimeIndex(attempts.indices.map { attempts.startedAt($0) })
        var attached: Set<Int> = []
        for (position, exchange) in exchanges.enumerated() where isLog[exchange.input] {
            guard let moment = exchange.request.at else { continue }
            let near = index.around(moment, within: logSeconds).filter { candidate in
                attempts[candidate].mayBe(exchange) && !isLog[attempts[candidate].input]
            }
            // Those with this status come first; then those whose status nobody told.
            let same = near.filter { attempts[$0].status != nil }
            let meant = same.isEmpty ? near : same
            guard meant.count == 1, let own = meant.first else { continue }
            attached.insert(position)
            attempts[own].seenAlso.append(exchange.request.place)
            if let part = exchange.answeredBy, attempts[own].answeredBy == nil {
                attempts[own].answeredBy = part
            }
            attempts[own].takeStatus(of: exchange)
        }
        guard !attached.isEmpty else { return }
        exchanges = exchanges.enumerated().filter { !attached.contains($0.offset) }.map(\.element)
    }
}

extension Attempt {
    /// Whether a logged request may be this handshake.
    fileprivate func mayBe(_ exchange: Exchange) -> Bool {
        guard let own = request?.head.target, let its = exchange.request.head.target, outcome != .opened,
            status == exchange.status || mayHaveBeenAnswered
        else { return false }
        let path = { (target: String) in (URLParts(target)?.target ?? target).prefix { $0 != "?" } }
        guard path(own) == path(its) else { return false }
        // A query that both tell must be the same.
        if own.contains("?"), its.contains("?"), own != its { return false }
        let (host, name) = (authority.lowercased(), exchange.authority.lowercased())
        return host.isEmpty || name.isEmpty || host == name || host.hasPrefix(name + ":")
            || name.hasPrefix(host + ":")
    }

    /// Whether it is unknown that an answer came.
    private var mayHaveBeenAnswered: Bool {
        status == nil && unseen.contains(.status) && connection.ending == .open
    }

    /// A status that this telling hides and the log tells.
    fileprivate mutating func takeStatus(of exchange: Exchange) {
        guard response == nil, unseen.contains(.status), let logged = exchange.response else { return }
        response = logged
        outcome = .refused
        unseen.remove(.status)
        unseen.insert([.responseFields, .responseBody])
    }
}
