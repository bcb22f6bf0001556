package import Case
package import Wire

/// Every credential in the head of a request, in wire order: target first, then field lines.
///
/// Shape: an empty value under a name that is a credential's (`?token=`, `Authorization: Bearer`) is noted too, as a
/// placeholder of no bytes; `Limits.credentialsPerMessage` at most.
package func credentials(
    in request: MessageHead, isUpgrade: Bool, place: Place, tokens: inout TokenTable,
    limits: Limits = .standard
) -> [Credential] {
    var sightings = Sightings(place: place, limits: limits)
    let bytes = request.bytes.span
    if case .request(_, let target, _) = request.startLine {
        findInTarget(bytes.extracting(target), &sightings, &tokens)
    }
    var offersSubprotocols = false
    for line in request.fieldLines {
        let name = bytes.extracting(line.name)
        let value = bytes.extracting(line.value)
        switch fieldSort(name) {
        case .authorization:
            findInAuthorization(value, name: request.name(line), &sightings, &tokens)
        case .cookie:
            findInCookies(value, &sightings, &tokens)
        case .subprotocol:
            offersSubprotocols = true
        case .ordinary:
            guard mayHold(value, name) else { continue }
            let strength = CredentialNames.strength(name)
            guard Sightings.isCredential(strength, value) else { continue }
            sightings.add(value, in: .header, name: request.name(line), tokens: &tokens)
        }
    }
    if offersSubprotocols { findInSubprotocols(request, &sightings, &tokens) }
    return sightings.found
}

private enum FieldSort {
    case authorization, cookie, subprotocol, ordinary
}

private func fieldSort(_ name: Span<UInt8>) -> FieldSort {
    switch name.count {
    case 6: equalsIgnoringCase(name, "cookie") ? .cookie : .ordinary
    case 13: equalsIgnoringCase(name, "authorization") ? .authorization : .ordinary
    case 19: equalsIgnoringCase(name, "proxy-authorization") ? .authorization : .ordinary
    case 22: equalsIgnoringCase(name, "sec-websocket-protocol") ? .subprotocol : .ordinary
    default: .ordinary
    }
}

/// Whether a field line is worth a look at its name: the value is as long as a token, or the name ends in one of
/// the words that names of credentials end in (but for `Connection`). Spares the handshake's own lines.
private func mayHold(_ value: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
    if 0 < name.count, lowered(name[0]) == 0x73, name.count > 4,
        equalsIgnoringCase(name.extracting(0..<4), "sec-")
    {
        return false
    }
    if 16 <= value.count, value[0] == 0x65 || value[0] | 0x20 == 0x62 || value[0] == 0x22 { return true }
    guard 3 < name.count else { return false }
    let end = name.extracting(name.count - 3..<name.count)
    return equalsIgnoringCase(end, "key") || equalsIgnoringCase(end, "ken") || equalsIgnoringCase(end, "jwt")
        || equalsIgnoringCase(end, "uth") || equalsIgnoringCase(end, "ret")
        || (equalsIgnoringCase(end, "ion") && name.count != 10)
}

/// `Authorization: <scheme> <rest>` (RFC 9110 §11.6.2), and what people send in its place.
func findInAuthorization(
    _ value: Span<UInt8>, name: String, placement: Credential.Placement = .header,
    _ sightings: inout Sightings,
    _ tokens: inout TokenTable
) {
    let bare = value.extracting(withoutEdges(value))
    let edges: [Token.Defect] = bare.count < value.count && 0 < bare.count ? [.strayEdges] : []
    // Whoever recorded it took the value out: `[297 bytes were stripped]`.
    if 2 < bare.count, bare[0] == 0x5b, bare[bare.count - 1] == 0x5d {
        sightings.add(bare, in: placement, name: name, kind: .placeholder, tokens: &tokens)
        return
    }
    guard let space = firstSpace(bare) else {
        // One word: a scheme with nothing after it, or a token without its scheme.
        let isScheme = isSchemeWord(bare)
        let scheme = isScheme ? String(decoding: bare.bytes(), as: UTF8.self) : nil
        let rest = isScheme ? bare.extracting(bare.count..<bare.count) : bare
        sightings.add(
            rest, in: placement, name: name, scheme: scheme, defects: edges, tokens: &tokens)
        return
    }
    let schemeBytes = bare.extracting(0..<space)
    let rest = bare.extracting(space + 1..<bare.count)
    let scheme = String(decoding: schemeBytes.bytes(), as: UTF8.self)
    if looksLikeJWT(schemeBytes) {
        sightings.add(bare, in: placement, name: name, defects: edges, tokens: &tokens)
    } else if equalsIgnoringCase(schemeBytes, "basic") {
        addBasic(rest, placement, name, scheme, edges, &sightings, &tokens)
    } else if isSignatureScheme(schemeBytes), let signature = signatureParameter(rest) {
        sightings.add(
            rest.extracting(signature), in: placement, name: name, scheme: scheme, kind: .sigv4,
            defects: edges, tokens: &tokens)
    } else {
        sightings.add(rest, in: placement, name: name, scheme: scheme, defects: edges, tokens: &tokens)
    }
}

