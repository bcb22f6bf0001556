package import Diagnosis
package import JSON

/// `wsdiag rules`: every cause in one list.
package func causeList(_ options: Report.Options) -> String {
    var page = TextPage(options)
    let widest = Catalogue.causes.map { columns($0.slug) }.max() ?? 0
    for cause in Catalogue.causes { page.entry(cause.slug, .strong, cause.title, column: widest + 4) }
    page.gap()
    page.line("Known, and not yet judged: no verdict names these.")
    for cause in Catalogue.notYetJudged { page.entry(cause.slug, .plain, cause.title, column: widest + 4) }
    page.gap()
    page.line("Limits of an input: never a cause.")
    for limit in Catalogue.limits { page.entry(limit.slug, .plain, limit.title, column: widest + 4) }
    page.gap()
    page.line("wsdiag rules SLUG says what one means, how to be sure, and what to do.")
    return page.text
}

/// The same as Markdown: the index of docs/causes.
package func causeListMarkdown() -> String {
    var lines = [
        "# Causes", "", "What a verdict can say. Each page comes out of the program: `make generated`.", "",
    ]
    lines += Catalogue.causes.map { "* [\($0.slug)](\($0.slug).md) `\($0.code)` \($0.title)" }
    lines += ["", "Known, and not yet judged: no verdict names these.", ""]
    lines += Catalogue.notYetJudged.map { "* `\($0.slug)` `\($0.code)` \($0.title)" }
    lines += ["", "Limits of an input: never a cause, and said beside every answer that they touch.", ""]
    lines += Catalogue.limits.map { "* `\($0.slug)` `\($0.code)` \($0.title). \($0.remedy)" }
    return lines.joined(separator: "\n") + "\n"
}

/// `wsdiag rules SLUG` as text.
package func causeText(_ cause: Cause, _ options: Report.Options) -> String {
    var page = TextPage(options)
    page.headline("\(cause.slug) (\(cause.code))", .strong, "")
    page.paragraph(cause.title + ".", indent: 2)
    for paragraph in paragraphs(cause.explanation) {
        page.gap()
        page.paragraph(paragraph, indent: 2)
    }
    page.gap()
    page.entry("what to do", .good, cause.fix.text, column: 15)
    if let command = cause.fix.command { page.line("                 $ " + command) }
    if !cause.needsInWords.isEmpty {
        page.entry("needs", .plain, cause.needsInWords.joined(separator: ", "), column: 15)
    }
    if !cause.asks.isEmpty {
        page.entry("asks for", .plain, cause.asksInWords.joined(separator: ", "), column: 15)
    }
    if !cause.mistakenFor.isEmpty {
        page.entry("looks like", .plain, cause.mistakenFor.joined(separator: ", "), column: 15)
    }
    for (index, reference) in cause.references.enumerated() {
        let address = reference.address.map { " " + $0 } ?? ""
        page.entry(index == 0 ? "read more" : "", .dim, reference.text + address, column: 15)
    }
    for example in cause.examples {
        page.gap()
        page.paragraph("\(example.expectation.words): \(example.name)", indent: 2)
        for line in example.transcript.split(separator: "\n", omittingEmptySubsequences: false) {
            page.line("    " + line)
        }
        if let missing = missingText(example) { page.paragraph("Not tested: " + missing, indent: 4) }
    }
    return page.text
}

/// The same as Markdown: the page of docs/causes.
package func causeMarkdown(_ cause: Cause) -> String {
    var lines = ["# \(cause.slug)", "", "`\(cause.code)` \(cause.title).", ""]
    lines += [cause.explanation, "", "## What to do", "", cause.fix.text]
    if let command = cause.fix.command { lines += ["", "```", command, "```"] }
    if !cause.needsInWords.isEmpty {
        lines += ["", "## What must have been seen", "", cause.needsInWords.joined(separator: ", ") + "."]
        lines.append("Where it was not, that nothing points to this cause says nothing.")
    }
    if !cause.asks.isEmpty {
        let asked = cause.asksInWords.joined(separator: ", and ")
        lines += ["", "Unless the server itself says so, it also asks for \(asked)."]
    }
    if !cause.mistakenFor.isEmpty {
        let links = cause.mistakenFor.map { "[\($0)](\($0).md)" }
        lines += ["", "## Not to be confused with", "", links.joined(separator: ", ")]
    }
    if !cause.references.isEmpty {
        lines += ["", "## Where it is written", ""]
        for reference in cause.references {
            let link = reference.address.map { "[\(reference.text)](\($0))" }
            lines.append("* " + (link ?? reference.text))
        }
    }
    if !cause.examples.isEmpty { lines += ["", "## Examples"] }
    for example in cause.examples {
        lines += [
            "", "**\(example.expectation.words)**: \(example.name)", "", "```", example.transcript, "```",
        ]
        if let missing = missingText(example) { lines += ["", "Not tested: " + missing] }
    }
    return lines.joined(separator: "\n") + "\n"
}

