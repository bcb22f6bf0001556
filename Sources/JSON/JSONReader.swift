import Wire

/// Reads one document. Law: no recursion. Finished values wait in one flat list, and each open container knows where its own begin.
struct JSONReader {
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

    /// Most documents are the parts of tokens, which have no more members.
    private static let fewMembers = 8

    let limits: Limits
    let isLenient: Bool
    var offset = 0
    private var values = 0
    private var name = ""
    private var finished: [JSONValue.Member] = []
    private(set) var containers: [Container] = []
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
        let limit = min(limits.jsonDepth, JSONReader.deepest)
        guard containers.count < limit else { throw error(.tooDeep(limit: limit), bytes) }
        if containers.isEmpty { finished.reserveCapacity(JSONReader.fewMembers) }
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
        let value: JSONValue
        if container.isObject, container.start == 0 {
            // The outermost object has all that is there: it takes the list over.
            value = .object(finished)
            finished = []
        } else {
            // No slice of `finished` may be alive when it shrinks: it would be copied whole, for every container.
            value =
                container.isObject
                ? .object(Array(finished[container.start...]))
                : .array(finished[container.start...].map(\.value))
            finished.removeLast(finished.count - container.start)
        }
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

    func error(_ kind: JSONError.Kind, _ bytes: Span<UInt8>) -> JSONError {
        JSONError(kind, at: offset, of: bytes)
    }
}
