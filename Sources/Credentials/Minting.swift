package import Case
import JSON
package import Wire

/// What a successful response hands out: tokens by the names of their members, JWTs by their shape, and URLs to
/// dial. A URL with a credential in its query is noted twice: as a URL, and as the token in it.
///
/// Shape: in the order of the document; `Limits.credentialsPerMessage` at most. Nothing for a status of 300 or more.
package func minted(
    in response: Message, tokens: inout TokenTable, limits: Limits = .standard
) -> [Minted] {
    guard response.head.status.map({ $0 < 300 }) ?? true else { return [] }
    let body = response.body.bytes.span
    var mint = Mint(place: response.place, limits: limits)
    guard let start = body.firstNonSpace else { return [] }
    if body[start] == 0x7b || body[start] == 0x5b {
        guard let json = try? JSONValue.prefix(body, limits: limits).value else { return [] }
        mint.walk(json, &tokens)
    } else if isCarriedJWT(body.extracting(withoutEdges(body))) {
        mint.addToken(body, member: "body", lifetime: nil, &tokens)
    }
    return mint.found
}

private struct Mint {
    var found: [Minted] = []
    let place: Place
    let limits: Limits

    init(place: Place, limits: Limits) {
        self.place = place
        self.limits = limits
    }

    /// The depth of the value is bounded by the reader.
    mutating func walk(_ json: JSONValue, _ tokens: inout TokenTable) {
        switch json {
        case .object(let members):
            let lifetime = lifetimeSeconds(members)
            for member in members {
                if case .string(let text) = member.value {
                    add(member.name, text, lifetime, &tokens)
                } else {
                    walk(member.value, &tokens)
                }
            }
        case .array(let elements):
            for element in elements { walk(element, &tokens) }
        case .null, .bool, .number, .string: return
        }
    }

    private mutating func add(_ name: String, _ text: String, _ lifetime: Int?, _ tokens: inout TokenTable) {
        let value = text.utf8.span
        if isDialled(name, value) {
            guard found.count < limits.credentialsPerMessage, value.count <= limits.tokenBytes else { return }
            found.append(
                Minted(member: name, value: .url(Secret(text)), lifetimeSeconds: lifetime, place: place))
            var inURL = Sightings(place: place, limits: limits)
            findInTarget(value, &inURL, &tokens)
            for credential in inURL.found {
                append(
                    Minted(
                        member: name, value: .token(credential.token), lifetimeSeconds: lifetime, place: place
                    ))
            }
            return
        }
        let strength = CredentialNames.strength(name.utf8.span)
        guard Sightings.isCredential(strength, value), 8 <= value.count || strength != .sure else { return }
        addToken(value, member: name, lifetime: lifetime, &tokens)
    }

    mutating func addToken(
        _ value: Span<UInt8>, member: String, lifetime: Int?, _ tokens: inout TokenTable
    ) {
        guard value.count <= limits.tokenBytes else { return }
        let spelling = CarrierSpelling(value, coding: .plain)
        let id = tokens.intern(spelling.bytes.span, kind: isPassword(member) ? .opaque : nil)
        append(Minted(member: member, value: .token(id), lifetimeSeconds: lifetime, place: place))
    }

    private mutating func append(_ minted: Minted) {
        guard found.count < limits.credentialsPerMessage, !found.contains(minted) else { return }
        found.append(minted)
    }
}

/// Whether a member is a URL for a socket: by its scheme, or by a name that is used for nothing else.
private func isDialled(_ name: String, _ value: Span<UInt8>) -> Bool {
    if value.starts(with: "wss://") || value.starts(with: "ws://") { return true }
    guard value.starts(with: "https://") || value.starts(with: "http://") else { return false }
    let word = name.lowercased()
    return ["connecturi", "connecturl", "eventstreamuri", "gatewayurl", "websocketurl", "wsurl", "socketurl"]
        .contains(word)
}

/// `expires_in` and its kin beside a token, as a number or as digits. Seconds.
private func lifetimeSeconds(_ members: [JSONValue.Member]) -> Int? {
    for member in members {
        switch member.name {
        case "expires_in", "expiresIn", "expires_in_seconds", "expiresInSeconds", "ttl":
            let number = member.value.number ?? member.value.string.flatMap { Double($0) }
            guard let number, 0 <= number, number < 1e12 else { continue }
            return Int(number)
        default: continue
        }
    }
    return nil
}

extension Span where Element == UInt8 {
    /// The offset of the first byte that is no white space.
    var firstNonSpace: Int? {
        for index in indices where 0x20 < self[index] { return index }
        return nil
    }
}
