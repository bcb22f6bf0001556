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

/// The features of one attempt that are compared, as hashes, and what came of it. A hundred bytes: every attempt of a
/// case has one.
struct Traits {
    /// How many credentials the request has. Their tokens are the first so many of `AttemptList.tokens`.
    var carrierCount: Int32 = 0
    /// Whether one of them travels in Sec-WebSocket-Protocol.
    var usesSubprotocol = false
    /// Whether a 101 came and the server did not close at once, as far as that was seen.
    var isAccepted = false
    /// Whether a 101 came.
    var isOpened = false
    /// Whether the whole request was seen.
    var isRequestKnown = false
    /// Whether the whole answer was seen, and the end of the session.
    var isOutcomeKnown = false
    /// Where the credentials stand.
    private var placements = 0
    /// Their names and schemes.
    private var names = 0
    private var origin = 0
    /// Subprotocols offered: all, and those that are too short to be a credential.
    private var subprotocols = 0
    private var shortSubprotocols = 0
    private var query = 0
    /// The path of the target.
    private(set) var path = 0
    private var fields = 0
    private var cookies = 0
    private(set) var client: UInt64 = 0
    private(set) var host = 0
    /// Status, body, field names and close, as one number.
    private(set) var outcome = 0

    init(_ attempt: borrowing Attempt) {
        let credentials = attempt.credentials
        carrierCount = Int32(truncatingIfNeeded: credentials.count)
        for credential in credentials {
            if credential.placement == .subprotocol { usesSubprotocol = true }
            placements = mixed(placements, hash { $0.combine(credential.placement) })
            names = mixed(
                names,
                hash {
                    $0.combine(credential.name.lowercased())
                    $0.combine(credential.scheme?.lowercased())
                })
        }
        for offered in attempt.handshake.offeredSubprotocols {
            let own = hash { $0.combine(offered) }
            subprotocols = mixed(subprotocols, own)
            if offered.utf8.count < 40 { shortSubprotocols = mixed(shortSubprotocols, own) }
        }
        host = hash { $0.combine(attempt.authority) }
        client = attempt.connection.client.map { $0.high ^ $0.low } ?? 0
        let head = attempt.request?.head
        let parts = targetParts(head?.target ?? "")
        path = hash { $0.combine(parts.path) }
        if !parts.parameters.isEmpty {
            let named = Set(credentials.filter { $0.placement == .query }.map(\.name))
            for parameter in parts.parameters where !named.contains(parameter.name) {
                query =
                    query
                    &+ hash {
                        $0.combine(parameter.name)
                        $0.combine(parameter.value)
                    }
            }
        }
        outcome = Traits.outcome(of: attempt)
        isOpened = attempt.outcome == .opened
        isAccepted = attempt.outcome == .opened && outlivedTheAnswer(attempt)
        isRequestKnown =
            attempt.request != nil
            && attempt.unseen.isDisjoint(with: .partsOfRequest)
        isOutcomeKnown =
            attempt.unseen.isDisjoint(with: .partsOfAnswer)
            && (attempt.outcome != .opened || attempt.unseen.isDisjoint(with: .partsOfSession))
        guard let head else { return }
        let carriers = credentials.filter { $0.placement == .header }.map { Array($0.name.lowercased().utf8) }
        var name: [UInt8] = []
        name.reserveCapacity(64)
        for line in head.fieldLines { add(line, of: head, carriers: carriers, &name) }
    }

    private mutating func add(
        _ line: MessageHead.FieldLine, of head: MessageHead, carriers: [[UInt8]], _ name: inout [UInt8]
    ) {
        lower(head, line, into: &name)
        let bytes = name.span
        if bytes.isSame(as: "host") || bytes.isSame(as: "upgrade") || bytes.isSame(as: "connection")
            || bytes.isSame(as: "sec-websocket-key") || bytes.isSame(as: "sec-websocket-version")
            || bytes.isSame(as: "sec-websocket-protocol") || bytes.isSame(as: "sec-websocket-extensions")
            || bytes.isSame(as: "content-length") || bytes.isSame(as: "date")
        {
            return
        }
        let own = hash {
            combine(bytes, into: &$0)
            combine(head.bytes.span.extracting(line.value), into: &$0)
        }
        if bytes.isSame(as: "origin") {
            origin = origin &+ own
        } else if bytes.isSame(as: "cookie") {
            cookies = cookies &+ own
        } else if !carriers.contains(name) {
            fields = fields &+ own
        }
    }

