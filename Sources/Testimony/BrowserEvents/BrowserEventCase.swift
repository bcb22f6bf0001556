import Case
import JSON
import WebSocket
import Wire

/// Makes attempts of a browser's events, and says what the protocol never tells.
struct BrowserEventCase {
    private let limits: Limits
    private var document: DocumentCase
    private var live: LiveTable<BrowserSocket>
    /// Numbers of the sockets that are going on, by the protocol's name for them.
    private var numbers: [String: Int] = [:]
    private var nextNumber = 0
    private var notes: [Limit] = []
    private var hidden: (count: Int, first: Place)?
    private var sockets = 0
    /// Whether any event was met.
    private(set) var hasEvents = false

    init(limits: Limits) {
        self.limits = limits
        document = DocumentCase(basis: .reported, limits: limits)
        live = LiveTable(capacity: limits.liveSources)
    }

    /// Notes a limit of the answer.
    mutating func note(_ kind: Limit.Kind, _ text: String, _ place: Place? = nil) {
        notes.append(Limit(kind: kind, text: text, place: place))
    }

    /// Takes an event.
    mutating func take(_ event: JSONValue, _ place: Place) {
        guard let method = event["method"]?.string, let parameters = event["params"] else { return }
        hasEvents = true
        guard method.hasPrefix("Network.webSocket"), let id = parameters["requestId"]?.string,
            id.utf8.count <= 64
        else { return }
        let name = String(method.dropFirst("Network.".count))
        if name == "webSocketCreated" {
            settle(id)
            guard let socket = BrowserSocket(parameters, limits: limits) else { return }
            nextNumber += 1
            numbers[id] = nextNumber
            if let oldest = live.insert(socket, nextNumber) { add(oldest) }
            // Those that made room are not asked for again.
            if 2 * limits.liveSources < numbers.count { numbers = numbers.filter { live.contains($0.value) } }
            return
        }
        guard let number = numbers[id] else { return }
        live.update(number) { $0.take(name, parameters, place) }
        if name == "webSocketClosed" { settle(id) }
    }

    private mutating func settle(_ id: String) {
        guard let number = numbers.removeValue(forKey: id), let socket = live.remove(number) else { return }
        add(socket)
    }

    private mutating func add(_ socket: BrowserSocket) {
        var outcome = Attempt.Outcome.incomplete
        var status = socket.status
        var response = socket.response
        var connection = Connection(stream: -1)
        var unseen: Attempt.Unseen = [.transport, .status, .responseFields, .responseBody]
        var brokenRule: String?
        if let told = status {
            outcome = told == 101 ? .opened : .refused
            unseen = outcome == .opened ? [.transport, .closes] : [.transport, .responseBody]
        } else if let failure = socket.failure, let meaning = HARFailure.meaning(of: failure.text) {
            response = ToldMessage(place: failure.place)
            response?.at = failure.at
            switch meaning {
            case .status(let number):
                (outcome, status) = (.refused, number)
                unseen = [.transport, .responseFields, .responseBody]
                hidden = ((hidden?.count ?? 0) + 1, hidden?.first ?? failure.place)
            case .badSwitch(let rule):
                (outcome, status, brokenRule) = (.opened, 101, rule)
                unseen = [.transport, .responseFields, .frames, .closes]
            case .noAnswer(let ending):
                outcome = .failed
                connection.ending = ending
                connection.endedAt = failure.at
                connection.endedPlace = failure.place
            }
        }
        if outcome == .opened { sockets += 1 }
        connection.endedAt = connection.endedAt ?? socket.endedAt
        if socket.request == nil { unseen.insert([.requestFields]) }
        var log = socket.log
        log.finish()
        let index = document.addAttempt(
            socket.url, request: socket.request, response: response, status: status, reason: socket.reason,
            outcome: outcome, session: outcome == .opened ? log.session : nil, connection: connection,
            unseen: unseen)
        guard let index else { return }
        document.update(index) { attempt in
            if let brokenRule { attempt.handshake.mark(brokenRule) }
            attempt.session?.keepEssentials(limits)
        }
    }

    /// The case.
    mutating func finish(_ input: Input) -> CaseFile {
        for id in live.ids {
            if let socket = live.remove(id) { add(socket) }
        }
        if let hidden {
            notes.append(
                Limit(
                    kind: .browserHidesRefusal,
                    text: "The browser's events hold neither header fields nor body of "
                        + "\(counted(hidden.count, "refusal")), only its own words. Record the browser's "
                        + "network log with raw bytes, or a packet capture with the TLS keys.",
                    connections: hidden.count, place: hidden.first))
        }
        if 0 < sockets {
            notes.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "How \(counted(sockets, "open socket")) ended is not in these events: close frames, pings "
                        + "and pongs are never told.", connections: sockets))
        }
        if 0 < live.evicted {
            note(
                .boundReached,
                "\(counted(live.evicted, "socket")) were let go before their end: more were open at one time than are "
                    + "followed.")
        }
        document.limitsOfAnswer = notes
        return document.finish(input)
    }
}
