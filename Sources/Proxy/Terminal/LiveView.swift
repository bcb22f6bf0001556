import Case
import Diagnosis
import JSON
package import Report
package import Wire

/// The live view: a line for each event, the whole report where a handshake is refused, counters when they come faster
/// than anybody reads.
package final class LiveView: RelayObserver {
    /// How it looks.
    package struct Options: Sendable {
        /// Lines, or JSON objects one a line.
        package enum Format: Sendable { case text, lines }
        /// Text or JSON.
        package var format = Format.text
        /// Only verdicts.
        package var isQuiet = false
        /// How reports look.
        package var report = Report.Options()
        /// The version of the program, for reports.
        package var version = ""

        /// Text, everything.
        package init() {}
    }

    private let options: Options
    private let output: LineOutput
    private var connections: [Int: RelayedConnection] = [:]
    /// The second that is being counted, the lines of it, and what was not shown.
    private var second: Int64 = 0
    private var lines = 0
    private var hidden: [String: Int] = [:]
    private var reports = 0
    /// The first attempt of each verdict that was told in full.
    private var told: [String: Int] = [:]

    private static let linesPerSecond = 20
    private static let reportsPerSecond = 5

    /// A view that writes there.
    package init(_ options: Options, output: LineOutput) {
        self.options = options
        self.output = output
    }

    /// Tells an event.
    package func take(_ event: RelayEvent, on id: Int, at time: Timestamp) {
        switch event {
        case .opened(let info), .updated(let info):
            if connections[id] != nil || connections.count < 20_000 { connections[id] = info }
        case .attempt(let news): tell(news, on: id, at: time)
        case .ended: break
        case .closed: connections[id] = nil
        case .handshakeFailed(let side, let alert, let because):
            tell("tls", "TLS with the \(side.rawWord) failed: \(because)", on: id, at: time) { json in
                json.member("with", side.rawWord)
                if let alert { json.member("alert", alert) }
            }
        case .unreachable(let words): tell("unreachable", words, on: id, at: time)
        case .refusedByProxy(let status, let because):
            tell("answered-by-proxy", "answered \(status) by the proxy itself: \(because)", on: id, at: time)
            {
                $0.member("status", status)
            }
        case .note(let words): tell("note", words, on: id, at: time)
        }
    }

    /// Bytes are not shown.
    package func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {}

    /// Tells a remark.
    package func take(note: String, at time: Timestamp) { tell("note", note, on: nil, at: time) }

    /// Writes what was gathered.
    package func turnEnded(at time: Timestamp) {
        if second != time.seconds { tellHidden(at: time) }
        output.flush()
    }

    /// Tells what was counted last.
    package func finish(at time: Timestamp) {
        tellHidden(at: time)
        output.flush()
    }

    // MARK: Attempts

    private func tell(_ news: AttemptNews, on id: Int, at time: Timestamp) {
        let hasVerdict = news.stage != .opened && news.judgement?.verdict != nil
        guard !options.isQuiet || hasVerdict else { return }
        guard options.format == .text else { return tellObject(news, on: id, at: time) }
        guard hasRoom(for: news.stage.rawValue, at: time) else { return }
        let key = "\(news.judgement?.verdict?.cause ?? "")|\(news.url.prefix { $0 != "?" })"
        let first = hasVerdict ? told[key] : nil
        let line =
            "#\(news.number) ".padded(to: 5) + news.stage.rawValue.padded(to: 8)
            + words(of: news, as: first, on: id)
        output.write("\(time.clockText(fractionDigits: 3))  \(visible(line))\n")
        guard hasVerdict, first == nil, let report = report(of: news) else { return }
        guard reports < Self.reportsPerSecond else {
            output.write("              more reports in this second than are read: not shown in full\n")
            return
        }
        reports += 1
        if told.count < 1000 { told[key] = news.number }
        output.write("\n" + textReport(report) + "\n")
    }

    /// The report on one attempt alone.
    private func report(of news: AttemptNews) -> Report? {
        guard var file = news.file, let attempt = news.attempt, let judgement = news.judgement else {
            return nil
        }
        file.attempts = [attempt]
        return Report(version: options.version, file: file, judgements: [judgement], options: options.report)
    }

    /// `first` is an attempt of which the same was told in full.
    private func words(of news: AttemptNews, as first: Int?, on id: Int) -> String {
        let verdict = news.judgement?.verdict.map { verdict in
            "  " + (verdict.cause ?? "undetermined") + (first.map { ", as #\($0)" } ?? ": " + verdict.summary)
        }
        switch news.stage {
        case .asked: return news.url + (connections[id].map { "  from \($0.client)" } ?? "")
        case .opened:
            let check = news.attempt?.handshake
            let chosen = (check?.selectedSubprotocols ?? []) + (check?.selectedExtensions ?? [])
            return "101" + (chosen.isEmpty ? "" : "  " + chosen.joined(separator: ", "))
        case .refused:
            return "\(news.attempt?.status ?? 0) \(news.attempt?.response?.head.reasonPhrase ?? "")"
                + (verdict ?? "")
        case .failed: return "no answer" + (verdict ?? "")
        case .closed: return ending(of: news) + (verdict ?? "")
        }
    }

    private func ending(of news: AttemptNews) -> String {
        guard let attempt = news.attempt, let session = attempt.session else { return "" }
        let counts = "\(session.counts.client.frames) sent, \(session.counts.server.frames) received"
        guard let close = session.firstClose else {
            switch attempt.connection.ending {
            case .reset(let side): return "RST by \(side.rawWord), no close frame; \(counts)"
            case .finished(let side): return "FIN by \(side.rawWord), no close frame; \(counts)"
            case .open, .refused, .unanswered: return "still open; \(counts)"
            }
        }
        let code = close.code.map { "\($0)" } ?? "no code"
        let reason = close.reason.isEmpty ? "" : " \"\(news.file?.masked(close.reason) ?? "")\""
        return "\(code)\(reason) by \(close.by.rawWord); \(counts)"
    }

    private func tellObject(_ news: AttemptNews, on id: Int, at time: Timestamp) {
        object("attempt", on: id, at: time) { json in
            json.member("attempt", news.number)
            json.member("stage", news.stage.rawValue)
            json.member("url", news.url)
            if let status = news.attempt?.status { json.member("status", status) }
            if let close = news.attempt?.session?.firstClose {
                json.member("close") { json in
                    json.object { json in
                        json.member("code", close.code ?? 1005)
                        json.member("reason", news.file?.masked(close.reason) ?? "")
                        json.member("by", close.by.rawWord)
                    }
                }
            }
            guard news.stage != .opened, let verdict = news.judgement?.verdict else { return }
            json.member("verdict") { json in
                json.object { json in
                    json.member("cause", verdict.cause ?? "undetermined")
                    json.member("code", verdict.code ?? "")
                    json.member("certainty", verdict.certainty.rawValue)
                    json.member("summary", verdict.summary)
                    json.member("fix") { json in
                        json.array { json in for fix in verdict.fixes { json.value(fix.text) } }
                    }
                }
            }
        }
    }

    // MARK: Other events

    private func tell(
        _ kind: String, _ words: String, on id: Int?, at time: Timestamp,
        _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        guard !options.isQuiet else { return }
        guard options.format == .text else {
            return object(kind, on: id, at: time) { json in
                json.member("text", words)
                more(&json)
            }
        }
        guard hasRoom(for: kind, at: time) else { return }
        let from = id.flatMap { connections[$0] }.map { "\($0.client)  " } ?? ""
        output.write("\(time.clockText(fractionDigits: 3))       \(visible(from + words))\n")
    }

    private func object(
        _ event: String, on id: Int?, at time: Timestamp, _ members: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(.compact)
        json.beginObject()
        json.member("time", time.rfc3339)
        json.member("event", event)
        if let id {
            json.member("connection", id)
            if let info = connections[id] {
                json.member("client", info.client.description)
                if let server = info.server { json.member("server", server.description) }
            }
        }
        members(&json)
        json.endObject()
        json.lineEnd()
        output.write(String(decoding: json.take(), as: UTF8.self))
    }

    // MARK: Rate

    /// Whether another line may be shown this second; else it is counted.
    private func hasRoom(for kind: String, at time: Timestamp) -> Bool {
        if second != time.seconds { tellHidden(at: time) }
        lines += 1
        if lines <= Self.linesPerSecond { return true }
        hidden[kind, default: 0] += 1
        return false
    }

    private func tellHidden(at time: Timestamp) {
        second = time.seconds
        lines = 0
        reports = 0
        guard !hidden.isEmpty else { return }
        let parts = hidden.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
        hidden = [:]
        output.write("\(time.clockText(fractionDigits: 3))  … and " + parts.joined(separator: ", ") + "\n")
    }
}

extension Side {
    /// As text says it.
    fileprivate var rawWord: String { self == .client ? "client" : "server" }
}

extension String {
    /// With spaces at the end, up to a width.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
