package import Wire

/// Cuts a large JSON text into values as it arrives: containers that the caller opens are walked member by member, a
/// value that it keeps is handed over as bytes, all else is passed over. Memory is the longest kept value, not the text.
///
///     while let event = try cutter.next(piece) {
///         if case .value(let range) = event { read(cutter.bytes…) }
///     }
///
/// Law: no recursion, no byte is looked at twice. What is inside a kept value is checked by whoever reads it.
package struct JSONCutter: Sendable {
    /// One step of the way from the root to a value.
    package enum Step: Sendable, Equatable {
        /// A member of an object, by its name.
        case member(String)
        /// An element of an array, from 0.
        case element(Int)
    }

    /// What to do with a value.
    package enum Choice: Sendable, Equatable {
        /// Walk into it, when it is an object or an array.
        case open
        /// Hand its bytes over.
        case keep
        /// Pass over it.
        case pass
    }

    /// What was met. `path` tells where.
    package enum Event: Sendable, Equatable {
        /// An object or array that is walked into.
        case opened
        /// The end of one.
        case closed
        /// A value that is kept: a range of the piece, or `nil` when its bytes are `held`.
        case value(Range<Int>?)
        /// A value that was to be kept and is longer than `Limits.jsonBytes`.
        case tooLong
    }

    /// What may come next.
    private enum Expectation {
        case value, firstElement, firstName, name, colon, separator, end
    }

    /// The value that is being passed over or kept.
    private struct Scan {
        var choice: Choice
        var isScalar: Bool
        /// Where it begins in this piece.
        var start: Int
        var depth = 0
        var isInString = false
        var isEscaped = false
    }

    /// The way to the value that the last event told of.
    package private(set) var path: [Step] = []
    /// The bytes of a kept value that lay in more than one piece; of an unfinished one after `finish`.
    package private(set) var held: [UInt8] = []
    private let limits: Limits
    private let choose: @Sendable ([Step], _ first: UInt8) -> Choice
    private var containers: [Bool] = []
    private var expectation = Expectation.value
    private var name: [UInt8]?
    private var isNameEscaped = false
    private var scan: Scan?
    private var isTooLong = false
    /// The last event was `opened`, and `path` is still the container's own.
    private var isJustOpened = false
    private var position = 0
    /// Bytes, line ends and the offset of the last line's first byte before this piece.
    private var consumed = 0
    private var lines = 0
    private var lineStart = 0

    /// A cutter at the beginning of a text. `choose` is asked once for each value of an open container, with the way
    /// to it and its first byte.
    package init(
        limits: Limits = .standard, choose: @escaping @Sendable ([Step], _ first: UInt8) -> Choice
    ) {
        self.limits = limits
        self.choose = choose
    }

    /// The offset in the whole text of the next byte. Bytes.
    package var offset: Int { consumed + position }

    /// Whether the root value has ended.
    package var isWhole: Bool { expectation == .end }

    /// The bytes of an unfinished kept value, as far as they came. Empty when none is open.
    package var unfinished: [UInt8] { scan?.choice == .keep ? held : [] }

    /// The way to the value as a JSON pointer (RFC 6901).
    package var pointer: String { JSONCutter.pointer(path) }

    /// A way as a JSON pointer (RFC 6901).
    package static func pointer(_ path: some Sequence<Step>) -> String {
        var text = ""
        for step in path {
            switch step {
            case .member(let name): text += "/" + pointerToken(name)
            case .element(let index): text += "/\(index)"
            }
        }
        return text
    }

    /// The next event of this piece, or nil when it is used up; only then comes the next piece.
    ///
    /// Throws: a byte between the values that the grammar has no place for.
    package mutating func next(_ piece: Span<UInt8>) throws(JSONError) -> Event? {
        if isJustOpened {
            isJustOpened = false
            path.append(containers.last == true ? .member("") : .element(0))
        }
        while position < piece.count {
            if scan != nil {
                if let event = scanOn(piece) { return event }
            } else if name != nil {
                readName(piece)
            } else if let event = try step(piece[position], piece) {
                return event
            }
        }
        endPiece(piece)
        return nil
    }

    private mutating func step(_ byte: UInt8, _ piece: Span<UInt8>) throws(JSONError) -> Event? {
        switch byte {
        case 0x20, 0x0a, 0x0d, 0x09:
            position += 1
            return nil
        default: break
        }
        // A byte order mark.
        if offset < 3, containers.isEmpty, byte == [0xef, 0xbb, 0xbf][offset] {
            position += 1
            return nil
        }
        switch expectation {
        case .end: throw error(.trailingBytes, piece)
        case .value: return try begin(byte, piece)
        case .firstElement:
            return byte == 0x5d ? close() : try begin(byte, piece)
        case .firstName, .name:
            if byte == 0x7d, expectation == .firstName { return close() }
            guard byte == 0x22 else { throw error(.unexpectedByte(byte), piece) }
            name = []
            position += 1
        case .colon:
            guard byte == 0x3a else { throw error(.unexpectedByte(byte), piece) }
            expectation = .value
            position += 1
        case .separator:
            let isObject = containers.last ?? false
            if byte == (isObject ? 0x7d : 0x5d) { return close() }
            guard byte == 0x2c else { throw error(.unexpectedByte(byte), piece) }
            expectation = isObject ? .name : .value
            if case .element(let index)? = path.last { path[path.count - 1] = .element(index + 1) }
            position += 1
        }
        return nil
    }

    private mutating func begin(_ byte: UInt8, _ piece: Span<UInt8>) throws(JSONError) -> Event? {
        let isContainer = byte == 0x7b || byte == 0x5b
        switch byte {
        case 0x7b, 0x5b, 0x22, 0x74, 0x66, 0x6e, 0x2d, 0x30...0x39: break
        default: throw error(.unexpectedByte(byte), piece)
        }
        var choice = choose(path, byte)
        if choice == .open {
            if isContainer, containers.count < limits.jsonDepth {
                containers.append(byte == 0x7b)
                isJustOpened = true
                expectation = byte == 0x7b ? .firstName : .firstElement
                position += 1
                return .opened
            }
            choice = .pass
        }
        held.removeAll(keepingCapacity: true)
        isTooLong = false
        scan = Scan(choice: choice, isScalar: !isContainer && byte != 0x22, start: position)
        return nil
    }

    private mutating func close() -> Event {
        position += 1
        containers.removeLast()
        path.removeLast()
        expectation = containers.isEmpty ? .end : .separator
        return .closed
    }
}

