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
    // A first line that is none is told before the rest is searched, so that damage costs no more than its length.
    if let feed = bytes.extracting(..<min(bytes.count, start + limits.headBytes)).firstLineFeed(from: start) {
        let end = start < feed && bytes[feed - 1] == 0x0d ? feed - 1 : feed
        guard readStartLine(bytes, start..<end, side) != nil else { return .notHTTP }
    }
    guard let lines = splitLines(bytes, from: start, limits: limits) else {
        return bytes.count - start <= limits.headBytes ? .needsMore : .notHTTP
    }
    let head = bytes.extracting(start..<lines.end).bytes()
    let span = head.span
    guard let first = lines.ranges.first,
        let startLine = readStartLine(span, first.lowerBound - start..<first.upperBound - start, side)
    else { return .notHTTP }
    var oddities: MessageHead.Oddities = lines.hasBareLineFeed ? .bareLineFeed : []
    var fields: [MessageHead.FieldLine] = []
    fields.reserveCapacity(lines.ranges.count - 1)
    for range in lines.ranges.dropFirst() {
        guard fields.count < limits.fieldLines else {
            oddities.insert(.tooManyFields)
            break
        }
        readFieldLine(span, range.lowerBound - start..<range.upperBound - start, into: &fields, &oddities)
    }
    return .head(
        MessageHead(bytes: head, startLine: startLine, fieldLines: fields, oddities: oddities),
        consumed: lines.end)
}

/// The lines of a head, without their ends, and where the blank line ends.
private struct Lines {
    var ranges: [Range<Int>] = []
    var end = 0
    var hasBareLineFeed = false
}

private func splitLines(_ bytes: Span<UInt8>, from start: Int, limits: Limits) -> Lines? {
    var lines = Lines()
    lines.ranges.reserveCapacity(16)
    var lineStart = start
    let last = min(bytes.count, start + limits.headBytes)
    while let feed = bytes.extracting(..<last).firstLineFeed(from: lineStart) {
        let hasReturn = lineStart < feed && bytes[feed - 1] == 0x0d
        let lineEnd = hasReturn ? feed - 1 : feed
        if !hasReturn { lines.hasBareLineFeed = true }
        if lineStart == lineEnd {
            lines.end = feed + 1
            return lines
        }
        lines.ranges.append(lineStart..<lineEnd)
        lineStart = feed + 1
    }
    return nil
}

extension Span where Element == UInt8 {
    /// The first LF at or after `start`, eight bytes at a time.
    fileprivate func firstLineFeed(from start: Int) -> Int? {
        var index = start
        unsafe withUnsafeBytes { raw in
            while index + 8 <= raw.count {
                let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                // Zero bytes of `mixed` are line feeds; the classic test finds whether there is one.
                let mixed = word ^ 0x0a0a_0a0a_0a0a_0a0a
                if (mixed &- 0x0101_0101_0101_0101) & ~mixed & 0x8080_8080_8080_8080 != 0 { break }
                index += 8
            }
        }
        return firstIndex(of: 0x0a, from: index)
    }
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

private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c,
        0x7e:
        true
    default: false
    }
}

/// `method SP target SP HTTP/1.x`, or `HTTP/1.x SP status [SP reason]` (RFC 9112 §3, §4).
private func readStartLine(_ bytes: Span<UInt8>, _ line: Range<Int>, _ side: Side) -> MessageHead.StartLine? {
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
        return .response(version: version, status: status, reason: reason)
    }
    guard let firstSpace = bytes.firstIndex(of: 0x20, from: line.lowerBound), firstSpace < line.upperBound
    else {
        return nil
    }
    var lastSpace = line.upperBound - 1
    while firstSpace < lastSpace, bytes[lastSpace] != 0x20 { lastSpace -= 1 }
    guard firstSpace < lastSpace else { return nil }
    let version = lastSpace + 1..<line.upperBound
    guard version.count == 8, isVersion(bytes, version) else { return nil }
    return .request(
        method: line.lowerBound..<firstSpace, target: firstSpace + 1..<lastSpace, version: version)
}

/// `HTTP/1.` and a digit. Version 2 never appears in a start line but in its preface, which is no head.
private func isVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    bytes.extracting(range).starts(with: "HTTP/1.") && 0x30 <= bytes[range.upperBound - 1]
        && bytes[range.upperBound - 1] <= 0x39
}

private func readFieldLine(
    _ bytes: Span<UInt8>, _ line: Range<Int>, into fields: inout [MessageHead.FieldLine],
    _ oddities: inout MessageHead.Oddities
) {
    let first = bytes[line.lowerBound]
    if first == 0x20 || first == 0x09, let last = fields.indices.last {
        oddities.insert(.foldedLine)
        fields[last].value = fields[last].value.lowerBound..<trimmedEnd(bytes, line)
        return
    }
    guard let colon = bytes.firstIndex(of: 0x3a, from: line.lowerBound), colon < line.upperBound,
        line.lowerBound < colon
    else {
        oddities.insert(.lineWithoutColon)
        return
    }
    var nameEnd = colon
    while line.lowerBound < nameEnd, isBlank(bytes[nameEnd - 1]) { nameEnd -= 1 }
    if nameEnd < colon { oddities.insert(.spaceBeforeColon) }
    var valueStart = colon + 1
    while valueStart < line.upperBound, isBlank(bytes[valueStart]) { valueStart += 1 }
    let value = valueStart..<max(valueStart, trimmedEnd(bytes, line))
    for index in value where bytes[index] < 0x20 && bytes[index] != 0x09 || bytes[index] == 0x7f {
        oddities.insert(.controlByte)
        break
    }
    fields.append(MessageHead.FieldLine(name: line.lowerBound..<nameEnd, value: value))
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func trimmedEnd(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Int {
    var end = line.upperBound
    while line.lowerBound < end, isBlank(bytes[end - 1]) { end -= 1 }
    return end
}
