/// Writes one JSON text (RFC 8259) piece by piece into bytes: nothing is held but the nesting.
///
/// Shape: output is valid UTF-8 and, where the calls are balanced, one valid JSON value. Control characters,
/// DEL and the C1 controls are escaped, so that a report cannot steer a terminal.
///
///     var json = JSONWriter(.pretty)
///     json.object { json in
///         json.member("status", 403)
///         json.member("causes") { json in json.array { json in json.value("token-expired") } }
///     }
package struct JSONWriter: Sendable {
    /// How the output is laid out.
    package enum Style: Sendable, Equatable {
        /// No white space at all.
        case compact
        /// Two spaces for each level, one member or element a line.
        case pretty
    }

    /// What was written and not yet taken.
    package private(set) var bytes: [UInt8]
    private let style: Style
    /// One entry for each open container: whether something stands in it already.
    private var open: [Bool]
    /// Whether a name was written and its value is to come.
    private var isAfterName = false

    /// A writer with nothing written.
    package init(_ style: Style = .compact) {
        self.style = style
        bytes = []
        open = []
    }

    /// The bytes written so far; the writer forgets them and keeps its capacity.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// A line end between documents (JSON lines), or after the last.
    package mutating func lineEnd() { bytes.append(0x0a) }
}

// MARK: - Containers and names

extension JSONWriter {
    /// An object; `body` writes its members.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        beginObject()
        body(&self)
        endObject()
    }

    /// An array; `body` writes its elements.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        beginArray()
        body(&self)
        endArray()
    }

    /// The beginning of an object.
    package mutating func beginObject() { begin(0x7b) }

    /// The end of an object.
    package mutating func endObject() { end(0x7d) }

    /// The beginning of an array.
    package mutating func beginArray() { begin(0x5b) }

    /// The end of an array.
    package mutating func endArray() { end(0x5d) }

    /// The name of a member; its value comes next.
    package mutating func name(_ name: String) {
        separate()
        appendQuoted(name.utf8.span)
        if style == .pretty { append(": ") } else { bytes.append(0x3a) }
        isAfterName = true
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        open.append(false)
    }

    private mutating func end(_ bracket: UInt8) {
        let hadContent = open.popLast() ?? false
        if hadContent { breakLine() }
        bytes.append(bracket)
    }

    /// What stands between the last thing and the next: a comma, a line end with indentation, or nothing.
    private mutating func separate() {
        if isAfterName {
            isAfterName = false
            return
        }
        guard let last = open.indices.last else { return }
        let hadContent = open[last]
        if !hadContent { open[last] = true }
        breakLine(withComma: hadContent)
    }

    private mutating func breakLine(withComma: Bool = false) {
        guard style == .pretty else {
            if withComma { bytes.append(0x2c) }
            return
        }
        let line: StaticString = ",\n                                "
        var blanks = 2 * open.count
        line.withUTF8Buffer { line in
            let first = min(blanks, line.count - 2)
            unsafe bytes.append(
                contentsOf: UnsafeBufferPointer(rebasing: line[(withComma ? 0 : 1)..<2 + first]))
            blanks -= first
        }
        for _ in 0..<blanks { bytes.append(0x20) }
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }
}

// MARK: - Values

extension JSONWriter {
    /// A string.
    package mutating func value(_ text: String) {
        separate()
        appendQuoted(text.utf8.span)
    }

    /// A string from bytes that ought to be UTF-8; what is not becomes U+FFFD.
    package mutating func value(text: Span<UInt8>) {
        separate()
        appendQuoted(text)
    }

    /// A string of a letter and a number: `"e12"`.
    package mutating func value(_ letter: Unicode.Scalar, _ number: Int) {
        separate()
        bytes.append(0x22)
        bytes.append(UInt8(truncatingIfNeeded: letter.value))
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(0x22)
    }

    /// An integer.
    package mutating func value(_ number: Int) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// A number in its shortest spelling. JSON has no NaN and no infinity: they become null.
    package mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        // Whole numbers read better without a fraction: 3600, not 3600.0.
        if let whole = Int(exactly: number), whole.magnitude < 1_000_000_000_000_000 { return value(whole) }
        separate()
        bytes.append(contentsOf: "\(number)".utf8)
    }

    /// `true` or `false`.
    package mutating func value(_ truth: Bool) {
        separate()
        append(truth ? "true" : "false")
    }

    /// `null`.
    package mutating func null() {
        separate()
        append("null")
    }

    /// A value as it was read: order, repeats and the spelling of numbers kept.
    package mutating func value(_ json: JSONValue) {
        switch json {
        case .null: null()
        case .bool(let truth): value(truth)
        case .number(let number, let spelling):
            guard !spelling.isEmpty else { return value(number) }
            separate()
            bytes.append(contentsOf: spelling.utf8)
        case .string(let text): value(text)
        case .array(let elements): array { json in for element in elements { json.value(element) } }
        case .object(let members):
            object { json in
                for member in members {
                    json.name(member.name)
                    json.value(member.value)
                }
            }
        }
    }
}

