import Case
import Diagnosis
import Wire

/// The report as text for a terminal: the cause first, then the server's own words, the bytes, the reasons.
package func textReport(_ report: Report) -> String { toldReport(report).text }

/// The report as text, and the counts of what it tells.
package func toldReport(_ report: Report) -> (text: String, tally: Tally) {
    var page = TextPage(report.options)
    let groups = Groups(report)
    writeInputsLine(report, into: &page)
    if report.file.attempts.isEmpty { writeNothingSeen(report, into: &page) }
    for (position, group) in groups.failing.enumerated() {
        if 0 < position { page.gap() }
        if position == Groups.shownInFull, !report.options.all {
            let rest = groups.failing[position...]
            let attempts = rest.reduce(0) { $0 + $1.members.count }
            page.paragraph(
                "and \(counted(attempts, "attempt")) with \(counted(rest.count, "other verdict")): --all shows them",
                indent: 0)
            break
        }
        writeAttempt(group.leader, of: report, into: &page)
        writeLikeness(group, report, into: &page)
    }
    writeHealthy(groups.healthy, of: report, into: &page)
    writeTokens(of: report, shown: groups.tokensShown(report), into: &page)
    writeReported(of: report, into: &page)
    writeLimits(of: report, into: &page)
    writeRecipes(of: report, groups, into: &page)
    page.gap()
    page.line(summaryLine(groups.tally), note: "exit \(report.exitCode(groups.tally).rawValue)")
    return (page.text, groups.tally)
}

/// `guest.pcapng: 92 packets, 1 WebSocket attempt`
private func writeInputsLine(_ report: Report, into page: inout TextPage) {
    let file = report.file
    var parts: [String] = []
    let packets = file.inputs.compactMap(\.packets)
    if !packets.isEmpty { parts.append(counted(packets.reduce(0, +), "packet")) }
    if 0 < file.connectionCount || !packets.isEmpty {
        parts.append(counted(file.connectionCount, "connection"))
    }
    if 0 < file.encryptedConnectionCount {
        parts.append("\(grouped(file.encryptedConnectionCount)) not decrypted")
    }
    parts.append(counted(file.attempts.count, "WebSocket attempt"))
    let facts = parts.joined(separator: ", ")
    let names = file.inputs.map { visible($0.name) }.joined(separator: " + ")
    let fits = columns(names) + 2 + columns(facts) <= page.width
    page.headline((fits ? names : counted(file.inputs.count, "input")) + ":", .plain, facts)
}

/// `2 attempts: 1 explained, 1 healthy`
func summaryLine(_ tally: Tally) -> String {
    guard 0 < tally.attempts else { return "no WebSocket attempt seen" }
    var parts: [String] = []
    if 0 < tally.explained { parts.append("\(grouped(tally.explained)) explained") }
    if 0 < tally.undetermined { parts.append("\(grouped(tally.undetermined)) undetermined") }
    if 0 < tally.healthy { parts.append("\(grouped(tally.healthy)) healthy") }
    let rest = tally.attempts - tally.explained - tally.undetermined - tally.healthy
    if 0 < rest { parts.append("\(grouped(rest)) with nothing to say about") }
    return counted(tally.attempts, "attempt") + ": " + parts.joined(separator: ", ")
}

/// What stands in place of verdicts where there is no attempt.
private func writeNothingSeen(_ report: Report, into page: inout TextPage) {
    let file = report.file
    page.headline("nothing to judge:", .strong, "no WebSocket handshake can be seen in this.")
    if 0 < file.encryptedConnectionCount {
        let all = file.encryptedConnectionCount == file.connectionCount
        page.paragraph(
            (all ? "Every connection is" : "\(counted(file.encryptedConnectionCount, "connection")) stayed")
                + " encrypted, so handshakes may be in there. Give the key log of the client: see "
                + "'wsdiag help formats' and SSLKEYLOGFILE.")
    } else if !file.exchanges.isEmpty {
        page.paragraph(
            "There is ordinary HTTP: \(counted(file.exchanges.count, "request")), none asks for an upgrade.")
    }
}

/// Healthy attempts, one line each.
private func writeHealthy(_ indices: [Int], of report: Report, into page: inout TextPage) {
    guard !indices.isEmpty else { return }
    // Where nothing is wrong, that is the answer, and stands in the second line.
    if indices.count < report.file.attempts.count { page.gap() }
    let most = report.options.all ? Int.max : Groups.healthyShown
    for index in indices.prefix(most) { page.line(healthyLine(report, index, page)) }
    if most < indices.count {
        page.line("    and \(grouped(indices.count - most)) more that are healthy: wsdiag ls lists them")
    }
}

private func healthyLine(_ report: Report, _ index: Int, _ page: TextPage) -> String {
    let attempt = report.file.attempts[index]
    let word = attempt.outcome == .opened ? page.painted("ok", .good) : page.painted("--", .dim)
    let head = "  #\(attempt.id)  "
    let end = shortened(
        healthyEnd(attempt), to: page.width - columns(head) - 16, ellipsis: page.ellipsis)
    let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    let room = page.width - 2 - columns(head) - columns(end) - 2
    return word + head + page.plain(shortenedInside(url, to: max(12, room), ellipsis: page.ellipsis)) + "  "
        + page.plain(end)
}

/// `3 sent, 5 received, 1000`: who closed does not matter where nothing is wrong.
private func healthyEnd(_ attempt: Attempt) -> String {
    guard let session = attempt.session else { return attempt.outcomeText }
    return session.firstClose?.code.map { "\(countsText(session, attempt)), \($0)" } ?? endText(attempt)
}

/// `3 sent, 5 received`; what the input does not hold is not counted as none.
private func countsText(_ session: Session, _ attempt: Attempt) -> String {
    let (sent, received) = (session.counts.client.frames, session.counts.server.frames)
    if attempt.unseen.contains(.frames), sent + received == 0 { return "messages not held" }
    return "\(grouped(sent)) sent, \(grouped(received)) received"
}

/// `3 sent, 5 received, closed 1000 by the client`
func endText(_ attempt: Attempt) -> String {
    guard let session = attempt.session else { return attempt.outcomeText }
    let counts = countsText(session, attempt)
    if let close = session.firstClose {
        return counts + ", closed \(close.code.map(String.init) ?? "without a code") by the \(close.by.word)"
    }
    if attempt.unseen.contains(.closes) { return counts + ", end not held" }
    switch attempt.connection.ending {
    case .open: return counts + ", still open"
    case .finished(let side): return counts + ", ended by the \(side.word) without close frame"
    case .reset(let side): return counts + ", reset by the \(side.word)"
    case .refused, .unanswered: return counts
    }
}

private func writeLikeness(_ group: Groups.Group, _ report: Report, into page: inout TextPage) {
    guard 1 < group.members.count, !report.options.all else { return }
    let leader = report.file.attempts.id(group.leader)
    let others = group.members.dropFirst().map { report.file.attempts.id($0) }
    page.gap()
    page.paragraph("and \(grouped(others.count)) more like #\(leader): \(rangesText(others))", indent: 2)
}

private func writeLimits(of report: Report, into page: inout TextPage) {
    guard !report.file.limits.isEmpty else { return }
    page.gap()
    page.line(page.painted("what these inputs cannot show", .strong))
    for limit in report.file.limits {
        let many = 1 < limit.connections ? " (\(counted(limit.connections, "connection")))" : ""
        page.entry(limit.kind.rawValue, .dim, limit.text + many, column: 24)
    }
}
