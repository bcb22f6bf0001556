import Case
import JSON
import Wire

/// `wsdiag show`: one attempt as it stood on the wire, heads, body, frames.
package func showText(_ report: Report, attempt id: Int, isEveryFrameKept: Bool) -> String {
    var page = TextPage(report.options)
    guard let attempt = report.file.attempts.first(id: id) else { return "" }
    let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    page.entry("#\(attempt.id)", .strong, url, indent: 0, column: 4)
    page.entry("", .plain, transportText(attempt), column: 4)
    if let tls = attempt.connection.tls { writeTLS(tls, into: &page) }
    if let request = attempt.request { writeMessage("client", request, since: nil, report, into: &page) }
    if let response = attempt.response {
        writeMessage("server", response, since: attempt.request?.at, report, into: &page)
    }
    if let text = endingText(attempt.connection), attempt.response == nil {
        page.gap()
        page.line(text, note: attempt.connection.endedPlace.flatMap { report.file.placesText([$0]) })
    }
    if let session = attempt.session {
        writeFrames(session, attempt, isEveryFrameKept: isEveryFrameKept, report, into: &page)
    }
    return page.text
}

private func writeTLS(_ tls: TLSSummary, into page: inout TextPage) {
    var parts: [String] = []
    if let name = tls.serverName { parts.append("server name " + visible(name)) }
    if !tls.offeredProtocols.isEmpty {
        parts.append("ALPN offered " + tls.offeredProtocols.map { visible($0) }.joined(separator: " "))
    }
    if let selected = tls.selectedProtocol { parts.append("selected " + visible(selected)) }
    if let suite = tls.cipherSuite { parts.append("cipher suite 0x" + String(suite, radix: 16)) }
    if !parts.isEmpty { page.entry("", .plain, "TLS: " + parts.joined(separator: ", "), column: 4) }
    for alert in tls.alerts {
        page.entry(
            "", .plain, "TLS alert \(alert.code) (level \(alert.level)) by the \(alert.by.word)", column: 4)
    }
    if let leaf = tls.certificates.first {
        page.entry("", .plain, "certificate: \(visible(leaf.subject)), by \(visible(leaf.issuer))", column: 4)
    }
}

private func writeMessage(
    _ name: String, _ message: Message, since earlier: Timestamp?, _ report: Report, into page: inout TextPage
) {
    page.gap()
    var title = page.painted(name, .strong)
    let hidden = columns(title) - columns(name)
    if let at = message.at {
        title +=
            "  "
            + (earlier.map { "+" + durationText(at.seconds(since: $0)) } ?? at.clockText(fractionDigits: 3))
    }
    page.line(title, note: report.file.placesText([message.place]), hidden: hidden)
    for line in headLines(message.head) {
        page.line(page.gutter + shownLine(message.head, line, report))
    }
    for oddity in oddityWords(message.head.oddities) {
        page.line(page.gutter + page.painted("(\(oddity))", .dim))
    }
    if message.head.status != 101 { writeBody(message.body, report, into: &page) }
}

/// Every line of a head, folded lines joined to theirs, and lines that are no field lines as they stand.
private func headLines(_ head: MessageHead) -> [Range<Int>] {
    var ranges = [head.startLineRange]
    for line in head.fieldLines {
        ranges.append(line.name.lowerBound..<max(line.name.upperBound, line.value.upperBound))
    }
    return ranges
}

/// What was unusual about the spelling of a head, in words.
func oddityWords(_ oddities: MessageHead.Oddities) -> [String] {
    let words: [(MessageHead.Oddities, String)] = [
        (.bareLineFeed, "a line ends in LF without CR"), (.foldedLine, "a value goes on in the next line"),
        (.spaceBeforeColon, "white space before a colon"), (.lineWithoutColon, "a line without a colon"),
        (.controlByte, "a control byte in a value"), (.tooManyFields, "more field lines than are kept"),
        (.resumed, "bytes before this head were skipped"),
        (.rebuilt, "rebuilt: spelling and order are not the wire's"),
    ]
    return words.filter { oddities.contains($0.0) }.map(\.1)
}

private func writeBody(_ body: Body, _ report: Report, into page: inout TextPage) {
    guard 0 < body.length || body.completeness != .complete else { return }
    let size =
        body.wireLength == body.length
        ? sizeText(body.length) : "\(sizeText(body.length)), coded \(sizeText(body.wireLength))"
    let state: String
    switch body.completeness {
    case .complete: state = ""
    case .cutShort: state = ", cut short"
    case .notCaptured: state = ", not in the input"
    case .notDecoded: state = ", its coding could not be undone"
    }
    page.line(page.gutter + page.painted("body, \(size)\(state):", .dim))
    let most = report.options.all ? Int.max : 40
    let lines = report.shown(body.text).split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines.prefix(most) {
        page.line(page.gutter + visible(String(line), ascii: report.options.ascii))
    }
    if most < lines.count {
        page.line(page.gutter + page.painted("(\(counted(lines.count - most, "more line")))", .dim))
    }
}

