import Case
import Diagnosis
import Wire

/// What went over the wire, cut to what matters, with a mark under the bytes that the verdict is about.
func writeDialogue(_ attempt: Attempt, _ judgement: Judgement, _ report: Report, into page: inout TextPage) {
    let pointing = Pointing(judgement)
    if let request = attempt.request {
        page.gap()
        writeSpeaker("client", request.at, since: nil, request.place, report, into: &page)
        writeLines(
            requestLines(request.head, pointing), request.head, .client, pointing, attempt, report,
            into: &page)
    }
    if let response = attempt.response {
        page.gap()
        writeSpeaker("server", response.at, since: attempt.request?.at, response.place, report, into: &page)
        writeLines(
            responseLines(response.head, pointing), response.head, .server, pointing, attempt, report,
            into: &page)
    } else if attempt.outcome == .failed, let text = endingText(attempt.connection) {
        page.gap()
        page.line("  " + text, note: attempt.connection.endedPlace.flatMap { report.file.placesText([$0]) })
    }
    if let tunnel = attempt.connection.tunnel, let answer = tunnel.answer, !tunnel.isOpen {
        page.gap()
        let text =
            "the proxy was asked for \(visible(tunnel.target)) (\(tunnel.kind.rawValue)) and answered \(answer)"
        page.line("  " + text, note: tunnel.place.flatMap { report.file.placesText([$0]) })
    }
    if attempt.request == nil {
        for alert in attempt.connection.tls?.alerts.prefix(3) ?? [] {
            let text = "  TLS alert \(alert.code) by the \(alert.by.word)"
            page.line(text, note: report.file.placesText([alert.place]))
        }
    }
    for close in attempt.session?.closes.prefix(2) ?? [] {
        writeSpeaker(close.by.word, close.at, since: attempt.request?.at, close.place, report, into: &page)
        let room = page.width - 2 - columns(page.gutter)
        page.line("  " + page.gutter + shortened(closeText(close, report), to: room, ellipsis: page.ellipsis))
    }
}

/// `close 4003 "Invalid authentication token"`
func closeText(_ close: CloseFrame, _ report: Report) -> String {
    let reason = close.reason.isEmpty ? "without a reason" : "\"\(visible(report.shown(close.reason)))\""
    return "close " + (close.code.map(String.init) ?? "without a code") + " " + reason
}

/// How a connection ended that had no answer.
func endingText(_ connection: Connection) -> String? {
    switch connection.ending {
    case .open: nil
    case .finished(let side): "the \(side.word) ended the connection before an answer (FIN)"
    case .reset(let side): "the \(side.word) reset the connection (RST)"
    case .refused: "the port refused the connection (RST to SYN)"
    case .unanswered: "nothing ever came back (\(counted(connection.synCount, "SYN")))"
    }
}

private func writeSpeaker(
    _ name: String, _ at: Timestamp?, since earlier: Timestamp?, _ place: Place, _ report: Report,
    into page: inout TextPage
) {
    var text = "  " + page.painted(name, .strong)
    if let at, let earlier {
        text += "  +" + durationText(at.seconds(since: earlier))
    } else if let at {
        text += "  " + at.clockText(fractionDigits: 3)
    }
    let plainLength = name.count - page.painted(name, .strong).count
    page.line(text, note: report.file.placesText([place]), hidden: -plainLength)
}

private func writeLines(
    _ lines: [Range<Int>], _ head: MessageHead, _ side: Side, _ pointing: Pointing, _ attempt: Attempt,
    _ report: Report, into page: inout TextPage
) {
    for range in lines {
        // A value may be masked only in the line it stands in: the name tells what it is.
        let text = shownLine(head, range, report)
        let room = page.width - 2 - columns(page.gutter)
        let mark = pointing.mark(in: text, head: head, line: range, side: side)
        var shown = text
        var offset = 0
        if room < columns(text) {
            // The marked part is what must be seen.
            if let mark, room < mark.upperBound {
                offset = min(mark.lowerBound, max(0, mark.upperBound - room + 2))
            }
            let tail =
                offset == 0 ? text : page.ellipsis + String(text.dropFirst(offset + page.ellipsis.count))
            shown = shortened(tail, to: room, ellipsis: page.ellipsis)
        }
        page.line("  " + page.gutter + shown)
        guard let mark else { continue }
        let start = mark.lowerBound - offset
        let length = min(mark.count, room - start)
        guard 0 <= start, 0 < length else { continue }
        let carets = page.painted(String(repeating: "^", count: length), .caret)
        let note = pointing.note.map { start + length + 1 + $0.count <= room ? " " + $0 : "" } ?? ""
        page.line("  " + page.gutter + String(repeating: " ", count: start) + carets + note)
    }
}

/// One line of a head as it may be shown: a field line by its name, any other by the tokens known.
func shownLine(_ head: MessageHead, _ range: Range<Int>, _ report: Report) -> String {
    let ascii = report.options.ascii
    let text = head.text(range)
    guard !report.options.showSecrets else { return visible(text, ascii: ascii) }
    guard let line = head.fieldLines.first(where: { $0.name.lowerBound == range.lowerBound }) else {
        let isFirst = range.lowerBound == head.startLineRange.lowerBound
        return visible(
            isFirst ? report.file.masked(firstLineOf: head) : report.file.masked(text), ascii: ascii)
    }
    let name = head.name(line)
    let between = head.text(line.name.upperBound..<max(line.name.upperBound, line.value.lowerBound))
    return visible(name + between + report.file.masked(value: head.value(line), ofField: name), ascii: ascii)
}
/// Ranges of the lines of a request that are shown: the first, and fields that a verdict can be about.
private func requestLines(_ head: MessageHead, _ pointing: Pointing) -> [Range<Int>] {
    fieldRanges(head) { name in
        ["host", "origin", "authorization", "proxy-authorization", "cookie", "sec-websocket-protocol"]
            .contains(name)
            || pointing.isAbout(name) || name.contains("token") || name.contains("api-key")
    }
}

private func responseLines(_ head: MessageHead, _ pointing: Pointing) -> [Range<Int>] {
    fieldRanges(head) { name in
        [
            "date", "server", "via", "location", "www-authenticate", "retry-after", "content-type",
            "sec-websocket-protocol", "sec-websocket-version",
            "sec-websocket-extensions",
        ].contains(name) || pointing.isAboutAnswer(name)
    }
}

private func fieldRanges(_ head: MessageHead, _ isShown: (String) -> Bool) -> [Range<Int>] {
    var ranges = [head.startLineRange]
    for line in head.fieldLines where isShown(head.name(line).lowercased()) {
        ranges.append(line.name.lowerBound..<max(line.name.upperBound, line.value.upperBound))
    }
    return ranges
}

extension Side {
    /// `client` or `server`.
    var word: String { self == .client ? "client" : "server" }
}
