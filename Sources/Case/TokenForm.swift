import JSON
package import Wire

/// What the bytes of a credential are: their kind, what is wrong with their spelling, and the decoded form.
///
/// Source: RFC 7515 §3.1 and RFC 7516 §3.1 for the compact forms, RFC 7515 §2 for strict base64url.
package struct TokenForm: Sendable, Equatable {
    /// The form of the bytes.
    package var kind: Token.Kind
    /// What is wrong, each once, in the order it was met.
    package var defects: [Token.Defect]
    /// What could be decoded, of a broken JWT too.
    package var jwt: JWT?

    /// Looks at the bytes of one credential, without the codings of its carrier.
    package init(of bytes: Span<UInt8>, limits: Limits = .standard) {
        kind = .opaque
        defects = []
        if let defect = placeholderDefect(bytes) {
            kind = .placeholder
            defects = [defect]
            return
        }
        let bare = withoutEdges(bytes)
        if bare != 0..<bytes.count { defects.append(.strayEdges) }
        var text = bytes.extracting(bare)
        let cut = ellipsisLength(text)
        if 0 < cut {
            defects.append(.ellipsis)
            text = text.extracting(0..<text.count - cut)
        }
        guard looksLikeJWT(text), text.count <= limits.tokenBytes else {
            for index in 0..<text.count where 0x7e < text[index] || text[index] < 0x21 {
                note(text[index] == 0x20 ? .spaceInside : text[index] < 0x21 ? .illegalCharacter : .nonASCII)
            }
            return
        }
        readCompact(text, limits)
        if kind != .brokenJWT, !defects.isEmpty { kind = .brokenJWT }
    }

    private mutating func note(_ defect: Token.Defect) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    /// The parts between the dots. A JWE has five, a JWS three; anything else is broken.
    private mutating func readCompact(_ text: Span<UInt8>, _ limits: Limits) {
        let parts = dotParts(text)
        let header = decode(text.extracting(parts[0]))
        let headerJSON = object(header.bytes, isCut: parts.count == 1, limits)
        guard let headerJSON else {
            kind = .brokenJWT
            note(parts.count < 3 ? .truncated : .notJSON)
            return
        }
        let isEncrypted = headerJSON["enc"] != nil
        if isEncrypted {
            kind = parts.count == 5 ? .jwe : .brokenJWT
            if parts.count < 5 { note(.truncated) } else if 5 < parts.count { note(.illegalCharacter) }
            for part in parts.dropFirst() { _ = decode(text.extracting(part)) }
            jwt = JWT(header: headerJSON, claims: nil, signatureLength: 0)
            return
        }
        kind = parts.count == 3 ? .jwt : .brokenJWT
        if 3 < parts.count { note(.illegalCharacter) }
        // A dot may be there as %2E.
        if parts.count < 3, !defects.contains(.percentEncoded) { note(.truncated) }
        var claims: JSONValue?
        if 1 < parts.count {
            let payload = decode(text.extracting(parts[1]))
            claims = object(payload.bytes, isCut: parts.count == 2, limits)
            if claims == nil, parts.count != 2 { note(.notJSON) }
        }
        let signature = 2 < parts.count ? decode(text.extracting(parts[2])) : nil
        let signatureLength = signature?.bytes.count ?? 0
        let found = JWT(header: headerJSON, claims: claims, signatureLength: signatureLength)
        if 2 < parts.count, !isPossible(signatureLength, for: found.algorithm) { note(.truncated) }
        jwt = found
    }

    /// The bytes of one part, with every departure from strict base64url noted.
    private mutating func decode(_ part: Span<UInt8>) -> Base64Decoding {
        let decoding = Base64Decoding(part)
        if decoding.deviations.contains(.padded) { note(.padded) }
        if decoding.deviations.contains(.standardAlphabet) { note(.standardAlphabet) }
        if decoding.deviations.contains(.badPadding) { note(.illegalCharacter) }
        if decoding.deviations.contains(.impossibleLength), decoding.illegalOffset == nil { note(.truncated) }
        if let offset = decoding.illegalOffset {
            switch part[offset] {
            case 0x20: note(.spaceInside)
            case 0x25: note(.percentEncoded)
            case 0x7f...: note(.nonASCII)
            default: note(.illegalCharacter)
            }
        }
        return decoding
    }

    /// The JSON object in `bytes`; of a text that may be cut, what came before the cut.
    private func object(_ bytes: [UInt8], isCut: Bool, _ limits: Limits) -> JSONValue? {
        let value =
            (try? JSONValue(reading: bytes.span, limits: limits))
            ?? (isCut || !defects.isEmpty ? (try? JSONValue.prefix(bytes.span, limits: limits))?.value : nil)
        return value?.members == nil ? nil : value
    }
}

