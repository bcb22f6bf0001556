package import Case
import JSON
package import Wire

/// One remark on a token: a sentence, and what to do about it.
package struct TokenRemark: Sendable, Equatable {
    /// How much it matters.
    package enum Level: String, Sendable, Equatable {
        /// No server can accept it as it is.
        case error
        /// Many servers refuse it, or it is unsafe.
        case warning
        /// Worth knowing.
        case note
    }

    /// How much it matters.
    package var level: Level
    /// What is so.
    package var text: String
    /// What to do, or nil where nothing is to be done.
    package var advice: String?

    /// A remark.
    package init(_ level: Level, _ text: String, advice: String? = nil) {
        self.level = level
        self.text = text
        self.advice = advice
    }
}

/// Everything worth saying of a token by itself: its spelling, its header, its dates, its size.
///
/// Shape: errors first, then warnings, then notes. Holds no secret. Dates are judged only where `now` is given.
package func lint(_ token: Token, spelling: [Token.Defect] = [], now: Timestamp?) -> [TokenRemark] {
    var remarks = (spelling + token.defects.filter { !spelling.contains($0) }).map { remark(on: $0, token) }
    switch token.kind {
    case .jwt, .brokenJWT:
        if let jwt = token.jwt {
            remarks += headerRemarks(jwt)
            remarks += dateRemarks(jwt, now)
            remarks += claimRemarks(jwt)
        }
    case .jwe:
        remarks.append(
            TokenRemark(
                .note, "It is encrypted: only the one who holds the key can read its claims.",
                advice: "Ask the issuer for its expiry, audience and scopes."))
    case .opaque:
        remarks.append(
            TokenRemark(
                .note, "It is no JWT: what it grants and until when is known to its issuer alone.",
                advice:
                    "Look at the response that handed it out (`expires_in`), or ask the introspection endpoint."
            ))
    case .placeholder, .basic, .sigv4: break
    }
    if 4096 < token.secret.bytes.count {
        remarks.append(
            TokenRemark(
                .warning,
                "It has \(token.secret.bytes.count) bytes; URLs and header lines are often held to 4 or 8 KiB.",
                advice: "Ask for fewer scopes and claims, or send it in a header, not in the URL."))
    }
    return remarks.filter { $0.level == .error } + remarks.filter { $0.level == .warning }
        + remarks.filter { $0.level == .note }
}

private func remark(on defect: Token.Defect, _ token: Token) -> TokenRemark {
    switch defect {
    case .truncated:
        TokenRemark(
            .error,
            "It is cut short: parts are missing, or the signature is shorter than its algorithm makes it.",
            advice: "Copy the whole token; look for a column or a log line that cuts it.")
    case .ellipsis:
        TokenRemark(
            .error, "It ends in an ellipsis: this is a shortened display.", advice: "Copy the whole token.")
    case .padded:
        TokenRemark(
            .error, "It has `=` padding, which base64url in a JWT forbids (RFC 7515 §2).",
            advice: "Encode with base64url and leave the padding out.")
    case .standardAlphabet:
        TokenRemark(
            .error, "It has `+` or `/`, letters of standard base64; a JWT takes `-` and `_` (RFC 7515 §2).",
            advice: "Encode with base64url.")
    case .illegalCharacter:
        TokenRemark(
            .error, "It has a character that no part of a JWT may have.", advice: "Copy the token again.")
    case .percentEncodedTwice:
        TokenRemark(
            .error, "It is percent-encoded twice.", advice: "Encode it once, when the URL is put together.")
    case .percentEncoded:
        TokenRemark(
            .error, "It has percent signs where nothing undoes them.",
            advice: "Percent-encode in URLs only; headers and subprotocols take the bare token.")
    case .bearerPrefix:
        TokenRemark(
            .warning,
            "`Bearer ` stands before it; in a query, a subprotocol or a message that is part of the value.",
            advice: "Send the bare token there.")
    case .spaceInside:
        TokenRemark(
            .error, "It has a space, or a plus sign that a form reader turns into one.",
            advice: "Write `+` as `%2B` in a URL.")
    case .strayEdges:
        TokenRemark(.warning, "White space, a line end or quotes stand around it.", advice: "Trim the value.")
    case .literalNonValue:
        TokenRemark(
            .error, "It is \(shown(token)), which a program prints where it has no value.",
            advice: "Wait for the token before the URL or the header is built.")
    case .codeVariable:
        TokenRemark(
            .note, "It is \(shown(token)), a variable of pasted code; what it held is not told.", advice: nil)
    case .placeholder:
        TokenRemark(
            .error, "It is \(shown(token)), an example's blank.", advice: "Put the real token in its place.")
    case .nonASCII:
        TokenRemark(.error, "It has bytes outside ASCII.", advice: "Copy it again as plain text.")
    case .notJSON:
        TokenRemark(
            .error, "Its header or its claims are no JSON object.",
            advice: "One letter may be damaged: compare it with what the issuer sent.")
    }
}

/// A stand-in may be shown: it is no secret.
private func shown(_ token: Token) -> String {
    token.secret.bytes.isEmpty ? "empty" : "`\(token.secret.revealed)`"
}

// MARK: - Header

