import Case
import Credentials
import WebSocket
import Wire

/// Requests as the browser told of them, for what no bytes are there to be read: heads, frame headers, errors.
///
/// Laws: an attempt is added when its outcome is known, and told again when its session or its connection ends; what
/// makes room is told as far as it was seen.
struct NetLogRequests {
    private let limits: Limits
    private(set) var document: DocumentCase
    private(set) var live: LiveTable<NetLogRequest>
    /// Attempts of each open socket, to be told how it ended.
    private var attemptsOfSocket: LiveTable<[Int]>
    private(set) var tally = NetLogTally()

    init(limits: Limits) {
        self.limits = limits
        document = DocumentCase(basis: .reported, limits: limits)
        live = LiveTable(capacity: limits.liveSources)
        attemptsOfSocket = LiveTable(capacity: limits.liveSources)
    }

    /// What a request's socket is, as far as it is known.
    struct Transport {
        var socket: Int
        var facts: NetLogSocket
    }

    /// Takes an event of a request. `transport` finds the socket of a job.
    mutating func take(
        _ event: NetLogEvent, _ constants: NetLogConstants, transport: (Int) -> Transport?
    ) {
        let id = event.source
        switch event.kind {
        case .requestStartJob where event.phase == .begin:
            // A redirect goes on as the same source.
            if let old = live.remove(id) { settle(old, error: nil, transport) }
            guard let request = NetLogRequest(event), isRead(request.url) else { return }
            if let oldest = live.insert(request, id) { settle(oldest, error: nil, transport) }
        case .boundToJob:
            live.update(id) { $0.job = event.dependency }
        case .sendRequestHeaders, .sendHTTP2Headers, .sendQUICHeaders:
            // A second head is a second try: with credentials, or after an error.
            if let first = live[id], first.response != nil { settle(first, error: nil, transport) }
            live.update(id) { $0.takeRequest(event) }
        case .readResponseHeaders:
            live.update(id) { $0.takeResponse(event) }
            if let request = live[id], request.opens { open(request, id, transport) }
        case .upgradeFailure:
            live.update(id) { request in
                request.failure = event.text("message").map { ($0, event.at, event.place) }
            }
        case .sentFrameHeader: frame(event, by: .client)
        case .receivedFrameHeader: frame(event, by: .server)
        case .requestAlive where event.phase == .end, .requestStartJob where event.phase == .end:
            end(event, constants, transport)
        default: break
        }
    }

    /// Takes the end of a socket: attempts that ran on it are told how it ended.
    mutating func closed(_ socket: Int, _ connection: Connection) {
        for index in attemptsOfSocket.remove(socket) ?? [] {
            document.update(index) { $0.connection = connection }
        }
    }

    /// Tells what is still going on as far as it was seen.
    mutating func finish(transport: (Int) -> Transport?) {
        for id in live.ids {
            if let request = live.remove(id) { settle(request, error: nil, transport) }
        }
    }

    private func isRead(_ url: URLParts) -> Bool {
        url.isWebSocket || url.scheme == "http" || url.scheme == "https"
    }

    // MARK: Ends

    private mutating func end(
        _ event: NetLogEvent, _ constants: NetLogConstants, _ transport: (Int) -> Transport?
    ) {
        let error = constants.error(event.number("net_error"))
        guard let request = live[event.source], request.log == nil else { return }
        // The job's end tells the error of a handshake; an ordinary request still reads its body.
        guard event.kind == .requestAlive || request.url.isWebSocket && error != nil else { return }
        _ = live.remove(event.source)
        settle(request, error: error, transport)
    }

    /// Tells a request whose end is known, or of which no more will be seen (`error` nil and no answer).
    private mutating func settle(_ request: NetLogRequest, error: String?, _ transport: (Int) -> Transport?) {
        if request.log != nil {
            finishSession(request)
        } else if request.url.isWebSocket {
            addAttempt(request, error: error, transport)
        } else if let told = request.request {
            // What went over a socket whose bytes are here is read from them.
            if let socket = request.job.flatMap(transport)?.facts, socket.isRead { return }
            document.addExchange(
                method: request.method, request.url, request: told, response: request.response,
                status: request.status, reason: request.reason)
            tally.bodiesMissing += 1
            tally.count(stripped: told.fields + (request.response?.fields ?? []))
        }
    }