// MARK: - Names and values

extension JSONCutter {
    /// Goes on with the name of a member. It is decoded by the reader of values, escapes and all.
    private mutating func readName(_ piece: Span<UInt8>) {
        while position < piece.count {
            let byte = piece[position]
            position += 1
            if isNameEscaped {
                isNameEscaped = false
            } else if byte == 0x5c {
                isNameEscaped = true
            } else if byte == 0x22 {
                path[path.count - 1] = .member(decodedName())
                name = nil
                expectation = .colon
                return
            }
            // A longer name is none that anybody asks for.
            if (name?.count ?? 0) < 256 { name?.append(byte) }
        }
    }

    private func decodedName() -> String {
        let bytes = name ?? []
        guard bytes.contains(0x5c) else { return String(decoding: bytes, as: UTF8.self) }
        let quoted = [0x22] + bytes + [0x22]
        return (try? JSONValue.prefix(quoted.span, limits: limits))?.value?.string
            ?? String(decoding: bytes, as: UTF8.self)
    }

    /// Goes on with the value that is being passed over or kept.
    private mutating func scanOn(_ piece: Span<UInt8>) -> Event? {
        guard var now = scan else { return nil }
        guard let end = JSONCutter.end(of: &now, from: position, in: piece) else {
            scan = now
            position = piece.count
            return nil
        }
        scan = nil
        position = end
        expectation = containers.isEmpty ? .end : .separator
        guard now.choice == .keep else { return nil }
        if isTooLong || limits.jsonBytes < held.count + (end - now.start) {
            held.removeAll()
            return .tooLong
        }
        if held.isEmpty { return .value(now.start..<end) }
        held.append(piece.extracting(now.start..<end))
        return .value(nil)
    }

    /// Where the value ends in this piece, or nil when it goes on. One pass, three compares a byte at most in strings.
    private static func end(of scan: inout Scan, from start: Int, in piece: Span<UInt8>) -> Int? {
        var index = start
        if scan.isScalar {
            while index < piece.count {
                switch piece[index] {
                case 0x30...0x39, 0x61...0x7a, 0x41...0x5a, 0x2b, 0x2d, 0x2e: index += 1
                default: return index
                }
            }
            return nil
        }
        var depth = scan.depth
        var isInString = scan.isInString
        defer {
            scan.depth = depth
            scan.isInString = isInString
        }
        if scan.isEscaped, index < piece.count {
            scan.isEscaped = false
            index += 1
        }
        while index < piece.count {
            let byte = piece[index]
            index += 1
            if isInString {
                if byte == 0x5c {
                    if index == piece.count { scan.isEscaped = true }
                    index += 1
                } else if byte == 0x22 {
                    isInString = false
                    if depth == 0 { return index }
                }
                continue
            }
            switch byte {
            case 0x22: isInString = true
            case 0x7b, 0x5b: depth += 1
            case 0x7d, 0x5d:
                depth -= 1
                if depth <= 0 { return index }
            default: break
            }
        }
        return nil
    }

    /// Lets go of the piece: what a kept value has of it is held.
    private mutating func endPiece(_ piece: Span<UInt8>) {
        if scan?.choice == .keep, let start = scan?.start, start < piece.count {
            if limits.jsonBytes < held.count + (piece.count - start) {
                isTooLong = true
                held.removeAll()
            } else if !isTooLong {
                held.append(piece.extracting(start..<piece.count))
            }
        }
        scan?.start = 0
        for index in piece.indices where piece[index] == 0x0a {
            lines += 1
            lineStart = consumed + index + 1
        }
        consumed += piece.count
        position = 0
    }

    /// An error at the next byte, with its place in the whole text. Its column is counted in bytes: what came before in
    /// the line may be gone.
    private func error(_ kind: JSONError.Kind, _ piece: Span<UInt8>) -> JSONError {
        var error = JSONError(kind, at: position, of: piece)
        error.offset = offset
        error.line += lines
        var start = lineStart
        for index in 0..<min(position, piece.count) where piece[index] == 0x0a {
            start = consumed + index + 1
        }
        error.column = offset - start + 1
        return error
    }
}
