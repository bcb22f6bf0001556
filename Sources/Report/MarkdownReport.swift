import Case
import Diagnosis
import JSON
import Wire

/// The report as Markdown for a ticket or a forum: headings, short lists, the exchange in a code fence. No tables
/// wider than two columns and no HTML, because not every forum takes them.
package func markdownReport(_ report: Report) -> String { toldMarkdown(report).text }

/// The report as Markdown, and the counts of what it tells.
package func toldMarkdown(_ report: Report) -> (text: String, tally: Tally) {
    var lines: [String] = []
    let groups = Groups(report)
    lines += ["# " + summaryLine(groups.tally), ""]
    for input in report.file.inputs { lines.append("* " + inputText(input)) }
    lines.append("")
    if report.file.attempts.isEmpty {
        lines += ["No WebSocket handshake can be seen in these inputs.", ""]
    }
    let most = report.options.all ? groups.failing.count : Groups.shownInFull
    for group in groups.failing.prefix(most) { lines += attemptSection(group, report) }
    if most < groups.failing.count {
        lines += ["And \(counted(groups.failing.count - most, "other verdict")).", ""]
    }
    if !groups.healthy.isEmpty { lines += healthySection(groups.healthy, report) }
    lines += tokenSection(groups.tokensShown(report), report)
    if !report.file.limits.isEmpty {
        lines += ["## What these inputs cannot show", ""]
        lines += report.file.limits.map { "* " + escaped($0.text) } + [""]
    }
    lines.append(
        report.options.showSecrets
            ? "*Made by wsdiag \(report.version) **with secrets shown**: do not publish.*"
            : "*Made by wsdiag \(report.version). Credentials are replaced by numbers; the same number is the same bytes.*"
    )
    return (lines.joined(separator: "\n") + "\n", groups.tally)
}

private func inputText(_ input: Input) -> String {
    let packets = input.packets.map { ", " + counted($0, "packet") } ?? ""
    return "\(code(visible(input.name))): \(input.kind), \(sizeText(input.bytes))\(packets)"
}

private func attemptSection(_ group: Groups.Group, _ report: Report) -> [String] {
    let attempt = report.file.attempts[group.leader]
    guard let judgement = report.judgement(at: group.leader), let verdict = judgement.verdict else {
        return []
    }
    var lines = ["## \(verdict.cause ?? "undetermined")", "", escaped(verdict.summary), ""]
    let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    lines.append("* Attempt #\(attempt.id): " + code(url))
    let transport = transportText(attempt)
    if !transport.isEmpty { lines.append("* " + escaped(transport)) }
    if attempt.basis == .reported { lines.append("* " + escaped(originText(attempt, report.file))) }
    if 1 < group.members.count {
        let others = group.members.dropFirst().map { report.file.attempts.id($0) }
        lines.append("* \(grouped(others.count)) more like it: \(rangesText(others))")
    }
    if let responder = judgement.responder {
        let sure = responder.certainty.map { " (\($0.rawValue))" } ?? ""
        lines.append("* Answered by \(escaped(responder.name))\(sure): \(escaped(responder.because.text))")
    }
    if !judgement.serverWords.isEmpty {
        lines += ["", "The server's words:", ""]
        lines += fenced(judgement.serverWords.map { visible($0.text) })
    }
    lines += ["", "What went over the wire:", ""] + fenced(ladder(attempt, report))
    lines += reasonSection(judgement, report.file)
    let fixes = verdict.fixes.map { step($0.text, $0.command) }
    if !fixes.isEmpty { lines += ["", "### What to do", ""] + fixes.flatMap { $0 } }
    let next = judgement.next.map { step($0.text, $0.command) }
    if !next.isEmpty { lines += ["", "### What would settle it", ""] + next.flatMap { $0 } }
    return lines + [""]
}

private func reasonSection(_ judgement: Judgement, _ file: CaseFile) -> [String] {
    var lines: [String] = []
    if !judgement.candidates.isEmpty { lines += ["", "### Why", ""] }
    for candidate in judgement.candidates {
        let isTold = candidate.summary == judgement.verdict?.summary
        let text = isTold ? " (\(candidate.code))" : ": " + escaped(candidate.summary)
        lines.append("* **\(candidate.certainty.rawValue)** \(candidate.cause)\(text)")
        for item in candidate.evidenceFor { lines.append("  * for: " + escaped(sentence(item, file))) }
        for item in candidate.evidenceAgainst {
            lines.append("  * against: " + escaped(sentence(item, file)))
        }
    }
    if !judgement.ruledOut.isEmpty {
        lines += ["", "### Ruled out", ""]
        lines += judgement.ruledOut.map { "* \($0.cause): " + escaped(sentence($0.because, file)) }
    }
    if !judgement.untested.isEmpty {
        lines += ["", "### Not tested", ""]
        lines += judgement.untested.map { item in
            "* \(item.cause): " + escaped(missingText(item))
        }
    }
    let remarks = judgement.observations + judgement.comparisons
    if !remarks.isEmpty {
        lines += ["", "### Also seen", ""] + remarks.map { "* " + escaped(sentence($0, file)) }
    }
    return lines
}

