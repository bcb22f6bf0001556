import Case
package import JSON
package import Wire

/// `wsdiag token`: every token of a case, or one that was handed in, with its lifetime in words.
package func tokenText(_ report: Report, at now: Timestamp?, skewSeconds: Int) -> String {
    var page = TextPage(report.options)
    if report.file.tokens.isEmpty { page.line("no token can be seen in this") }
    for (position, token) in report.file.tokens.enumerated() {
        if 0 < position { page.gap() }
        writeToken(token, sightings: sightings(of: token.id, in: report.file), report, into: &page)
        guard let jwt = token.jwt else { continue }
        for line in lifetimeSentences(jwt, at: now, skewSeconds: skewSeconds) {
            page.entry("lifetime", .strong, line, column: 12)
        }
        for line in remarks(on: token, jwt) { page.entry("note", .dim, line, column: 12) }
    }
    return page.text
}

/// `wsdiag token --format json`, `wsdiag.tokens/1`.
package func tokenJSON(_ report: Report, at now: Timestamp?, skewSeconds: Int) -> JSONWriter {
    var json = JSONWriter(.pretty)
    json.beginObject()
    json.member("schema", "wsdiag.tokens/1")
    json.member("at", now?.rfc3339)
    json.name("tokens")
    json.beginArray()
    for token in report.file.tokens {
        let seen = sightings(of: token.id, in: report.file).map { sighting in
            sighting.label.hasPrefix("#") ? String(sighting.label.dropFirst()) : sighting.label
        }
        writeToken(token, seenIn: seen, showingSecrets: report.options.showSecrets, into: &json) { json in
            guard let jwt = token.jwt else { return }
            json.name("header")
            json.value(jwt.header)
            json.member("lifetimeWords", lifetimeSentences(jwt, at: now, skewSeconds: skewSeconds))
            json.member("notes", remarks(on: token, jwt))
        }
    }
    json.endArray()
    json.endObject()
    json.lineEnd()
    return json
}

/// The lifetime against a moment. Without one nothing is called expired: the clock is an input.
func lifetimeSentences(_ jwt: JWT, at now: Timestamp?, skewSeconds: Int) -> [String] {
    guard let now else {
        return jwt.expiresAt == nil && jwt.notBefore == nil && jwt.issuedAt == nil
            ? [] : ["not judged: give the moment, --at 2026-11-21T02:42:13Z or --at now"]
    }
    var sentences: [String] = []
    let skew = Double(skewSeconds)
    if let end = jwt.expiresAt {
        let left = end.seconds(since: now)
        if left <= -skew {
            sentences.append("expired \(durationText(left)) before \(now.rfc3339Seconds)")
        } else if left <= 0 {
            sentences.append(
                "ended \(durationText(left)) before \(now.rfc3339Seconds), which is within the leeway of \(skewSeconds) s"
            )
        } else {
            sentences.append("ends \(durationText(left)) after \(now.rfc3339Seconds)")
        }
    }
    if let begin = jwt.notBefore, skew < begin.seconds(since: now) {
        sentences.append("not valid before another \(durationText(begin.seconds(since: now)))")
    }
    if let issued = jwt.issuedAt {
        let age = now.seconds(since: issued)
        sentences.append(
            age < -skew
                ? "issued \(durationText(age)) in the future: a clock is wrong"
                : "issued \(durationText(age)) before")
    }
    return sentences
}

/// What is noteworthy about a token that decodes.
private func remarks(on token: Token, _ jwt: JWT) -> [String] {
    var lines: [String] = []
    if jwt.algorithm == "none" { lines.append("alg is none: nobody signed this token") }
    if jwt.algorithm == nil { lines.append("the header names no alg") }
    guard let claims = jwt.claims else { return lines }
    for name in ["exp", "nbf", "iat"] {
        guard let claim = claims[name] else { continue }
        guard let seconds = claim.number else {
            lines.append("\(name) is no number; RFC 7519 wants seconds since 1970")
            continue
        }
        if 100_000_000_000 < seconds {
            lines.append("\(name) looks like milliseconds; RFC 7519 wants seconds")
        }
    }
    if claims["exp"] == nil { lines.append("no exp: it does not end by itself") }
    if let issued = jwt.issuedAt, let end = jwt.expiresAt {
        let life = end.seconds(since: issued)
        if life <= 0 { lines.append("exp is not after iat: it was never valid") }
        if 0 < life { lines.append("made to live \(durationText(life))") }
    }
    let names = claims.members?.map(\.name) ?? []
    for name in Set(names).sorted() where 1 < names.filter({ $0 == name }).count {
        lines.append("the claim \(visible(name)) is there more than once; readers may take either")
    }
    return lines
}

extension Timestamp {
    /// RFC 3339 in UTC without fraction.
    package var rfc3339Seconds: String { "\(dayText)T\(clockText())Z" }
}
