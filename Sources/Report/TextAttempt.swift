import Case
import Diagnosis
import Wire

/// One attempt with which something is wrong, told in full.
func writeAttempt(_ index: Int, of report: Report, into page: inout TextPage) {
    let attempt = report.file.attempts[index]
    guard let judgement = report.judgement(at: index), let verdict = judgement.verdict else { return }
    page.headline("error[\(verdict.cause ?? "undetermined")]", .error, visible(verdict.summary))
    let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    page.entry("#\(attempt.id)", .strong, url.isEmpty ? "at a URL that is not told" : url, column: 6)
    let transport = transportText(attempt)
    if !transport.isEmpty { page.entry("", .plain, transport, column: 6) }
    if attempt.basis == .reported { page.entry("", .plain, originText(attempt, report.file), column: 6) }
    if let others = report.file.placesText(attempt.seenAlso) {
        page.entry("", .plain, "told as well by " + others, column: 6)
    }
    writeServerWords(judgement, report, into: &page)
    writeDialogue(attempt, judgement, report, into: &page)
    writeReasons(judgement, report, into: &page)
    writeAdvice(attempt, judgement, verdict, report.file, into: &page)
    if report.options.why { writeTrail(judgement, into: &page) }
}

/// `reported by post.md:14:5, not observed`
func originText(_ attempt: Attempt, _ file: CaseFile) -> String {
    let place = attempt.request?.place ?? attempt.response?.place ?? attempt.session?.closes.first?.place
    let source = place.flatMap { file.placesText([$0]) } ?? visible(file.inputName(attempt.input))
    return "reported by \(source), not observed"
}

/// `02:42:13.114 UTC  10.0.0.5:53928 → 192.0.2.4:443  TLS 1.3  stream 0`
func transportText(_ attempt: Attempt) -> String {
    var parts: [String] = []
    if let start = attempt.startedAt {
        parts.append("\(start.dayText) \(start.clockText(fractionDigits: 3)) UTC")
    }
    let connection = attempt.connection
    if let client = connection.client, let server = connection.server {
        parts.append("\(client) → \(server)")
    }
    if let tunnel = connection.tunnel { parts.append("through a \(tunnel.kind.rawValue) proxy") }
    if let tls = connection.tls { parts.append(tlsText(tls)) }
    if 0 <= connection.stream { parts.append("stream \(connection.stream)") }
    return parts.joined(separator: ", ")
}

private func tlsText(_ tls: TLSSummary) -> String {
    let version =
        switch tls.version {
        case 0x0304: "TLS 1.3"
        case 0x0303: "TLS 1.2"
        case 0x0302: "TLS 1.1"
        case 0x0301: "TLS 1.0"
        case 0x0300: "SSL 3"
        case let draft? where draft >> 8 == 0x7f: "TLS 1.3 (draft \(draft & 0xff))"
        default: "TLS"
        }
    switch tls.decryption {
    case .decrypted: return version + " decrypted"
    case .keysMissing: return version + " not decrypted: no keys"
    case .keysDoNotFit: return version + " not decrypted: the keys do not fit"
    case .suiteUnsupported: return version + " not decrypted: cipher suite not implemented"
    case .handshakeMissing: return version + " not decrypted: its beginning is missing"
    case .nothingToDecrypt: return version
    }
}

private func writeServerWords(_ judgement: Judgement, _ report: Report, into page: inout TextPage) {
    if !judgement.serverWords.isEmpty {
        page.gap()
        page.line("  " + page.painted("the server's words", .strong))
        for words in judgement.serverWords {
            let rows = wrapped(page.plain(visible(words.text)), width: page.width - 4 - 12, later: 2)
            for (index, row) in rows.prefix(8).enumerated() {
                let note = index == 0 ? report.file.placesText(words.places) : nil
                page.line("    " + row, note: note)
            }
            if 8 < rows.count { page.line("      " + page.ellipsis) }
        }
    }
    guard let responder = judgement.responder else { return }
    var text = responder.name
    if let certainty = responder.certainty { text += " (\(certainty.rawValue))" }
    text += ": " + responder.because.text
    if let meaning = responder.meaning { text += ". " + meaning }
    page.entry("answered by", .plain, visible(text), column: 15)
}

/// What was found for and against each cause, and what was not.
private func writeReasons(_ judgement: Judgement, _ report: Report, into page: inout TextPage) {
    page.gap()
    let file = report.file
    for candidate in judgement.candidates.prefix(report.options.all || report.options.why ? .max : 6) {
        let paint: TextPage.Paint = candidate.certainty == .certain ? .error : .strong
        // The headline has told the verdict's own summary already.
        let isTold = candidate.summary == judgement.verdict?.summary
        let text =
            isTold ? "\(candidate.cause) (\(candidate.code))" : "\(candidate.cause): \(candidate.summary)"
        page.entry(candidate.certainty.rawValue, paint, visible(text), column: 15)
        for item in candidate.evidenceFor { writeEvidence("for", item, file, into: &page) }
        for item in candidate.evidenceAgainst { writeEvidence("against", item, file, into: &page) }
        if candidate.evidenceAgainst.isEmpty {
            page.entry("", .plain, "against  nothing seen", column: 15)
        }
    }
    let rest = judgement.candidates.count - 6
    if 0 < rest, !report.options.all, !report.options.why {
        page.entry("", .plain, "and \(counted(rest, "candidate")) more: --why", column: 15)
    }
    writeShort(
        "ruled out", suspectedFirst(judgement.ruledOut).map { ($0.cause, sentence($0.because, file)) },
        report,
        into: &page)
    writeShort("not tested", alike(judgement.untested), report, into: &page)
    for (label, statements) in [("also seen", judgement.observations), ("compared", judgement.comparisons)] {
        for (index, statement) in statements.enumerated() {
            page.entry(index == 0 ? label : "", .plain, visible(sentence(statement, file)), column: 15)
        }
    }
}

