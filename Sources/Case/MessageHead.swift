/// The head of an HTTP/1 message as it stood on the wire: order, case, duplicates and raw spelling kept.
///
/// Shape: `bytes` is the whole head, start line to blank line; everything else is a range into it.
package struct MessageHead: Sendable, Equatable {
    /// One field line (RFC 9112 §5): ranges into the head's bytes, optional white space around the value left out.
    package struct FieldLine: Sendable, Equatable {
        /// The name as it was spelled.
        package var name: Range<Int>
        /// The value as it was spelled; folded lines (RFC 9112 §5.2) are inside.
        package var value: Range<Int>

        /// Ranges into the head's bytes.
        package init(name: Range<Int>, value: Range<Int>) {
            self.name = name
            self.value = value
        }
    }

    /// The first line, in its parts.
    package enum StartLine: Sendable, Equatable {
        /// `GET /path HTTP/1.1`: ranges of method, target and version.
        case request(method: Range<Int>, target: Range<Int>, version: Range<Int>)
        /// `HTTP/1.1 403 Forbidden`: range of the version, the status, range of the reason phrase (may be empty).
        case response(version: Range<Int>, status: Int, reason: Range<Int>)
    }

    /// What was unusual about the spelling. Facts, never reasons to stop.
    package struct Oddities: OptionSet, Sendable, Equatable {
        /// The bits.
        package var rawValue: UInt16
        /// From bits.
        package init(rawValue: UInt16) { self.rawValue = rawValue }
        /// A line ended in LF without CR.
        package static let bareLineFeed = Oddities(rawValue: 1)
        /// A field value went on in a following line (obs-fold).
        package static let foldedLine = Oddities(rawValue: 2)
        /// White space stood between a field name and its colon.
        package static let spaceBeforeColon = Oddities(rawValue: 4)
        /// A line of the head had no colon; it is in the bytes and in no field line.
        package static let lineWithoutColon = Oddities(rawValue: 8)
        /// A control byte other than tab stood in a field value.
        package static let controlByte = Oddities(rawValue: 16)
        /// The head had more field lines than are kept.
        package static let tooManyFields = Oddities(rawValue: 32)
        /// Bytes before the start line were skipped to find it.
        package static let resumed = Oddities(rawValue: 64)
        /// The head was rebuilt from a document that keeps no raw bytes; spelling and order are that document's.
        package static let rebuilt = Oddities(rawValue: 128)
    }

    /// The whole head.
    package var bytes: [UInt8]
    /// Its first line.
    package var startLine: StartLine
    /// Its field lines in wire order.
    package var fieldLines: [FieldLine]
    /// What was unusual.
    package var oddities: Oddities

    /// A head from its bytes and the ranges found in them.
    package init(bytes: [UInt8], startLine: StartLine, fieldLines: [FieldLine], oddities: Oddities) {
        self.bytes = bytes
        self.startLine = startLine
        self.fieldLines = fieldLines
        self.oddities = oddities
    }
}

extension MessageHead {
    /// The text of a range, read as UTF-8 with repairs.
    package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The name of a field line as it was spelled.
    package func name(_ line: FieldLine) -> String { text(line.name) }

    /// The value of a field line as it was spelled.
    package func value(_ line: FieldLine) -> String { text(line.value) }

    /// The field lines of a name, compared without regard to case. `name` is lower case.
    package func lines(_ name: StaticString) -> [FieldLine] {
        fieldLines.filter { matches($0.name, name) }
    }

    /// The first value of a field, or nil when no line has that name. `name` is lower case.
    package func first(_ name: StaticString) -> String? {
        for line in fieldLines where matches(line.name, name) { return value(line) }
        return nil
    }

    /// Every value of a field in wire order. `name` is lower case.
    package func all(_ name: StaticString) -> [String] { lines(name).map(value) }

    /// Whether any line has that name. `name` is lower case.
    package func has(_ name: StaticString) -> Bool { fieldLines.contains { matches($0.name, name) } }

    /// The elements of a comma-separated list field over all its lines, trimmed, empty ones left out
    /// (RFC 9110 §5.6.1). `name` is lower case.
    package func list(_ name: StaticString) -> [String] {
        var elements: [String] = []
        for line in fieldLines where matches(line.name, name) {
            forEachElement(line.value) { elements.append(text($0)) }
        }
        return elements
    }

    /// Whether a list field holds an element, compared without regard to case. Both are lower case.
    package func lists(_ name: StaticString, _ element: StaticString) -> Bool {
        var isListed = false
        for line in fieldLines where matches(line.name, name) {
            forEachElement(line.value) { isListed = isListed || matches($0, element) }
        }
        return isListed
    }

    /// The elements of one field value, without the white space around them.
    private func forEachElement(_ value: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, bytes[end] != 0x2c { end += 1 }
            var element = start..<end
            while let first = element.first, isBlank(bytes[first]) { element = element.dropFirst() }
            while let last = element.last, isBlank(bytes[last]) { element = element.dropLast() }
            if !element.isEmpty { body(element) }
            start = end + 1
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The method of a request.
    package var method: String? {
        if case .request(let method, _, _) = startLine { return text(method) }
        return nil
    }

    /// The target of a request as it was spelled (RFC 9112 §3.2).
    package var target: String? {
        if case .request(_, let target, _) = startLine { return text(target) }
        return nil
    }

    /// The status of a response.
    package var status: Int? {
        if case .response(_, let status, _) = startLine { return status }
        return nil
    }

    /// The reason phrase of a response; may be empty.
    package var reasonPhrase: String? {
        if case .response(_, _, let reason) = startLine { return text(reason) }
        return nil
    }

    /// Where the first line stands. Of a rebuilt head only what the document told: nobody told a version.
    package var startLineRange: Range<Int> {
        let isRebuilt = oddities.contains(.rebuilt)
        switch startLine {
        case .request(let method, let target, let version):
            return method.lowerBound..<(isRebuilt ? target : version).upperBound
        case .response(let version, _, let reason):
            let end = max(version.upperBound, reason.upperBound)
            guard isRebuilt else { return version.lowerBound..<end }
            let status = min(version.upperBound + 1, end)
            return status..<(reason.isEmpty ? max(status, min(status + 3, end)) : end)
        }
    }

    /// The version as it was spelled: `HTTP/1.1`.
    package var version: String {
        switch startLine {
        case .request(_, _, let version), .response(let version, _, _): text(version)
        }
    }

    private func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { wanted in
            for index in 0..<range.count
            where unsafe wanted[index] != lowered(bytes[range.lowerBound + index]) { return false }
            return true
        }
    }

    private func lowered(_ byte: UInt8) -> UInt8 { 0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte }
}

extension Substring {
    /// Without spaces and tabs at either end.
    package var trimmed: String {
        var part = self
        while let byte = part.utf8.first, byte == 0x20 || byte == 0x09 { part = part.dropFirst() }
        while let byte = part.utf8.last, byte == 0x20 || byte == 0x09 { part = part.dropLast() }
        return String(part)
    }
}
