import Wire

extension JSONReader {
    mutating func literal(
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

    mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
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

extension JSONReader {
    /// The string whose opening quote stands at `offset`.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
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
