package import Case
package import Wire

/// Reads the HTTP/1 messages of one connection and pairs requests with answers (RFC 9112 §9).
///
/// Laws: answers come in the order of their requests; after an upgrade request or CONNECT the client's bytes wait until
/// the answer tells what they are; an answer that comes before any request waits for one; after a gap reading resumes
/// at the next message that can be found.
package struct HTTPConnection {
    /// A request whose answer is not complete.
    fileprivate struct Pending {
        var request: Message?
        var response: Message?
        var interimStatuses: [Int] = []
        /// Whether its body is still being received.
        var isOpen = false
    }

    private let limits: Limits
    private let beginsInside: Bool
    private var directions: PerSide<MessageReader>
    private var pending: [Pending] = []
    private var sawMessage = PerSide(client: false, server: false)
    private var isOver = false
    /// Bytes of the client that wait for the answer to an upgrade request or CONNECT.
    private var waiting: [UInt8] = []
    private var isWaiting = false
    /// When and where the first of them came.
    private var waitingSince: (at: Timestamp?, place: Place)?
    private var early = EarlyAnswers()
    /// Whether no request can come any more that the answers at hand belong to.
    private var clientIsCut = false

    /// Requests of one connection that may wait for an answer.
    private static let mostPending = 1024

    /// A reader at the beginning of a connection. `beginsInside` says that bytes before may be missing, so that the
    /// first ones need not begin a message.
    package init(limits: Limits, beginsInside: Bool = false) {
        self.limits = limits
        self.beginsInside = beginsInside
        directions = PerSide(
            client: MessageReader(side: .client, limits: limits),
            server: MessageReader(side: .server, limits: limits))
    }

    /// Takes the next bytes of one side.
    ///
    /// Shape: answers how many were used. That is all of them, unless `switched` is among the events: then the rest
    /// belongs to the next protocol, and so does what `takeWaiting` gives.
    package mutating func receive(
        _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place,
        into events: inout [HTTPEvent]
    ) -> Int {
        guard !isOver else { return bytes.count }
        if side == .server, mustWait(bytes) {
            if early.keep(bytes, at: time, place: place, limits: limits) { return bytes.count }
            releaseEarly(all: true, into: &events)
            guard !isOver else { return 0 }
        }
        let used = read(bytes, from: side, at: time, place: place, into: &events)
        if side == .client, !early.isEmpty { releaseEarly(all: false, into: &events) }
        return used
    }

    private mutating func read(
        _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place,
        into events: inout [HTTPEvent]
    ) -> Int {
        if side == .client, isWaiting {
            wait(bytes, at: time, place: place)
            return bytes.count
        }
        var position = 0
        while position < bytes.count {
            let rest = bytes.extracting(position...)
            let method = pending.first?.request?.head.method
            let step = directions[side].receive(rest, at: time, place: place) { head in
                side == .client
                    ? BodyFraming(request: head) : BodyFraming(response: head, toMethod: method)
            }
            switch step {
            case .more: return bytes.count
            case .head(let message, let consumed):
                position += consumed
                sawMessage[side] = true
                let emptyBody = directions[side].takeEmptyBody()
                if begin(message, from: side, into: &events) { return position }
                if let emptyBody, !message.isInterim { end(emptyBody, from: side, into: &events) }
                if side == .client, isWaiting, position < bytes.count {
                    wait(bytes.extracting(position...), at: time, place: place)
                    return bytes.count
                }
            case .body(let body, let consumed):
                position += consumed
                end(body, from: side, into: &events)
            case .foreign:
                guard judgeForeign(rest, from: side, into: &events) else { return bytes.count }
                // Whatever begins here is no message: the search goes on behind this line.
                guard let feed = rest.firstIndex(of: 0x0a) else { return bytes.count }
                position += feed + 1
            }
        }
        return position
    }

    /// The client's bytes that came before the answer to its upgrade request or CONNECT. Empties them.
    package mutating func takeWaiting() -> [UInt8] {
        defer { waiting = [] }
        return waiting
    }

    /// The server's bytes after a switch that was seen before its request. Empties them.
    package mutating func takeAhead() -> [HeldBytes] { early.takeAll() }

    /// Takes the fact that bytes of one side are missing.
    package mutating func skipped(bytes: Int, from side: Side, into events: inout [HTTPEvent]) {
        guard !isOver else { return }
        if side == .client { clientIsCut = true }
        releaseEarly(all: true, into: &events)
        guard !isOver else { return }
        if let body = directions[side].skip(bytes) { end(body, from: side, into: &events) }
    }

    /// Takes the fact that one side sends no more.
    package mutating func ended(_ side: Side, into events: inout [HTTPEvent]) {
        guard !isOver else { return }
        if side == .server, !early.isEmpty {
            early.endsAfter = true
            return
        }
        if side == .client {
            clientIsCut = true
            releaseEarly(all: true, into: &events)
            guard !isOver else { return }
        }
        if let body = directions[side].end(isClosed: true) { end(body, from: side, into: &events) }
    }

    /// Ends the connection: what is incomplete is told as far as it came.
    package mutating func finish(into events: inout [HTTPEvent]) {
        releaseEarly(all: true, into: &events)
        guard !isOver else { return }
        for side in Side.allCases {
            if let body = directions[side].end(isClosed: false) { end(body, from: side, into: &events) }
        }
        settlePending(into: &events)
        isOver = true
    }

    private mutating func settlePending(into events: inout [HTTPEvent]) {
        for exchange in pending { events.append(.finished(HTTPExchange(exchange))) }
        pending = []
    }

    private mutating func wait(_ bytes: Span<UInt8>, at time: Timestamp?, place: Place) {
        if waitingSince == nil { waitingSince = (time, place) }
        let room = limits.bodyBytes - waiting.count
        if 0 < room { waiting.append(bytes.extracting(first: min(room, bytes.count))) }
    }

    /// Whether bytes of the server come too early to be read: an answer without any request before it.
    private func mustWait(_ bytes: Span<UInt8>) -> Bool {
        if !early.isEmpty { return true }
        return pending.isEmpty && !beginsInside && !clientIsCut && directions.server.isBetweenMessages
            && bytes.beginsLikeAnswer
    }

    /// Reads answers that waited, as long as there are requests for them; all of them when none can come any more.
    private mutating func releaseEarly(all: Bool, into events: inout [HTTPEvent]) {
        while !isOver, all || !pending.isEmpty, let piece = early.next() {
            let used = read(piece.bytes.span, from: .server, at: piece.at, place: piece.place, into: &events)
            if used < piece.bytes.count { early.putBack(piece, from: used) }
        }
        if early.isEmpty, early.endsAfter, !isOver {
            early.endsAfter = false
            ended(.server, into: &events)
        }
    }

    /// Bytes that begin no message: whether to go on searching for one.
    private mutating func judgeForeign(
        _ bytes: Span<UInt8>, from side: Side, into events: inout [HTTPEvent]
    ) -> Bool {
        let beginning = directions[side].takeForeign() + bytes.extracting(first: min(bytes.count, 32)).bytes()
        let looks = NotHTTP(beginning.span)
        // A TLS alert is how a TLS port answers plaintext, so it counts after a request as well.
        let isKnown = !sawMessage[side] && looks != .other
        if beginsInside || sawMessage[side] || sawMessage[side.peer] && !isKnown {
            directions[side].lose()
            return true
        }
        settlePending(into: &events)
        events.append(.notHTTP(side, looks))
        isOver = true
        return false
    }

    /// Takes a head; true when the connection became something else.
    private mutating func begin(_ message: Message, from side: Side, into events: inout [HTTPEvent]) -> Bool {
        if side == .client {
            if pending.count < Self.mostPending { pending.append(Pending(request: message, isOpen: true)) }
            let switches = message.head.method == "CONNECT" || message.head.has("upgrade")
            // A body comes first where there is one; an upgrade request has none (RFC 6455 §4.1).
            isWaiting = switches && BodyFraming(request: message.head) == .none
            return false
        }
        if message.head.oddities.contains(.resumed) { settleLostAnswers(into: &events) }
        if pending.isEmpty { pending.append(Pending(request: nil)) }
        let status = message.head.status ?? 0
        let isTunnel = pending[0].request?.head.method == "CONNECT" && 200..<300 ~= status
        if status == 101 || isTunnel {
            pending[0].response = message
            events.append(.switched(HTTPExchange(pending[0])))
            isOver = true
            return true
        }
        if 100..<200 ~= status {
            if pending[0].interimStatuses.count < 16 { pending[0].interimStatuses.append(status) }
            return false
        }
        pending[0].response = message
        return false
    }

    /// Without pipelining an answer belongs to the last request; answers to the ones before it were lost.
    private mutating func settleLostAnswers(into events: inout [HTTPEvent]) {
        while 1 < pending.count {
            let lost = pending.removeFirst()
            events.append(.finished(HTTPExchange(lost)))
        }
    }

    private mutating func end(_ body: Body, from side: Side, into events: inout [HTTPEvent]) {
        if side == .client {
            if let last = pending.indices.last, pending[last].isOpen {
                pending[last].request?.body = body
                pending[last].isOpen = false
            }
            return
        }
        guard !pending.isEmpty, pending[0].response != nil else { return }
        pending[0].response?.body = body
        let done = pending.removeFirst()
        events.append(.finished(HTTPExchange(done)))
        if isWaiting, pending.isEmpty { stopWaiting(into: &events) }
    }

    /// A refused upgrade leaves HTTP: what the client sent since is its next request.
    private mutating func stopWaiting(into events: inout [HTTPEvent]) {
        isWaiting = false
        let held = takeWaiting()
        guard !held.isEmpty else { return }
        let since = waitingSince ?? (nil, directions.client.lastPlace)
        waitingSince = nil
        _ = read(held.span, from: .client, at: since.0, place: since.1, into: &events)
    }
}

extension Span where Element == UInt8 {
    /// Whether these bytes begin with `HTTP/1.`, as far as they go.
    fileprivate var beginsLikeAnswer: Bool {
        let name: StaticString = "HTTP/1."
        return name.withUTF8Buffer { expected in
            for index in 0..<Swift.min(7, count) {
                let wanted = unsafe expected[index]
                if self[index] != wanted { return false }
            }
            return true
        }
    }
}

extension HTTPExchange {
    fileprivate init(_ pending: HTTPConnection.Pending) {
        self.init(
            request: pending.request, response: pending.response, interimStatuses: pending.interimStatuses)
    }
}

extension Message {
    /// Whether it is an informational answer, which is not the last one (RFC 9110 §15.2).
    fileprivate var isInterim: Bool { head.status.map { 100..<200 ~= $0 } ?? false }
}

extension NotHTTP {
    /// Judges the bytes.
    fileprivate init(_ bytes: Span<UInt8>) {
        if bytes.starts(with: "PRI * HTTP/2.0") {
            self = .http2
        } else if 0 < bytes.count, 0x14...0x17 ~= bytes[0], bytes.count < 2 || bytes[1] == 3 {
            self = .tls
        } else {
            self = .other
        }
    }
}
