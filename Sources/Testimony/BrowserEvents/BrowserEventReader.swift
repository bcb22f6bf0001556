import Case
import JSON
import Wire

/// Reads the network events that a browser's debugging protocol sent, as scripts write them down: an array, or one event a
/// line.
struct BrowserEventReader: DocumentReader {
    /// How the document is laid out.
    private enum Layout {
        case unknown
        case array(JSONCutter)
        case lines(LineFraming)
    }

    private let limits: Limits
    private let name: String
    private var layout = Layout.unknown
    private var story: BrowserEventCase
    private var bytes = 0
    private var damage: Place?
    private var damaged = 0

    init(name: String, limits: Limits) {
        self.limits = limits
        self.name = name
        story = BrowserEventCase(limits: limits)
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        if case .unknown = layout {
            guard let first = piece.indices.first(where: { !isJSONSpace(piece[$0]) && piece[$0] < 0x80 })
            else { return }
            let bounds = limits
            layout =
                piece[first] == 0x5b
                ? .array(JSONCutter(limits: bounds) { path, _ in path.isEmpty ? .open : .keep })
                : .lines(LineFraming(longest: limits.logLineBytes))
        }
        switch layout {
        case .unknown: break
        case .array(var cutter):
            layout = .unknown
            read(piece, &cutter)
            layout = .array(cutter)
        case .lines(var framing):
            layout = .unknown
            var position = 0
            while let line = framing.next(piece, from: &position) { take(line) }
            layout = .lines(framing)
        }
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        var isWhole = true
        switch layout {
        case .unknown: break
        case .array(let cutter): isWhole = cutter.isWhole
        case .lines(var framing): if let line = framing.last() { take(line) }
        }
        guard story.hasEvents else {
            throw DocumentError("line 1: no event of a browser's debugging protocol stands here")
        }
        if !isWhole {
            story.note(.inputCutShort, "The list of events ends before its end; what came before is read.")
        }
        if 0 < damaged {
            story.note(.inputCutShort, "\(counted(damaged, "event")) cannot be read.", damage)
        }
        return story.finish(Input(name: name, kind: DocumentFormat.browserEvents.rawValue, bytes: bytes))
    }

    private mutating func read(_ piece: Span<UInt8>, _ cutter: inout JSONCutter) {
        guard damage == nil else { return }
        do throws(JSONError) {
            while let event = try cutter.next(piece) {
                let place = Place(input: 0, position: .pointer(cutter.pointer))
                switch event {
                case .value(let range?): take(piece.extracting(range), place)
                case .value(nil): take(cutter.held.span, place)
                case .tooLong: miss(place)
                case .opened, .closed: break
                }
            }
        } catch {
            miss(Place(input: 0, position: .line(error.line, column: error.column)))
        }
    }

    private mutating func take(_ line: LineFraming.Line) {
        let text = line.bytes.span
        guard let first = text.indices.first(where: { text[$0] == 0x7b }) else { return }
        // What stands before the object is the time of whoever wrote it down.
        take(
            text.extracting(first...), Place(input: 0, position: .line(line.number, column: first + 1)))
    }

    private mutating func take(_ text: Span<UInt8>, _ place: Place) {
        guard let value = try? JSONValue.prefix(text, limits: limits), !value.isTruncated,
            let event = value.value
        else { return miss(place) }
        story.take(event, place)
    }

    private mutating func miss(_ place: Place) {
        damage = damage ?? place
        damaged += 1
    }
}

/// Whether a document begins with an event of the protocol's domain `Network`, alone or in an array.
func looksLikeBrowserEvents(_ beginning: Span<UInt8>) -> Bool {
    guard let first = beginning.indices.first(where: { !isJSONSpace(beginning[$0]) && beginning[$0] < 0x80 }),
        beginning[first] == 0x5b || beginning[first] == 0x7b
    else { return false }
    let rest = beginning.extracting(first..<min(beginning.count, first + 4096))
    var isNamed = false
    for index in rest.indices where rest[index] == 0x22 {
        let part = rest.extracting(index...)
        if part.starts(with: "\"method\"") { isNamed = true }
        if isNamed, part.starts(with: "\"Network.") { return true }
    }
    return false
}
