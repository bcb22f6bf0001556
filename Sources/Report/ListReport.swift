import Case
package import JSON
import Wire

/// `wsdiag ls`: one line for each attempt.
package func listText(_ report: Report) -> String {
    var page = TextPage(report.options)
    let file = report.file
    guard !file.attempts.isEmpty else {
        page.line("no WebSocket handshake can be seen in \(counted(file.inputs.count, "input"))")
        for limit in file.limits { page.entry(limit.kind.rawValue, .dim, limit.text, column: 24) }
        return page.text
    }
    var rows = file.attempts.map { row($0, report) }
    // Where all go to the same server, its name is said once.
    let origins = Set(rows.map { origin(of: $0.url) })
    if let shared = origins.first, origins.count == 1 {
        page.line(page.painted(shared, .strong))
        for index in rows.indices where shared.count < rows[index].url.count {
            rows[index].url = String(rows[index].url.dropFirst(shared.count))
        }
    }
    let titles = Row(
        id: "#", time: "time", result: "result", url: "where", credential: "credential", frames: "sent/recv",
        end: "closed")
    let widths = Row.widths(of: rows, titles, page.width)
    page.line(page.painted(titles.text(widths, page), .dim))
    for row in rows { page.line(row.text(widths, page)) }
    for limit in file.limits { page.entry(limit.kind.rawValue, .dim, limit.text, column: 24) }
    return page.text
}

private struct Row: Sendable {
    var id: String
    var time: String
    var result: String
    var url: String
    var credential: String
    var frames: String
    var end: String

    /// The URL gets what the others leave; a column with nothing in it is left out.
    static func widths(of rows: [Row], _ titles: Row, _ width: Int) -> [Int] {
        func widest(_ part: (Row) -> String, _ most: Int) -> Int {
            let needed = rows.map { columns(part($0)) }.max() ?? 0
            return needed == 0 ? 0 : min(most, max(needed, columns(part(titles))))
        }
        let fixed = [
            widest(\.id, 9), widest(\.time, 19), widest(\.result, 12), 0, widest(\.credential, 18),
            widest(\.frames, 13), widest(\.end, 14),
        ]
        let room = width - fixed.reduce(0, +) - 2 * fixed.count { 0 < $0 }
        return fixed.enumerated().map { $0.offset == 3 ? max(16, min(widest(\.url, 400), room)) : $0.element }
    }

    func text(_ widths: [Int], _ page: TextPage) -> String {
        let parts = [id, time, result, url, credential, frames, end]
        let cells = parts.enumerated().filter { 0 < widths[$0.offset] }.map { index, part -> String in
            let shorten = index == 3 ? shortenedInside : shortened
            let cut = shorten(page.plain(part), widths[index], page.ellipsis)
            return cut + String(repeating: " ", count: max(0, widths[index] - columns(cut)))
        }
        var text = cells.joined(separator: "  ")
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}

/// `wss://api.example.org`
private func origin(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.prefix(3).joined(separator: "/")
}

private func row(_ attempt: Attempt, _ report: Report) -> Row {
    let credentials = attempt.allCredentials.prefix(2).map { "\($0.placement.rawValue) t\($0.token)" }
    return Row(
        id: String(attempt.id), time: attempt.startedAt.map { $0.clockText() } ?? "",
        result: attempt.outcomeText,
        url: visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets)),
        credential: credentials.joined(separator: ", "),
        frames: attempt.session.map { frameCounts($0, attempt) } ?? "",
        end: endWord(attempt))
}

/// `2/3`: frames of the client and of the server, where the input holds any.
private func frameCounts(_ session: Session, _ attempt: Attempt) -> String {
    let (sent, received) = (session.counts.client.frames, session.counts.server.frames)
    return attempt.unseen.contains(.frames) && sent + received == 0 ? "not held" : "\(sent)/\(received)"
}

/// `1000 client`, `RST server`, `still open`: how it ended and by whom.
private func endWord(_ attempt: Attempt) -> String {
    guard let session = attempt.session else { return "" }
    if let close = session.firstClose {
        return "\(close.code.map(String.init) ?? "no code") \(close.by.word)"
    }
    switch attempt.connection.ending {
    case .open: return attempt.unseen.contains(.closes) ? "not held" : "still open"
    case .finished(let side): return "FIN \(side.word)"
    case .reset(let side): return "RST \(side.word)"
    case .refused, .unanswered: return ""
    }
}

