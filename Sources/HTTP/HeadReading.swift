package import Case
package import Wire

/// What bytes at the beginning of a message turned out to be.
package enum HeadReading: Sendable {
    /// A whole head, and how many bytes it takes, blank line included.
    case head(MessageHead, consumed: Int)
    /// The bytes can be the beginning of a head and do not hold all of it.
    case needsMore
    /// The bytes are no head of that side.
    case notHTTP
}

/// Reads the head of an HTTP/1 message (RFC 9112 §2.1) that begins at the first byte.
///
/// Lenient as recipients are (RFC 9112 §2.2): empty lines before a request are skipped, a bare LF ends a line, folded
/// lines belong to the field above. What is odd is noted in the head and never an end.
/// - Parameter side: `client` reads a request, `server` a response.
package func readHead(_ bytes: Span<UInt8>, from side: Side, limits: Limits) -> HeadReading {
    var start = 0
    while start < bytes.count, bytes[start] == 0x0d || bytes[start] == 0x0a { start += 1 }
    guard start < bytes.count else { return bytes.count <= 8 ? .needsMore : .notHTTP }
    guard start <= 8, canBegin(bytes, at: start, side) else { return .notHTTP }
    let limit = min(bytes.count, start + limits.headBytes)
    let unfinished: HeadReading = bytes.count - start <= limits.headBytes ? .needsMore : .notHTTP
    guard let first = bytes.line(from: start, limit: limit) else { return unfinished }
    // A first line that is none is told before the rest is searched, so that damage costs no more than its length.
    guard let startLine = readStartLine(bytes, first.range, side, start) else { return .notHTTP }
    var oddities: MessageHead.Oddities = first.isBare ? .bareLineFeed : []
    var fields: [MessageHead.FieldLine] = []
    fields.reserveCapacity(16)
    var position = first.next
    while let line = bytes.line(from: position, limit: limit) {
        position = line.next
        if line.isBare { oddities.insert(.bareLineFeed) }
        if line.range.isEmpty {
            return .head(
                MessageHead(
                    bytes: bytes.extracting(start..<position).bytes(), startLine: startLine,
                    fieldLines: fields, oddities: oddities),
                consumed: position)
        }
        if fields.count < limits.fieldLines {
            readFieldLine(bytes, line, start, into: &fields, &oddities)
        } else {
            oddities.insert(.tooManyFields)
        }
    }
    return unfinished
}

/// Whether the bytes from `start` can begin a message of that side. Few bytes are enough to say no.
private func canBegin(_ bytes: Span<UInt8>, at start: Int, _ side: Side) -> Bool {
    if side == .server {
        let name: StaticString = "HTTP/"
        return name.withUTF8Buffer { expected in
            for index in 0..<min(5, bytes.count - start) {
                let wanted = unsafe expected[index]
                if bytes[start + index] != wanted { return false }
            }
            return true
        }
    }
    // A method is a token followed by one space; the known ones are 17 letters at most (RFC 9110 §16.1.1).
    var index = start
    while index < bytes.count, index - start <= 24 {
        let byte = bytes[index]
        if byte == 0x20 { return start < index }
        guard isTokenByte(byte) else { return false }
        index += 1
    }
    return index - start <= 24
}

/// `method SP target SP HTTP/1.x`, or `HTTP/1.x SP status [SP reason]` (RFC 9112 §3, §4). Ranges count from `start`.
private func readStartLine(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ side: Side, _ start: Int
) -> MessageHead.StartLine? {
    if side == .server {
        guard 12 <= line.count, bytes[line.lowerBound + 8] == 0x20 else { return nil }
        let version = line.lowerBound..<line.lowerBound + 8
        guard isVersion(bytes, version) else { return nil }
        var status = 0
        for index in version.upperBound + 1..<version.upperBound + 4 {
            guard 0x30 <= bytes[index], bytes[index] <= 0x39 else { return nil }
            status = status * 10 + Int(bytes[index] - 0x30)
        }
        let afterStatus = version.upperBound + 4
        guard afterStatus == line.upperBound || bytes[afterStatus] == 0x20, 100 <= status else { return nil }
        let reason = min(afterStatus + 1, line.upperBound)..<line.upperBound
        return .response(version: version.moved(-start), status: status, reason: reason.moved(-start))
    }
    guard let firstSpace = bytes.firstIndex(of: 0x20, in: line) else { return nil }
    var lastSpace = line.upperBound - 1
    while firstSpace < lastSpace, bytes[lastSpace] != 0x20 { lastSpace -= 1 }
    guard firstSpace < lastSpace else { return nil }
    let version = lastSpace + 1..<line.upperBound
    guard version.count == 8, isVersion(bytes, version) else { return nil }
    return .request(
        method: (line.lowerBound..<firstSpace).moved(-start),
        target: (firstSpace + 1..<lastSpace).moved(-start), version: version.moved(-start))
}

extension Range where Bound == Int {
    fileprivate func moved(_ offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}

/// `HTTP/1.` and a digit. Version 2 never appears in a start line but in its preface, which is no head.
private func isVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    bytes.extracting(range).starts(with: "HTTP/1.") && 0x30 <= bytes[range.upperBound - 1]
        && bytes[range.upperBound - 1] <= 0x39
}

/// Reads a line that is not empty. Ranges count from `start`.
private func readFieldLine(
    _ bytes: Span<UInt8>, _ read: HeadLine, _ start: Int, into fields: inout [MessageHead.FieldLine],
    _ oddities: inout MessageHead.Oddities
) {
    let line = read.range
    if isBlank(bytes[line.lowerBound]), let last = fields.indices.last {
        oddities.insert(.foldedLine)
        if 0 <= read.lastControl { oddities.insert(.controlByte) }
        fields[last].value = fields[last].value.lowerBound..<trimmedEnd(bytes, line) - start
        return
    }
    guard let colon = bytes.firstIndex(of: 0x3a, in: line), line.lowerBound < colon else {
        oddities.insert(.lineWithoutColon)
        return
    }
    var nameEnd = colon
    while line.lowerBound < nameEnd, isBlank(bytes[nameEnd - 1]) { nameEnd -= 1 }
    if nameEnd < colon { oddities.insert(.spaceBeforeColon) }
    var valueStart = colon + 1
    while valueStart < line.upperBound, isBlank(bytes[valueStart]) { valueStart += 1 }
    let value = valueStart..<max(valueStart, trimmedEnd(bytes, line))
    if colon < read.lastControl { oddities.insert(.controlByte) }
    fields.append(
        MessageHead.FieldLine(name: (line.lowerBound..<nameEnd).moved(-start), value: value.moved(-start)))
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func trimmedEnd(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Int {
    var end = line.upperBound
    while line.lowerBound < end, isBlank(bytes[end - 1]) { end -= 1 }
    return end
}
