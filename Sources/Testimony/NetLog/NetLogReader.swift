import Case
import JSON
import Wire

/// Reads a Chromium net-export: the constants first, then the events, one at a time.
///
/// Laws: only events of a kind that is read are parsed, and nothing of one is kept but what its source's state keeps.
/// The browser writes the constants in the first line and then one event a line; such a log is read line by line, so
/// that one broken line costs one event. A log that another program wrote anew is walked element by element.
struct NetLogReader: DocumentReader {
    /// How the document is laid out.
    private enum Layout {
        /// Not known yet: the beginning is held.
        case unknown
        case lines(NetLogLines)
        case elements(NetLogElements)
    }

    private let limits: Limits
    private let name: String
    private var layout = Layout.unknown
    private var beginning: [UInt8] = []
    private var story: NetLogStory
    private var bytes = 0

    init(name: String, limits: Limits) {
        self.limits = limits
        self.name = name
        story = NetLogStory(limits: limits)
    }

    /// What memory grows with: sources that are followed.
    var liveCount: Int { story.liveCount }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        guard case .unknown = layout else { return try read(piece) }
        beginning.append(piece)
        // The first line of the browser's own log is the whole of its constants.
        guard piece.firstIndex(of: 0x0a) != nil || limits.logLineBytes < beginning.count else {
            return
        }
        try begin()
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        if case .unknown = layout { try begin() }
        let isWhole: Bool
        switch layout {
        case .unknown: isWhole = false
        case .lines(var lines):
            try lines.finish(&story)
            isWhole = lines.isWhole
        case .elements(var elements): isWhole = try elements.finish(&story)
        }
        guard story.constants != nil else {
            throw DocumentError("line 1: a net-export begins with its constants, and these cannot be read")
        }
        return story.finish(
            Input(name: name, kind: DocumentFormat.netLog.rawValue, bytes: bytes), isWhole: isWhole)
    }

    private mutating func begin() throws(DocumentError) {
        let isLines = NetLogLines.areConstants(beginning.span)
        layout = isLines ? .lines(NetLogLines(limits: limits)) : .elements(NetLogElements(limits: limits))
        var held: [UInt8] = []
        swap(&held, &beginning)
        try read(held.span)
    }

    private mutating func read(_ piece: Span<UInt8>) throws(DocumentError) {
        switch layout {
        case .unknown: break
        case .lines(var lines):
            // Moved out and back: an enum's payload cannot be changed where it stands.
            layout = .unknown
            defer { layout = .lines(lines) }
            try lines.receive(piece, &story)
        case .elements(var elements):
            layout = .unknown
            defer { layout = .elements(elements) }
            try elements.receive(piece, &story)
        }
    }
}

/// Whether a document begins as a net-export does: an object whose first member is `constants`, with names among them
/// that such a file gives its numbers.
func isNetLog(_ beginning: Span<UInt8>) -> Bool {
    var index = beginning.starts(with: "\u{feff}") ? 3 : 0
    func skipSpace() {
        while index < beginning.count, isJSONSpace(beginning[index]) { index += 1 }
    }
    skipSpace()
    guard index < beginning.count, beginning[index] == 0x7b else { return false }
    index += 1
    skipSpace()
    guard beginning.extracting(index...).starts(with: "\"constants\"") else { return false }
    index += 11
    skipSpace()
    guard index < beginning.count, beginning[index] == 0x3a else { return false }
    index += 1
    skipSpace()
    return index < beginning.count && beginning[index] == 0x7b
}

/// White space between the tokens of JSON (RFC 8259 §2).
func isJSONSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