/// `wsdiag ls --format json`, `wsdiag.attempts/1`: outcome, frames by opcode and direction, and sums over all.
///
/// Shape: as `writeJSONReport`.
package func writeListJSON<Problem: Error>(
    _ report: Report, flush: (inout JSONWriter) throws(Problem) -> Void
) throws(Problem) {
    var json = JSONWriter(.pretty)
    json.beginObject()
    json.member("schema", "wsdiag.attempts/1")
    writeInputs(report.file, into: &json)
    json.name("attempts")
    json.beginArray()
    var sums = Sums()
    for attempt in report.file.attempts {
        sums.add(attempt)
        json.beginObject()
        writeIdentity(attempt, report, into: &json)
        writeOutcome(attempt, report, into: &json)
        json.member("subprotocol", attempt.handshake.selectedSubprotocol)
        json.member("extensions", attempt.handshake.selectedExtensions)
        var evidence = EvidenceList()
        writeCredentials(attempt.allCredentials, &evidence, into: &json, withEvidence: false)
        if let session = attempt.session {
            json.name("frames")
            writeCounts(session.counts, into: &json)
        }
        json.endObject()
        if 1 << 16 <= json.bytes.count { try flush(&json) }
    }
    json.endArray()
    sums.write(into: &json)
    json.endObject()
    json.lineEnd()
    try flush(&json)
}

/// Frames by opcode, `sent` by the client and `received` by it. Text and binary count the beginnings of fragmented
/// messages too, which stand beside them once more.
func writeCounts(_ counts: PerSide<Session.Counts>, into json: inout JSONWriter) {
    json.object { json in
        for (name, side) in [("sent", counts.client), ("received", counts.server)] {
            json.member(name) { json in
                json.object { json in
                    json.member("all", side.frames)
                    json.member("continuation", side.continuation)
                    json.member("text", side.text + side.textFragmented)
                    json.member("textFragmented", side.textFragmented)
                    json.member("binary", side.binary + side.binaryFragmented)
                    json.member("binaryFragmented", side.binaryFragmented)
                    json.member("close", side.close)
                    json.member("ping", side.ping)
                    json.member("pong", side.pong)
                    json.member("reserved", side.reserved)
                    json.member("compressed", side.compressed)
                    json.member("bytes", side.bytes)
                }
            }
        }
    }
}

/// Sums over every attempt.
private struct Sums {
    private var attempts = 0
    private var statuses: [Int: Int] = [:]
    private var closeCodes: [Int: Int] = [:]
    private var counts = PerSide(client: Session.Counts(), server: Session.Counts())

    mutating func add(_ attempt: Attempt) {
        attempts += 1
        if let status = attempt.status { statuses[status, default: 0] += 1 }
        guard let session = attempt.session else { return }
        if let close = session.firstClose { closeCodes[close.code ?? 1005, default: 0] += 1 }
        for side in Side.allCases { counts[side].add(session.counts[side]) }
    }

    func write(into json: inout JSONWriter) {
        json.member("totals") { json in
            json.object { json in
                json.member("attempts", attempts)
                json.member("statuses") { json in write(statuses, into: &json) }
                json.member("closeCodes") { json in write(closeCodes, into: &json) }
                json.name("frames")
                writeCounts(counts, into: &json)
            }
        }
    }

    private func write(_ numbers: [Int: Int], into json: inout JSONWriter) {
        json.object { json in
            for key in numbers.keys.sorted() { json.member(String(key), numbers[key]) }
        }
    }
}

extension Session.Counts {
    fileprivate mutating func add(_ other: Session.Counts) {
        text += other.text
        binary += other.binary
        textFragmented += other.textFragmented
        binaryFragmented += other.binaryFragmented
        continuation += other.continuation
        close += other.close
        ping += other.ping
        pong += other.pong
        reserved += other.reserved
        compressed += other.compressed
        bytes += other.bytes
    }
}
