import Case
import Wire

/// Reads the frames of one direction from pieces of its bytes.
///
/// Laws: a payload is never kept whole; a header that is split waits in `held`; after a gap of unknown reach nothing
/// is read until bytes look like a header again.
struct FrameReader {
    /// What the reader tells while it goes through a piece.
    enum Event {
        /// A frame's header is whole.
        case began(FrameHeader)
        /// Payload bytes, still masked as they were; `phase` counts the payload bytes before them.
        case payload(Range<Int>, phase: UInt64)
        /// The frame's last payload byte was seen, or it has none.
        case ended
    }

    private let side: Side
    private let isCompressed: Bool
    private var held: [UInt8] = []
    private var remaining: UInt64 = 0
    private var done: UInt64 = 0
    private var isInside = false
    /// Whether a gap made the next frame's place unknown.
    private(set) var isLost = false

    init(side: Side, isCompressed: Bool) {
        self.side = side
        self.isCompressed = isCompressed
    }

    /// Whether the stream ended between frames.
    var isAtBoundary: Bool { !isInside && held.isEmpty && !isLost }

    /// The next event in `bytes` from `position`, which moves on; nil when the piece is used up.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> Event? {
        if isInside {
            if remaining == 0 {
                isInside = false
                return .ended
            }
            guard position < bytes.count else { return nil }
            let count = Int(min(remaining, UInt64(bytes.count - position)))
            let event = Event.payload(position..<position + count, phase: done)
            position += count
            remaining -= UInt64(count)
            done &+= UInt64(count)
            return event
        }
        if isLost, !findHeader(bytes, &position) { return nil }
        guard position < bytes.count, let header = takeHeader(bytes, &position) else { return nil }
        isInside = true
        remaining = header.length
        done = 0
        return .began(header)
    }

    private mutating func takeHeader(_ bytes: Span<UInt8>, _ position: inout Int) -> FrameHeader? {
        if held.isEmpty, let header = FrameHeader(bytes, at: position) {
            position += header.headerLength
            return header
        }
        while position < bytes.count {
            held.append(bytes[position])
            position += 1
            if let header = FrameHeader(held.span, at: 0) {
                held.removeAll(keepingCapacity: true)
                return header
            }
        }
        return nil
    }

    /// After a gap: takes the beginning of a piece for a header if it looks like one, and so does the header behind it
    /// where that is in the same piece. Segments begin with a frame more often than not.
    private mutating func findHeader(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        guard let header = FrameHeader(bytes, at: position),
            header.isPlausible(from: side, compressed: isCompressed)
        else {
            position = bytes.count
            return false
        }
        let end = UInt64(position + header.headerLength) + header.length
        if end < UInt64(bytes.count), let next = FrameHeader(bytes, at: Int(end)),
            !next.isPlausible(from: side, compressed: isCompressed)
        {
            position = bytes.count
            return false
        }
        isLost = false
        return true
    }

    /// What a gap cut.
    enum Loss { case payload, payloadToEnd, unknown }

    /// Takes the fact that bytes are missing here.
    mutating func skip(_ count: Int) -> Loss {
        if isInside, UInt64(count) <= remaining {
            remaining -= UInt64(count)
            done &+= UInt64(count)
            return remaining == 0 ? .payloadToEnd : .payload
        }
        isInside = false
        remaining = 0
        held.removeAll(keepingCapacity: true)
        isLost = true
        return .unknown
    }
}
