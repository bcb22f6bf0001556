import Case
import Wire

/// Reads access logs line by line: JSON lines, a load balancer's, common and combined. They are the evidence of who
/// refused, and hold nothing else: no header fields, bodies or frames.
struct AccessLogReader: DocumentReader {
    private let name: String
    private let limits: Limits
    private var document: DocumentCase
    private var carried: [UInt8] = []
    private var isSkipping = false
    private var form: LogForm?
    private var line = 0
    private var bytes = 0
    private var lines = 0
    private var unread: (count: Int, first: Int) = (0, 0)
    private var handshakes = 0
    private var possible = 0

    init(named name: String, limits: Limits = .standard) {
        self.name = name
        self.limits = limits
        document = DocumentCase(basis: .reported, limits: limits)
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        var start = 0
        while let end = piece.firstIndex(of: 0x0a, from: start) {
            endLine(piece.extracting(start..<end))
            start = end + 1
        }
        hold(piece.extracting(start..<piece.count))
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        if !carried.isEmpty || isSkipping {
            let none: [UInt8] = []
            endLine(none.span)
        }
        guard form != nil else {
            throw DocumentError(
                "no access log: no line tells a request and its status",
                advice: "JSON lines, load balancer logs and the common and combined forms are read.")
        }
        tellLimits()
        return document.finish(Input(name: name, kind: DocumentFormat.accessLog.rawValue, bytes: bytes))
    }

    private mutating func hold(_ rest: Span<UInt8>) {
        guard !isSkipping else { return }
        if limits.accessLineBytes < carried.count + rest.count {
            isSkipping = true
            carried.removeAll()
        } else {
            carried.append(rest)
        }
    }

    private mutating func endLine(_ end: Span<UInt8>) {
        line += 1
        hold(end)
        defer {
            carried.removeAll(keepingCapacity: true)
            isSkipping = false
        }
        if isSkipping { return noteUnread() }
        if carried.last == 0x0d { carried.removeLast() }
        if line == 1, carried.starts(with: [0xef, 0xbb, 0xbf]) { carried.removeFirst(3) }
        guard carried.contains(where: { 0x20 < $0 }) else { return }
        lines += 1
        if form == nil { form = LogForm(carried.span) }
        guard let form, let record = LogRecord(carried.span, as: form, line: line, limits: limits) else {
            return noteUnread()
        }
        take(LogTelling(record))
    }

    private mutating func noteUnread() {
        if unread.count == 0 { unread.first = line }
        unread.count += 1
    }

    private mutating func take(_ telling: LogTelling) {
        switch telling.role {
        case .other: return
        case .possible:
            guard let url = telling.url else { return }
            possible += 1
            var request = ToldMessage(place: telling.place)
            request.fields = telling.fields
            request.at = telling.startedAt
            document.addExchange(
                method: telling.method.isEmpty ? "GET" : telling.method, url, request: request,
                response: ToldMessage(place: telling.place), status: telling.status,
                answeredBy: telling.answeredBy)
        case .handshake:
            handshakes += 1
            add(telling)
        }
    }

    private mutating func add(_ telling: LogTelling) {
        var request = ToldMessage(place: telling.place)
        request.fields = telling.fields
        request.at = telling.startedAt
        let url = telling.url
        var unseen: Attempt.Unseen = [.requestFields, .responseFields, .responseBody, .transport]
        if url == nil || !telling.tellsQuery { unseen.insert(.query) }
        var outcome = Attempt.Outcome.incomplete
        var connection = Connection(stream: -1)
        if let status = telling.status {
            outcome = status == 101 ? .opened : 200 <= status ? .refused : .incomplete
            if outcome == .opened { unseen.insert([.frames, .closes]) }
        } else if telling.isClientGone {
            outcome = .failed
            connection.ending = .finished(by: .client)
            connection.endedPlace = telling.place
        } else {
            unseen.insert(.status)
        }
        var response: ToldMessage?
        if telling.status != nil {
            response = ToldMessage(place: telling.place)
            response?.at = outcome == .opened ? nil : telling.startedAt
        }
        let index = document.addAttempt(
            url ?? URLParts(scheme: "", authority: telling.authority, target: ""),
            request: url == nil ? nil : request, response: response, status: telling.status,
            outcome: outcome, connection: connection, unseen: unseen)
        guard let index else { return }
        document.update(index) { attempt in
            attempt.startedAt = telling.startedAt
            attempt.isSecure = telling.isSecure
            attempt.answeredBy = telling.answeredBy
        }
    }

    private mutating func tellLimits() {
        var limits: [Limit] = []
        if 0 < handshakes {
            limits.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "\(name) is an access log: it tells who answered and with what status, and holds neither "
                        + "header fields nor bodies nor frames."))
        }
        if 0 < possible {
            limits.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "\(counted(possible, "line")) of \(name) may be handshakes or ordinary requests: the log does "
                        + "not say. They are used where another input tells of the same request; log the Upgrade "
                        + "field to be sure."))
        }
        if 0 < unread.count {
            limits.append(
                Limit(
                    kind: .inputCutShort,
                    text: "\(counted(unread.count, "line")) of \(name) could not be read, the first is line "
                        + "\(grouped(unread.first)).",
                    place: Place(input: 0, position: .line(unread.first, column: 1))))
        }
        document.limitsOfAnswer = limits
    }
}

/// Whether a document is an access log: each of its first lines is one in the same form.
func looksLikeAccessLog(_ beginning: Span<UInt8>) -> Bool {
    var start = beginning.starts(with: "\u{feff}") ? 3 : 0
    var seen = 0
    while start < beginning.count, seen < 3 {
        let end = beginning.firstIndex(of: 0x0a, from: start)
        // The last line of the beginning may be cut.
        if end == nil, 0 < seen { break }
        var line = beginning.extracting(start..<(end ?? beginning.count))
        start = (end ?? beginning.count) + 1
        if 0 < line.count, line[line.count - 1] == 0x0d { line = line.extracting(0..<line.count - 1) }
        if line.count == 0 { continue }
        guard LogForm(line) != nil else { return false }
        seen += 1
    }
    return 0 < seen
}
