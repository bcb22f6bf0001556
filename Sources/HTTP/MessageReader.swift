import Case
import Wire

/// Reads the messages of one direction: head, body, head, body ….
///
/// Laws: a head that is not whole waits in `held`; after a gap of unknown reach nothing is read until a line looks
/// like the beginning of a message.
struct MessageReader {
    /// What a piece of bytes led to.
    enum Step {
        /// All of it was used, and nothing is whole.
        case more
        /// A head is whole; so many bytes of the piece belong to it. A body that is empty follows at once.
        case head(Message, consumed: Int)
        /// A body is whole, or will never be; so many bytes of the piece belong to it.
        case body(Body, consumed: Int)
        /// The bytes begin no message of this side.
        case foreign
    }

    private let side: Side
    private let limits: Limits
    private var held: [UInt8] = []
    /// Where in `held` the search for the blank line goes on.
    private var searched = 0
    private var foreign: [UInt8] = []
    private var firstByteAt: Timestamp?
    private var body: BodyReader?
    private var isLost = false
    /// Whether the present message was found after a gap.
    private(set) var resumed = false
    /// The place of the last bytes.
    private(set) var lastPlace = Place.frame(0, stream: 0, input: 0)

    init(side: Side, limits: Limits) {
        self.side = side
        self.limits = limits
    }

    /// Takes the next bytes, at least one.
    mutating func receive(
        _ bytes: Span<UInt8>, at time: Timestamp?, place: Place, framing: (MessageHead) -> BodyFraming
    ) -> Step {
        lastPlace = place
        if body != nil { return receiveBody(bytes) }
        var skipped = 0
        if isLost {
            guard let start = findMessage(bytes) else { return .more }
            skipped = start
            isLost = false
            resumed = true
        }
        if held.isEmpty { firstByteAt = time }
        let rest = bytes.extracting(skipped...)
        let heldBefore = held.count
        let reading = readHeadPiece(rest)
        switch reading {
        case .needsMore: return .more
        case .notHTTP:
            foreign = Array(held.prefix(heldBefore).prefix(32))
            held = []
            searched = 0
            return .foreign
        case .head(var head, let consumed):
            held = []
            searched = 0
            if resumed { head.oddities.insert(.resumed) }
            body = BodyReader(framing(head), codings: head.codings, limits: limits)
            let message = Message(
                head: head, body: Body(bytes: [], wireLength: 0, length: 0, completeness: .cutShort),
                at: time,
                firstByteAt: firstByteAt ?? time, place: place)
            return .head(message, consumed: skipped + consumed - heldBefore)
        }
    }

    private mutating func receiveBody(_ bytes: Span<UInt8>) -> Step {
        let step = body?.receive(bytes) ?? .more
        switch step {
        case .more: return .more
        case .done(let consumed): return .body(takeBody(isWhole: true), consumed: consumed)
        case .lost:
            isLost = true
            return .body(takeBody(isWhole: false), consumed: 0)
        }
    }

    /// The head of `held` and `rest` together, without looking at any byte twice for its end.
    private mutating func readHeadPiece(_ rest: Span<UInt8>) -> HeadReading {
        if held.isEmpty {
            let reading = readHead(rest, from: side, limits: limits)
            if case .needsMore = reading { held.append(rest) }
            return reading
        }
        held.append(rest)
        guard endsInBlankLine() else {
            return held.count <= limits.headBytes ? .needsMore : .notHTTP
        }
        return readHead(held.span, from: side, limits: limits)
    }

    /// Whether a blank line stands in what was not searched yet.
    private mutating func endsInBlankLine() -> Bool {
        var index = max(searched - 3, 0)
        while index + 1 < held.count {
            if held[index] == 0x0a {
                if held[index + 1] == 0x0a { return true }
                if index + 2 < held.count, held[index + 1] == 0x0d, held[index + 2] == 0x0a { return true }
            }
            index += 1
        }
        searched = held.count
        return false
    }

    /// The offset at which a message may begin: the piece's first byte, or one after a line end.
    private func findMessage(_ bytes: Span<UInt8>) -> Int? {
        var start = 0
        while start < bytes.count {
            if looksLikeStart(bytes.extracting(start...)) { return start }
            guard let feed = bytes.firstIndex(of: 0x0a, from: start) else { return nil }
            start = feed + 1
        }
        return nil
    }

    private func looksLikeStart(_ bytes: Span<UInt8>) -> Bool {
        if side == .server { return bytes.starts(with: "HTTP/1.") }
        let methods: [StaticString] = [
            "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ",
        ]
        return methods.contains { bytes.starts(with: $0) }
    }

    private mutating func takeBody(isWhole: Bool) -> Body {
        let whole = body?.finish(isWhole: isWhole) ?? .none
        body = nil
        resumed = false
        return whole
    }

    /// The body of a message that has none, right after its head.
    mutating func takeEmptyBody() -> Body? { body?.isExhausted ?? false ? takeBody(isWhole: true) : nil }

    /// Whether the next byte begins a message.
    var isBetweenMessages: Bool { body == nil && held.isEmpty && !isLost }

    /// The beginning of what was held when the bytes turned out to be no message. Empties it.
    mutating func takeForeign() -> [UInt8] {
        defer { foreign = [] }
        return foreign
    }

    /// Gives up on the present place in the stream.
    mutating func lose() {
        isLost = true
        held = []
        searched = 0
    }

    /// Takes the fact that bytes are missing; the body that this ended, if it did.
    mutating func skip(_ count: Int) -> Body? {
        guard body != nil else {
            lose()
            return nil
        }
        let beyond = body?.skip(count)
        if beyond == 0 { return body?.isExhausted ?? false ? takeBody(isWhole: true) : nil }
        lose()
        return takeBody(isWhole: false)
    }

    /// Takes the fact that no more bytes come; the body that this ended, if it did.
    /// `isClosed` says that the sender closed, and not that the input ended.
    mutating func end(isClosed: Bool) -> Body? {
        guard let reader = body else { return nil }
        return takeBody(isWhole: isClosed && reader.endsWithConnection || reader.isExhausted)
    }
}
