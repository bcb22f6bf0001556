import JSON
import Wire

/// Something that a line of an access log can tell. Names: `access-log-fields.json`.
enum LogFact: String, CaseIterable {
    case status, start, time, durationSeconds, method, target, query, requestLine, host, scheme, upgrade, key
    case origin, event, route
    case authorizerStatus, authorizerError, authorizerRan, integrationStatus, integrationError, gatewayError
    case firewall, targetStatus
    /// What a balancer did with the request, from its own format.
    case actions
}

/// The names of facts, and the words that some of them have. Data.
struct LogKnowledge: Sendable {
    /// Facts by the name in lower case without marks.
    let facts: [String: [LogFact]]
    /// Statuses that say that the client went away first.
    let clientGone: Set<Int>
    let blocked: Set<String>
    let firewallActions: Set<String>
    let authorizerActions: Set<String>

    static let embedded = LogKnowledge(PackageResources.access_log_fields_json)

    init(_ bytes: [UInt8]) {
        let data = try? JSONValue(reading: bytes.span)
        var facts: [String: [LogFact]] = [:]
        for fact in LogFact.allCases {
            for name in data?["facts"]?[fact.rawValue]?.array ?? [] {
                if let name = name.string { facts[name, default: []].append(fact) }
            }
        }
        self.facts = facts
        let words = { (name: String) in Set((data?[name]?.array ?? []).compactMap(\.string)) }
        clientGone = Set(
            (data?["clientGone"]?.array ?? []).compactMap { $0.number.flatMap { Int(exactly: $0) } })
        blocked = words("blocked")
        firewallActions = words("firewallActions")
        authorizerActions = words("authorizerActions")
    }
}

/// One line of an access log: what it tells, in the log's own spelling. `-` is "nothing".
struct LogRecord {
    private(set) var facts: [LogFact: String] = [:]
    /// The 1-based line.
    let line: Int

    init(line: Int) { self.line = line }

    /// The value of a fact; nil where the line does not have it, or has a dash.
    subscript(fact: LogFact) -> String? {
        guard let value = facts[fact], !isNothing(value) else { return nil }
        return value
    }

    /// Whether the line has a place for the fact, and nothing stands in it.
    func isBlank(_ fact: LogFact) -> Bool { facts[fact].map(isNothing) ?? false }

    /// The number of a fact.
    func number(_ fact: LogFact) -> Int? { self[fact].flatMap { Int($0) } }

    /// Notes a fact, once. What cannot be one is left alone.
    mutating func note(_ fact: LogFact, _ value: String) {
        switch fact {
        case .time, .start: guard logMoment(value) != nil else { return }
        case .durationSeconds:
            guard let seconds = Double(value), 0 <= seconds, seconds < 1e7 else { return }
        case .status: guard Int(value) != nil || isNothing(value) else { return }
        case .scheme: guard ["http", "https", "h2", "ws", "wss"].contains(value.lowercased()) else { return }
        default: break
        }
        if facts[fact] == nil || facts[fact].map(isNothing) ?? false { facts[fact] = value }
    }

    /// Takes the facts of another record, and its own only where that has none.
    mutating func prefer(_ other: LogRecord) { facts.merge(other.facts) { $1 } }

    private func isNothing(_ value: String) -> Bool { value.isEmpty || value == "-" || value == "null" }
}

/// A moment as logs write it: RFC 3339, `21/Nov/2026:02:45:03 +0100`, seconds or milliseconds since the epoch.
func logMoment(_ text: String) -> Timestamp? {
    if let moment = Timestamp(rfc3339: text) { return moment }
    if let number = Double(text) {
        // Whole years of either unit: no duration is that long.
        guard 1e8 < number else { return nil }
        return Timestamp(secondsSinceEpoch: 1e11 < number ? number / 1000 : number)
    }
    let parts = text.split(whereSeparator: { $0 == "/" || $0 == ":" || $0 == " " })
    guard 6 <= parts.count, parts.count <= 7, text.utf8.count <= 40,
        let month = months.firstIndex(of: parts[1].lowercased()), let day = Int(parts[0]),
        let year = Int(parts[2]), let hour = Int(parts[3]), let minute = Int(parts[4]),
        let second = Int(parts[5])
    else { return nil }
    return Timestamp(
        year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second,
        offset: parts.count == 7 ? parts[6] : "")
}

private let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