/// User name and password, base64 undone (RFC 7617 §2). What is no base64 is kept as it stood.
private func addBasic(
    _ rest: Span<UInt8>, _ placement: Credential.Placement, _ name: String, _ scheme: String,
    _ edges: [Token.Defect], _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    let text = rest.extracting(withoutEdges(rest))
    let decoding = Base64Decoding(text)
    guard decoding.deviations.isDisjoint(with: [.illegalByte, .impossibleLength, .badPadding]),
        decoding.bytes.contains(0x3a)
    else {
        let kind: Token.Kind? = placeholderDefect(text) == nil ? .basic : nil
        sightings.add(
            text, in: placement, name: name, scheme: scheme, kind: kind, defects: edges + [.illegalCharacter],
            tokens: &tokens)
        return
    }
    sightings.add(
        exactly: decoding.bytes, in: placement, name: name, scheme: scheme, kind: .basic, defects: edges,
        tokens: &tokens)
}

/// The signature of a scheme that signs requests and carries `Credential=…, SignedHeaders=…, Signature=…`.
private func signatureParameter(_ rest: Span<UInt8>) -> Range<Int>? {
    var index = 0
    while index + 10 < rest.count {
        if equalsIgnoringCase(rest.extracting(index..<index + 10), "signature=") {
            var end = index + 10
            while end < rest.count, rest[end] != 0x2c, rest[end] != 0x20 { end += 1 }
            return index + 10..<end
        }
        index += 1
    }
    return nil
}

/// A scheme that signs the request: its name ends in `-HMAC-SHA256`.
private func isSignatureScheme(_ scheme: Span<UInt8>) -> Bool {
    scheme.count > 12
        && equalsIgnoringCase(scheme.extracting(scheme.count - 12..<scheme.count), "-hmac-sha256")
}

private func firstSpace(_ bytes: Span<UInt8>) -> Int? {
    for index in bytes.indices where bytes[index] == 0x20 || bytes[index] == 0x09 { return index }
    return nil
}

/// Words that are a scheme when they stand alone.
private func isSchemeWord(_ word: Span<UInt8>) -> Bool {
    equalsIgnoringCase(word, "bearer") || equalsIgnoringCase(word, "basic")
        || equalsIgnoringCase(word, "token")
        || equalsIgnoringCase(word, "jwt") || equalsIgnoringCase(word, "apikey")
        || equalsIgnoringCase(word, "negotiate") || equalsIgnoringCase(word, "digest") || word.count == 0
}

/// `name=value; name=value` (RFC 6265 §4.2.1). Cookies of sessions and of sign-on are credentials, others are not.
private func findInCookies(_ value: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable) {
    var start = 0
    while start < value.count {
        let end = value.firstIndex(of: 0x3b, from: start) ?? value.count
        let pair = value.extracting(start..<end)
        start = end + 1
        guard let equals = pair.firstIndex(of: 0x3d) else { continue }
        let nameRange = withoutEdges(pair.extracting(0..<equals))
        let name = pair.extracting(nameRange)
        let content = pair.extracting(equals + 1..<pair.count)
        guard isCredentialCookie(name, content) else { continue }
        let text = String(decoding: name.bytes(), as: UTF8.self)
        if isCarriedJWT(content) {
            sightings.add(content, in: .cookie, name: text, tokens: &tokens)
        } else {
            // Session cookies are percent-encoded by habit (`s%3A…`): no defect, and the bytes that count.
            sightings.add(exactly: content.bytes(), in: .cookie, name: text, kind: .opaque, tokens: &tokens)
        }
    }
}

private func isCredentialCookie(_ name: Span<UInt8>, _ value: Span<UInt8>) -> Bool {
    if isCarriedJWT(value) { return true }
    let strength = CredentialNames.strength(name)
    if strength == .never { return false }
    guard 8 <= value.count else { return false }
    if strength == .sure { return true }
    let word = String(decoding: name.bytes(), as: UTF8.self).lowercased()
    return word.contains("sess") || word.contains("auth") || word.contains("token") || word.hasSuffix("sid")
        || (strength == .maybe && looksOpaque(value))
}