/// The ranges between the dots; a sixth dot and what follows stay in the last range.
private func dotParts(_ text: Span<UInt8>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    for index in 0..<text.count where text[index] == 0x2e && parts.count < 5 {
        parts.append(start..<index)
        start = index + 1
    }
    parts.append(start..<text.count)
    return parts
}

/// Whether a signature of that length can belong to the algorithm (RFC 7518 §3, RFC 8037 §3.1). Longer ones and
/// unknown algorithms are not judged here; RSA moduli are taken as multiples of 128 bits.
private func isPossible(_ length: Int, for algorithm: String?) -> Bool {
    switch algorithm {
    case "HS256": 32 <= length
    case "HS384": 48 <= length
    case "HS512", "ES256", "ES256K", "EdDSA", "Ed25519": 64 <= length
    case "ES384": 96 <= length
    case "ES512": 132 <= length
    case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512": 128 <= length && length % 16 == 0
    case "none": true
    default: 0 < length
    }
}

/// Whether bytes are, or were meant to be, a compact JWS or JWE: base64url of a JSON object's beginning, and a dot
/// or enough of a header to know it by.
package func looksLikeJWT(_ bytes: Span<UInt8>) -> Bool {
    // The beginnings of {" { " {newline {CR in base64.
    guard 16 <= bytes.count, bytes[0] == 0x65 else { return false }
    guard
        bytes.starts(with: "eyJ") || bytes.starts(with: "eyA") || bytes.starts(with: "ewo")
            || bytes.starts(with: "ew0")
    else { return false }
    var end = 0
    while end < bytes.count, isBase64Letter(bytes[end]) { end += 1 }
    if end < bytes.count, bytes[end] == 0x2e || bytes[end] == 0x3d { return 8 <= end }
    // No dot: the header must name an algorithm to be taken for the beginning of one.
    let beginning = Base64Decoding(bytes.extracting(0..<min(end, 256))).bytes
    return String(decoding: beginning, as: UTF8.self).contains("\"alg\"")
}

private func isBase64Letter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x5f, 0x2b, 0x2f: true
    default: false
    }
}

/// The range without white space, quotes, byte order marks and zero-width characters at either end.
package func withoutEdges(_ bytes: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = bytes.count
    while start < end {
        let rest = bytes.extracting(start..<end)
        if isEdge(rest[0]) {
            start += 1
        } else if rest.starts(with: "\u{feff}") || rest.starts(with: "\u{200b}") {
            start += 3
        } else {
            break
        }
    }
    while start < end {
        if isEdge(bytes[end - 1]) {
            end -= 1
            continue
        }
        guard 3 <= end - start else { break }
        let tail = bytes.extracting(end - 3..<end)
        guard tail.starts(with: "\u{feff}") || tail.starts(with: "\u{200b}") else { break }
        end -= 3
    }
    return start..<end
}

private func isEdge(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x60
}

/// The length of `...` or `…` at the end.
private func ellipsisLength(_ bytes: Span<UInt8>) -> Int {
    guard 3 <= bytes.count else { return 0 }
    if bytes.extracting(bytes.count - 3..<bytes.count).starts(with: "\u{2026}") { return 3 }
    var dots = 0
    while dots < bytes.count, bytes[bytes.count - 1 - dots] == 0x2e { dots += 1 }
    return 2 < dots ? dots : 0
}
