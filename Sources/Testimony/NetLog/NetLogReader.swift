import Case
import JSON
import Wire

/// Reads a Chromium net-export line by line: the constants stand in the first line, then one event a line.
///
/// Laws: only lines that name a kind of event that is read are parsed; nothing of an event is kept but what its source's
/// state keeps. A log that was cut off is read as far as it goes.
struct NetLogReader: DocumentReader {
    private let limits: Limits
    private let name: String
    private var story: NetLogStory
    private var lines: LineFraming
    private var constants: NetLogConstants?
    private var phase = Phase.constants
    private var bytes = 0

    /// Where in the document the next line belongs.
    private enum Phase {
        case constants
        case events
        case after
    }

    init(name: String, limits: Limits) {
        self.limits = limits
        self.name = name
        story = NetLogStory(limits: limits)
        lines = LineFraming(longest: limits.logLineBytes)
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        var position = 0
        while let line = lines.next(piece, from: &position) { try take(line) }
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        if let line = lines.last() { try take(line) }
        guard constants != nil else {
            throw DocumentError("line 1: a net-export begins with its constants; these are not here")
        }
        if 0 < lines.tooLong { story.leftOut(lines.tooLong) }
        return story.finish(
            Input(name: name, kind: DocumentFormat.netLog.rawValue, bytes: bytes),
            isWhole: phase == .after)
    }

    private mutating func take(_ line: LineFraming.Line) throws(DocumentError) {
        let text = line.bytes.span
        switch phase {
        case .constants:
            guard let value = try? JSONValue.prefix(text, limits: limits).value,
                let members = value["constants"], let read = NetLogConstants(members)
            else { throw DocumentError("line \(line.number): the constants of a net-export cannot be read") }
            constants = read
            story.constants = read
            phase = .events
        case .events:
            guard let first = text.indices.first(where: { !isSpace(text[$0]) }) else { return }
            if text[first] == 0x5d || text.extracting(first...).starts(with: "\"polledData\"") {
                phase = .after
            } else if text[first] == 0x7b {
                takeEvent(
                    text.extracting(first...),
                    Place(input: 0, position: .line(line.number, column: first + 1)))
            }
        case .after: break
        }
    }

    private mutating func takeEvent(_ text: Span<UInt8>, _ place: Place) {
        guard let constants else { return }
        if let number = typeNumber(text), constants.kind(number) == nil { return }
        var end = text.count
        while 0 < end, isSpace(text[end - 1]) || text[end - 1] == 0x2c { end -= 1 }
        guard let value = try? JSONValue(reading: text.extracting(0..<end), limits: limits) else {
            story.damaged(place)
            return
        }
        if let event = constants.event(value, place: place) { story.take(event) }
    }
}

/// The number at the end of `…,"type":473},`: the writer puts it last, which saves parsing what is not read.
private func typeNumber(_ text: Span<UInt8>) -> Int? {
    var index = text.count - 1
    while 0 <= index, isSpace(text[index]) || text[index] == 0x2c { index -= 1 }
    guard 0 < index, text[index] == 0x7d else { return nil }
    index -= 1
    var number = 0
    var unit = 1
    while 0 <= index, 0x30 <= text[index], text[index] <= 0x39, unit < 1_000_000 {
        number += Int(text[index] - 0x30) * unit
        unit *= 10
        index -= 1
    }
    guard 1 < unit, 6 <= index, text.extracting(index - 6..<index + 1).starts(with: "\"type\":"),
        text[index - 7] == 0x2c
    else { return nil }
    return number
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }

/// Whether a document begins as a net-export does: an object whose first member is `constants`, with the names that
/// such a file gives its numbers.
func isNetLog(_ beginning: Span<UInt8>) -> Bool {
    var index = beginning.starts(with: "\u{feff}") ? 3 : 0
    while index < beginning.count, isSpace(beginning[index]) { index += 1 }
    guard index < beginning.count, beginning[index] == 0x7b else { return false }
    index += 1
    while index < beginning.count, isSpace(beginning[index]) { index += 1 }
    return beginning.extracting(index...).starts(with: "\"constants\"")
}
