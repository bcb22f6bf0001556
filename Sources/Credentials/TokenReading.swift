package import Case
package import Wire

/// A token as somebody pasted it: the bare token, and what was around it.
package struct TokenReading: Sendable, Equatable {
    /// The token, with the number 1.
    package var token: Token
    /// What was wrong with the paste: `Bearer ` before it, quotes, percent signs.
    package var spelling: [Token.Defect]

    /// Reads one token from a text: with or without `Authorization:`, `Bearer `, quotes, line ends inside it, or the
    /// URL it stands in.
    package init(_ text: Span<UInt8>, limits: Limits = .standard) {
        var rest = text.extracting(withoutEdges(text))
        if 14 < rest.count, equalsIgnoringCase(rest.extracting(0..<14), "authorization:") {
            rest = rest.extracting(14..<rest.count)
            rest = rest.extracting(withoutEdges(rest))
            if isBearer(rest) { rest = rest.extracting(7..<rest.count) }
        }
        var bytes = rest.bytes()
        if let inURL = tokenInURL(rest, limits) {
            bytes = inURL
        } else if bytes.contains(0x0a), looksLikeJWT(rest) {
            // A terminal or a mail wrapped it.
            bytes.removeAll { $0 <= 0x20 }
        }
        let found = CarrierSpelling(bytes.span, coding: .plain)
        spelling = found.defects
        let form = TokenForm(of: found.bytes.span, limits: limits)
        token = Token(id: 1, secret: Secret(found.bytes), kind: form.kind, defects: form.defects)
    }
}

/// The first credential in a URL, as it stands there.
private func tokenInURL(_ text: Span<UInt8>, _ limits: Limits) -> [UInt8]? {
    guard
        text.starts(with: "wss://") || text.starts(with: "ws://") || text.starts(with: "https://")
            || text.starts(with: "http://")
    else { return nil }
    var tokens = TokenTable(limits: limits)
    var sightings = Sightings(place: Place(input: 0, position: .line(1, column: 1)), limits: limits)
    findInTarget(text, &sightings, &tokens)
    guard let first = sightings.found.first(where: { $0.placement != .userinfo }) else { return nil }
    return tokens.tokens[first.token - 1].secret.bytes
}
