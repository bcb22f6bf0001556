import Case
import Wire

/// What of two attempts can differ and matter.
struct Differences: OptionSet, Hashable {
    var rawValue: UInt16
    /// One sent a credential and the other none.
    static let presence = Differences(rawValue: 1)
    /// Other bytes in the same place.
    static let token = Differences(rawValue: 2)
    /// The same bytes in another kind of place.
    static let placement = Differences(rawValue: 4)
    /// The same bytes in the same kind of place under another name or scheme.
    static let name = Differences(rawValue: 8)
    static let origin = Differences(rawValue: 16)
    static let subprotocol = Differences(rawValue: 32)
    /// Query parameters other than credentials.
    static let query = Differences(rawValue: 64)
    static let path = Differences(rawValue: 128)
    /// Field lines other than those above and those of the handshake.
    static let fields = Differences(rawValue: 256)
    static let cookies = Differences(rawValue: 512)
    /// The client's address.
    static let client = Differences(rawValue: 1024)
    static let host = Differences(rawValue: 2048)
    /// One of the two was not seen whole, so that nobody knows what else differs.
    static let unknown = Differences(rawValue: 4096)
}

/// The features of one attempt that are compared, as hashes, and what came of it.
struct Traits {
    /// One credential without its place in the input.
    struct Carrier: Hashable {
        var placement: Credential.Placement
        var name: String
        var scheme: String?
        var token: Int
    }

    var carriers: [Carrier]
    var origin: Int
    var subprotocols: [String]
    var query: Int
    var path: String
    var fields: Int
    var cookies: Int
    var client: UInt64
    var host: String
    /// Status, body, field names and close, as one number.
    var outcome: Int
    /// Whether a 101 came and the server did not close at once, as far as that was seen.
    var isAccepted: Bool
    /// Whether the whole request was seen.
    var isRequestKnown: Bool
    /// Whether the whole answer was seen, and the end of the session.
    var isOutcomeKnown: Bool

    init(_ attempt: Attempt) {
        carriers = attempt.credentials.map {
            Carrier(
                placement: $0.placement, name: $0.name.lowercased(), scheme: $0.scheme?.lowercased(),
                token: $0.token)
        }
        subprotocols = attempt.handshake.offeredSubprotocols
        host = attempt.authority
        client = attempt.connection.client.map { $0.high ^ $0.low } ?? 0
        let parts = targetParts(attempt.request?.head.target ?? "")
        path = parts.path
        let named = Set(attempt.credentials.filter { $0.placement == .query }.map(\.name))
        query = parts.parameters.filter { !named.contains($0.name) }
            .reduce(0) { $0 &+ Traits.hash($1.name, $1.value) }
        outcome = Traits.outcome(of: attempt)
        isAccepted = attempt.outcome == .opened && outlivedTheAnswer(attempt)
        isRequestKnown =
            attempt.request != nil
            && attempt.unseen.isDisjoint(with: [.requestFields, .query, .credentialValues, .beginning])
        isOutcomeKnown =
            attempt.unseen.isDisjoint(with: [.status, .responseFields, .responseBody])
            && (attempt.outcome != .opened || attempt.unseen.isDisjoint(with: [.closes, .frames]))
        origin = 0
        fields = 0
        cookies = 0
        if let head = attempt.request?.head {
            for line in head.fieldLines { add(line, of: head, credentials: attempt.credentials) }
        }
    }

    private mutating func add(_ line: MessageHead.FieldLine, of head: MessageHead, credentials: [Credential])
    {
        let name = head.name(line).lowercased()
        switch name {
        case "origin": origin = origin &+ Traits.hash(name, head.value(line))
        case "cookie": cookies = cookies &+ Traits.hash(name, head.value(line))
        case "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version",
            "sec-websocket-protocol", "sec-websocket-extensions", "content-length", "date":
            break
        default:
            guard !credentials.contains(where: { $0.placement == .header && $0.name.lowercased() == name })
            else { return }
            fields = fields &+ Traits.hash(name, head.value(line))
        }
    }

