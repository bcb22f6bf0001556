import Case
import HTTP
import Wire

/// What the relay knows of the HTTP it passes on: enough to see where heads are and when it is over with HTTP.
///
/// Laws: a request that asks for another protocol is passed on whole, and answered before the client's next byte is; what
/// the server is not to see waits until everything before it is answered; after a 101, or when a side speaks no HTTP,
/// nothing is looked at any more.
struct HTTPPassing {
    /// What is changed in requests; nil inside tunnels, where nothing is.
    let rewriting: HeadRewriting?
    private var requests: MessageBoundaries
    private var responses: MessageBoundaries
    /// Methods of the requests that wait for an answer, oldest first.
    private var methods: [String] = []
    /// Whether the last request asked for another protocol and is not answered.
    private(set) var awaitsSwitch = false
    /// Why this server is asked nothing more; the rest of the client waits until all is answered.
    private(set) var parting: Parting?
    /// Whether HTTP is over.
    private(set) var isOver = false
    /// Whether the server said its last word: nothing is answered any more.
    private var isCut = false
    private let limits: Limits

    private static let mostPipelined = 64

    init(rewriting: HeadRewriting?, limits: Limits) {
        self.rewriting = rewriting
        self.limits = limits
        requests = MessageBoundaries(side: .client, limits: limits)
        responses = MessageBoundaries(side: .server, limits: limits)
    }

    /// Why a server is asked nothing more.
    enum Parting: Equatable {
        /// The next request is for another server.
        case elsewhere
        /// The next request is refused by the proxy itself.
        case refusal(Refusal)
    }

    /// What is to be done with the client's next bytes.
    enum Step {
        /// They are held.
        case held
        /// They wait for the answer of the server, from this one on.
        case wait
        /// Pass a request's head on, changed where it must be.
        case head(MessageHead, [UInt8], consumed: Int)
        /// A head that is not for this server (`parting`): it waits, with what follows.
        case part([UInt8], consumed: Int)
        /// Pass so many bytes on.
        case pass(Int)
        /// This is no HTTP: inside a body, or inside a tunnel.
        case foreign
    }

    /// Takes the client's next bytes.
    mutating func fromClient(_ bytes: Span<UInt8>) -> Step {
        if isOver || isCut { return .pass(bytes.count) }
        if mustWait { return .wait }
        let isInsideBody = !requests.isBetweenMessages && !requests.isInsideHead
        switch requests.receive(bytes, answering: nil) {
        case .held: return .held
        case .head(let head, let raw, let consumed):
            parting = rewriting?.parting(from: head)
            guard parting == nil else { return .part(raw, consumed: consumed) }
            methods.append(head.method ?? "")
            awaitsSwitch = head.has("upgrade") || head.method == "CONNECT"
            return .head(head, raw, consumed: consumed)
        case .body(let consumed, _): return .pass(consumed)
        case .foreign:
            if rewriting == nil { isOver = true }
            if isInsideBody || rewriting == nil { return .foreign }
            let because = "what follows is no HTTP request, or its head is too long"
            parting = .refusal(Refusal(status: .badRequest, because: because))
            return .part([], consumed: bytes.count)
        }
    }

    /// Watches the client's next bytes inside a tunnel, where they are passed on whatever they are: the heads of requests.
    mutating func watch(_ bytes: Span<UInt8>) -> [MessageHead] {
        var heads: [MessageHead] = []
        var position = 0
        while position < bytes.count {
            switch fromClient(bytes.extracting(position...)) {
            case .held, .wait, .part, .foreign: return heads
            case .pass(let count): position += count
            case .head(let head, _, let consumed):
                heads.append(head)
                position += consumed
            }
        }
        return heads
    }

    /// Watches the server's next bytes, which are passed on anyway.
    mutating func fromServer(_ bytes: Span<UInt8>) {
        var position = 0
        while !isOver, position < bytes.count {
            switch responses.receive(bytes.extracting(position...), answering: methods.first) {
            case .held: return
            case .head(let head, _, let consumed):
                position += consumed
                let status = head.status ?? 0
                if status == 101 || methods.first == "CONNECT" && 200..<300 ~= status {
                    isOver = true
                } else if 200 <= status, responses.isBetweenMessages {
                    answered()
                }
            case .body(let consumed, let isOver):
                position += consumed
                if isOver { answered() }
            case .foreign: isOver = true
            }
        }
    }

    private mutating func answered() {
        if !methods.isEmpty { methods.removeFirst() }
        if methods.isEmpty { awaitsSwitch = false }
    }

    /// The server sends no more.
    mutating func serverEnded() { isCut = true }

    /// A request's head stalled: what was asked is still answered, then the proxy says so.
    mutating func part(_ refusal: Refusal) { parting = .refusal(refusal) }

    /// Whether the client's next bytes wait: for an answer, or because too many requests do.
    var mustWait: Bool {
        guard !isOver, !isCut else { return false }
        return parting != nil
            || requests.isBetweenMessages && (awaitsSwitch || Self.mostPipelined <= methods.count)
    }

    /// Whether all that was asked is answered.
    var isAnswered: Bool { methods.isEmpty && responses.isBetweenMessages }

    /// Whether the server's present answer has begun to reach the client.
    var isAnswering: Bool { !responses.isBetweenMessages }

    /// Requests that wait for an answer.
    var waitingCount: Int { methods.count }

    /// Whether a request's head has begun and is not whole.
    var isInsideHead: Bool { !isOver && !isCut && requests.isInsideHead }

    /// Whether nothing is asked and nothing is answered.
    var isIdle: Bool { !isOver && (isCut || methods.isEmpty && requests.isBetweenMessages) }

    /// What is held of a head that will never be whole. Inside tunnels it was passed on already.
    mutating func takeHeld() -> [UInt8] { rewriting == nil ? [] : requests.takeHeld() }
}
