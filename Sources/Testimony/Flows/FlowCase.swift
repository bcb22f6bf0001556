import Case
import Wire

/// Makes attempts and exchanges of flows, and says what this form loses.
struct FlowCase {
    private let limits: Limits
    private var document: DocumentCase
    private var notes: [Limit] = []
    /// Flows that were taken.
    private(set) var count = 0
    /// Attempts by the name of their flow, for sockets that are told in a flow of their own.
    private var attempts: [String: Int] = [:]
    private var sockets = 0
    private var otherKinds: [String: Int] = [:]
    private var versionsNotRead: Set<String> = []
    private var overHTTP2 = 0

    /// The first version whose members are read: of 2020.
    private static let oldestVersion = 7
    /// Silence that a ping may have filled, which this form does not tell. Seconds.
    private static let silenceSeconds = 10.0

    init(limits: Limits) {
        self.limits = limits
        document = DocumentCase(basis: .reported, limits: limits)
    }

    /// Notes a limit of the answer.
    mutating func note(_ kind: Limit.Kind, _ text: String) { notes.append(Limit(kind: kind, text: text)) }

    /// Takes the next flow of a file.
    mutating func take(_ bytes: FlowBytes, number: Int) {
        count += 1
        // Before 2017 a version was a list of numbers.
        guard let version = bytes.integer(bytes.member("version", of: bytes.root)),
            Self.oldestVersion <= version
        else {
            let told = bytes.integer(bytes.member("version", of: bytes.root)).map(String.init)
            if versionsNotRead.count < 8 { versionsNotRead.insert(told ?? "unknown") }
            return
        }
        let kind = bytes.text(bytes.member("type", of: bytes.root)) ?? ""
        let flow = Flow(bytes, pointer: "/flows/\(number)", version: version, limits: limits)
        switch kind {
        case "http" where flow.hasRequest: add(flow)
        case "websocket": addSocket(bytes, flow)
        default:
            let word = kind.utf8.count <= 16 ? kind : "other"
            if otherKinds.count < 8 || otherKinds[word] != nil { otherKinds[word, default: 0] += 1 }
        }
    }

    private mutating func add(_ flow: Flow) {
        guard flow.isWebSocket else {
            // The tunnel that a browser asked the program itself for is no exchange.
            guard flow.method != "CONNECT" || flow.status.map({ 400 <= $0 }) ?? true else { return }
            document.addExchange(
                method: flow.method, flow.url, request: flow.request, response: flow.response,
                status: flow.status, reason: flow.reason)
            return
        }
        var connection = flow.connection
        var unseen: Attempt.Unseen = .transport
        let outcome: Attempt.Outcome
        if let status = flow.status {
            outcome = status == 101 || flow.isMultiplexed && 200..<300 ~= status ? .opened : .refused
            if outcome == .refused, flow.response?.body.completeness != .complete {
                unseen.insert(.responseBody)
            }
        } else if let error = flow.error {
            outcome = .failed
            fail(&connection, error.text, at: error.at, flow)
        } else {
            outcome = .incomplete
            unseen.insert([.status, .responseFields, .responseBody])
        }
        if flow.isMultiplexed {
            unseen.insert([.requestFields, .responseFields])
            overHTTP2 += 1
        }
        let socket = outcome == .opened ? flow.socket : nil
        if let socket { finish(socket, &connection, &unseen, openedAt: flow.response?.at) }
        if outcome == .opened, socket == nil { unseen.insert([.frames, .closes]) }
        let index = document.addAttempt(
            flow.url, request: flow.request, response: flow.response, status: flow.status,
            reason: flow.reason,
            outcome: outcome, session: socket?.session, connection: connection, unseen: unseen)
        guard let index else { return }
        document.update(index) { $0.session?.keepEssentials(limits) }
        if flow.version < 10, let id = flow.id { attempts[id] = index }
        if outcome == .opened { sockets += 1 }
    }

