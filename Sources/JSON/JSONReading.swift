package import Wire

extension JSONValue {
    /// Reads one JSON text (RFC 8259). Strict: nothing but white space around the value, no comments, no trailing
    /// commas. A byte order mark in front is passed over; a lone surrogate escape becomes U+FFFD.
    ///
    /// Throws: the first error, with its place; bounds are `limits.jsonBytes`, `jsonDepth` and `jsonValues`.
    package init(reading bytes: Span<UInt8>, limits: Limits = .standard) throws(JSONError) {
        var reader = Reader(limits: limits, isLenient: false)
        self = try reader.document(bytes)
    }

    /// What could be read of a text that may have been cut short.
    package struct Prefix: Sendable, Equatable {
        /// The value, with every container closed where the text ends; nil when not even its beginning is there.
        package var value: JSONValue?
        /// Whether the text ends before the value does. A string or number that the end cuts is left out.
        package var isTruncated: Bool
        /// The bytes that belong to the value, from the start of the text.
        package var length: Int
    }

    /// Reads a JSON text that may have been cut short, and gives what came before the cut. Bytes after the value
    /// are left alone, and strings that are not UTF-8 are repaired.
    ///
    /// Throws: an error that is none of the cut's making.
    package static func prefix(_ bytes: Span<UInt8>, limits: Limits = .standard) throws(JSONError) -> Prefix {
        var reader = Reader(limits: limits, isLenient: true)
        do throws(JSONError) {
            let value = try reader.document(bytes)
            return Prefix(value: value, isTruncated: false, length: reader.offset)
        } catch {
            guard error.kind == .unexpectedEnd else { throw error }
            return Prefix(value: reader.closeEverything(), isTruncated: true, length: bytes.count)
        }
    }
}

/// Law: no recursion. Finished values wait in one flat list, and each open container knows where its own begin.
private struct Reader {
    /// A container that is not closed yet.
    struct Container {
        var isObject: Bool
        /// Index into `finished` of its first member.
        var start: Int
        /// Its own name in the container around it.
        var name: String
    }

    /// What may come next.
    enum Expectation {
        case value
        /// An element or `]`.
        case firstElement
        /// A name or `}`.
        case firstName
        case name
        /// `,` or the end of the container.
        case separator
    }

    /// Nesting that not even a caller's limits may go beyond: values are freed recursively.
    static let deepest = 1000

    let limits: Limits
    let isLenient: Bool
    var offset = 0
    private var values = 0
    private var name = ""
    private var finished: [JSONValue.Member] = []
    private var containers: [Container] = []
    private var expectation = Expectation.value

    init(limits: Limits, isLenient: Bool) {
        self.limits = limits
        self.isLenient = isLenient
    }

    mutating func document(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.jsonBytes else {
            throw JSONError(.tooLong(limit: limits.jsonBytes), at: limits.jsonBytes, of: bytes)
        }
        if bytes.starts(with: "\u{feff}") { offset = 3 }
        repeat {
            skipSpace(bytes)
            guard offset < bytes.count else { throw error(.unexpectedEnd, bytes) }
            try step(bytes)
        } while !containers.isEmpty || finished.isEmpty
        if !isLenient {
            skipSpace(bytes)
            guard offset == bytes.count else { throw error(.trailingBytes, bytes) }
        }
        return finished[0].value
    }

    /// Closes what the text left open.
    mutating func closeEverything() -> JSONValue? {
        while !containers.isEmpty { close() }
        return finished.first?.value
    }

    private mutating func step(_ bytes: Span<UInt8>) throws(JSONError) {
        let byte = bytes[offset]
        switch expectation {
        case .value:
            try value(byte, bytes)
        case .firstElement:
            if byte == 0x5d { return closeAtBracket() }
            try value(byte, bytes)
        case .firstName, .name:
            if byte == 0x7d, expectation == .firstName { return closeAtBracket() }
            guard byte == 0x22 else { throw error(.unexpectedByte(byte), bytes) }
            name = try string(bytes)
            skipSpace(bytes)
            guard offset < bytes.count else { throw error(.unexpectedEnd, bytes) }
            guard bytes[offset] == 0x3a else { throw error(.unexpectedByte(bytes[offset]), bytes) }
            offset += 1
            expectation = .value
        case .separator:
            let isObject = containers.last?.isObject ?? false
            if byte == (isObject ? 0x7d : 0x5d) { return closeAtBracket() }
            guard byte == 0x2c else { throw error(.unexpectedByte(byte), bytes) }
            offset += 1
            expectation = isObject ? .name : .value
        }
    }

