import Case
import Credentials
import WebSocket
import Wire

/// What one text tells, gathered reader by reader.
struct Testimony {
    let document: TextDocument
    let limits: Limits
    let kinds: [LineKind]
    /// The index of the line where the asker's own account ends.
    let lastLine: Int
    /// The case that is being made.
    var made: DocumentCase
    private var told: [Told] = []
    private var dials: [Dial] = []
    private var reported: [ReportedFact] = []
    private var clients: [String] = []
    private var switches: [Int] = []

    init(_ document: TextDocument, limits: Limits) {
        self.document = document
        self.limits = limits
        kinds = document.lines.map { document.kind(of: $0) }
        let speakers = Speakers(document, kinds)
        lastLine = speakers.answersFrom ?? kinds.count
        made = DocumentCase(basis: .reported, limits: limits)
        if let line = speakers.answersFrom {
            let place = document.place(document.lines[line].lowerBound)
            made.limitsOfAnswer.append(
                Limit(
                    kind: .hearsay,
                    text: """
                        From line \(line + 1) on the text reads as answers by others; what they state, and their code, \
                        is not taken as a fact.
                        """, place: place))
        }
    }

    /// Reads everything and makes the case.
    mutating func finish(_ input: Input) -> CaseFile {
        var trace = CurlTrace(document, upTo: lastLine, limits: limits)
        let blocks = HTTPBlocks(document, upTo: lastLine, skipping: trace.taken, limits: limits)
        if blocks.isCurl || !trace.isEmpty { note(client: "curl") }
        readHeads(blocks.heads)
        let taken = blocks.taken.union(trace.taken)
        readCode(skipping: taken)
        readWords(skipping: taken)
        dials.sort { $0.offset < $1.offset }
        sayContradictions()
        if told.isEmpty, let first = switches.first { told.append(Told(.opened, at: first)) }
        for attempt in linked(told, dials) { add(attempt) }
        var file = made.finish(input)
        nameVariables(&file.tokens)
        if !trace.isEmpty {
            file.inputs = []
            file = merged([trace.finish(), file], limits: limits)
            file.inputs = [input]
        }
        file.reported = reported
        file.clients = clients
        return file
    }

    /// A variable is no placeholder that was sent: what it held is not told.
    private func nameVariables(_ tokens: inout [Token]) {
        for index in tokens.indices where tokens[index].defects == [.literalNonValue] {
            if tokens[index].secret.bytes.starts(with: [0x24, 0x7b]) {
                tokens[index].defects = [.codeVariable]
            }
        }
    }

    private mutating func note(client: String) {
        if !clients.contains(client), clients.count < 16 { clients.append(client) }
    }

    // MARK: - Code

    private mutating func readCode(skipping taken: Set<Int>) {
        let tokens = CodeTokens(document, kinds, upTo: lastLine, skipping: taken, limits: limits).tokens
        let code = CodeDials(tokens, limits: limits)
        dials = code.dials + commandDials(document, upTo: lastLine, skipping: taken, limits: limits)
        for dial in dials { dial.client.map { note(client: $0) } }
        reported += facts(of: dials, code, tokens, document)
    }

    // MARK: - Words

    private mutating func readWords(skipping taken: Set<Int>) {
        var matcher = AtlasMatcher(Atlas.embedded, textBytes: document.bytes.count, limits: limits)
        var accounts = Accounts(document, limits: limits)
        for index in 0..<lastLine
        where !taken.contains(index) && kinds[index] != .blank && kinds[index] != .fence {
            let line = document.lines[index]
            let isCode = kinds[index] == .code
            let matches = matcher.matches(document.bytes, line).filter { match in
                !isCode || match.status != nil || match.code != nil
            }
            readPrinted(matches)
            guard !isCode else { continue }
            accounts.read(line, skipping: matches.map(\.range))
            var passed = matches.startIndex
            for url in urls(in: document, line, limits: limits)
            where url.parts.isWebSocket && dials.count < limits.statements {
                while passed < matches.endIndex, matches[passed].range.upperBound <= url.range.lowerBound {
                    passed += 1
                }
                guard passed == matches.endIndex || !matches[passed].range.overlaps(url.range) else {
                    continue
                }
                dials.append(Dial(url: document.text(url.range), offset: url.range.lowerBound))
            }
        }
        told += accounts.told
        switches = accounts.switches
        take(accounts)
        if matcher.holeBudget <= 0 {
            made.limitsOfAnswer.append(
                Limit(
                    kind: .boundReached,
                    text: "The text is made to be slow to read; programs' messages were not all looked for."))
        }
    }

    private mutating func take(_ accounts: Accounts) {
        for (offset, path) in accounts.successes.prefix(16) {
            reported.append(
                ReportedFact(
                    .worksElsewhere,
                    "The writer says that the token works elsewhere\(path.isEmpty ? "" : ": \(path)").",
                    names: path.isEmpty ? [] : [path], place: document.place(offset)))
        }
        guard let expired = accounts.expired,
            let valid = accounts.successes.first?.offset ?? accounts.verified
        else { return }
        made.limitsOfAnswer.append(
            Limit(
                kind: .accountsDiffer,
                text: """
                    The text says that the token is expired (line \(line(expired))) and that it is valid \
                    (line \(line(valid))): only the token itself can tell.
                    """, place: document.place(expired)))
    }

