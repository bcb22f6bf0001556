import Case
import Wire

/// Credentials in a request target (RFC 9112 §3.2): user information, path segments, query parameters.
func findInTarget(_ target: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable) {
    let fragment = target.firstIndex(of: 0x23) ?? target.count
    let question = target.firstIndex(of: 0x3f)
    let pathEnd = min(question ?? fragment, fragment)
    let path = findUserinfo(target.extracting(0..<pathEnd), &sightings, &tokens)
    findInPath(target.extracting(path..<pathEnd), &sightings, &tokens)
    guard let question, question < fragment else { return }
    findInForm(target.extracting(question + 1..<fragment), in: .query, &sightings, &tokens)
}

/// `scheme://user:password@host/path`: notes the user information and answers where the path begins.
private func findUserinfo(
    _ target: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable
) -> Int {
    guard 0 < target.count, target[0] != 0x2f, let colon = target.firstIndex(of: 0x3a),
        colon + 2 < target.count,
        target[colon + 1] == 0x2f, target[colon + 2] == 0x2f
    else { return 0 }
    let start = colon + 3
    let end = target.firstIndex(of: 0x2f, from: start) ?? target.count
    var at: Int?
    for index in start..<max(start, end) where target[index] == 0x40 { at = index }
    if let at {
        let userinfo = target.extracting(start..<at)
        let kind: Token.Kind? = userinfo.firstIndex(of: 0x3a) == nil ? nil : .basic
        sightings.add(
            exactly: percentDecoded(userinfo), in: .userinfo, name: "userinfo", kind: kind, tokens: &tokens)
    }
    return end
}

/// Path segments that are JWTs.
private func findInPath(_ path: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable) {
    var start = 0
    var number = 0
    while start < path.count {
        let end = path.firstIndex(of: 0x2f, from: start) ?? path.count
        if start < end {
            number += 1
            let segment = path.extracting(start..<end)
            if isCarriedJWT(segment) {
                sightings.add(segment, in: .path, name: "segment \(number)", tokens: &tokens)
            }
        }
        start = end + 1
    }
}

/// `name=value&name=value`, as in a query or a form body.
func findInForm(
    _ form: Span<UInt8>, in placement: Credential.Placement, _ sightings: inout Sightings,
    _ tokens: inout TokenTable
) {
    var start = 0
    while start < form.count {
        let end = form.firstIndex(of: 0x26, from: start) ?? form.count
        let pair = form.extracting(start..<end)
        start = end + 1
        let equals = pair.firstIndex(of: 0x3d) ?? pair.count
        let name = percentDecoded(pair.extracting(0..<equals))
        let value = pair.extracting(min(equals + 1, pair.count)..<pair.count)
        var strength = CredentialNames.strength(name.span)
        // The authorization code of a token request (RFC 6749 §4.1.3) is good for a token.
        if placement == .body, equalsIgnoringCase(name.span, "code") { strength = .maybe }
        guard Sightings.isCredential(strength, value) else { continue }
        let text = String(decoding: name, as: UTF8.self)
        if isPassword(text) {
            sightings.add(
                exactly: formDecoded(value), in: placement, name: text, kind: .opaque, tokens: &tokens)
        } else {
            let kind: Token.Kind? = text.lowercased().hasSuffix("-signature") ? .sigv4 : nil
            sightings.add(value, coding: .form, in: placement, name: text, kind: kind, tokens: &tokens)
        }
    }
}

/// Whether a name's value is chosen by a person or a console and may look like anything.
func isPassword(_ name: String) -> Bool {
    let word = name.lowercased()
    return word.contains("pass") || word.contains("pwd") || word.hasSuffix("secret")
}

/// Percent-encoding undone and `+` read as a space.
private func formDecoded(_ value: Span<UInt8>) -> [UInt8] {
    var spaced = value.bytes()
    for index in spaced.indices where spaced[index] == 0x2b { spaced[index] = 0x20 }
    return percentDecoded(spaced.span)
}
