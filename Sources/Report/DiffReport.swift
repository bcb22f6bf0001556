import Case
package import JSON
import Wire

/// One fact of two attempts.
struct Difference: Sendable, Equatable {
    var name: String
    var left: String
    var right: String
    /// Whether it may decide a handshake; the rest is told in fewer words.
    var matters: Bool

    var isEqual: Bool { left == right }
}

/// `wsdiag diff`: two attempts side by side, what differs and matters first, what is equal in one line.
package func diffText(_ left: Report, attempt leftID: Int, _ right: Report, attempt rightID: Int) -> String {
    var page = TextPage(left.options)
    let rows = differences(left, leftID, right, rightID)
    let names = (label(left, leftID, right), label(right, rightID, left))
    page.line(page.painted("A  \(names.0)", .strong))
    page.line(page.painted("B  \(names.1)", .strong))
    for (title, matters) in [("differs, and may decide", true), ("differs", false)] {
        let part = rows.filter { !$0.isEqual && $0.matters == matters }
        guard !part.isEmpty else { continue }
        page.gap()
        page.line(title)
        for row in part {
            page.line("  " + page.painted(row.name, .strong))
            page.entry("A", .dim, row.left.isEmpty ? "(absent)" : row.left, indent: 4, column: 7)
            page.entry("B", .dim, row.right.isEmpty ? "(absent)" : row.right, indent: 4, column: 7)
        }
    }
    let equal = rows.filter { $0.isEqual && !$0.left.isEmpty }.map(\.name)
    page.gap()
    if rows.allSatisfy(\.isEqual) { page.line("nothing differs that was seen") }
    page.entry("equal", .dim, equal.isEmpty ? "nothing" : equal.joined(separator: ", "), indent: 0, column: 7)
    return page.text
}

/// `wsdiag diff --format json`, `wsdiag.diff/1`.
package func diffJSON(_ left: Report, attempt leftID: Int, _ right: Report, attempt rightID: Int)
    -> JSONWriter
{
    let rows = differences(left, leftID, right, rightID)
    var json = JSONWriter(.pretty)
    json.object { json in
        json.member("schema", "wsdiag.diff/1")
        json.member("a", label(left, leftID, right))
        json.member("b", label(right, rightID, left))
        json.member("differences") { json in
            json.array { json in
                for row in rows.filter({ !$0.isEqual }) {
                    json.object { json in
                        json.member("name", row.name)
                        json.member("a", row.left)
                        json.member("b", row.right)
                        json.member("matters", row.matters)
                    }
                }
            }
        }
        json.member("equal", rows.filter { $0.isEqual && !$0.left.isEmpty }.map(\.name))
    }
    json.lineEnd()
    return json
}

private func label(_ report: Report, _ id: Int, _ other: Report) -> String {
    guard let attempt = report.file.attempts.first(id: id) else { return "#\(id)" }
    let url = visible(report.file.url(of: attempt, showingSecrets: report.options.showSecrets))
    return "\(report.file.inputName(attempt.input))#\(id)  \(url)"
}

/// Every fact of two attempts, what decides first.
func differences(_ left: Report, _ leftID: Int, _ right: Report, _ rightID: Int) -> [Difference] {
    guard let first = left.file.attempts.first(id: leftID),
        let second = right.file.attempts.first(id: rightID)
    else { return [] }
    let tokens = TokenNames(left.file, right.file)
    var rows: [Difference] = []
    func add(_ name: String, matters: Bool = true, _ fact: (Attempt, Report) -> String) {
        rows.append(
            Difference(name: name, left: fact(first, left), right: fact(second, right), matters: matters))
    }
    add("outcome") { attempt, _ in outcomeFact(attempt) }
    add("close") { attempt, report in attempt.session?.firstClose.map { closeText($0, report) } ?? "" }
    add("credentials") { attempt, report in tokens.text(attempt, report.file) }
    add("scheme and host") { attempt, _ in
        (attempt.isSecure == false ? "ws://" : "wss://") + attempt.authority
    }
    add("path") { attempt, report in
        visible(report.shown(String((attempt.request?.head.target ?? "").prefix { $0 != "?" })))
    }
    rows += queryRows(first, left, second, right, tokens)
    rows += fieldRows(first, left, second, right, tokens)
    add("TLS server name") { attempt, _ in attempt.connection.tls?.serverName ?? "" }
    add("ALPN", matters: false) { attempt, _ in
        attempt.connection.tls?.offeredProtocols.joined(separator: " ") ?? ""
    }
    add("tunnel") { attempt, _ in attempt.connection.tunnel.map { "\($0.kind.rawValue) \($0.target)" } ?? "" }
    add("server address", matters: false) { attempt, _ in attempt.connection.server?.description ?? "" }
    add("client address", matters: false) { attempt, _ in attempt.connection.client?.addressText ?? "" }
    add("time to the answer", matters: false) { attempt, _ in
        guard let asked = attempt.request?.at, let answered = attempt.response?.at else { return "" }
        return durationText(answered.seconds(since: asked))
    }
    return rows
}

