import Case
import Wire

extension Facts {
    /// Whether no credential was sent, where the input shows every place it could stand in.
    var sentNoCredential: Result<Bool, Blind> {
        guard !sendsCredential else { return .success(false) }
        guard request != nil, sees([.requestFields, .beginning]) else {
            return .failure(Blind(.requestFields))
        }
        guard sees(.query) else { return .failure(Blind(.query)) }
        guard outcome != .opened || sees(.frames) else { return .failure(Blind(.frames)) }
        // What was taken out may have been one.
        guard sees(.credentialValues) else { return .failure(Blind(.credentialValues)) }
        return .success(true)
    }

    /// Where a credential stood, in words: "in the Authorization header".
    func place(of credential: Credential) -> String {
        switch credential.placement {
        case .header: "in the \(credential.name) header"
        case .query: "in the query parameter \(credential.name)"
        case .userinfo: "in the user information of the URL"
        case .subprotocol: "in Sec-WebSocket-Protocol"
        case .cookie: "in the cookie \(credential.name)"
        case .message: "in a message of the socket"
        case .body: "in the body"
        case .path: "in the path"
        }
    }

    /// Whether a token of this attempt is the one that stands there: what replaces values makes different ones alike.
    var areTokensSeen: Bool { sees(.credentialValues) }

    /// Whether the target stands there as it was sent: a query may hold values that were replaced.
    var isTargetSeen: Bool { sees(.query) && (areTokensSeen || request?.head.target?.contains("?") != true) }

    /// An exchange that sent this token and was answered 2xx; the nearest kept one before this attempt, else after.
    func acceptance(of sent: Sent) -> Exchange? {
        guard areTokensSeen, sent.hasLineage,
            let last = index.lineages[number(of: sent)].acceptedExchanges.last
        else {
            return nil
        }
        return file.exchanges[last]
    }

    /// An earlier attempt on the same address that was let in with this very token.
    func earlierAcceptance(of sent: Sent) -> Attempt? {
        guard areTokensSeen, sent.hasLineage else { return nil }
        for other in index.lineages[number(of: sent)].acceptedAttempts
        where other < position && index.groups.group(of: other) == index.groups.group(of: position) {
            return file.attempts[other]
        }
        return nil
    }

    /// The response that handed out a token: the exchange and the member's name.
    func mint(of sent: Sent) -> (exchange: Exchange, member: String, lifetime: Int?)? {
        guard areTokensSeen, sent.hasLineage, let mint = index.lineages[number(of: sent)].mint else {
            return nil
        }
        let exchange = file.exchanges[mint.exchange]
        let minted = exchange.minted[mint.item]
        return (exchange, minted.member, minted.lifetimeSeconds)
    }
}

/// The input is blind to a fact.
struct Blind: Error {
    var gap: Gap
    init(_ gap: Gap) { self.gap = gap }
}

/// The moment that lifetimes are judged by, and whose clock told it.
struct Clock {
    enum Source { case server, input, given }
    var at: Timestamp
    var source: Source
    var places: [Place]

    /// "the server's Date 12:01:00".
    var text: String {
        switch source {
        case .server: "the server's Date \(at.clockText())"
        case .input: "the capture's clock \(at.clockText())"
        case .given: "the given time \(at.clockText())"
        }
    }
}

extension Facts {
    /// Seconds by which the host's clock leads the input's, where its Date fields agree on more than the leeway.
    var skew: (seconds: Double, count: Int)? {
        guard let skew = index.skews[authority] else { return nil }
        let least = abs(skew.least) < abs(skew.most) ? skew.least : skew.most
        guard Double(options.skewSeconds) < abs(least), (skew.least < 0) == (skew.most < 0) else {
            return nil
        }
        return (least, skew.count)
    }
}

/// "61 s", "4 min", "2 h 5 min", "3 days": a length of time for people.
func durationText(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds.rounded(), -1e15), 1e15).magnitude)
    if seconds.magnitude < 0.95, 0 < seconds.magnitude {
        return "\(Int((seconds.magnitude * 1000).rounded(.up))) ms"
    }
    if seconds.magnitude < 9.95, seconds != seconds.rounded() {
        let tenths = Int((seconds.magnitude * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
    switch whole {
    case ..<120: return "\(whole) s"
    case ..<7200: return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
    case ..<172_800: return "\(whole / 3600) h" + (whole % 3600 / 60 == 0 ? "" : " \(whole % 3600 / 60) min")
    default: return "\(whole / 86_400) days"
    }
}

/// The moment of an answer: by the server's Date, else by the input's clock, else as given.
func clock(of attempt: Attempt, given: Timestamp?) -> Clock? {
    if let response = attempt.response, let text = response.head.first("date"),
        let date = Timestamp(httpDate: text)
    {
        return Clock(at: date, source: .server, places: [response.place])
    }
    if let at = attempt.response?.at ?? attempt.request?.at ?? attempt.startedAt {
        return Clock(at: at, source: .input, places: attempt.request.map { [$0.place] } ?? [])
    }
    return given.map { Clock(at: $0, source: .given, places: []) }
}