    private mutating func readPrinted(_ matches: [AtlasMatch]) {
        var context: (url: String?, offset: Int)?
        for match in matches where told.count < limits.statements {
            let row = Atlas.embedded.rows[match.row]
            if row.means == .context {
                context = (match.url.map(document.text), match.range.lowerBound)
                continue
            }
            guard var statement = statement(of: match, row) else { continue }
            note(client: row.client)
            statement.url = statement.url ?? context?.url
            context = nil
            told.append(statement)
        }
        if let context {
            var statement = Told(.failed, at: context.offset)
            statement.url = context.url
            statement.isPrinted = true
            told.append(statement)
        }
    }

    private func statement(of match: AtlasMatch, _ row: Atlas.Row) -> Told? {
        let kind: Told.Kind
        switch row.means {
        case .refused:
            let status = match.status ?? row.status
            if let status, status == 101 || status < 100 { return nil }
            kind = .refused(status)
        case .failed: kind = .failed
        case .noAnswer: kind = .noAnswer
        case .badSwitch: kind = .badSwitch
        case .closed, .closedByClient:
            guard let code = match.code else { return nil }
            if code == 1005 || code == 1006 || code == 1015 {
                kind = .abnormal
            } else {
                kind = .closed(code: code, by: row.means == .closed ? .server : .client)
            }
        case .abnormal: kind = .abnormal
        case .neverSent: kind = .neverSent
        case .localClose: kind = .localClose
        case .context: return nil
        }
        if row.needsSocket, dials.isEmpty { return nil }
        var told = Told(kind, at: match.range.lowerBound)
        told.isPrinted = true
        told.certain = row.certain
        told.url = match.url.map(document.text)
        told.reason = (match.reason ?? match.phrase).map { document.text(document.trimmed($0)) } ?? ""
        told.subprotocol = match.subprotocol.map(document.text)
        if let fields = match.fields {
            told.response = printedAnswer(document, fields: fields, body: match.body, limits: limits)
        }
        return told
    }

    // MARK: - HTTP heads

    private mutating func readHeads(_ heads: [ToldHead]) {
        var request: ToldHead?
        for head in heads {
            switch head.first {
            case .request:
                if let request { add(request, nil) }
                request = head
            case .response(let status, _):
                if 100 <= status, status < 200, status != 101 { continue }
                add(request, head)
                request = nil
            }
        }
        if let request { add(request, nil) }
    }

    private mutating func add(_ request: ToldHead?, _ response: ToldHead?) {
        var told: Told
        if case .response(let status, let reason)? = response?.first {
            told = Told(status == 101 ? .opened : .refused(status), at: response?.offset ?? 0)
            told.reason = reason
        } else {
            told = Told(.failed, at: request?.offset ?? 0)
        }
        told.isPrinted = true
        told.request = request?.message
        told.response = response?.message
        told.isSecure = request?.isSecure ?? false
        if case .request(let method, let target)? = request?.first { told.line = (method, target) }
        if told.kind == .opened, let response { told.session = session(after: response) }
        let isUpgrade =
            request?.message.first("upgrade")?.lowercased().contains("websocket") ?? false
            || request?.message.has("sec-websocket-key") ?? false || told.kind == .opened
        if isUpgrade {
            self.told.append(told)
        } else if let request, case .request(let method, let target) = request.first {
            let url = URLParts(scheme: "", authority: request.message.first("host") ?? "", target: target)
            if case .response(let status, let reason)? = response?.first {
                made.addExchange(
                    method: method, url, request: request.message, response: response?.message,
                    status: status,
                    reason: reason)
            }
        } else if case .refused = told.kind {
            // An answer alone: of the handshake, as far as the text is about one.
            self.told.append(told)
        }
    }

    /// The frames behind a 101, where the bytes were pasted with it: a server's frames have no mask.
    private func session(after response: ToldHead) -> Session? {
        let frames = wholeFrames(document.bytes, from: response.end, limits: limits)
        guard !frames.isEmpty, case .response(let status, let reason) = response.first else { return nil }
        let head = MessageHead(
            rebuilding: .response(status: status, reason: reason), fields: response.message.fields,
            limits: limits)
        var reader = SessionReader(response: head, limits: limits, keepsEveryFrame: false)
        reader.receive(
            Array(document.bytes[frames]).span, from: .server, at: nil,
            place: document.place(frames.lowerBound))
        reader.finish()
        return reader.session
    }

    // MARK: - Attempts

