package import Case
package import Wire

/// Finds where the messages of one direction begin and end, for a relay that passes them on and must know when it may
/// look at a head again. Bodies are not kept.
package struct MessageBoundaries {
    /// What a piece of bytes led to.
    package enum Step {
        /// All of it is the beginning of a head, and is held.
        case held
        /// A head is whole; so many bytes of the piece belong to it. `raw` is the head with what stood before it.
        case head(MessageHead, raw: [UInt8], consumed: Int)
        /// So many bytes belong to the present body; it may be over with them.
        case body(consumed: Int, isOver: Bool)
        /// What was held and this piece begin no message, or a body's framing is broken.
        case foreign(held: [UInt8])
    }

    private let side: Side
    private let limits: Limits
    private var held: [UInt8] = []
    private var body: BodyReader?

    /// A reader at the beginning of a message.
    package init(side: Side, limits: Limits) {
        self.side = side
        self.limits = limits
    }

    /// Whether a head has begun and is not whole.
    package var isInsideHead: Bool { !held.isEmpty }

    /// Whether nothing of a message was seen since the last one was whole.
    package var isBetweenMessages: Bool { held.isEmpty && body == nil }

    /// Takes the next bytes, at least one.
    ///
    /// - Parameter method: the method of the request that a response answers; nil for requests.
    package mutating func receive(_ bytes: Span<UInt8>, answering method: String?) -> Step {
        if body != nil { return receiveBody(bytes) }
        let heldBefore = held.count
        held.append(bytes)
        // A head that comes byte by byte is read when its first line or its last may be whole, not each time.
        guard heldBefore == 0 || mayBeWhole(after: heldBefore) || limits.headBytes < held.count else {
            return .held
        }
        switch readHead(held.span, from: side, limits: limits) {
        case .needsMore: return .held
        case .notHTTP:
            let rest = Array(held.prefix(heldBefore))
            held = []
            return .foreign(held: rest)
        case .head(let head, let consumed):
            let raw = Array(held.prefix(consumed))
            held = []
            let framing =
                side == .client ? BodyFraming(request: head) : BodyFraming(response: head, toMethod: method)
            if framing != .none { body = BodyReader(framing, codings: [], limits: limits) }
            return .head(head, raw: raw, consumed: consumed - heldBefore)
        }
    }

    /// Whether the bytes from `start` on hold an empty line's end, or the first line feed of all.
    private mutating func mayBeWhole(after start: Int) -> Bool {
        var isFirst = held.span.extracting(first: start).firstIndex(of: 0x0a) == nil
        for index in start..<held.count where held[index] == 0x0a {
            if isFirst { return true }
            isFirst = false
            if 1 <= index, held[index - 1] == 0x0a { return true }
            if 2 <= index, held[index - 1] == 0x0d, held[index - 2] == 0x0a { return true }
        }
        return false
    }

    private mutating func receiveBody(_ bytes: Span<UInt8>) -> Step {
        switch body?.receive(bytes) ?? .more {
        case .more: return .body(consumed: bytes.count, isOver: false)
        case .done(let consumed):
            body = nil
            return .body(consumed: consumed, isOver: true)
        case .lost:
            body = nil
            return .foreign(held: [])
        }
    }

    /// What is held of a head that will never be whole. Empties it.
    package mutating func takeHeld() -> [UInt8] {
        defer { held = [] }
        return held
    }
}