private func headerRemarks(_ jwt: JWT) -> [TokenRemark] {
    var remarks: [TokenRemark] = []
    let name = jwt.algorithm
    if name == nil {
        remarks.append(
            TokenRemark(
                .error, "Its header has no `alg`.", advice: "Let the issuer's library make the token."))
    } else if name?.lowercased() == "none" {
        remarks.append(
            TokenRemark(
                .error,
                "`alg` is `none`: it is not signed, and no careful server accepts it (RFC 8725 §3.2).",
                advice: "Sign it, or ask the issuer for a signed one."))
    }
    if let width = fixedWidth(name), width < jwt.signatureLength {
        let isDER = name?.hasPrefix("ES") ?? false
        remarks.append(
            TokenRemark(
                .error,
                "The signature has \(jwt.signatureLength) bytes; \(name ?? "") makes \(width) (RFC 7518 §3).",
                advice: isDER ? "Write r and s one after the other, not as DER." : "Copy the token again."))
    }
    if jwt.header["crit"] != nil {
        remarks.append(
            TokenRemark(
                .warning, "Its header has `crit`: a server that does not know the extension must refuse it.",
                advice: "Check that the server knows what `crit` lists."))
    }
    let names = repeatedNames(jwt.header) + (jwt.claims.map(repeatedNames) ?? [])
    if !names.isEmpty {
        remarks.append(
            TokenRemark(
                .warning,
                "\(list(names)) \(names.count == 1 ? "stands" : "stand") in it twice; readers differ in which one they take.",
                advice: "Make each claim once."))
    }
    return remarks
}

/// The length of the signature where the algorithm fixes it. Bytes.
private func fixedWidth(_ algorithm: String?) -> Int? {
    switch algorithm {
    case "HS256": 32
    case "HS384": 48
    case "HS512", "ES256", "ES256K", "Ed25519": 64
    case "ES384": 96
    case "ES512": 132
    default: nil
    }
}

private func repeatedNames(_ object: JSONValue) -> [String] {
    var seen: Set<String> = []
    var repeated: [String] = []
    for member in object.members ?? []
    where !seen.insert(member.name).inserted && !repeated.contains(member.name) {
        repeated.append(member.name)
    }
    return repeated
}

private func list(_ names: [String]) -> String { names.prefix(5).map { "`\($0)`" }.joined(separator: ", ") }

// MARK: - Dates

private func dateRemarks(_ jwt: JWT, _ now: Timestamp?) -> [TokenRemark] {
    guard let claims = jwt.claims else { return [] }
    var remarks = ["exp", "nbf", "iat"].compactMap { unitRemark($0, claims[$0]) }
    if claims["exp"] == nil {
        remarks.append(
            TokenRemark(
                .warning, "It has no `exp`: it never expires, and some servers refuse it for that.",
                advice: "Ask the issuer for one with an expiry."))
    }
    if let begin = jwt.notBefore, let end = jwt.expiresAt, end < begin {
        remarks.append(
            TokenRemark(
                .error, "`nbf` is after `exp`: there is no moment at which it is valid.",
                advice: "Correct the issuer's dates."))
    } else if let issued = jwt.issuedAt, let end = jwt.expiresAt, end < issued {
        remarks.append(
            TokenRemark(
                .error, "`iat` is after `exp`: it was born expired.", advice: "Correct the issuer's dates."))
    }
    if let begin = jwt.issuedAt ?? jwt.notBefore, let end = jwt.expiresAt, 86_400 < end.seconds(since: begin)
    {
        remarks.append(
            TokenRemark(
                .note,
                "It lives \(durationWords(end.seconds(since: begin))), which is long for a bearer token.",
                advice: "Whoever finds it in a log can use it that long; ask for a shorter one."))
    }
    guard let now else { return remarks }
    if let end = jwt.expiresAt {
        let isOver = end <= now
        remarks.append(
            TokenRemark(
                isOver ? .error : .note,
                "It \(isOver ? "expired \(momentWords(end, at: now))" : expiryWords(end, at: now)).",
                advice: isOver ? "Get a new one before you connect." : nil))
    }
    if let begin = jwt.notBefore ?? jwt.issuedAt, now < begin {
        let claim = jwt.notBefore == nil ? "iat" : "nbf"
        remarks.append(
            TokenRemark(
                .error, "`\(claim)` is \(momentWords(begin, at: now)): it is not valid yet.",
                advice: "Compare the clocks of the issuer and of this machine."))
    }
    return remarks
}

/// A date that is no NumericDate in seconds (RFC 7519 §2).
private func unitRemark(_ name: String, _ value: JSONValue?) -> TokenRemark? {
    guard let value, value != .null else { return nil }
    guard let number = value.number else {
        return TokenRemark(
            .error, "`\(name)` is no number; it must be seconds since 1970 (RFC 7519 §2).",
            advice: "Write it without quotes.")
    }
    if 1e11 <= number.magnitude {
        return TokenRemark(
            .error, "`\(name)` is in milliseconds; it must be seconds since 1970 (RFC 7519 §2).",
            advice: "Divide by 1000 where the token is made.")
    }
    return nil
}

// MARK: - Claims

private func claimRemarks(_ jwt: JWT) -> [TokenRemark] {
    guard let claims = jwt.claims else { return [] }
    var remarks: [TokenRemark] = []
    let isIdentity = claims["nonce"] != nil || claims["at_hash"] != nil || claims["c_hash"] != nil
    if isIdentity, jwt.scopes == nil {
        remarks.append(
            TokenRemark(
                .warning,
                "It looks like an ID token (`nonce`, `at_hash`, no scope): it says who signed in, not what may be done.",
                advice: "Send the access token in its place."))
    }
    if claims["cnf"] != nil {
        remarks.append(
            TokenRemark(
                .note, "`cnf` binds it to a key: alone it is not enough (RFC 7800).",
                advice: "Send the proof that goes with it: DPoP, or the client certificate."))
    }
    for name in ["password", "passwd", "secret", "client_secret"] where claims[name] != nil {
        remarks.append(
            TokenRemark(
                .warning, "The claim `\(name)` can be read by anybody who has the token.",
                advice: "Leave secrets out of tokens."))
    }
    return remarks
}
