package import Case
import Credentials
package import Wire

/// One case of several, each of which an input told on its own.
///
/// The first is the capture's, if there is one: where two inputs tell of the same attempt, the bytes of the traffic
/// stay and what they do not hold is filled in. Attempts are the same by their Sec-WebSocket-Key, else by time, URL
/// and outcome; what could belong to two is left apart.
package func merged(_ cases: [CaseFile], limits: Limits = .standard) -> CaseFile {
    guard var whole = cases.first else { return CaseFile() }
    guard 1 < cases.count else { return whole }
    var tokens = TokenTable(limits: limits)
    whole.renumber(whole.tokens.map { tokens.adopt($0) })
    for var part in cases.dropFirst() {
        part.moveInputs(by: whole.inputs.count)
        part.renumber(part.tokens.map { tokens.adopt($0) })
        whole.inputs += part.inputs
        whole.join(part.attempts)
        whole.join(part.exchanges)
        whole.limits += part.limits
        whole.reported += part.reported
        whole.clients += part.clients.filter { !whole.clients.contains($0) }
        whole.connectionCount += part.connectionCount
        whole.encryptedConnectionCount += part.encryptedConnectionCount
        whole.endedAt = [whole.endedAt, part.endedAt].compactMap { $0 }.max()
    }
    whole.attachLoggedRequests()
    whole.tokens = tokens.tokens
    whole.putInOrder()
    return whole
}

extension CaseFile {
    /// Gives every token another number: `numbers[old - 1]`.
    fileprivate mutating func renumber(_ numbers: [Int]) {
        let number = { (old: Int) in 1 <= old && old <= numbers.count ? numbers[old - 1] : old }
        for index in attempts.indices { attempts[index].renumberTokens(number) }
        for index in exchanges.indices { exchanges[index].renumberTokens(number) }
    }

    /// Takes attempts of another input: those that are known already complete what is known, the others are new.
    fileprivate mutating func join(_ others: AttemptList) {
        var finder = AttemptFinder(attempts)
        for other in others {
            if let index = finder.take(other, from: attempts) {
                attempts[index].complete(with: other)
            } else {
                attempts.append(other)
            }
        }
    }

    /// Takes exchanges of another input; one that is known already (method, URL, status, within a second) is left out
    /// when it tells nothing more.
    fileprivate mutating func join(_ others: [Exchange]) {
        var known: [String: [Int]] = [:]
        for (index, exchange) in exchanges.enumerated() {
            known[exchange.likeness, default: []].append(index)
        }
        for other in others {
            let same = known[other.likeness]?.first { isNear(exchanges[$0].request.at, other.request.at) }
            guard let same else {
                exchanges.append(other)
                continue
            }
            if exchanges[same].response == nil { exchanges[same].response = other.response }
            if exchanges[same].minted.isEmpty { exchanges[same].minted = other.minted }
        }
    }
}

extension Exchange {
    /// What two tellings of one exchange have in common.
    fileprivate var likeness: String {
        "\(request.head.method ?? "") \(authority.lowercased()) \(request.head.target ?? "") \(status ?? 0)"
    }
}

/// Two clocks of one machine, read by two programs. Seconds.
private let nearSeconds = 1.5

private func isNear(_ left: Timestamp?, _ right: Timestamp?) -> Bool {
    guard let left, let right else { return false }
    return abs(left.seconds(since: right)) <= nearSeconds
}

/// Finds the attempt that another input tells of too. Each is found once.
private struct AttemptFinder {
    private var byKey: [String: [Int]] = [:]
    private var byPath: [String: [Int]] = [:]
    private var byTime: TimeIndex
    private var hasPathless = false
    private var taken: Set<Int> = []

    init(_ attempts: AttemptList) {
        byTime = TimeIndex(attempts.indices.map { attempts.startedAt($0) })
        for (index, attempt) in attempts.enumerated() {
            if let key = attempt.webSocketKey { byKey[key, default: []].append(index) }
            byPath[attempt.path, default: []].append(index)
            if attempt.request == nil { hasPathless = true }
        }
    }

    /// The index of the attempt that this one is, or nil when there is none or more than one could be meant.
    mutating func take(_ other: Attempt, from attempts: AttemptList) -> Int? {
        let found = find(other, in: attempts)
        if let found { taken.insert(found) }
        return found
    }

    private func find(_ other: Attempt, in attempts: AttemptList) -> Int? {
        if let key = other.webSocketKey, let same = byKey[key] {
            // A key belongs to one handshake; both legs of a proxied one may carry it, and then the answers differ.
            return same.first { !taken.contains($0) && attempts[$0].agrees(with: other) }
        }
        let alike = candidates(for: other, in: attempts).filter { index in
            let attempt = attempts[index]
            return !taken.contains(index) && attempt.input != other.input && attempt.agrees(with: other)
                && attempt.mayBeOn(other.authority)
                && (attempt.webSocketKey == nil || other.webSocketKey == nil)
        }
        if other.startedAt != nil {
            let near = alike.filter { isNear(attempts[$0].startedAt, other.startedAt) }
            if !near.isEmpty { return near.count == 1 ? near.first : nearest(near, to: other, in: attempts) }
            // A telling with a clock and one without may still be the same.
            let timeless = alike.filter { attempts[$0].startedAt == nil }
            return timeless.count == 1 ? timeless.first : nil
        }
        return alike.count == 1 ? alike.first : nil
    }