/// The exchange as arrows between two columns.
private func ladder(_ attempt: Attempt, _ report: Report) -> [String] {
    var lines: [String] = []
    func row(_ side: Side, _ text: String, _ at: Timestamp?, _ place: Place?) {
        let seconds = at.flatMap { at in attempt.startedAt.map { at.seconds(since: $0) } }
        let time = seconds.map(thousandths) ?? ""
        let clock = String(repeating: " ", count: max(0, 8 - time.count)) + time
        let where_ = place.flatMap { report.file.placesText([$0]) }.map { "  (\($0))" } ?? ""
        lines.append("\(clock)  \(side == .client ? "client -->" : "<-- server") \(text)\(where_)")
    }
    if let request = attempt.request {
        let head = request.head
        row(.client, shortened(shownStart(head, report), to: 120), request.at, request.place)
        for line in credentialLines(head) {
            lines.append("                     " + shortened(shownLine(head, line, report), to: 120))
        }
    }
    if let response = attempt.response {
        row(.server, shortened(shownStart(response.head, report), to: 120), response.at, response.place)
    }
    for close in attempt.session?.closes.prefix(2) ?? [] {
        row(close.by, closeText(close, report), close.at, close.place)
    }
    if let text = endingText(attempt.connection), attempt.response == nil {
        lines.append("          " + text)
    }
    return lines
}

/// Seconds with three decimals.
private func thousandths(_ seconds: Double) -> String {
    let whole = Int((min(abs(seconds), 1e12) * 1000).rounded())
    let rest = String(whole % 1000)
    return "\(whole / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
}

private func credentialLines(_ head: MessageHead) -> [Range<Int>] {
    head.fieldLines.filter { line in
        ["host", "origin", "authorization", "cookie", "sec-websocket-protocol"].contains(
            head.name(line).lowercased())
    }.map { $0.name.lowerBound..<max($0.name.upperBound, $0.value.upperBound) }
}

/// The first line of a head as it may be shown.
func shownStart(_ head: MessageHead, _ report: Report) -> String {
    shownLine(head, head.startLineRange, report)
}

private func healthySection(_ indices: [Int], _ report: Report) -> [String] {
    var lines = ["## Nothing wrong with", ""]
    let most = report.options.all ? indices.count : Groups.healthyShown
    for index in indices.prefix(most) {
        let attempt = report.file.attempts[index]
        let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
        lines.append("* #\(attempt.id) \(code(url)): \(endText(attempt))")
    }
    if most < indices.count { lines.append("* and \(grouped(indices.count - most)) more") }
    return lines + [""]
}

private func tokenSection(_ ids: [Int], _ report: Report) -> [String] {
    guard !ids.isEmpty else { return [] }
    var lines = ["## Tokens", ""]
    let sightings = TokenSightings(report.file)
    for id in ids {
        guard let token = report.file.token(id) else { continue }
        lines.append("* **token \(id)**: " + escaped(tokenSummary(token)))
        if let jwt = token.jwt {
            for (name, moment) in [("iat", jwt.issuedAt), ("nbf", jwt.notBefore), ("exp", jwt.expiresAt)] {
                if let moment { lines.append("  * \(name): \(moment.dayText) \(moment.clockText()) UTC") }
            }
            for member in jwt.claims?.members ?? [] where !["iat", "nbf", "exp"].contains(member.name) {
                lines.append("  * \(code(visible(member.name))): " + code(claimText(member.value)))
            }
        }
        for defect in token.defects { lines.append("  * spelling: " + escaped(defect.words)) }
        for sighting in sightings.of(id).prefix(8) {
            lines.append("  * seen: " + escaped(sighting.text))
        }
    }
    return lines + [""]
}

private func step(_ text: String, _ command: String?) -> [String] {
    guard let command else { return ["* " + escaped(text)] }
    return ["* " + escaped(text), ""] + fenced([visible(command)]).map { "  " + $0 } + [""]
}

/// A code fence that is longer than any run of backticks inside.
private func fenced(_ lines: [String]) -> [String] {
    var longest = 2
    for line in lines {
        var run = 0
        for character in line {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
    }
    let fence = String(repeating: "`", count: longest + 1)
    return [fence] + lines + [fence]
}

/// Code within a line. Backticks inside would end it.
private func code(_ text: String) -> String {
    text.contains("`") ? "`` \(text) ``" : "`\(text)`"
}

/// Text in which nothing is markup.
private func escaped(_ text: String) -> String {
    var shown = ""
    for character in visible(text) {
        if "\\`*_[]<>#|~".contains(character) { shown.append("\\") }
        shown.append(character)
    }
    return shown
}
