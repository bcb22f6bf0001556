package import Case
import Credentials
import JSON
import Wire

/// A conversation in the language of curl -v, made into a case.
///
/// ```
/// === upgrade host=api.example.org client=10.0.0.5     a new connection; the first one needs no such line
/// === rest                                             the same, for ordinary HTTP
/// > GET /live HTTP/1.1                                 the client's head; an upgrade gets Host and the handshake
/// > Authorization: Bearer {jwt exp=12:05:00}           fields by itself, unless they stand there
/// > -Origin                                            … or are taken away
/// < HTTP/1.1 401 Unauthorized                          the server's head; a 101 gets its fields by itself
/// < Date: 12:00:00
/// <                                                    a body after an empty line
/// < {"message":"no"}
/// -- 5 s                                               time passes
/// >> text {"a":1}      << close 4003 "bad token"       >> ping   << pong   << binary 100
/// << close - "bad token"                               a close that is told without its code
/// -- fin server        -- rst client                   -- refused   -- unanswered   -- alert client 48
/// -- failed                                            a program says that it failed, and not how
/// ?? responseBody                                      what the input does not show; `reported`: it is only told,
///                                                      `clock`: without times, `status`: that it was no 101 is known
/// ```
///
/// Time begins at 12:00:00 on 15 January 2026; each head and frame takes 10 ms.
package struct Transcript {
    /// The case.
    package private(set) var file = CaseFile()
    private var section: Section?
    private(set) var sections: [(section: Section, port: UInt16)] = []
    private var now = Timestamp(seconds: Transcript.noon)
    private var frame = 0
    private var clientPort: UInt16 = 50_000
    private var tokens = TranscriptTokens()

    /// 2026-01-15 12:00:00 UTC.
    static let noon: Int64 = 1_768_478_400

    /// The case of a conversation.
    package static func caseFile(_ text: String) -> CaseFile { Transcript(reading: text).file }

    init(reading text: String) {
        var transcript = Transcript()
        transcript.file.inputs = [Input(name: "transcript", kind: "transcript", bytes: text.utf8.count)]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            transcript.read(String(line))
        }
        transcript.finishSection()
        transcript.file.tokens = transcript.tokens.table.tokens
        transcript.file.connectionCount = transcript.file.attempts.count
        transcript.file.endedAt = transcript.now
        self = transcript
    }

    private init() {}

    /// One connection while it is read.
    struct Section {
        var isUpgrade: Bool
        var host: String
        var client: String
        var isSecure = true
        var requestLines: [String] = []
        var responseLines: [String] = []
        var requestBody: [String]?
        var responseBody: [String]?
        var requestAt: Timestamp?
        var responseAt: Timestamp?
        var requestFrame = 0
        var responseFrame = 0
        var frames: [FrameRecord] = []
        var ending = Connection.Ending.open
        var endedAt: Timestamp?
        var endedFrame: Int?
        var unseen: Attempt.Unseen = []
        var basis = Basis.observed
        var tls: TLSSummary?
        var mismatch: ProtocolMismatch?
        var tunnel: Tunnel?
        var violations: [Violation] = []
        var startedAt: Timestamp?
        var hasFailed = false
        var hasClock = true
    }

    private mutating func read(_ line: String) {
        if line.hasPrefix("===") {
            finishSection()
            begin(line)
        } else if line.hasPrefix("--") {
            direct(line.dropFirst(2).trimmed)
        } else if line.hasPrefix("??") {
            hide(line.dropFirst(2).trimmed)
        } else if line.hasPrefix(">>") || line.hasPrefix("<<") {
            addFrame(line.dropFirst(2).trimmed, by: line.hasPrefix(">>") ? .client : .server)
        } else if line.hasPrefix(">") || line.hasPrefix("<") {
            addHeadLine(line.dropFirst(1).trimmed, by: line.hasPrefix(">") ? .client : .server)
        }
    }

    private mutating func begin(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        var fresh = Section(isUpgrade: !words.contains("rest"), host: "api.example.org", client: "10.0.0.5")
        for word in words {
            if word.hasPrefix("host=") { fresh.host = String(word.dropFirst(5)) }
            if word.hasPrefix("client=") { fresh.client = String(word.dropFirst(7)) }
            if word == "plain" { fresh.isSecure = false }
            if word.hasPrefix("sni=") {
                fresh.tls = TLSSummary()
                fresh.tls?.serverName = String(word.dropFirst(4))
                fresh.tls?.established = true
            }
            if word.hasPrefix("alpn=") {
                if fresh.tls == nil { fresh.tls = TLSSummary() }
                fresh.tls?.selectedProtocol = String(word.dropFirst(5))
            }
        }
        section = fresh
    }

    private mutating func opened() -> Section {
        if section == nil { begin("=== upgrade") }
        guard var current = section else { preconditionFailure("a section was begun") }
        if current.startedAt == nil { current.startedAt = now }
        return current
    }

    private mutating func tick() {
        now = Timestamp(nanoseconds: now.nanoseconds + 10_000_000)
        frame += 1
    }

    private mutating func addHeadLine(_ text: String, by side: Side) {
        var current = opened()
        let filled = tokens.fill(text)
        switch side {
        case .client:
            if current.requestLines.isEmpty {
                tick()
                current.requestAt = now
                current.requestFrame = frame
            }
            if filled.isEmpty, current.requestBody == nil, !current.requestLines.isEmpty {
                current.requestBody = []
            } else if current.requestBody != nil {
                current.requestBody?.append(filled)
            } else {
                current.requestLines.append(filled)
            }
        case .server:
            if current.responseLines.isEmpty {
                tick()
                current.responseAt = now
                current.responseFrame = frame
            }
            if filled.isEmpty, current.responseBody == nil {
                current.responseBody = []
            } else if current.responseBody != nil {
                current.responseBody?.append(filled)
            } else {
                current.responseLines.append(filled)
            }
        }
        section = current
    }

    private mutating func addFrame(_ text: String, by side: Side) {
        var current = opened()
        tick()
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count == 2 ? tokens.fill(words[1]) : ""
        var opcode: UInt8 = 1
        var preview = Array(rest.utf8)
        var length = preview.count
        switch words.first {
        case "close":
            opcode = 8
            preview = closePayload(rest)
            length = preview.count
        case "ping": opcode = 9
        case "pong": opcode = 10
        case "binary":
            opcode = 2
            length = Int(rest) ?? 0
            preview = []
        case "rule":
            let rule = Violation.Rule(rawValue: rest) ?? .fragmentation
            current.violations.append(Violation(rule: rule, by: side, at: now, place: place))
            section = current
            return
        default: break
        }
        current.frames.append(
            FrameRecord(
                by: side, opcode: opcode, isFinal: true, reservedBits: 0, isMasked: side == .client,
                length: UInt64(length), preview: preview, at: now, place: place))
        section = current
    }

    private var place: Place { .frame(frame, stream: file.attempts.count + file.exchanges.count, input: 0) }

    private func closePayload(_ text: String) -> [UInt8] {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let code = words.first.flatMap({ $0 == "-" ? 0 : UInt16($0) }) else { return [] }
        let reason = words.count == 2 ? words[1].filter { $0 != "\"" } : ""
        return [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8)
    }

    private mutating func direct(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        if words.count == 2, let amount = Double(words[0]), ["s", "min", "h"].contains(words[1]) {
            let unit = words[1] == "s" ? 1.0 : words[1] == "min" ? 60 : 3600
            now = Timestamp(nanoseconds: now.nanoseconds + Int64(amount * unit * 1e9))
            return
        }
        var current = opened()
        tick()
        let side: Side = words.last == "client" ? .client : .server
        switch words.first {
        case "fin": current.ending = .finished(by: side)
        case "rst": current.ending = .reset(by: side)
        case "refused": current.ending = .refused
        case "unanswered": current.ending = .unanswered
        case "alert":
            var tls = current.tls ?? TLSSummary()
            let by: Side = words.count == 3 && words[1] == "client" ? .client : .server
            tls.alerts.append(
                TLSSummary.Alert(
                    by: by, level: 2, code: words.last.flatMap(Int.init) ?? 0, at: now, place: place))
            current.tls = tls
            section = current
            return
        case "tunnel":
            if words.count == 3 {
                current.tunnel = Tunnel(kind: .connect, target: words[1], answer: Int(words[2]), place: place)
            }
            section = current
            return
        case "failed":
            current.hasFailed = true
            section = current
            return
        case "changed":
            file.limits.append(
                Limit(kind: .changedOnTheWay, text: words.dropFirst().joined(separator: " "), connections: 1))
            section = current
            return
        case "mismatch":
            current.mismatch = words.last.flatMap(ProtocolMismatch.init(rawValue:))
            section = current
            return
        case "certificate-requested":
            var tls = current.tls ?? TLSSummary()
            tls.clientCertificateRequested = true
            tls.clientCertificateEmpty = words.last == "empty"
            current.tls = tls
            section = current
            return
        default: break
        }
        current.endedAt = now
        current.endedFrame = frame
        section = current
    }

    private mutating func hide(_ text: String) {
        var current = opened()
        // Several may stand in one line.
        for word in text.split(separator: " ") { hide(word: word, in: &current) }
        section = current
    }

    private func hide(word: Substring, in current: inout Section) {
        switch word {
        case "reported": current.basis = .reported
        case "clock": current.hasClock = false
        case "requestFields": current.unseen.insert(.requestFields)
        case "responseFields": current.unseen.insert(.responseFields)
        case "responseBody": current.unseen.insert(.responseBody)
        case "status": current.unseen.insert(.status)
        case "frames": current.unseen.insert(.frames)
        case "closes": current.unseen.insert(.closes)
        case "transport": current.unseen.insert(.transport)
        case "query": current.unseen.insert(.query)
        case "credentialValues": current.unseen.insert(.credentialValues)
        case "beginning": current.unseen.insert(.beginning)
        default: break
        }
    }

    private mutating func finishSection() {
        guard var done = section else { return }
        section = nil
        if !done.hasClock { done.forgetTimes() }
        clientPort += 1
        sections.append((done, clientPort))
        let stream = file.attempts.count + file.exchanges.count
        if done.isUpgrade {
            file.attempts.append(
                done.attempt(id: file.attempts.count + 1, stream: stream, port: clientPort, &tokens))
        } else if let exchange = done.exchange(
            id: file.exchanges.count + 1, stream: stream, port: clientPort, &tokens)
        {
            file.exchanges.append(exchange)
        }
    }
}