private func outcomeFact(_ attempt: Attempt) -> String {
    switch attempt.outcome {
    case .opened: "101, opened"
    case .refused: "refused with \(attempt.status.map(String.init) ?? "?")"
    case .failed: "no answer" + (endingText(attempt.connection).map { ": " + $0 } ?? "")
    case .incomplete: "unfinished"
    }
}

/// Names of tokens that are the same for the same bytes in both cases, as numbers are only within one.
private struct TokenNames: Sendable {
    private var names: [Secret: String] = [:]

    init(_ left: CaseFile, _ right: CaseFile) {
        for token in left.tokens + right.tokens where names[token.secret] == nil {
            names[token.secret] =
                "token \(Character(UnicodeScalar(UInt8(65 + names.count % 26))))"
                + (names.count < 26 ? "" : "\(names.count / 26)")
        }
    }

    func name(_ id: Int, _ file: CaseFile) -> String {
        file.token(id).flatMap { names[$0.secret] } ?? "token"
    }

    /// `header Authorization Bearer token A`
    func text(_ attempt: Attempt, _ file: CaseFile) -> String {
        attempt.credentials.map { credential in
            let scheme = credential.scheme.map { " " + visible($0) } ?? ""
            return carrierText(credential) + scheme + " <" + name(credential.token, file) + ">"
        }.joined(separator: ", ")
    }

    /// The text with numbers replaced by names that hold in both cases.
    func renamed(_ text: String, _ file: CaseFile) -> String {
        var shown = text
        for token in file.tokens.reversed() where shown.contains("<token \(token.id)>") {
            shown = shown.split(separator: "<token \(token.id)>", omittingEmptySubsequences: false)
                .joined(separator: "<\(name(token.id, file))>")
        }
        return shown
    }
}

private func queryRows(
    _ first: Attempt, _ left: Report, _ second: Attempt, _ right: Report, _ tokens: TokenNames
) -> [Difference] {
    func parameters(_ attempt: Attempt, _ report: Report) -> [(String, String)] {
        let url = report.file.url(of: attempt, showingSecrets: report.options.showSecrets)
        guard let question = url.firstIndex(of: "?") else { return [] }
        return url[url.index(after: question)...].split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            let value = parts.count == 2 ? String(parts[1]) : "(no value)"
            return (visible(String(parts.first ?? "")), visible(tokens.renamed(value, report.file)))
        }
    }
    return paired(parameters(first, left), parameters(second, right)) { name in ("?" + name, true) }
}

/// Field names whose values differ in every handshake or decide nothing.
private let idleFields: Set<String> = [
    "sec-websocket-key", "user-agent", "accept-encoding", "accept-language", "cache-control", "pragma",
    "accept",
    "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-ch-ua", "traceparent", "x-request-id",
]

private func fieldRows(
    _ first: Attempt, _ left: Report, _ second: Attempt, _ right: Report, _ tokens: TokenNames
) -> [Difference] {
    func fields(_ attempt: Attempt, _ report: Report) -> [(String, String)] {
        guard let head = attempt.request?.head else { return [] }
        return head.fieldLines.map { line in
            let name = head.name(line)
            let value = head.value(line)
            let shown = report.options.showSecrets ? value : report.file.masked(value: value, ofField: name)
            return (visible(name.lowercased()), visible(tokens.renamed(shown, report.file)))
        }
    }
    return paired(fields(first, left), fields(second, right)) { name in (name, !idleFields.contains(name)) }
}

/// One row for each name of either side, in order of first sight.
private func paired(
    _ left: [(String, String)], _ right: [(String, String)], _ heading: (String) -> (String, Bool)
) -> [Difference] {
    var names: [String] = []
    for (name, _) in left + right where !names.contains(name) { names.append(name) }
    return names.map { name in
        let (title, matters) = heading(name)
        return Difference(
            name: title, left: left.filter { $0.0 == name }.map(\.1).joined(separator: "; "),
            right: right.filter { $0.0 == name }.map(\.1).joined(separator: "; "), matters: matters)
    }
}