    private mutating func value(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) {
        values += 1
        guard values <= limits.jsonValues else {
            throw error(.tooManyValues(limit: limits.jsonValues), bytes)
        }
        switch byte {
        case 0x22: finish(.string(try string(bytes)))
        case 0x7b: try open(isObject: true, bytes)
        case 0x5b: try open(isObject: false, bytes)
        case 0x74: finish(try literal("true", .bool(true), bytes))
        case 0x66: finish(try literal("false", .bool(false), bytes))
        case 0x6e: finish(try literal("null", .null, bytes))
        case 0x2d, 0x30...0x39, 0x2b, 0x2e: finish(try number(bytes))
        default: throw error(.unexpectedByte(byte), bytes)
        }
    }

    private mutating func finish(_ value: JSONValue) {
        finished.append(JSONValue.Member(name: name, value: value))
        expectation = .separator
    }

    private mutating func open(isObject: Bool, _ bytes: Span<UInt8>) throws(JSONError) {
        let limit = min(limits.jsonDepth, Reader.deepest)
        guard containers.count < limit else { throw error(.tooDeep(limit: limit), bytes) }
        containers.append(Container(isObject: isObject, start: finished.count, name: name))
        name = ""
        offset += 1
        expectation = isObject ? .firstName : .firstElement
    }

    private mutating func closeAtBracket() {
        offset += 1
        close()
    }

    private mutating func close() {
        guard let container = containers.popLast() else { return }
        // No slice of `finished` may be alive when it shrinks: it would be copied whole, for every container.
        let value: JSONValue =
            container.isObject
            ? .object(Array(finished[container.start...]))
            : .array(finished[container.start...].map(\.value))
        finished.removeLast(finished.count - container.start)
        name = container.name
        finish(value)
        name = ""
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0a, 0x0d, 0x09: offset += 1
            default: return
            }
        }
    }

    private func error(_ kind: JSONError.Kind, _ bytes: Span<UInt8>) -> JSONError {
        JSONError(kind, at: offset, of: bytes)
    }
}

// MARK: - Scalars

extension Reader {
    private mutating func literal(
        _ spelling: StaticString, _ value: JSONValue, _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        let length = spelling.utf8CodeUnitCount
        let rest = bytes.extracting(offset..<min(offset + length, bytes.count))
        guard rest.starts(with: spelling) else {
            // `tru` at the end is a cut, `trx` is not.
            let isCut = rest.count < length && isBeginning(rest, of: spelling)
            offset = isCut ? bytes.count : offset
            throw error(isCut ? .unexpectedEnd : .unexpectedByte(bytes[offset]), bytes)
        }
        offset += length
        return value
    }

