import JSON
import Wire

/// A fault in a data file: which file, which line, what was expected there.
package struct DataError: Error, Sendable, Equatable {
    /// The file's name.
    package var file: String
    /// The line, from 1.
    package var line: Int
    /// What was expected, and what stands there instead; one sentence.
    package var expected: String
}

extension DataError: CustomStringConvertible {
    /// `mine.json:12: expected …`.
    package var description: String { "\(file):\(line): \(expected)" }
}

/// A value of a data file that is read strictly: each member must be known, and asked for in its own type.
struct StrictNode {
    let value: JSONValue
    private let document: Document
    private let path: [Step]

    private struct Document {
        var file: String
        var bytes: [UInt8]
    }

    private enum Step {
        case member(String)
        case element(Int)
    }

    /// Reads a document.
    init(file: String, bytes: [UInt8]) throws(DataError) {
        document = Document(file: file, bytes: bytes)
        path = []
        do {
            value = try JSONValue(reading: bytes.span)
        } catch {
            throw DataError(file: file, line: error.line, expected: "expected JSON, met \(error.kind.words)")
        }
    }

    private init(_ value: JSONValue, _ document: Document, _ path: [Step]) {
        self.value = value
        self.document = document
        self.path = path
    }

    /// An error about this value.
    func error(_ expected: String) -> DataError {
        DataError(file: document.file, line: line, expected: expected)
    }

    /// An error about this value that says what stands there.
    private func mismatch(_ expected: String) -> DataError { error("expected \(expected), met \(met)") }

    /// What stands here, in few words.
    private var met: String {
        switch value {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .number: "a number"
        case .string(let text): text.isEmpty ? "an empty string" : "\"\(text.prefix(60))\""
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Throws: when this is no object, a member is not among `names`, or one stands there twice.
    func allow(_ names: [String]) throws(DataError) {
        guard let members = value.members else { throw mismatch("an object") }
        var seen: Set<String> = []
        for member in members {
            guard names.contains(member.name) else {
                throw child(member.name, member.value).error(
                    "unknown member \"\(member.name)\"; expected one of \(names.joined(separator: ", "))")
            }
            guard seen.insert(member.name).inserted else {
                throw child(member.name, member.value).error(
                    "the member \"\(member.name)\" stands here twice")
            }
        }
    }

    /// A member that may be missing.
    func optional(_ name: String) -> StrictNode? { value[name].map { child(name, $0) } }

    /// A member that must be there.
    func required(_ name: String) throws(DataError) -> StrictNode {
        guard let found = value[name] else { throw error("expected a member \"\(name)\"") }
        return child(name, found)
    }

    private func child(_ name: String, _ value: JSONValue) -> StrictNode {
        StrictNode(value, document, path + [.member(name)])
    }

    /// The string that this is; not empty.
    func string() throws(DataError) -> String {
        guard let text = value.string, !text.isEmpty else {
            throw mismatch("a string that is not empty")
        }
        return text
    }

    /// The whole number that this is.
    func integer() throws(DataError) -> Int {
        guard let number = value.number, number == number.rounded(), number.magnitude < 1e9 else {
            throw mismatch("a whole number")
        }
        return Int(number)
    }

    /// The truth value that this is.
    func bool() throws(DataError) -> Bool {
        guard let truth = value.bool else { throw mismatch("true or false") }
        return truth
    }

    /// The elements of the array that this is.
    func elements() throws(DataError) -> [StrictNode] {
        guard let array = value.array else { throw mismatch("an array") }
        return array.enumerated().map { StrictNode($1, document, path + [.element($0)]) }
    }

    /// The strings of the array that this is.
    func strings() throws(DataError) -> [String] {
        var texts: [String] = []
        for element in try elements() { texts.append(try element.string()) }
        return texts
    }

    /// The strings of a member that may be missing.
    func strings(_ name: String) throws(DataError) -> [String] { try optional(name)?.strings() ?? [] }

    /// One of the cases of an enumeration, by its raw value.
    func oneOf<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(DataError) -> Choice
    where Choice.RawValue == String {
        guard let text = value.string, let choice = Choice(rawValue: text) else {
            throw error(
                "met \(met), expected one of \(type.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A day: `2026-01-15`.
    func day() throws(DataError) -> String {
        let text = try string()
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            Timestamp(year: year, month: month, day: day, hour: 0, minute: 0, second: 0) != nil
        else { throw mismatch("a day such as 2026-01-15") }
        return text
    }

    /// The line of this value, found again by walking the text: only errors ask for it.
    private var line: Int {
        var walker = Walker(bytes: document.bytes)
        for step in path {
            switch step {
            case .member(let name): walker.enter(member: name)
            case .element(let number): walker.enter(element: number)
            }
        }
        return walker.line
    }
}

/// Finds a value in a text that is known to be JSON.
private struct Walker {
    let bytes: [UInt8]
    var offset = 0

    var line: Int {
        var walker = self
        walker.skipSpace()
        return bytes[..<min(walker.offset, bytes.count)].count { $0 == 0x0a } + 1
    }

    /// Goes from an object to the value of its first member of that name.
    mutating func enter(member name: String) {
        skipSpace()
        offset += 1
        while offset < bytes.count {
            skipSpace()
            let start = offset
            skipString()
            let spelled = bytes[
                min(start + 1, bytes.count)..<max(min(start + 1, bytes.count), min(offset - 1, bytes.count))]
            skipSpace()
            offset += 1
            if spelled.elementsEqual(name.utf8) { return }
            skipValue()
            skipSpace()
            offset += 1
        }
    }

    /// Goes from an array to one of its elements.
    mutating func enter(element number: Int) {
        skipSpace()
        offset += 1
        for _ in 0..<number {
            skipValue()
            skipSpace()
            offset += 1
        }
    }

    private mutating func skipSpace() {
        while offset < bytes.count, bytes[offset] <= 0x20 { offset += 1 }
    }

    private mutating func skipString() {
        offset += 1
        while offset < bytes.count, bytes[offset] != 0x22 { offset += bytes[offset] == 0x5c ? 2 : 1 }
        offset += 1
    }

    private mutating func skipValue() {
        skipSpace()
        var depth = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x22:
                skipString()
                if depth == 0 { return }
                continue
            case 0x7b, 0x5b: depth += 1
            case 0x7d, 0x5d:
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    offset += 1
                    return
                }
            case 0x2c where depth == 0: return
            default: break
            }
            offset += 1
        }
    }
}

extension JSONError.Kind {
    /// What is wrong, as the end of "met …".
    fileprivate var words: String {
        switch self {
        case .unexpectedEnd: "the end of the file"
        case .unexpectedByte(let byte):
            0x20 < byte && byte < 0x7f
                ? "'\(Character(Unicode.Scalar(byte)))' where none belongs" : "the byte \(byte)"
        case .badEscape: "a backslash before something that is no escape"
        case .controlCharacter: "a control character in a string"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .badNumber: "digits that are no number"
        case .trailingBytes: "something after the end"
        case .tooDeep(let limit): "more nesting than \(limit)"
        case .tooManyValues(let limit): "more values than \(limit)"
        case .tooLong(let limit): "more than \(limit) bytes"
        }
    }
}