// MARK: - Members

extension JSONWriter {
    /// A member that is a string; nil writes null.
    package mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        if let text { value(text) } else { null() }
    }

    /// A member that is an integer; nil writes null.
    package mutating func member(_ name: String, _ number: Int?) {
        self.name(name)
        if let number { value(number) } else { null() }
    }

    /// A member that is a number; nil writes null.
    package mutating func member(_ name: String, _ number: Double?) {
        self.name(name)
        if let number { value(number) } else { null() }
    }

    /// A member that is a truth value; nil writes null.
    package mutating func member(_ name: String, _ truth: Bool?) {
        self.name(name)
        if let truth { value(truth) } else { null() }
    }

    /// A member that is an array of strings.
    package mutating func member(_ name: String, _ texts: [String]) {
        self.name(name)
        array { json in for text in texts { json.value(text) } }
    }

    /// A member whose value is written by `body`.
    package mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        body(&self)
    }
}

// MARK: - Strings

extension JSONWriter {
    /// The text in quotes. Runs that need no escape are copied whole.
    private mutating func appendQuoted(_ text: Span<UInt8>) {
        bytes.append(0x22)
        var runStart = 0
        var index = 0
        while index < text.count {
            index = plainEnd(text, from: index)
            guard index < text.count else { break }
            let byte = text[index]
            if byte < 0x80 {
                if 0x20 <= byte, byte != 0x22, byte != 0x5c, byte != 0x7f {
                    index += 1
                    continue
                }
                appendRun(text, runStart..<index)
                appendEscaped(byte)
                index += 1
                runStart = index
                continue
            }
            let length = wellFormedLength(text, at: index)
            // U+0080 to U+009F are C2 80 to C2 9F.
            if 0 < length, byte != 0xc2 || 0xa0 <= text[index + 1] {
                index += length
                continue
            }
            appendRun(text, runStart..<index)
            if 0 < length {
                appendUnicodeEscape(text[index + 1])
            } else {
                bytes.append(contentsOf: [0xef, 0xbf, 0xbd])
            }
            index += max(length, 1)
            runStart = index
        }
        appendRun(text, runStart..<text.count)
        bytes.append(0x22)
    }

    private mutating func appendRun(_ text: Span<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let run = text.extracting(range)
        unsafe run.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        let short: UInt8? =
            switch byte {
            case 0x22, 0x5c: byte
            case 0x08: 0x62
            case 0x09: 0x74
            case 0x0a: 0x6e
            case 0x0c: 0x66
            case 0x0d: 0x72
            default: nil
            }
        guard let short else { return appendUnicodeEscape(byte) }
        bytes.append(0x5c)
        bytes.append(short)
    }

    private mutating func appendUnicodeEscape(_ byte: UInt8) {
        bytes.append(contentsOf: [0x5c, 0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)])
    }
}

/// Where the plain letters from an index end, as far as eight at a time tell it.
private func plainEnd(_ text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    let bytes = unsafe text.bytes
    while 8 <= text.count - index {
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        // The high bit of each byte that is below 0x20, a quote, a backslash, DEL or not ASCII.
        let low = word &- 0x2020_2020_2020_2020
        let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
        let backslash = (word ^ 0x5c5c_5c5c_5c5c_5c5c) &- 0x0101_0101_0101_0101
        let delete = word &+ 0x0101_0101_0101_0101
        guard (low | quote | backslash | delete | word) & 0x8080_8080_8080_8080 == 0 else { break }
        index += 8
    }
    return index
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

/// The length of the well-formed UTF-8 sequence at `index`, or 0 (Unicode 16, table 3-7).
func wellFormedLength(_ text: Span<UInt8>, at index: Int) -> Int {
    let first = text[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch first {
    case 0x00...0x7f: return 1
    case 0xc2...0xdf: length = 2
    case 0xe0: (length, second) = (3, 0xa0...0xbf)
    case 0xed: (length, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: length = 3
    case 0xf0: (length, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: length = 4
    case 0xf4: (length, second) = (4, 0x80...0x8f)
    default: return 0
    }
    guard length <= text.count - index, second ~= text[index + 1] else { return 0 }
    for position in 2..<max(2, length) where text[index + position] & 0xc0 != 0x80 { return 0 }
    return length
}