    /// Attempts on the same path; where one telling knows no path, those of the same time.
    private func candidates(for other: Attempt, in attempts: AttemptList) -> [Int] {
        guard let moment = other.startedAt, other.request == nil || hasPathless else {
            return byPath[other.path] ?? []
        }
        let near = byTime.around(moment, within: nearSeconds)
        guard other.request != nil else { return near }
        return (byPath[other.path] ?? []) + near.filter { attempts[$0].request == nil }
    }

    /// The one that is clearly nearest in time, or nil.
    private func nearest(_ indices: [Int], to other: Attempt, in attempts: AttemptList) -> Int? {
        guard let moment = other.startedAt else { return nil }
        let sorted = indices.map { index in
            (index: index, distance: abs(attempts[index].startedAt?.seconds(since: moment) ?? .infinity))
        }.sorted { $0.distance < $1.distance }
        guard let first = sorted.first, let second = sorted.dropFirst().first else { return nil }
        return first.distance * 4 < second.distance ? first.index : nil
    }
}

extension Attempt {
    /// The key of its request, where it is one.
    fileprivate var webSocketKey: String? {
        guard !unseen.contains(.requestFields) || request?.head.has("sec-websocket-key") == true,
            let key = request?.head.first("sec-websocket-key"), 16 <= key.utf8.count
        else { return nil }
        return key
    }

    /// The path without its query, which logs cut off.
    fileprivate var path: String {
        let target = request?.head.target ?? ""
        let absolute = URLParts(target)?.target ?? target
        return String(absolute.prefix { $0 != "?" })
    }

    /// Whether the authority can be this one: an unknown name fits every name, ports may be left out.
    fileprivate func mayBeOn(_ other: String) -> Bool {
        guard !authority.isEmpty, !other.isEmpty else { return true }
        let own = authority.lowercased()
        let its = other.lowercased()
        return own == its || own.hasPrefix(its + ":") || its.hasPrefix(own + ":")
    }

    /// Whether both may tell of one handshake: no status or outcome of one denies the other's.
    fileprivate func agrees(with other: Attempt) -> Bool {
        if let own = status, let its = other.status { return own == its }
        if unseen.contains(.status) || other.unseen.contains(.status) { return true }
        return outcome == other.outcome || outcome == .incomplete || other.outcome == .incomplete
    }

    /// Fills in what this telling does not hold from another one.
    fileprivate mutating func complete(with other: Attempt) {
        let place =
            other.request?.place ?? other.response?.place ?? other.answeredBy?.place
            ?? other.session?.closes.first?.place
        if let place { seenAlso.append(place) }
        seenAlso += other.seenAlso
        answeredBy = answeredBy ?? other.answeredBy
        if unseen.contains(.requestFields) || request == nil,
            let asked = other.request, !other.unseen.contains(.requestFields) || request == nil
        {
            request = asked
            credentials = other.credentials
            handshake = other.handshake
            unseen.subtract([.requestFields, .query, .credentialValues])
            unseen.formUnion(other.unseen.intersection([.requestFields, .query, .credentialValues]))
        }
        let lacksAnswer =
            response == nil || unseen.contains(.responseFields) && !other.unseen.contains(.responseFields)
        if lacksAnswer, let answer = other.response {
            response = answer
            handshake = request == nil ? other.handshake : handshake
            unseen.subtract([.status, .responseFields, .responseBody])
            unseen.formUnion(other.unseen.intersection([.status, .responseFields, .responseBody]))
            if outcome == .incomplete || unseen.contains(.status) { outcome = other.outcome }
        } else if var answer = response, unseen.contains(.responseBody),
            !other.unseen.contains(.responseBody),
            let body = other.response?.body
        {
            answer.body = body
            response = answer
            unseen.remove(.responseBody)
        }
        completeSession(with: other)
        if connection.client == nil, other.connection.client != nil {
            connection = other.connection
            unseen.remove(.transport)
        }
        if authority.isEmpty { authority = other.authority }
        if startedAt == nil { startedAt = other.startedAt }
        if isSecure == nil { isSecure = other.isSecure }
    }

    private mutating func completeSession(with other: Attempt) {
        guard let its = other.session else { return }
        guard var own = session else {
            if outcome == .opened {
                session = its
                unseen.subtract([.frames, .closes])
                unseen.formUnion(other.unseen.intersection([.frames, .closes]))
            }
            return
        }
        if unseen.contains(.frames), !other.unseen.contains(.frames) {
            let closes = own.closes
            own = its
            if own.closes.isEmpty { own.closes = closes }
            unseen.remove(.frames)
        }
        if own.closes.isEmpty, !its.closes.isEmpty {
            own.closes = its.closes
            unseen.remove(.closes)
        }
        session = own
    }
}
