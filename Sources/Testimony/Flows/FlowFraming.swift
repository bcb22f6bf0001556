import Wire

/// Cuts a flow file into flows, whatever the pieces it comes in. A flow that is longer than any that is read is passed
/// over without being held.
struct FlowFraming {
    /// What comes next.
    private enum Phase {
        case head
        /// Bytes of a flow that is held, its type byte among them.
        case content(left: Int)
        case passing(left: Int)
        /// Something that is no flow.
        case lost
    }

    private let longest: Int
    private var phase = Phase.head
    private var held: [UInt8] = []
    /// Bytes that were taken.
    private(set) var offset = 0
    /// Where the flow in hand begins.
    private(set) var start = 0
    /// Flows that were begun.
    private(set) var count = 0
    private(set) var tooLong = 0

    init(longest: Int) { self.longest = longest }

    /// Whether something stood where a flow should begin, or end.
    var isLost: Bool { if case .lost = phase { true } else { false } }

    /// Whether the bytes end between two flows.
    var isBetween: Bool { if case .head = phase { held.isEmpty } else { false } }

    /// The next flow that ends in this piece, from `position` on; nil when the piece is used up.
    mutating func next(_ piece: Span<UInt8>, from position: inout Int) -> FlowBytes? {
        while position < piece.count {
            switch phase {
            case .head: takeHead(piece[position], &position)
            case .content(let left):
                let count = min(left, piece.count - position)
                held.append(piece.extracting(position..<position + count))
                advance(count, &position)
                guard count == left else {
                    phase = .content(left: left - count)
                    return nil
                }
                var flow: [UInt8] = []
                swap(&flow, &held)
                // A flow is a list of members.
                guard flow.popLast() == 0x7d else {
                    phase = .lost
                    return nil
                }
                phase = .head
                return FlowBytes(bytes: flow)
            case .passing(let left):
                let count = min(left, piece.count - position)
                advance(count, &position)
                phase = count == left ? .head : .passing(left: left - count)
            case .lost: advance(piece.count - position, &position)
            }
        }
        return nil
    }

    private mutating func takeHead(_ byte: UInt8, _ position: inout Int) {
        if held.isEmpty { start = offset }
        advance(1, &position)
        held.append(byte)
        guard byte == 0x3a else {
            let isDigit = 0x30 <= byte && byte <= 0x39
            if !isDigit || NetstringHead.mostDigits < held.count { phase = .lost }
            return
        }
        let head = NetstringHead(at: 0, before: held.count, in: held.span)
        held.removeAll()
        guard let head else {
            phase = .lost
            return
        }
        count += 1
        if longest < head.length {
            tooLong += 1
            phase = .passing(left: head.length + 1)
        } else {
            phase = .content(left: head.length + 1)
        }
    }

    private mutating func advance(_ count: Int, _ position: inout Int) {
        position += count
        offset += count
    }
}