    /// Status, body, names of the answer's fields, close code and reason.
    private static func outcome(of attempt: borrowing Attempt) -> Int {
        var hasher = Hasher()
        hasher.combine(attempt.outcome)
        let response = attempt.response
        hasher.combine(response?.head.status)
        if attempt.outcome != .opened, let body = response?.body.bytes { combine(body.span, into: &hasher) }
        if let head = response?.head {
            var names = 0
            var name: [UInt8] = []
            name.reserveCapacity(64)
            for line in head.fieldLines {
                lower(head, line, into: &name)
                names = names &+ hash { combine(name.span, into: &$0) }
            }
            hasher.combine(names)
        }
        let close = attempt.session?.firstClose
        hasher.combine(close?.code)
        hasher.combine(close?.reason)
        return hasher.finalize()
    }

    /// What differs from another attempt: `sameTokens` tells whether both sent the same ones in order, `sameInAnyOrder`
    /// whether both sent the same ones at all.
    func differences(
        from other: Traits, sameTokens inOrder: () -> Bool, sameInAnyOrder: () -> Bool
    ) -> Differences {
        var found: Differences = []
        let sameCount = carrierCount == other.carrierCount
        let samePlaces = sameCount && placements == other.placements
        let sameNames = sameCount && names == other.names
        if (carrierCount == 0) != (other.carrierCount == 0) {
            found.insert(.presence)
        } else if carrierCount != 0 {
            let isSame = sameCount && inOrder()
            if !(samePlaces && sameNames && isSame) {
                // One token of each that differ are no same set.
                let isOne = carrierCount == 1 && other.carrierCount == 1
                let sameTokens = isSame || !isOne && sameInAnyOrder()
                if !sameTokens { found.insert(.token) }
                if !samePlaces {
                    found.insert(.placement)
                } else if !sameNames {
                    found.insert(.name)
                } else if sameTokens {
                    found.insert(.token)
                }
            }
        }
        if origin != other.origin { found.insert(.origin) }
        // Offered subprotocols that are long enough to be a credential are compared as carriers.
        let sameOffer =
            usesSubprotocol
            ? shortSubprotocols == other.shortSubprotocols : subprotocols == other.subprotocols
        if !sameOffer { found.insert(.subprotocol) }
        if query != other.query { found.insert(.query) }
        if path != other.path { found.insert(.path) }
        if fields != other.fields { found.insert(.fields) }
        if cookies != other.cookies { found.insert(.cookies) }
        if client != other.client { found.insert(.client) }
        if host != other.host { found.insert(.host) }
        if !isRequestKnown || !other.isRequestKnown { found.insert(.unknown) }
        return found
    }
}

extension Attempt.Unseen {
    /// What a request is compared by.
    static let partsOfRequest: Attempt.Unseen = [
        .requestFields, .query, .credentialValues, .beginning,
    ]
    /// What an answer is compared by.
    fileprivate static let partsOfAnswer: Attempt.Unseen = [.status, .responseFields, .responseBody]
    /// What the end of a session is seen by.
    static let partsOfSession: Attempt.Unseen = [.frames, .closes]
}

/// A hash with the seed of this process: whoever wrote the capture cannot make two things look alike.
private func hash(_ body: (inout Hasher) -> Void) -> Int {
    var hasher = Hasher()
    body(&hasher)
    return hasher.finalize()
}

private func combine(_ bytes: Span<UInt8>, into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    hasher.combine(bytes.count)
}

/// A hash of a list: the order counts.
private func mixed(_ sum: Int, _ next: Int) -> Int { sum &* 31 &+ next }

/// The name of a field line in lower case, in the place of what a buffer held.
private func lower(_ head: MessageHead, _ line: MessageHead.FieldLine, into name: inout [UInt8]) {
    name.removeAll(keepingCapacity: true)
    for byte in head.bytes[line.name] { name.append(0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte) }
}

extension Span<UInt8> {
    /// Whether these are the bytes of a name.
    func isSame(as name: StaticString) -> Bool {
        count == name.utf8CodeUnitCount && starts(with: name)
    }
}

/// Whether the server did not close within 2 s of the 101, where the input shows it.
func outlivedTheAnswer(_ attempt: borrowing Attempt) -> Bool {
    let close = attempt.session?.firstClose
    if attempt.unseen.isDisjoint(with: .partsOfSession), close == nil || close?.by == .client {
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
    if target.utf8.first == 0x2f, !target.utf8.contains(0x3f) { return (target, []) }
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
