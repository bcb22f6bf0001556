import Case
import JSON
import Wire

/// A log as the browser writes it: constants, then an event a line.
struct NetLogLines {
    /// Where in the document the next line belongs.
    private enum Phase {
        case constants
        case events
        case after
    }

    private let limits: Limits
    private var framing: LineFraming
    private var phase = Phase.constants

    init(limits: Limits) {
        self.limits = limits
        framing = LineFraming(longest: limits.logLineBytes)
    }

    /// Whether the end of the events was seen.
    var isWhole: Bool { phase == .after }

    /// Whether the first line is the constants and no more.
    static func areConstants(_ beginning: Span<UInt8>) -> Bool {
        guard var end = beginning.firstIndex(of: 0x0a) else { return false }
        while 0 < end, isJSONSpace(beginning[end - 1]) { end -= 1 }
        return 16 < end && beginning[end - 1] == 0x2c && beginning[end - 2] == 0x7d
    }

    mutating func receive(_ piece: Span<UInt8>, _ story: inout NetLogStory) throws(DocumentError) {
        var position = 0
        while let line = framing.next(piece, from: &position) { try take(line, &story) }
    }

    mutating func finish(_ story: inout NetLogStory) throws(DocumentError) {
        if let line = framing.last() { try take(line, &story) }
        if 0 < framing.tooLong { story.leftOut(framing.tooLong) }
    }

    private mutating func take(_ line: LineFraming.Line, _ story: inout NetLogStory) throws(DocumentError) {
        let text = line.bytes.span
        guard let first = text.indices.first(where: { !isJSONSpace(text[$0]) }) else { return }
        switch phase {
        case .constants:
            guard let value = try? JSONValue.prefix(text, limits: limits).value,
                let constants = value["constants"].flatMap({ NetLogConstants($0) })
            else {
                throw DocumentError("line \(line.number): the constants of a net-export cannot be read")
            }
            story.constants = constants
            phase = .events
        case .events:
            if text[first] == 0x7b {
                let place = Place(input: 0, position: .line(line.number, column: first + 1))
                if takeEvent(text.extracting(first...), place, &story) { phase = .after }
            } else if text[first] == 0x5d || text.extracting(first...).starts(with: "\"polledData\"") {
                phase = .after
            }
        case .after: break
        }
    }

    /// Takes the event of a line; answers whether the list of events ends behind it.
    private func takeEvent(_ text: Span<UInt8>, _ place: Place, _ story: inout NetLogStory) -> Bool {
        var end = text.count
        var isLast = false
        while 0 < end, isJSONSpace(text[end - 1]) || text[end - 1] == 0x2c || text[end - 1] == 0x5d {
            isLast = isLast || text[end - 1] == 0x5d
            end -= 1
        }
        // `]}` closes the whole.
        if 2 < end, !isLast, text[end - 1] == 0x7d, text[end - 2] == 0x5d {
            var inner = end - 1
            while 0 < inner, isJSONSpace(text[inner - 1]) || text[inner - 1] == 0x5d { inner -= 1 }
            if 0 < inner, text[inner - 1] == 0x7d, typeNumber(text.extracting(0..<inner)) != nil {
                (end, isLast) = (inner, true)
            }
        }
        let event = text.extracting(0..<end)
        if let number = typeNumber(event), story.constants?.kind(number) == nil { return isLast }
        story.take(json: event, place, limits)
        return isLast
    }
}

/// The number at the end of `…,"type":473}`: the browser puts it last, which saves parsing what is not read.
private func typeNumber(_ event: Span<UInt8>) -> Int? {
    var index = event.count - 1
    guard 0 < index, event[index] == 0x7d else { return nil }
    index -= 1
    var number = 0
    var unit = 1
    while 0 <= index, 0x30 <= event[index], event[index] <= 0x39, unit < 1_000_000 {
        number += Int(event[index] - 0x30) * unit
        unit *= 10
        index -= 1
    }
    guard 1 < unit, 7 <= index, event[index - 7] == 0x2c,
        event.extracting(index - 6..<index + 1).starts(with: "\"type\":")
    else { return nil }
    return number
}
