import Wire

/// The text with known tokens replaced, and, as the second line of defence, whatever only looks like a secret.
func replaced(
    _ text: Span<UInt8>, _ matches: [TokenMask.Match],
    rest append: (Span<UInt8>, inout [UInt8]) -> Void = appendDefended
) -> [UInt8] {
    var shown: [UInt8] = []
    shown.reserveCapacity(text.count)
    var position = 0
    for match in matches {
        append(text.extracting(position..<match.range.lowerBound), &shown)
        shown.append(contentsOf: match.label.utf8)
        position = match.range.upperBound
    }
    append(text.extracting(position..<text.count), &shown)
    return shown
}

/// Appends text that holds no known token, without what is shaped like one.
private func appendDefended(_ text: Span<UInt8>, _ shown: inout [UInt8]) {
    var index = 0
    while index < text.count {
        if let length = tokenLength(text, at: index) {
            shown.append(contentsOf: "<token>".utf8)
            index += length
        } else if let value = secretValue(text, at: index) {
            shown.append(text.extracting(index..<value.lowerBound))
            shown.append(contentsOf: "<secret>".utf8)
            index = value.upperBound
        } else {
            shown.append(text[index])
            index += 1
        }
    }
}

/// The length of something JWT-shaped: `eyJ` and a run with a dot, or a long run; base64 of such a thing too.
private func tokenLength(_ text: Span<UInt8>, at start: Int) -> Int? {
    guard text[start] == 0x65 || text[start] == 0x5a, start + 20 <= text.count else { return nil }
    let rest = text.extracting(start..<text.count)
    let isWrapped = rest.starts(with: "ZXlK")
    guard isWrapped || rest.starts(with: "eyJ") || rest.starts(with: "eyA") else { return nil }
    var end = 0
    var dots = 0
    while end < rest.count, isRunLetter(rest[end]) {
        if rest[end] == 0x2e { dots += 1 }
        end += 1
    }
    // The dots of a sentence's end are not the token's.
    while 0 < end, rest[end - 1] == 0x2e { end -= 1 }
    guard 20 <= end, 0 < dots || 40 <= end else { return nil }
    return end
}

private func isRunLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e, 0x2b, 0x2f, 0x3d, 0x25: true
    default: false
    }
}

/// Names whose value is hidden whatever it is, and names whose value is hidden when it is as long as a token.
private let secretNames: [(name: StaticString, shortest: Int)] = [
    ("client_secret", 1), ("password", 1), ("passwd", 1), ("passcode", 1), ("refresh_token", 12),
    ("access_token", 12), ("id_token", 12), ("api_key", 12), ("apikey", 12),
]

/// The value after one of the names at `start`: `name=value`, or `"name":"value"`.
private func secretValue(_ text: Span<UInt8>, at start: Int) -> Range<Int>? {
    switch text[start] {
    case 0x61, 0x63, 0x69, 0x70, 0x72: break
    default: return nil
    }
    let rest = text.extracting(start..<text.count)
    for (name, shortest) in secretNames where rest.starts(with: name) {
        var index = name.utf8CodeUnitCount
        guard index < rest.count else { return nil }
        let isQuoted = rest[index] == 0x22
        if isQuoted {
            index += 1
            while index < rest.count, rest[index] == 0x3a || rest[index] == 0x20 { index += 1 }
            guard index < rest.count, rest[index] == 0x22 else { return nil }
        } else if rest[index] != 0x3d {
            return nil
        }
        index += 1
        var end = index
        while end < rest.count, !ends(rest[end], isQuoted) {
            end += rest[end] == 0x5c && isQuoted && end + 1 < rest.count ? 2 : 1
        }
        // What `masked` put there itself is no value.
        guard shortest <= end - index, rest[index] != 0x3c else { return nil }
        return start + index..<start + end
    }
    return nil
}

private func ends(_ byte: UInt8, _ isQuoted: Bool) -> Bool {
    isQuoted ? byte == 0x22 : byte <= 0x20 || byte == 0x26 || byte == 0x3b || byte == 0x2c || byte == 0x22
}