    @discardableResult
    private mutating func addAttempt(
        _ request: NetLogRequest, error: String?, _ transport: (Int) -> Transport?
    ) -> Int? {
        let found = request.job.flatMap(transport)
        let failure = NetLogFailure(request, error: error)
        var connection = found?.facts.connection ?? Connection(stream: -1)
        if let ending = failure.ending, connection.ending == .open { connection.ending = ending }
        if connection.endedPlace == nil, failure.ending != nil {
            connection.endedPlace = request.failure?.place ?? request.place
        }
        var unseen = failure.unseen
        if found == nil { unseen.insert(.transport) }
        if request.isMultiplexed { unseen.insert([.requestFields, .responseFields]) }
        var response = request.response
        if response == nil, failure.status != nil, let told = request.failure {
            response = ToldMessage(place: told.place)
            response?.at = told.at
        }
        if failure.status == nil { response = nil }
        let index = document.addAttempt(
            request.url, request: request.request, response: response, status: failure.status,
            reason: request.reason, outcome: failure.outcome, connection: connection, unseen: unseen)
        guard let index else { return nil }
        // Beside a credential that is there, one that was taken out is no riddle.
        let isBare = document.attempts[index].credentials.allSatisfy {
            document.tokens.tokens[$0.token - 1].kind == .placeholder
        }
        document.update(index) { attempt in
            attempt.startedAt = request.request?.at ?? request.startedAt
            if request.hasStrippedValues, isBare { attempt.unseen.insert(.credentialValues) }
            if let rule = request.brokenRule { attempt.handshake.mark(rule) }
        }
        if let found { remember(index, on: found.socket) }
        tally.count(stripped: (request.request?.fields ?? []) + (request.response?.fields ?? []))
        if let error, failure.outcome == .failed { tally.count(error: error) }
        if !(found?.facts.isRead ?? false) { tally.count(request, failure) }
        return index
    }

    private mutating func remember(_ index: Int, on socket: Int) {
        if attemptsOfSocket.contains(socket) {
            attemptsOfSocket.update(socket) { if $0.count < 64 { $0.append(index) } }
        } else {
            _ = attemptsOfSocket.insert([index], socket)
        }
    }

    // MARK: An open socket

    private mutating func open(_ request: NetLogRequest, _ id: Int, _ transport: (Int) -> Transport?) {
        let index = addAttempt(request, error: nil, transport)
        let isRead = request.job.flatMap(transport)?.facts.isRead ?? false
        let limits = limits
        live.update(id) { request in
            request.attempt = index
            request.isRead = isRead
            request.log = SessionLog(limits: limits)
        }
    }

    private mutating func frame(_ event: NetLogEvent, by side: Side) {
        guard live[event.source]?.log != nil, let opcode = event.number("opcode"), 0 <= opcode, opcode <= 15
        else { return }
        live.update(event.source) { $0.takeFrame(event, opcode: UInt8(opcode), by: side) }
        guard let request = live[event.source], let session = request.log?.session,
            0 < session.counts.client.close, 0 < session.counts.server.close
        else { return }
        _ = live.remove(event.source)
        finishSession(request)
    }

    private mutating func finishSession(_ request: NetLogRequest) {
        guard let index = request.attempt, var log = request.log else { return }
        log.finish()
        if !request.isRead { tally.count(session: log.session, hiddenClose: request.hiddenClose) }
        document.update(index) { attempt in
            attempt.session = log.session
            if request.hiddenClose != nil { attempt.unseen.insert(.closes) }
        }
    }
}

extension NetLogRequest {
    /// Whether the answer opened a WebSocket: 101, or 200 over HTTP/2 (RFC 8441 §4).
    fileprivate var opens: Bool { url.isWebSocket && (status == 101 || isMultiplexed && status == 200) }

    /// Whether a value of its heads was taken out.
    fileprivate var hasStrippedValues: Bool { request?.fields.contains { isStripped($0.value) } ?? false }

    /// Takes the header of a frame. Its payload is not told, so that a close frame's code is unknown, unless it has none.
    fileprivate mutating func takeFrame(_ event: NetLogEvent, opcode: UInt8, by side: Side) {
        let length = max(0, event.number("payload_length") ?? 0)
        let bits = ["reserved1", "reserved2", "reserved3"].map { event.flag($0) ?? false }
        let record = FrameRecord(
            by: side, opcode: opcode, isFinal: event.flag("final") ?? true,
            reservedBits: (bits[0] ? 4 : 0) | (bits[1] ? 2 : 0) | (bits[2] ? 1 : 0),
            isMasked: event.flag("masked") ?? (side == .client), length: UInt64(length), preview: [],
            at: event.at, place: event.place)
        if opcode == 8, 0 < length {
            log?.session.counts[side].close += 1
            log?.session.counts[side].bytes += min(length, 125)
            log?.session.lastFrameAt[side] = event.at
            hiddenClose = hiddenClose ?? side
            return
        }
        // Pings and pongs belong together by their payload; its length is all there is of it.
        let control = [UInt8](repeating: 0, count: 8 <= opcode ? min(length, 125) : 0)
        log?.add(record, control: control, isPreviewed: false, isDamaged: false)
    }
}