private func writeFrames(
    _ session: Session, _ attempt: Attempt, isEveryFrameKept: Bool, _ report: Report,
    into page: inout TextPage
) {
    page.gap()
    let total = session.counts.client.frames + session.counts.server.frames
    page.line(page.painted("\(counted(total, "WebSocket frame")): \(endText(attempt))", .strong))
    guard 0 < total else { return }
    page.line(page.painted("   packet  time        from    opcode  flags   length  payload", .dim))
    let begin = attempt.response?.at
    for frame in session.firstFrames { page.line(frameLine(frame, begin, report, page)) }
    let left = total - session.firstFrames.count - session.lastFrames.count
    if 0 < left { page.line("   … \(counted(left, "frame")) not shown") }
    for frame in session.lastFrames { page.line(frameLine(frame, begin, report, page)) }
    for violation in session.violations {
        let place = report.file.placesText([violation.place]) ?? ""
        page.line("   broken rule: \(violation.rule.words), by the \(violation.by.word) (\(place))")
    }
}

private func frameLine(_ frame: FrameRecord, _ begin: Timestamp?, _ report: Report, _ page: TextPage)
    -> String
{
    let number: String
    if case .frame(let packet, _) = frame.place.position { number = String(packet) } else { number = "" }
    let time = frame.at.flatMap { at in begin.map { "+" + durationText(at.seconds(since: $0)) } } ?? ""
    let head =
        "   " + fill(number, 6, right: true) + "  " + fill(time, 10) + "  " + fill(frame.by.word, 6) + "  "
        + fill(opcodeName(frame.opcode), 6) + "  " + fill(flagsText(frame), 6) + "  "
        + fill(String(frame.length), 6, right: true) + "  "
    let room = max(16, page.width - columns(head))
    return head + shortened(page.plain(payloadText(frame, report)), to: room, ellipsis: page.ellipsis)
}

private func fill(_ text: String, _ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - columns(text)))
    return right ? space + text : text + space
}

/// The name of an opcode (RFC 6455 §11.8).
func opcodeName(_ opcode: UInt8) -> String {
    switch opcode {
    case 0: "cont"
    case 1: "text"
    case 2: "binary"
    case 8: "close"
    case 9: "ping"
    case 10: "pong"
    default: "0x" + String(opcode, radix: 16)
    }
}

/// `F` FIN, `1` to `3` the reserved bits, `M` mask.
private func flagsText(_ frame: FrameRecord) -> String {
    var text = frame.isFinal ? "F" : "-"
    for (bit, name) in [(UInt8(4), "1"), (2, "2"), (1, "3")] where frame.reservedBits & bit != 0 {
        text += name
    }
    return text + (frame.isMasked ? "M" : "")
}

/// The beginning of a payload as it may be shown.
func payloadText(_ frame: FrameRecord, _ report: Report) -> String {
    if frame.opcode == 8, 2 <= frame.preview.count {
        let code = Int(frame.preview[0]) << 8 | Int(frame.preview[1])
        let reason = visible(report.shown(String(decoding: frame.preview[2...], as: UTF8.self)))
        return reason.isEmpty ? "\(code)" : "\(code) \(reason)"
    }
    let isText =
        frame.opcode == 1 || frame.opcode != 2 && frame.preview.allSatisfy { 0x20 <= $0 && $0 < 0x7f }
    if isText { return visible(report.shown(String(decoding: frame.preview, as: UTF8.self))) }
    return frame.preview.prefix(32).map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }.joined(separator: " ") + (32 < frame.preview.count ? " …" : "")
}

extension Violation.Rule {
    /// In words.
    var words: String {
        switch self {
        case .clientFrameUnmasked: "a client frame without mask (RFC 6455 §5.1)"
        case .serverFrameMasked: "a server frame with mask (RFC 6455 §5.1)"
        case .reservedBits: "a reserved bit that no extension defines (RFC 6455 §5.2)"
        case .reservedOpcode: "a reserved opcode (RFC 6455 §5.2)"
        case .controlFrame: "a control frame in pieces or longer than 125 bytes (RFC 6455 §5.5)"
        case .fragmentation: "fragments out of order (RFC 6455 §5.4)"
        case .lengthEncoding: "a length that is spelled too long (RFC 6455 §5.2)"
        case .invalidUTF8: "text that is not UTF-8 (RFC 6455 §8.1)"
        case .badDeflate: "data that does not inflate (RFC 7692 §7.2.2)"
        case .closePayload: "a close payload that must not be (RFC 6455 §7.4)"
        case .dataAfterClose: "data after the side's own close frame (RFC 6455 §5.5.1)"
        }
    }
}