/// What people suspect first stands first: of a long list only the beginning is shown.
private func suspectedFirst(_ refuted: [RuledOut]) -> [RuledOut] {
    let suspects = [
        "token-expired", "token-expired-mid-session", "scope-missing-inferred", "token-revoked",
        "token-truncated", "wrong-token-of-several", "websocket-key-malformed", "token-plus-became-space",
        "token-region-mismatch", "rate-limited", "credential-in-ignored-header", "origin-refused",
    ]
    let first = suspects.compactMap { name in refuted.first { $0.cause == name } }
    return first + refuted.filter { !suspects.contains($0.cause) }
}

/// Untested causes that lack the same thing stand in one row.
private func alike(_ items: [Untested]) -> [(cause: String, text: String)] {
    var rows: [(cause: String, text: String)] = []
    for item in items {
        let text = missingText(item)
        if let index = rows.firstIndex(where: { $0.text == text }) {
            rows[index].cause += ", " + item.cause
        } else {
            rows.append((item.cause, text))
        }
    }
    return rows
}

/// What is missing and how to get it, as sentences.
func missingText(_ item: Untested) -> String {
    guard let how = item.howToGet, !how.isEmpty else { return item.missing }
    return item.missing + (item.missing.hasSuffix(".") ? " " : ". ") + how
}

private func writeEvidence(_ label: String, _ item: Statement, _ file: CaseFile, into page: inout TextPage) {
    let text = visible(sentence(item, file))
    page.entry(label, .dim, text, indent: 15, column: 24)
}

/// A few lines of one kind; the rest is counted.
private func writeShort(
    _ label: String, _ rows: [(cause: String, text: String)], _ report: Report, into page: inout TextPage
) {
    let most = report.options.why || report.options.all ? Int.max : 5
    for (index, row) in rows.prefix(most).enumerated() {
        page.entry(index == 0 ? label : "", .dim, "\(row.cause): \(visible(row.text))", column: 15)
    }
    if most < rows.count {
        page.entry("", .plain, "and \(grouped(rows.count - most)) more: --why", column: 15)
    }
}

/// The sentence with its places in brackets.
func sentence(_ statement: Statement, _ file: CaseFile) -> String {
    statement.text + (file.placesText(statement.places).map { " (\($0))" } ?? "")
}

private func writeAdvice(
    _ attempt: Attempt, _ judgement: Judgement, _ verdict: Verdict, _ file: CaseFile,
    into page: inout TextPage
) {
    page.gap()
    for (index, fix) in verdict.fixes.enumerated() {
        let doubt = fix.applicability == .maybeIncorrect ? " (worth trying; it may not be the reason)" : ""
        page.entry(index == 0 ? "what to do" : "", .good, visible(fix.text) + doubt, column: 15)
        writeCommand(fix.command, into: &page)
    }
    for (index, step) in judgement.next.enumerated() {
        page.entry(index == 0 ? "to be sure" : "", .good, visible(step.text), column: 15)
        writeCommand(step.command, into: &page)
    }
    if let cause = verdict.cause { page.entry("the rule", .dim, "wsdiag rules \(cause)", column: 15) }
    // What a relay told as it happened is in no file.
    guard !file.inputs.indices.contains(attempt.input) || file.inputs[attempt.input].kind != "live" else {
        return
    }
    page.line("  " + page.painted("every byte", .dim) + "   " + showCommand(attempt, file))
}

/// `wsdiag show capture.pcapng#1 client.keys`
private func showCommand(_ attempt: Attempt, _ file: CaseFile) -> String {
    let names = file.inputs.indices.map { index in
        let name = visible(file.inputs[index].name)
        return index == attempt.input ? "\(name)#\(attempt.id)" : name
    }
    return "wsdiag show " + names.joined(separator: " ")
}

/// Commands are never wrapped: they are there to be copied.
private func writeCommand(_ command: String?, into page: inout TextPage) {
    guard let command else { return }
    page.line("                 $ " + visible(command))
}

private func writeTrail(_ judgement: Judgement, into page: inout TextPage) {
    page.gap()
    page.line("  " + page.painted("every cause that was tried", .strong))
    for trial in judgement.trail {
        page.entry(trial.outcome, .dim, "\(trial.code) \(trial.cause): \(visible(trial.why))", column: 15)
    }
}