/// `wsdiag rules SLUG` of something that is no cause: a limit of an input, or a cause that is not yet judged.
package func noticeText(_ slug: String, _ code: String, _ sentences: [String], _ options: Report.Options)
    -> String
{
    var page = TextPage(options)
    page.headline("\(slug) (\(code))", .strong, "")
    for sentence in sentences { page.paragraph(sentence, indent: 2) }
    return page.text
}

/// The same as Markdown.
package func noticeMarkdown(_ slug: String, _ code: String, _ sentences: [String]) -> String {
    (["# \(slug)", "", "`\(code)`"] + sentences.flatMap { ["", $0] }).joined(separator: "\n") + "\n"
}

/// The same as JSON.
package func noticeJSON(_ slug: String, _ code: String, _ sentences: [String]) -> JSONWriter {
    var json = JSONWriter(.pretty)
    json.beginObject()
    json.member("schema", "wsdiag.causes/1")
    json.name("causes")
    json.beginArray()
    json.endArray()
    json.member("slug", slug)
    json.member("code", code)
    json.member("text", sentences.joined(separator: " "))
    json.endObject()
    json.lineEnd()
    return json
}

/// Causes as JSON, `wsdiag.causes/1`. The list of all also holds what is known and not yet judged.
package func causeJSON(_ causes: [Cause]) -> JSONWriter {
    var json = JSONWriter(.pretty)
    json.beginObject()
    json.member("schema", "wsdiag.causes/1")
    json.name("causes")
    json.beginArray()
    for cause in causes {
        json.beginObject()
        json.member("cause", cause.slug)
        json.member("code", cause.code)
        json.member("title", cause.title)
        json.member("explanation", cause.explanation)
        json.member("fix", cause.fix.text)
        json.member("needs", cause.needsInWords)
        json.member("asks", cause.asksInWords)
        json.member("looksLike", cause.mistakenFor)
        json.name("references")
        json.beginArray()
        for reference in cause.references {
            json.beginObject()
            json.member("text", reference.text)
            json.member("address", reference.address)
            json.endObject()
        }
        json.endArray()
        write(cause.examples, into: &json)
        json.endObject()
    }
    json.endArray()
    if causes.count == Catalogue.causes.count {
        json.name("notYetJudged")
        json.beginArray()
        for cause in Catalogue.notYetJudged {
            json.beginObject()
            json.member("slug", cause.slug)
            json.member("code", cause.code)
            json.member("title", cause.title)
            json.endObject()
        }
        json.endArray()
        json.name("limits")
        json.beginArray()
        for limit in Catalogue.limits {
            json.beginObject()
            json.member("slug", limit.slug)
            json.member("code", limit.code)
            json.member("title", limit.title)
            json.member("remedy", limit.remedy)
            json.endObject()
        }
        json.endArray()
    }
    json.endObject()
    json.lineEnd()
    return json
}

private func write(_ examples: [Example], into json: inout JSONWriter) {
    json.name("examples")
    json.beginArray()
    for example in examples {
        json.beginObject()
        json.member("expectation", example.expectation.name)
        json.member("name", example.name)
        json.member("transcript", example.transcript)
        json.member("missing", example.gap?.missing)
        json.member("howToGet", example.gap?.howToGet)
        json.endObject()
    }
    json.endArray()
}

/// What an example lacks and how to get it, as sentences; nil where it lacks nothing.
private func missingText(_ example: Example) -> String? {
    example.gap.map { gap in gap.missing + "." + (gap.howToGet.map { " " + $0 } ?? "") }
}

/// Paragraphs of a text whose lines were wrapped in the source.
private func paragraphs(_ text: String) -> [String] {
    var all: [String] = []
    var current: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.allSatisfy(\.isWhitespace) {
            if !current.isEmpty { all.append(current.joined(separator: " ")) }
            current = []
        } else {
            current.append(line)
        }
    }
    if !current.isEmpty { all.append(current.joined(separator: " ")) }
    return all
}

extension Example.Expectation {
    /// What the judge answers, for programs: a tier, `silent` or `unknown`.
    fileprivate var name: String {
        switch self {
        case .fires(let certainty): certainty.rawValue
        case .silent: "silent"
        case .unknown: "unknown"
        }
    }

    /// What the judge answers, in words.
    var words: String {
        switch self {
        case .fires(let certainty): certainty.rawValue
        case .silent: "not this"
        case .unknown: "cannot be told"
        }
    }
}