    private mutating func sayContradictions() {
        guard let switched = switches.first,
            let refused = told.first(where: { if case .refused(_?) = $0.kind { true } else { false } }),
            case .refused(let status?) = refused.kind
        else { return }
        let there = document.place(switched)
        made.limitsOfAnswer.append(
            Limit(
                kind: .accountsDiffer,
                text: """
                    The text tells of a \(status) (line \(line(refused.offset))) and of a 101 (line \(line(switched))) for \
                    the upgrade: one handshake cannot have both, so these are two events or one of them is mistaken.
                    """, place: there))
    }

    private func line(_ offset: Int) -> Int { document.lineIndex(of: offset) + 1 }

    private mutating func add(_ attempt: ToldAttempt) {
        let told = attempt.told
        let place = document.place(told.offset)
        let dial = attempt.dial
        let host = told.request?.first("host")
        var url = told.url.flatMap { URLParts($0) } ?? dial?.url.flatMap { URLParts($0) }
        if let line = told.line {
            url = URLParts(
                scheme: told.isSecure ? "wss" : url?.scheme ?? "", authority: host ?? url?.authority ?? "",
                target: line.target)
        }
        var request = told.request
        if request == nil, let dial {
            var asked = ToldMessage(place: document.place(dial.offset))
            asked.fields = dial.fields
            if !dial.subprotocols.isEmpty {
                asked.fields.append(
                    .init(name: "Sec-WebSocket-Protocol", value: dial.subprotocols.joined(separator: ", ")))
            }
            request = asked
        }
        var unseen: Attempt.Unseen = [.frames, .closes, .transport]
        if told.request == nil { unseen.formUnion([.requestFields, .credentialValues]) }
        var parts = url ?? dial?.url.flatMap(partsOfTemplate)
        if parts == nil, host == nil { unseen.insert(.query) }
        if parts?.authority.isEmpty == true, parts?.target.contains("?") == false { unseen.insert(.query) }
        if parts == nil { parts = URLParts(scheme: "", authority: host ?? "", target: "") }
        if told.response == nil { unseen.formUnion([.responseFields, .responseBody]) }
        if let body = told.response?.body, body.completeness != .complete { unseen.insert(.responseBody) }
        var outcome = Attempt.Outcome.failed
        var status: Int?
        var session: Session?
        switch told.kind {
        case .refused(let answered):
            outcome = .refused
            status = answered
            if answered == nil { unseen.insert(.status) }
        case .opened:
            outcome = .opened
            status = 101
            session = told.session
            if session != nil { unseen.remove(.closes) }
        case .closed(let code, let side):
            outcome = .opened
            status = 101
            unseen.remove(.closes)
            var open = Session()
            open.closes = [CloseFrame(by: side, code: code, reason: told.reason, at: nil, place: place)]
            session = open
        case .noAnswer: break
        case .failed, .badSwitch, .abnormal, .neverSent, .localClose: unseen.insert(.status)
        }
        let isClose = session != nil
        let response = told.response ?? ToldMessage(place: place)
        let index = made.addAttempt(
            parts ?? URLParts(scheme: "", authority: "", target: ""), request: request,
            response: response,
            status: status, reason: isClose ? "" : told.reason, outcome: outcome, session: session,
            unseen: unseen)
        if let certain = told.certain {
            reported.append(ReportedFact(.programSays, certain, place: place))
        }
        if let index, holdsBlank(made.attempts[index], made.tokens.tokens) {
            made.update(index) { $0.unseen.insert(.credentialValues) }
        }
        if let index, let subprotocol = told.subprotocol {
            made.update(index) { attempt in
                attempt.handshake.offeredSubprotocols = [subprotocol]
                attempt.handshake.illegalSubprotocols = [0]
            }
        }
    }
}

/// What is told of a URL that begins with a variable: `${wsUrl}?token=${token}` has a query and no host.
private func partsOfTemplate(_ template: String) -> URLParts? {
    guard template.hasPrefix("${"), let close = template.firstIndex(of: "}") else { return nil }
    let rest = template[template.index(after: close)...]
    guard rest.isEmpty || rest.hasPrefix("?") || rest.hasPrefix("/") else { return nil }
    return URLParts(scheme: "", authority: "", target: String(rest))
}

/// The bytes that are whole unmasked frames (RFC 6455 §5.2) with nothing odd about them, as many as follow one another.
private func wholeFrames(_ bytes: [UInt8], from start: Int, limits: Limits) -> Range<Int> {
    var end = start
    while end + 2 <= bytes.count, end - start < limits.bodyBytes {
        guard bytes[end] & 0x70 == 0, [1, 2, 8, 9, 10].contains(bytes[end] & 0x0f), bytes[end + 1] & 0x80 == 0
        else {
            break
        }
        var length = Int(bytes[end + 1])
        var header = 2
        if length == 126 {
            guard end + 4 <= bytes.count else { break }
            length = Int(bytes[end + 2]) << 8 | Int(bytes[end + 3])
            header = 4
        }
        guard length < 1 << 16, length != 127, header + length <= bytes.count - end else { break }
        end += header + length
    }
    return start..<max(start, end)
}
