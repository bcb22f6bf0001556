package import Case
import JSON
package import Wire

/// Every credential in one message of an open socket, or its beginning: members of JSON (`connection_init` and its
/// kin, Socket.IO packets, nested texts), STOMP and MQTT CONNECT, and JWTs that stand free in any other text.
///
/// Shape: the name is a JSON pointer, `CONNECT <field>` for STOMP and MQTT, `text` for a free JWT.
package func credentials(
    inMessage bytes: [UInt8], isText: Bool, place: Place, tokens: inout TokenTable,
    limits: Limits = .standard
) -> [Credential] {
    let message = bytes.span
    guard mayHoldCredential(message) else { return [] }
    var sightings = Sightings(place: place, limits: limits)
    if !isText, findInMQTT(message, &sightings, &tokens) { return sightings.found }
    findInText(message, in: .message, pointer: "", nesting: 0, &sightings, &tokens)
    return sightings.found
}

/// Every credential in the body of a request: forms (`client_secret`, `refresh_token`) and JSON.
package func credentials(
    inRequestBody request: Message, tokens: inout TokenTable, limits: Limits = .standard
) -> [Credential] {
    let body = request.body.bytes.span
    guard 0 < body.count else { return [] }
    var sightings = Sightings(place: request.place, limits: limits)
    let type = request.head.first("content-type")?.lowercased() ?? ""
    if type.contains("x-www-form-urlencoded") || (type.isEmpty && looksLikeForm(body)) {
        findInForm(body, in: .body, &sightings, &tokens)
    } else {
        findInText(body, in: .body, pointer: "", nesting: 0, &sightings, &tokens)
    }
    return sightings.found
}

/// A form has an equals sign and no white space, quotes or brackets.
private func looksLikeForm(_ body: Span<UInt8>) -> Bool {
    guard body.firstIndex(of: 0x3d) != nil else { return false }
    for index in body.indices where body[index] <= 0x20 || body[index] == 0x22 || body[index] == 0x7b {
        return false
    }
    return true
}

/// Looks through a text: JSON, STOMP, or anything with a JWT in it. Texts inside JSON strings are opened twice.
func findInText(
    _ text: Span<UInt8>, in placement: Credential.Placement, pointer: String, nesting: Int,
    _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    if text.starts(with: "CONNECT\n") || text.starts(with: "CONNECT\r\n") || text.starts(with: "STOMP\n")
        || text.starts(with: "STOMP\r\n")
    {
        findInSTOMP(text, &sightings, &tokens)
        return
    }
    if let start = jsonStart(text),
        let json = try? JSONValue.prefix(text.extracting(start..<text.count), limits: sightings.limits).value
    {
        findInJSON(json, in: placement, pointer: pointer, nesting: nesting, &sightings, &tokens)
        return
    }
    findFreeJWTs(text, in: placement, name: pointer.isEmpty ? "text" : pointer, &sightings, &tokens)
}

/// Where JSON begins: after white space, and after the digits and the namespace of a Socket.IO packet
/// (`42["auth",…]`, `40/admin,{…}`).
private func jsonStart(_ text: Span<UInt8>) -> Int? {
    var index = 0
    while index < text.count, text[index] <= 0x20 { index += 1 }
    let digits = index
    while index < text.count, index < digits + 8, 0x30 <= text[index], text[index] <= 0x39 { index += 1 }
    if digits < index, index < text.count, text[index] == 0x2f {
        while index < text.count, text[index] != 0x2c { index += 1 }
        index += 1
    }
    guard index < text.count, text[index] == 0x7b || text[index] == 0x5b else { return nil }
    return index
}

// MARK: - JSON

/// Walks a value; its depth is bounded by the reader.
private func findInJSON(
    _ json: JSONValue, in placement: Credential.Placement, pointer: String, nesting: Int,
    _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    switch json {
    case .object(let members):
        for member in members {
            let path = pointer + "/" + pointerToken(member.name)
            findInMember(member, in: placement, pointer: path, nesting: nesting, &sightings, &tokens)
        }
    case .array(let elements):
        for (index, element) in elements.enumerated() {
            findInJSON(
                element, in: placement, pointer: "\(pointer)/\(index)", nesting: nesting, &sightings, &tokens)
        }
    case .string(let text):
        let bytes = text.utf8.span
        if isCarriedJWT(bytes) {
            sightings.add(bytes, in: placement, name: pointer, tokens: &tokens)
        } else if nesting < 2, 0 < bytes.count, bytes[0] == 0x7b || bytes[0] == 0x43 || bytes[0] == 0x53 {
            findInText(bytes, in: placement, pointer: pointer, nesting: nesting + 1, &sightings, &tokens)
        }
    case .null, .bool, .number: return
    }
}

private func findInMember(
    _ member: JSONValue.Member, in placement: Credential.Placement, pointer: String, nesting: Int,
    _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    let strength = CredentialNames.strength(member.name.utf8.span)
    switch member.value {
    case .string(let text):
        let bytes = text.utf8.span
        guard Sightings.isCredential(strength, bytes) else {
            if strength != .never {
                findInJSON(
                    member.value, in: placement, pointer: pointer, nesting: nesting, &sightings, &tokens)
            }
            return
        }
        if equalsIgnoringCase(member.name.utf8.span, "authorization") {
            findInAuthorization(bytes, name: pointer, placement: placement, &sightings, &tokens)
        } else if isPassword(member.name) {
            sightings.add(
                exactly: Array(text.utf8), in: placement, name: pointer, kind: .opaque, tokens: &tokens)
        } else {
            sightings.add(bytes, in: placement, name: pointer, tokens: &tokens)
        }
    case .null where strength == .sure && !isPassword(member.name):
        sightings.add(exactly: Array("null".utf8), in: placement, name: pointer, tokens: &tokens)
    case .object, .array:
        findInJSON(member.value, in: placement, pointer: pointer, nesting: nesting, &sightings, &tokens)
    case .null, .bool, .number: return
    }
}

// MARK: - Free text

/// JWTs between other bytes.
private func findFreeJWTs(
    _ text: Span<UInt8>, in placement: Credential.Placement, name: String, _ sightings: inout Sightings,
    _ tokens: inout TokenTable
) {
    var index = 0
    while index + 16 < text.count {
        guard text[index] == 0x65, text[index + 1] == 0x79 || text[index + 1] == 0x77 else {
            index += 1
            continue
        }
        var end = index
        while end < text.count, isTokenLetter(text[end]) { end += 1 }
        let run = text.extracting(index..<end)
        if looksLikeJWT(run) { sightings.add(run, in: placement, name: name, tokens: &tokens) }
        // A run is looked at once, from its first likely beginning.
        index = end
    }
}
