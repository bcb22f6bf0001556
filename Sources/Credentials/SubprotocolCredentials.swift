import Case
import JSON
import Wire

/// Credentials offered as subprotocols (RFC 6455 §4.1 item 10), the one place where a browser's script can put one.
/// Known by shape, in this order:
///
///     base64url.bearer.<name>.<base64url of the token>
///     header-<base64url of JSON with an Authorization member>
///     <anything>.<JWT>, <anything>-<JWT>
///     <name that ends in key, token, auth …>.<value>
///     <JWT>, alone or after a leading name
///     <leading name that ends in auth, token, key …>, <value>
///     <value that nobody would give a protocol as a name>
func findInSubprotocols(_ request: MessageHead, _ sightings: inout Sightings, _ tokens: inout TokenTable) {
    let offered = elements(request)
    let bytes = request.bytes.span
    var leading: Range<Int>?
    for element in offered {
        let text = bytes.extracting(element)
        let leadingText = leading.map { String(decoding: request.bytes[$0], as: UTF8.self) }
        let isNamed = leading.map { isMarker(bytes.extracting($0)) } ?? false
        leading = element
        if findWrapped(text, &sightings, &tokens) { continue }
        guard isCarriedJWT(text) || (isNamed && isValue(text)) || looksOpaque(text, atLeast: 24) else {
            continue
        }
        sightings.add(
            text, in: .subprotocol, name: leadingText ?? "Sec-WebSocket-Protocol", tokens: &tokens)
        // A value is no leading name of the next.
        leading = nil
    }
}

/// The elements of all Sec-WebSocket-Protocol lines, as ranges into the head.
private func elements(_ request: MessageHead) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let bytes = request.bytes.span
    for line in request.lines("sec-websocket-protocol") {
        var start = line.value.lowerBound
        while start < line.value.upperBound, found.count < 100 {
            var end = start
            while end < line.value.upperBound, bytes[end] != 0x2c { end += 1 }
            var first = start
            var last = end
            while first < last, bytes[first] <= 0x20 { first += 1 }
            while first < last, bytes[last - 1] <= 0x20 { last -= 1 }
            if first < last { found.append(first..<last) }
            start = end + 1
        }
    }
    return found
}

/// Notes the token inside one element, and answers whether there was one.
private func findWrapped(
    _ element: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable
) -> Bool {
    if 17 < element.count, equalsIgnoringCase(element.extracting(0..<17), "base64url.bearer.") {
        return findBase64Bearer(element, &sightings, &tokens)
    }
    if 7 < element.count, equalsIgnoringCase(element.extracting(0..<7), "header-") {
        return findHeaderJSON(element.extracting(7..<element.count), &sightings, &tokens)
    }
    // The JWT after a name: jwt.eyJ…, bearer-eyJ….
    for index in 1..<max(1, min(element.count, 80)) where isJoint(element[index - 1]) {
        let rest = element.extracting(index..<element.count)
        guard looksLikeJWT(rest) else { continue }
        guard !isCarriedJWT(element) else { return false }
        add(rest, named: element.extracting(0..<index - 1), &sightings, &tokens)
        return true
    }
    guard let dot = element.firstIndex(of: 0x2e), 0 < dot, dot + 8 < element.count else { return false }
    let name = element.extracting(0..<dot)
    let rest = element.extracting(dot + 1..<element.count)
    guard isMarker(name), looksOpaque(rest, atLeast: 16) else { return false }
    add(rest, named: name, &sightings, &tokens)
    return true
}

private func add(
    _ value: Span<UInt8>, named name: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    sightings.add(
        value, in: .subprotocol, name: String(decoding: name.bytes(), as: UTF8.self), scheme: "name.value",
        tokens: &tokens)
}

/// `base64url.bearer.<any name>.<base64url>`: the part after the last dot holds the token.
private func findBase64Bearer(
    _ element: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable
) -> Bool {
    var dot = element.count - 1
    while element[dot] != 0x2e { dot -= 1 }
    let name = String(decoding: element.extracting(0..<dot).bytes(), as: UTF8.self)
    let decoding = Base64Decoding(element.extracting(dot + 1..<element.count))
    var defects: [Token.Defect] = []
    if decoding.deviations.contains(.padded) { defects.append(.padded) }
    if decoding.deviations.contains(.standardAlphabet) { defects.append(.standardAlphabet) }
    if !decoding.deviations.isDisjoint(with: [.illegalByte, .badPadding]) {
        defects.append(.illegalCharacter)
    }
    if decoding.deviations.contains(.impossibleLength) { defects.append(.truncated) }
    sightings.add(
        decoding.bytes.span, in: .subprotocol, name: name, scheme: "base64url", defects: defects,
        tokens: &tokens)
    return true
}

/// base64url of a JSON object of header fields.
private func findHeaderJSON(
    _ text: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable
) -> Bool {
    let decoding = Base64Decoding(text)
    guard let json = try? JSONValue.prefix(decoding.bytes.span, limits: sightings.limits).value,
        let members = json.members
    else { return false }
    let before = sightings.found.count
    for member in members {
        guard let value = member.value.string else { continue }
        let bytes = Array(value.utf8)
        let strength = CredentialNames.strength(member.name.utf8.span)
        guard Sightings.isCredential(strength, bytes.span) else { continue }
        var defects: [Token.Defect] = []
        if decoding.deviations.contains(.padded) { defects.append(.padded) }
        // The value is that of a field line: `Bearer ` belongs to it.
        let hasScheme = isBearer(bytes.span)
        let token = hasScheme ? Array(bytes.dropFirst(7)) : bytes
        sightings.add(
            token.span, in: .subprotocol, name: "header-", scheme: "base64url \(member.name)",
            defects: defects,
            tokens: &tokens)
    }
    return before < sightings.found.count
}

/// `.`, `-`, `_`, `~`, `:`, `=`: what stands between a name and a value.
private func isJoint(_ byte: UInt8) -> Bool {
    byte == 0x2e || byte == 0x2d || byte == 0x5f || byte == 0x7e || byte == 0x3a || byte == 0x3d
}

/// Whether an element announces that the next is a credential: `access_token`, `X-Auth`, `Bearer`, `my-api-key`.
private func isMarker(_ element: Span<UInt8>) -> Bool {
    switch CredentialNames.strength(element) {
    case .sure, .maybe: return true
    case .never: return false
    case .unknown: break
    }
    let word = String(decoding: element.bytes(), as: UTF8.self).lowercased()
    return ["auth", "token", "key", "bearer", "jwt", "secret", "authorization"].contains {
        word.hasSuffix($0)
    }
}

/// Whether an element after a marker is its value, and not the protocol that the client also wants.
private func isValue(_ element: Span<UInt8>) -> Bool {
    looksOpaque(element, atLeast: 12) || placeholderDefect(element) != nil
}
