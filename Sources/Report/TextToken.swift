import Case
import JSON
import Wire

/// What is known of the tokens that the report speaks of.
func writeTokens(of report: Report, shown ids: [Int], into page: inout TextPage) {
    let most = report.options.all ? ids.count : 8
    let sightings = TokenSightings(report.file)
    for id in ids.prefix(most) {
        guard let token = report.file.token(id) else { continue }
        page.gap()
        writeToken(
            token, sightings: sightings.of(id, all: report.options.all), report, into: &page)
    }
    if most < ids.count { page.line("and \(counted(ids.count - most, "token")) more: --all") }
}

/// `header Authorization`, `query parameter access_token`.
func carrierText(_ credential: Credential) -> String {
    let name = visible(credential.name)
    switch credential.placement {
    case .header: return "header \(name)"
    case .query: return "query parameter \(name)"
    case .userinfo: return "user information of the URL"
    case .subprotocol: return name.isEmpty ? "subprotocol" : "subprotocol after \(name)"
    case .cookie: return "cookie \(name)"
    case .message: return "message member \(name)"
    case .body: return "request body \(name)"
    case .path: return "path"
    }
}

/// A token with its lifetime as a bar.
func writeToken(
    _ token: Token, sightings: [Sighting], _ report: Report, withDates: Bool = false,
    into page: inout TextPage
) {
    page.headline("token \(token.id)", .token, tokenSummary(token))
    if report.options.showSecrets { page.line("  " + visible(token.secret.revealed)) }
    if let jwt = token.jwt {
        for line in lifetimeLines(jwt, sightings: sightings, page, withDates: withDates) {
            page.line("  " + shortened(line, to: page.width - 2, ellipsis: page.ellipsis))
        }
        writeClaims(jwt, into: &page)
    }
    for defect in token.defects { page.entry("spelling", .error, defect.words, column: 12) }
    for (index, sighting) in sightings.prefix(report.options.all ? .max : 6).enumerated() {
        page.entry(index == 0 ? "seen" : "", .dim, sighting.text, column: 12)
    }
    if 6 < sightings.count, !report.options.all {
        page.entry("", .plain, "and \(grouped(sightings.count - 6)) times more", column: 12)
    }
}

/// `JWT, RS256, kid 2f9a, not verified (no key given)`
func tokenSummary(_ token: Token) -> String {
    var parts: [String] = []
    switch token.kind {
    case .jwt: parts.append("JWT")
    case .jwe: parts.append("encrypted JWT; its claims cannot be read")
    case .brokenJWT: parts.append("looks like a JWT and is none")
    case .opaque: parts.append("opaque, \(counted(token.secret.bytes.count, "byte"))")
    case .placeholder where token.defects.contains(.codeVariable):
        parts.append("a variable of the pasted code; its value is not told")
    case .placeholder: parts.append("a placeholder that nobody replaced")
    case .basic: parts.append("user name and password")
    case .sigv4: parts.append("an AWS Signature Version 4 signature")
    }
    if let jwt = token.jwt {
        if let algorithm = jwt.algorithm { parts.append(visible(algorithm)) }
        if let key = jwt.keyID { parts.append("kid " + visible(shortened(key, to: 40))) }
    }
    if token.kind == .jwt { parts.append(token.verification.words) }
    return parts.joined(separator: ", ")
}

private func writeClaims(_ jwt: JWT, into page: inout TextPage) {
    for member in jwt.claims?.members ?? [] where !["iat", "nbf", "exp"].contains(member.name) {
        page.entry(visible(shortened(member.name, to: 24)), .dim, claimText(member.value), column: 12)
    }
}

/// A claim in short.
func claimText(_ value: JSONValue) -> String {
    if case .string(let text) = value { return visible(shortened(text, to: 300)) }
    var json = JSONWriter()
    json.value(value)
    return visible(shortened(String(decoding: json.bytes, as: UTF8.self), to: 300))
}

extension Verification {
    /// In words.
    var words: String {
        switch self {
        case .noKey: "signature not verified (no key given)"
        case .valid: "signature valid"
        case .invalid: "signature INVALID with the key it names"
        case .keyUnknown: "signature not verified (none of the given keys is the one it names)"
        case .notApplicable: "not signed in a form that can be checked"
        }
    }
}

extension Token.Defect {
    /// In words.
    package var words: String {
        switch self {
        case .truncated: "cut short: parts are missing, or the signature has a length its alg cannot have"
        case .ellipsis: "ends in an ellipsis: it was copied from a place that shortens"
        case .padded: "padded with '=', which JWS forbids"
        case .standardAlphabet: "has '+' or '/', the letters of standard base64, where base64url is required"
        case .illegalCharacter: "has a letter that base64url does not know"
        case .percentEncodedTwice: "percent-encoded once too often"
        case .percentEncoded: "percent-encoded in a place that undoes no percent signs"
        case .bearerPrefix: "begins with 'Bearer ' in a place that takes the bare token"
        case .spaceInside: "has a space inside, where a plus sign may have been"
        case .strayEdges: "has white space, a line end or quotes around it"
        case .codeVariable: "is the name of a variable"
        case .literalNonValue: "is a word such as 'undefined' or 'null' instead of a value"
        case .placeholder: "is a placeholder that nobody replaced"
        case .nonASCII: "has a byte above 0x7E"
        case .notJSON: "its header or its claims do not decode to a JSON object"
        }
    }
}
