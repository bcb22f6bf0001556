import Case
import JSON
import Wire

/// Reads HAR 1.2 in its dialects, entry by entry as it arrives.
///
/// Source: the HAR 1.2 specification (softwareishard.com/blog/har-12-spec); `har-dialects.json` for what each program
/// makes of it.
struct HARReader: DocumentReader {
    private let name: String
    private let limits: Limits
    private var cutter: JSONCutter
    private var told: HARCase
    private var entry: HAREntry?
    private var bytes = 0
    /// The text is no JSON from here on.
    private var damage: JSONError?

    init(named name: String, limits: Limits = .standard) {
        self.name = name
        self.limits = limits
        told = HARCase(limits: limits)
        cutter = JSONCutter(limits: limits, choose: harChoice)
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        guard damage == nil else { return }
        do throws(JSONError) {
            while let event = try cutter.next(piece) { take(event, piece) }
        } catch {
            damage = error
        }
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        let isCut = damage == nil && !cutter.isWhole
        let end = cutter.pointer
        if var cut = entry {
            // What stood in the entry before the cut is used where it is enough to know request and answer.
            cut.isCutShort = true
            told.add(cut)
            entry = nil
        }
        guard told.hasEntries else { throw noEntries() }
        if isCut {
            told.note(
                .inputCutShort,
                "The HAR ends in the middle, at \(end) (byte \(grouped(cutter.offset))); everything before was read.",
                at: end)
        }
        if let damage {
            told.note(
                .inputCutShort,
                "The HAR is no JSON from line \(damage.line), column \(damage.column) on, at "
                    + "\(end); everything before was read.",
                at: end)
        }
        return told.finish(Input(name: name, kind: "har", bytes: bytes))
    }

    private func noEntries() -> DocumentError {
        let advice = "A HAR is an object with log.entries. Export it again."
        if let damage {
            return DocumentError(
                "no HAR: line \(damage.line), column \(damage.column), at \(cutter.pointer): \(damage.words)",
                advice: advice)
        }
        if !cutter.isWhole {
            return DocumentError(
                "the HAR ends at byte \(grouped(cutter.offset)), before its first entry", advice: advice)
        }
        return DocumentError("no HAR: the document has no array of entries", advice: advice)
    }

    private mutating func take(_ event: JSONCutter.Event, _ piece: Span<UInt8>) {
        let path = inLog(cutter.path)
        switch event {
        case .opened:
            if isEntries(path) { told.hasEntries = true }
            if isEntry(path) {
                entry = HAREntry(pointer: cutter.pointer, limits: limits)
            } else if 2 < path.count {
                entry?.hasMessages = true
            }
        case .closed:
            guard isEntry(path), let whole = entry else { return }
            told.add(whole)
            entry = nil
        case .value(let range):
            // Bytes in one piece are read where they are.
            do throws(JSONError) {
                let prefix =
                    if let range {
                        try JSONValue.prefix(piece.extracting(range), limits: limits)
                    } else {
                        try JSONValue.prefix(cutter.held.span, limits: limits)
                    }
                if let value = prefix.value { take(value, path) }
            } catch {
                told.note(
                    error.isBound ? .boundReached : .inputCutShort,
                    "\(cutter.pointer) could not be read: \(error.words).", at: cutter.pointer)
            }
        case .tooLong:
            told.note(
                .boundReached, "\(cutter.pointer) is longer than is read and was passed over.",
                at: cutter.pointer)
        }
    }

    /// Takes a value that was kept.
    private mutating func take(_ value: JSONValue, _ path: ArraySlice<JSONCutter.Step>) {
        guard let first = path.first, case .member(let member) = first else { return }
        if path.count == 1 {
            told.take(member, value)
        } else if path.count == 2 {
            told.strayEntries += 1
        } else if let last = path.last {
            switch last {
            case .member(let part): entry?.take(part, value, at: cutter.pointer)
            case .element:
                let isControl = path.dropFirst(2).first == .member(controlMember)
                entry?.takeMessage(value, isControl: isControl, at: cutter.pointer)
            }
        }
    }

    private func isEntries(_ path: ArraySlice<JSONCutter.Step>) -> Bool {
        path.count == 1 && path.first == .member("entries")
    }

    private func isEntry(_ path: ArraySlice<JSONCutter.Step>) -> Bool {
        guard path.count == 2, path.first == .member("entries"), case .element? = path.last else {
            return false
        }
        return true
    }
}

/// The way from the log object on: some programs write that object without the one around it.
private func inLog(_ path: [JSONCutter.Step]) -> ArraySlice<JSONCutter.Step> {
    path.first == .member("log") ? path.dropFirst() : path[...]
}

/// The members of an entry in which messages stand.
private let messageMembers: Set<String> = [
    "_webSocketMessages", "webSocketMessages", "_webSocketFrames", controlMember,
]

/// The member that holds nothing but control frames: this program's own (`wsdiag proxy --har`).
private let controlMember = "_webSocketControlFrames"

/// The members of an entry that are read.
private let entryMembers: Set<String> = [
    "startedDateTime", "time", "request", "response", "timings", "_resourceType", "_webSocketClose",
    "_connectionEnding", "_framesLeftOut",
]

/// What is done with each value of a HAR.
private func harChoice(_ path: [JSONCutter.Step], _ first: UInt8) -> JSONCutter.Choice {
    let way = inLog(path)
    let isObject = first == 0x7b
    let isArray = first == 0x5b
    guard let top = way.first else { return isObject ? .open : .pass }
    guard case .member(let member) = top else { return .pass }
    if way.count == 1 {
        if member == "entries" { return isArray ? .open : .pass }
        return member == "creator" || member == "browser" ? .keep : .pass
    }
    guard member == "entries" else { return .pass }
    if way.count == 2 { return isObject ? .open : .keep }
    guard case .member(let part) = way[way.startIndex + 2] else { return .pass }
    if way.count == 3 {
        if messageMembers.contains(part) { return isArray ? .open : .pass }
        return entryMembers.contains(part) ? .keep : .pass
    }
    return way.count == 4 ? .keep : .pass
}

extension JSONError {
    /// Whether a bound was reached, and nothing is wrong with the text.
    var isBound: Bool {
        switch kind {
        case .tooDeep, .tooManyValues, .tooLong: true
        default: false
        }
    }

    /// What is wrong, in words.
    var words: String {
        switch kind {
        case .unexpectedEnd: "it ends in the middle"
        case .unexpectedByte(let byte):
            0x21 <= byte && byte < 0x7f
                ? "'\(UnicodeScalar(byte))' stands where JSON has no place for it"
                : "byte \(byte) stands where JSON has no place for it"
        case .badEscape: "a backslash stands before something that is no escape"
        case .controlCharacter(let byte): "a string holds the control character \(byte)"
        case .invalidUTF8: "a string is not UTF-8"
        case .badNumber: "a number is misspelled"
        case .trailingBytes: "something follows the value"
        case .tooDeep(let limit): "it is nested deeper than \(limit) levels"
        case .tooManyValues(let limit): "it has more than \(grouped(limit)) values"
        case .tooLong(let limit): "it is longer than \(grouped(limit)) bytes"
        }
    }
}
