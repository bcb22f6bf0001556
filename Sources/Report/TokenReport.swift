package import Case
package import JSON
package import Wire

/// One remark on a token by itself.
package struct TokenNote: Sendable, Equatable {
    /// `error`, `warning` or `note`.
    package var level: String
    /// What is so.
    package var text: String
    /// What to do, or nil.
    package var advice: String?

    /// A remark.
    package init(level: String, text: String, advice: String?) {
        self.level = level
        self.text = text
        self.advice = advice
    }
}

/// `wsdiag token`: every token of a case, or one that was handed in, with its lifetime in words.
package func tokenText(
    _ report: Report, at now: Timestamp?, skewSeconds: Int, notes: (Token) -> [TokenNote] = { _ in [] }
) -> String {
    var page = TextPage(report.options)
    if report.file.tokens.isEmpty { page.line("no token can be seen in this") }
    let sightings = TokenSightings(report.file)
    for (position, token) in report.file.tokens.enumerated() {
        if 0 < position { page.gap() }
        writeToken(
            token, sightings: sightings.of(token.id, all: report.options.all), report, withDates: true,
            into: &page)
        for line in token.jwt.map({ lifetimeSentences($0, at: now, skewSeconds: skewSeconds) }) ?? [] {
            page.entry("lifetime", .strong, line, column: 12)
        }
        for note in notes(token) {
            let text = note.text + (note.advice.map { " " + $0 } ?? "")
            page.entry(note.level, note.level == "error" ? .error : .strong, visible(text), column: 12)
        }
    }
    return page.text
}

/// `wsdiag token --format json`, `wsdiag.tokens/1`.
package func tokenJSON(
    _ report: Report, at now: Timestamp?, skewSeconds: Int, notes: (Token) -> [TokenNote] = { _ in [] }
) -> JSONWriter {
    var json = JSONWriter(.pretty)
    json.beginObject()
    json.member("schema", "wsdiag.tokens/1")
    json.member("at", now?.rfc3339)
    json.name("tokens")
    json.beginArray()
    let sightings = TokenSightings(report.file)
    for token in report.file.tokens {
        let seen = sightings.of(token.id).map { sighting in
            sighting.label.hasPrefix("#") ? String(sighting.label.dropFirst()) : sighting.label
        }
        writeToken(token, seenIn: seen, showingSecrets: report.options.showSecrets, into: &json) { json in
            json.member("notes") { json in
                json.array { json in
                    for note in notes(token) {
                        json.object { json in
                            json.member("level", note.level)
                            json.member("text", note.text)
                            json.member("advice", note.advice)
                        }
                    }
                }
            }
            guard let jwt = token.jwt else { return }
            json.name("header")
            json.value(jwt.header)
            json.member("lifetimeWords", lifetimeSentences(jwt, at: now, skewSeconds: skewSeconds))
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

extension Timestamp {
    /// RFC 3339 in UTC without fraction.
    package var rfc3339Seconds: String { "\(dayText)T\(clockText())Z" }
}