    /// Status, body, names of the answer's fields, close code and reason.
    private static func outcome(of attempt: Attempt) -> Int {
        var hasher = Hasher()
        hasher.combine(attempt.outcome)
        hasher.combine(attempt.response?.head.status)
        if attempt.outcome != .opened { hasher.combine(attempt.response?.body.bytes) }
        if let head = attempt.response?.head {
            var names = 0
            for line in head.fieldLines { names = names &+ hash(head.name(line).lowercased(), "") }
            hasher.combine(names)
        }
        hasher.combine(attempt.session?.firstClose?.code)
        hasher.combine(attempt.session?.firstClose?.reason)
        return hasher.finalize()
    }

    private static func hash(_ name: String, _ value: String) -> Int {
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(value)
        return hasher.finalize()
    }

    /// What differs from another attempt.
    func differences(from other: Traits) -> Differences {
        var found: Differences = []
        if carriers.isEmpty != other.carriers.isEmpty {
            found.insert(.presence)
        } else if carriers != other.carriers {
            let sameTokens = Set(carriers.map(\.token)) == Set(other.carriers.map(\.token))
            let samePlaces = carriers.map(\.placement) == other.carriers.map(\.placement)
            let sameNames =
                carriers.map(\.name) == other.carriers.map(\.name)
                && carriers.map(\.scheme) == other.carriers.map(\.scheme)
            if !sameTokens { found.insert(.token) }
            if !samePlaces {
                found.insert(.placement)
            } else if !sameNames {
                found.insert(.name)
            } else if sameTokens {
                found.insert(.token)
            }
        }
        if origin != other.origin { found.insert(.origin) }
        if withoutTokens(subprotocols) != withoutTokens(other.subprotocols) { found.insert(.subprotocol) }
        if query != other.query { found.insert(.query) }
        if path != other.path { found.insert(.path) }
        if fields != other.fields { found.insert(.fields) }
        if cookies != other.cookies { found.insert(.cookies) }
        if client != other.client { found.insert(.client) }
        if host != other.host { found.insert(.host) }
        if !isRequestKnown || !other.isRequestKnown { found.insert(.unknown) }
        return found
    }

    /// Offered subprotocols without those long enough to be a credential; those are compared as carriers.
    private func withoutTokens(_ offered: [String]) -> [String] {
        carriers.contains { $0.placement == .subprotocol }
            ? offered.filter { $0.utf8.count < 40 } : offered
    }
}

/// Whether the server did not close within 2 s of the 101, where the input shows it.
func outlivedTheAnswer(_ attempt: borrowing Attempt) -> Bool {
    let close = attempt.session?.firstClose
    if attempt.unseen.isDisjoint(with: [.closes, .frames]), close == nil || close?.by == .client {
        return true
    }
    // Going away is nothing that the client did (RFC 6455 §7.4.1).
    if close?.code == 1001 { return true }
    // A close that was not seen may have come at once, unless the server was heard later. What the client sent proves
    // nothing: a program may log what it wanted to send.
    guard let openedAt = attempt.response?.at, let lastAt = close?.at ?? attempt.session?.lastFrameAt.server
    else { return false }
    return 2 < lastAt.seconds(since: openedAt)
}

/// A request target's path, and its query in pieces, both as spelled.
func targetParts(_ target: String) -> (path: String, parameters: [(name: String, value: String)]) {
    var rest = target[...]
    // The absolute form, `GET http://host/path`, goes to proxies (RFC 9112 §3.2.2).
    if !rest.hasPrefix("/"), let colon = rest.firstIndex(of: ":"), rest[colon...].hasPrefix("://") {
        rest = rest[colon...].dropFirst(3)
        rest = rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]
    }
    guard let mark = rest.firstIndex(of: "?") else { return (String(rest), []) }
    let query = rest[rest.index(after: mark)...]
    var parameters: [(name: String, value: String)] = []
    for piece in query.split(separator: "&") {
        guard let sign = piece.firstIndex(of: "=") else {
            parameters.append((String(piece), ""))
            continue
        }
        parameters.append((String(piece[..<sign]), String(piece[sign...].dropFirst())))
    }
    return (String(rest[..<mark]), parameters)
}
