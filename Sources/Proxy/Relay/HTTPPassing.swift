import Case
import HTTP
import Wire

/// What the relay knows of the HTTP it passes on: enough to see where heads are and when it is over with HTTP.
///
/// Laws: a request that asks for another protocol is answered before the client's next byte is passed on; after a 101,
/// or when a side speaks no HTTP, nothing is looked at any more.
struct HTTPPassing {
    /// What is changed in requests; nil inside tunnels, where nothing is.
    let rewriting: HeadRewriting?
    private var requests: MessageBoundaries
    private var responses: MessageBoundaries
    /// Methods of the requests that wait for an answer, oldest first.
    private var methods: [String] = []
    /// Whether the last request asked for another protocol and is not answered.
    private(set) var awaitsSwitch = false
    /// Whether HTTP is over.
    private(set) var isOver = false
    private let limits: Limits

    private static let mostPipelined = 64

    init(rewriting: HeadRewriting?, limits: Limits) {
        self.rewriting = rewriting
        self.limits = limits
        requests = MessageBoundaries(side: .client, limits: limits)
        responses = MessageBoundaries(side: .server, limits: limits)
    }

    /// What is to be done with the client's next bytes.
    enum Step {
        /// They are held.
        case held
        /// They wait for the answer of the server, from this one on.
        case wait
        /// Pass a request's head on, changed where it must be.
        case head(MessageHead, [UInt8], consumed: Int)
        /// Pass so many bytes on.
        case pass(Int)
        /// This is no HTTP.
        case foreign
    }

    /// Takes the client's next bytes.
    mutating func fromClient(_ bytes: Span<UInt8>) -> Step {
        if isOver { return .pass(bytes.count) }
        if awaitsSwitch { return .wait }
        switch requests.receive(bytes, answering: nil) {
        case .held: return .held
        case .head(let head, let raw, let consumed):
            if methods.count < Self.mostPipelined { methods.append(head.method ?? "") }
            awaitsSwitch = head.has("upgrade") || head.method == "CONNECT"
            return .head(head, raw, consumed: consumed)
        case .body(let consumed, _): return .pass(consumed)
        case .foreign:
            if rewriting == nil { isOver = true }
            return .foreign
        }
    }

    /// Watches the client's next bytes inside a tunnel, where they are passed on whatever they are: the heads of requests.
    mutating func watch(_ bytes: Span<UInt8>) -> [MessageHead] {
        var heads: [MessageHead] = []
        var position = 0
        while position < bytes.count {
            switch fromClient(bytes.extracting(position...)) {
            case .held, .wait, .foreign: return heads
            case .pass(let count): position += count
            case .head(let head, _, let consumed):
                heads.append(head)
                position += consumed
            }
        }
        return heads
    }

    /// Watches the server's next bytes, which are passed on anyway. True when the client's may go on.
    mutating func fromServer(_ bytes: Span<UInt8>) -> Bool {
        var position = 0
        let didAwait = awaitsSwitch
        while !isOver, position < bytes.count {
            switch responses.receive(bytes.extracting(position...), answering: methods.first) {
            case .held: return false
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
        return didAwait && (isOver || !awaitsSwitch)
    }

    private mutating func answered() {
        if !methods.isEmpty { methods.removeFirst() }
        if methods.isEmpty { awaitsSwitch = false }
    }

    /// Whether another request may be read: not too many wait for their answers.
    var mayAsk: Bool { rewriting == nil || isOver || methods.count < Self.mostPipelined }

    /// Whether a request's head has begun and is not whole.
    var isInsideHead: Bool { !isOver && requests.isInsideHead }

    /// Whether nothing is asked and nothing is answered.
    var isIdle: Bool { !isOver && methods.isEmpty && requests.isBetweenMessages }

    /// What is held of a head that will never be whole. Inside tunnels it was passed on already.
    mutating func takeHeld() -> [UInt8] { rewriting == nil ? [] : requests.takeHeld() }
}