    private func isBeginning(_ part: Span<UInt8>, of spelling: StaticString) -> Bool {
        spelling.withUTF8Buffer { whole in
            for index in 0..<part.count where unsafe whole[index] != part[index] { return false }
            return true
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        let start = offset
        let isNegative = bytes[offset] == 0x2d
        if isNegative { offset += 1 }
        let wholeStart = offset
        var magnitude = digits(bytes)
        let wholeCount = offset - wholeStart
        guard 0 < wholeCount else { throw numberError(bytes) }
        if 1 < wholeCount, bytes[wholeStart] == 0x30 {
            offset = wholeStart
            throw error(.badNumber, bytes)
        }
        var isWhole = wholeCount <= 15
        if offset < bytes.count, bytes[offset] == 0x2e {
            isWhole = false
            offset += 1
            let before = offset
            _ = digits(bytes)
            guard before < offset else { throw numberError(bytes) }
        }
        if offset < bytes.count, bytes[offset] | 0x20 == 0x65 {
            isWhole = false
            offset += 1
            if offset < bytes.count, bytes[offset] == 0x2b || bytes[offset] == 0x2d { offset += 1 }
            let before = offset
            _ = digits(bytes)
            guard before < offset else { throw numberError(bytes) }
        }
        // The next digit may have been cut away.
        if isLenient, offset == bytes.count, !containers.isEmpty { throw error(.unexpectedEnd, bytes) }
        let spelling = asciiText(bytes.extracting(start..<offset))
        if isNegative { magnitude = -magnitude }
        return .number(isWhole ? magnitude : Double(spelling) ?? 0, spelling: spelling)
    }

    /// Passes over digits. The answer is exact for 15 of them or fewer.
    private mutating func digits(_ bytes: Span<UInt8>) -> Double {
        var value: UInt64 = 0
        while offset < bytes.count, 0x30 <= bytes[offset], bytes[offset] <= 0x39 {
            value = value &* 10 &+ UInt64(bytes[offset] - 0x30)
            offset += 1
        }
        return Double(value)
    }

    private func numberError(_ bytes: Span<UInt8>) -> JSONError {
        error(offset == bytes.count ? .unexpectedEnd : .badNumber, bytes)
    }

    private func asciiText(_ bytes: Span<UInt8>) -> String {
        guard let text = try? UTF8Span(validating: bytes) else { return "" }
        return String(copying: text)
    }
}

// MARK: - Strings

extension Reader {
    /// The string whose opening quote stands at `offset`.
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        let start = offset + 1
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                offset = index + 1
                return try text(bytes.extracting(start..<index), at: start, bytes)
            }
            if byte == 0x5c { return try escapedString(from: start, firstEscape: index, bytes) }
            if byte < 0x20 { return try control(byte, index, bytes) }
            index += 1
        }
        offset = bytes.count
        throw error(.unexpectedEnd, bytes)
    }

    private mutating func escapedString(
        from start: Int, firstEscape: Int, _ bytes: Span<UInt8>
    ) throws(JSONError) -> String {
        var plain: [UInt8] = []
        plain.append(bytes.extracting(start..<firstEscape))
        var index = firstEscape
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x22:
                offset = index + 1
                return try text(plain.span, at: start, bytes)
            case 0x5c:
                index = try escape(at: index, bytes, into: &plain)
            case 0..<0x20:
                return try control(byte, index, bytes)
            default:
                plain.append(byte)
                index += 1
            }
        }
        offset = bytes.count
        throw error(.unexpectedEnd, bytes)
    }

    /// Undoes the escape at `index` and answers where the text goes on.
    private mutating func escape(
        at index: Int, _ bytes: Span<UInt8>, into plain: inout [UInt8]
    ) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else {
            offset = bytes.count
            throw error(.unexpectedEnd, bytes)
        }
        switch bytes[index + 1] {
        case 0x22, 0x5c, 0x2f: plain.append(bytes[index + 1])
        case 0x62: plain.append(0x08)
        case 0x66: plain.append(0x0c)
        case 0x6e: plain.append(0x0a)
        case 0x72: plain.append(0x0d)
        case 0x74: plain.append(0x09)
        case 0x75: return try unicodeEscape(at: index, bytes, into: &plain)
        default:
            offset = index
            throw error(.badEscape, bytes)
        }
        return index + 2
    }

    private mutating func unicodeEscape(
        at index: Int, _ bytes: Span<UInt8>, into plain: inout [UInt8]
    ) throws(JSONError) -> Int {
        var code = try codeUnit(at: index, bytes)
        var next = index + 6
        if 0xd800 <= code, code < 0xdc00, next + 1 < bytes.count, bytes[next] == 0x5c, bytes[next + 1] == 0x75
        {
            let low = try codeUnit(at: next, bytes)
            if 0xdc00 <= low, low < 0xe000 {
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
                next += 6
            }
        }
        // A surrogate without its other half is no character.
        let scalar = Unicode.Scalar(code) ?? "\u{fffd}"
        plain.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        return next
    }

    /// The four hexadecimal digits after the `\u` at `index`.
    private mutating func codeUnit(at index: Int, _ bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for position in index + 2..<index + 6 {
            guard position < bytes.count else {
                offset = bytes.count
                throw error(.unexpectedEnd, bytes)
            }
            let digit: UInt8
            switch bytes[position] {
            case 0x30...0x39: digit = bytes[position] - 0x30
            case 0x41...0x46: digit = bytes[position] - 0x37
            case 0x61...0x66: digit = bytes[position] - 0x57
            default:
                offset = index
                throw error(.badEscape, bytes)
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    private mutating func control(_ byte: UInt8, _ index: Int, _ bytes: Span<UInt8>) throws(JSONError)
        -> String
    {
        offset = index
        throw error(.controlCharacter(byte), bytes)
    }

    private mutating func text(
        _ raw: Span<UInt8>, at start: Int, _ bytes: Span<UInt8>
    ) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: raw))
        } catch {
            guard isLenient else {
                offset = start
                throw self.error(.invalidUTF8, bytes)
            }
            return String(decoding: raw.bytes(), as: UTF8.self)
        }
    }
}
