import Case
import Wire

/// Reads one body from pieces: framing undone, codings undone, the beginning kept.
///
/// Laws: never more than `Limits.bodyBytes` is kept; every byte of the wire is counted; a gap makes the body cut
/// short and is counted down where the length is known.
struct BodyReader {
    /// What a call led to.
    enum Step: Equatable {
        /// The body goes on.
        case more
        /// The body is whole; the number of bytes of the piece that belong to it.
        case done(consumed: Int)
        /// The framing cannot be followed.
        case lost
    }

    /// Where a chunked body stands (RFC 9112 §7.1).
    private enum ChunkPhase { case size, data(remaining: Int), dataEnd, trailer }

    private let framing: BodyFraming
    private let limits: Limits
    private var decoder: CodingDecoder
    private var remaining: Int
    private var phase = ChunkPhase.size
    private var line: [UInt8] = []
    private var wireLength = 0
    private var isCut = false

    init(_ framing: BodyFraming, codings: [String], limits: Limits) {
        self.framing = framing
        self.limits = limits
        decoder = CodingDecoder(codings, limits: limits)
        if case .length(let length) = framing { remaining = length } else { remaining = 0 }
    }

    /// Takes a piece of the connection's bytes.
    mutating func receive(_ bytes: Span<UInt8>) -> Step {
        switch framing {
        case .none: return .done(consumed: 0)
        case .untilClose:
            take(bytes)
            return .more
        case .length:
            let count = min(remaining, bytes.count)
            take(bytes.extracting(first: count))
            remaining -= count
            return remaining == 0 ? .done(consumed: count) : .more
        case .chunked: return receiveChunks(bytes)
        }
    }

    /// Takes the fact that bytes are missing. Answers what is missing beyond this body, or nil when its end is lost.
    mutating func skip(_ count: Int) -> Int? {
        isCut = true
        decoder.lose()
        switch framing {
        case .none: return count
        case .untilClose: return 0
        case .length:
            let inside = min(remaining, count)
            remaining -= inside
            wireLength += inside
            return count - inside
        case .chunked:
            guard case .data(let left) = phase, count <= left else { return nil }
            phase = left == count ? .dataEnd : .data(remaining: left - count)
            wireLength += count
            return 0
        }
    }

    /// Whether a body of known length has all its bytes, seen or skipped.
    var isExhausted: Bool { if case .length = framing { remaining == 0 } else { framing == .none } }

    /// The body as far as it was seen. `isWhole` says that its end was reached.
    mutating func finish(isWhole: Bool) -> Body {
        let decoded = decoder.finish()
        let completeness: Body.Completeness =
            switch decoded.state {
            case .coded: .notDecoded
            case .cut: .cutShort
            case .whole: isCut || !isWhole ? .cutShort : .complete
            }
        return Body(
            bytes: decoded.bytes, wireLength: wireLength, length: decoded.length, completeness: completeness)
    }

    /// Whether the end of the connection is the end of this body.
    var endsWithConnection: Bool { framing == .untilClose }

    private mutating func take(_ bytes: Span<UInt8>) {
        wireLength += bytes.count
        decoder.receive(bytes)
    }

    private mutating func receiveChunks(_ bytes: Span<UInt8>) -> Step {
        var position = 0
        while position < bytes.count {
            switch phase {
            case .data(let left):
                let count = min(left, bytes.count - position)
                take(bytes.extracting(position..<position + count))
                position += count
                phase = count == left ? .dataEnd : .data(remaining: left - count)
            case .size, .dataEnd, .trailer:
                guard takeLine(bytes, &position) else {
                    return line.count <= limits.headBytes ? .more : .lost
                }
                let text = line
                line.removeAll(keepingCapacity: true)
                switch endOfLine(text) {
                case .more: continue
                case .done: return .done(consumed: position)
                case .lost: return .lost
                }
            }
        }
        return .more
    }

    /// Moves bytes into `line` up to LF; true when the line is whole, its end removed.
    private mutating func takeLine(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x0a {
                if line.last == 0x0d { line.removeLast() }
                return true
            }
            guard line.count <= limits.headBytes else { return false }
            line.append(byte)
        }
        return false
    }

    /// Settles a whole line outside chunk data.
    private mutating func endOfLine(_ text: [UInt8]) -> Step {
        switch phase {
        case .size:
            guard let size = chunkSize(text) else { return .lost }
            phase = size == 0 ? .trailer : .data(remaining: size)
            return .more
        case .dataEnd:
            phase = .size
            return text.isEmpty ? .more : .lost
        case .trailer: return text.isEmpty ? .done(consumed: 0) : .more
        case .data: return .lost
        }
    }

    /// The hexadecimal size before any chunk extension; nil when there is none or it is beyond reason.
    private func chunkSize(_ text: [UInt8]) -> Int? {
        var size = 0
        var digits = 0
        for byte in text {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                guard byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 else { return nil }
                break
            }
            digits += 1
            guard digits <= 15 else { return nil }
            size = size << 4 | digit
        }
        return 0 < digits ? size : nil
    }
}