    /// A socket in a flow of its own, as files of 2020 have it; it names the flow of its handshake.
    private mutating func addSocket(_ bytes: FlowBytes, _ flow: Flow) {
        let handshake = bytes.text(
            bytes.member("websocket_handshake", of: bytes.member("metadata", of: bytes.root)))
        guard let handshake, let index = attempts.removeValue(forKey: handshake) else {
            otherKinds["websocket, of no handshake in this file or told twice", default: 0] += 1
            return
        }
        let socket = FlowSocket(bytes, bytes.root, pointer: flow.pointer, limits: limits)
        let attempt = document.attempts[index]
        var connection = attempt.connection
        var unseen = attempt.unseen.subtracting([.frames, .closes])
        finish(socket, &connection, &unseen, openedAt: attempt.response?.at)
        document.update(index) { attempt in
            attempt.session = socket.session
            attempt.connection = connection
            attempt.unseen = unseen
        }
        document.findMessageCredentials(index)
        document.update(index) { $0.session?.keepEssentials(limits) }
    }

    /// What the end of a socket means for its connection, and what its silence leaves open.
    private mutating func finish(
        _ socket: FlowSocket, _ connection: inout Connection, _ unseen: inout Attempt.Unseen,
        openedAt: Timestamp?
    ) {
        if socket.isClosed {
            if let closer = socket.closer {
                connection.ending = .finished(by: closer)
            } else {
                unseen.insert(.closes)
            }
            connection.endedAt = socket.endedAt
        }
        let session = socket.session
        let moments = [openedAt, session.firstFrames.first?.at, session.lastActivityAt, socket.endedAt]
            .compactMap { $0 }
        let edges = zip(moments, moments.dropFirst()).map { $1.seconds(since: $0) }
        if Self.silenceSeconds <= max(session.longestGapSeconds, edges.max() ?? 0) { unseen.insert(.frames) }
    }

    private func fail(_ connection: inout Connection, _ text: String, at: Timestamp?, _ flow: Flow) {
        let words = (text + " " + (flow.serverError ?? "")).lowercased()
        connection.endedAt = at
        connection.endedPlace = Place(input: 0, position: .pointer(flow.pointer + "/error"))
        switch true {
        case words.contains("refused"): connection.ending = .refused
        case words.contains("timed out"), words.contains("timeout"): connection.ending = .unanswered
        case words.contains("reset"): connection.ending = .reset(by: .server)
        case words.contains("client disconnected"): connection.ending = .finished(by: .client)
        case words.contains("server disconnected"), words.contains("connection closed"):
            connection.ending = .finished(by: .server)
        default: break
        }
    }

    /// The case.
    mutating func finish(_ input: Input) -> CaseFile {
        document.limitsOfAnswer = notes
        if 0 < sockets {
            document.limitsOfAnswer.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "Of \(counted(sockets, "open socket")) this file holds messages; pings, pongs, fragments "
                        + "and masks are not in it.", connections: sockets))
        }
        for (kind, number) in otherKinds.sorted(by: { $0.key < $1.key }) {
            document.limitsOfAnswer.append(
                Limit(
                    kind: .notDecoded, text: "\(counted(number, "flow")) seen, not read: \(kind).")
            )
        }
        if !versionsNotRead.isEmpty {
            document.limitsOfAnswer.append(
                Limit(
                    kind: .notDecoded,
                    text:
                        "Flows of version \(versionsNotRead.sorted().joined(separator: ", ")) are not read; "
                        + "open the file in a current version of its program and save it again."))
        }
        if 0 < overHTTP2 {
            document.limitsOfAnswer.append(
                Limit(
                    kind: .notDecoded,
                    text:
                        "\(counted(overHTTP2, "WebSocket")) ran over HTTP/2 (RFC 8441), whose handshake is not "
                        + "checked.", connections: overHTTP2))
        }
        return document.finish(input)
    }
}
