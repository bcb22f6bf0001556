package import Wire

/// Reading the text of a key log: a label, a client random and a secret on each line, in hexadecimal.
extension KeyLog {
    /// Adds the secrets of a whole key log. Lines may end in LF or CRLF; lines that cannot be read are counted.
    package mutating func add(_ text: Span<UInt8>, limits: Limits) {
        var start = 0
        var line = 0
        while start < text.count {
            let end = text.firstIndex(of: 0x0a, from: start) ?? text.count
            line += 1
            switch KeyLogLine(text.extracting(start..<end)) {
            case .nothing: break
            case .malformed: noteMalformed(line: line)
            case .secret(let kind, let random, let secret):
                insert(kind, of: random, secret.span, limits: limits)
            }
            start = end + 1
        }
    }

    /// Whether a text is a key log, judged by its first line that is no comment.
    package static func isKeyLog(_ beginning: Span<UInt8>) -> Bool {
        var start = 0
        while start < beginning.count {
            let end = beginning.firstIndex(of: 0x0a, from: start) ?? beginning.count
            let line = beginning.extracting(start..<end)
            start = end + 1
            let first = line.count == 0 ? UInt8(0x23) : line[0]
            if first == 0x23 || first == 0x0d || first == 0x20 || first == 0x09 { continue }
            return knownLabel(of: line) != nil
        }
        return false
    }
}

/// One line.
private enum KeyLogLine {
    case secret(SecretKind, ClientRandom, [UInt8])
    /// Empty, a comment, or a label that need not be kept.
    case nothing
    case malformed

    init(_ whole: Span<UInt8>) {
        let line = whole.extracting(0..<trimmedCount(whole))
        guard 0 < line.count, line[0] != 0x23 else {
            self = .nothing
            return
        }
        guard let label = knownLabel(of: line) else {
            self = .malformed
            return
        }
        guard let kind = label.kind else {
            self = .nothing
            return
        }
        guard let random = hexField(line, from: label.length), random.bytes.count == 32,
            let secret = hexField(line, from: random.end), secret.end == line.count,
            secret.bytes.count == 48 || (secret.bytes.count == 32 && kind != .master)
        else {
            self = .malformed
            return
        }
        self = .secret(kind, ClientRandom(random.bytes.span, at: 0), secret.bytes)
    }
}

/// Labels that key logs hold beside the secrets that open records.
private let unusedLabels: [StaticString] = [
    "EXPORTER_SECRET", "EARLY_EXPORTER_SECRET", "EARLY_EXPORTER_MASTER_SECRET", "RSA", "PMS_CLIENT_RANDOM",
    "CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_", "ECH_SECRET", "ECH_CONFIG", "QUIC_",
]

/// The label that a line begins with, and where it ends; no kind for one that need not be kept.
private func knownLabel(of line: Span<UInt8>) -> (kind: SecretKind?, length: Int)? {
    for kind in SecretKind.allCases where line.starts(with: kind.label) {
        let length = kind.label.utf8CodeUnitCount
        if length < line.count, isBlank(line[length]) { return (kind, length) }
    }
    for label in unusedLabels where line.starts(with: label) {
        let length = label.utf8CodeUnitCount
        // A family of labels ends in an underscore; any other is a word of its own.
        if line[length - 1] == 0x5f || length < line.count && isBlank(line[length]) { return (nil, length) }
    }
    return nil
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// How many bytes are left without blanks and the carriage return at the end.
private func trimmedCount(_ line: Span<UInt8>) -> Int {
    var count = line.count
    while 0 < count, isBlank(line[count - 1]) || line[count - 1] == 0x0d { count -= 1 }
    return count
}

/// The hexadecimal field after the blanks at `start`: 64 bytes at most.
private func hexField(_ line: Span<UInt8>, from start: Int) -> (bytes: [UInt8], end: Int)? {
    var place = start
    while place < line.count, isBlank(line[place]) { place += 1 }
    guard start < place else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(48)
    while place < line.count, !isBlank(line[place]) {
        guard place + 1 < line.count, bytes.count < 64,
            let high = hexDigitValue(line[place]), let low = hexDigitValue(line[place + 1])
        else { return nil }
        bytes.append(high << 4 | low)
        place += 2
    }
    return (bytes, place)
}
