import Case
import JSON
import Wire

extension Transcript.Section {
    /// The attempt that this connection was.
    func attempt(id: Int, stream: Int, port: UInt16, _ tokens: inout TranscriptTokens) -> Attempt {
        let request = requestMessage(stream, isUpgrade: true)
        let response = responseMessage(stream)
        let connection = connection(stream, port)
        let check = handshake(request, response)
        let outcome: Attempt.Outcome =
            switch response?.head.status {
            case 101: .opened
            case .some: .refused
            case nil where hasFailed: .failed
            case nil where ending == .open && mismatch == nil && (tls?.alerts.isEmpty ?? true): .incomplete
            case nil: .failed
            }
        var attempt = Attempt(
            id: id, input: 0, connection: connection, startedAt: startedAt, basis: basis,
            isSecure: isSecure,
            authority: host, request: request, response: response, handshake: check,
            credentials: request.map { tokens.credentials(in: $0, isUpgrade: true) } ?? [], session: nil,
            outcome: outcome,
            unseen: unseen)
        if outcome == .opened { attempt.session = session(&tokens) }
        if unseen.contains(.requestFields) { attempt.handshake = HandshakeCheck() }
        if unseen.contains(.status), outcome == .refused { attempt.response = nil }
        return attempt
    }

    /// Nobody told when anything was.
    mutating func forgetTimes() {
        requestAt = nil
        responseAt = nil
        startedAt = nil
        endedAt = nil
        for index in frames.indices { frames[index].at = nil }
    }

    /// The exchange that this connection was.
    func exchange(id: Int, stream: Int, port: UInt16, _ tokens: inout TranscriptTokens) -> Exchange? {
        guard let request = requestMessage(stream, isUpgrade: false) else { return nil }
        let response = responseMessage(stream)
        let connection = connection(stream, port)
        return Exchange(
            id: id, input: 0, stream: stream, client: connection.client, server: connection.server,
            isSecure: isSecure, authority: host, request: request, response: response,
            credentials: tokens.credentials(in: request, isUpgrade: false),
            minted: response.map { tokens.minted(in: $0) } ?? [], basis: .observed)
    }

    func connection(_ stream: Int, _ port: UInt16) -> Connection {
        var connection = Connection(stream: stream)
        let last = client.split(separator: ".").last.flatMap { UInt32($0) } ?? 5
        connection.client = Endpoint(ipv4: 0x0a00_0000 | last, port: port)
        connection.server = Endpoint(ipv4: 0xc000_0204, port: isSecure ? 443 : 80)
        connection.startedAt = startedAt
        connection.establishedAt =
            ending == .refused || (ending == .unanswered && requestLines.isEmpty) ? nil : startedAt
        connection.synCount = ending == .unanswered ? 4 : 1
        connection.ending = ending
        connection.endedAt = endedAt
        connection.endedPlace = endedFrame.map { .frame($0, stream: stream, input: 0) }
        connection.tls = tls
        connection.tunnel = tunnel
        connection.protocolMismatch = mismatch
        return connection
    }

    func requestMessage(_ stream: Int, isUpgrade: Bool) -> Message? {
        guard !requestLines.isEmpty else { return nil }
        var lines = requestLines
        let removed = Set(lines.filter { $0.hasPrefix("-") }.map { $0.dropFirst().lowercased() })
        lines.removeAll { $0.hasPrefix("-") }
        func add(_ name: String, _ value: String) {
            guard !removed.contains(name.lowercased()),
                !lines.contains(where: { $0.lowercased().hasPrefix(name.lowercased() + ":") })
            else { return }
            lines.append("\(name): \(value)")
        }
        add("Host", host)
        if isUpgrade {
            add("Upgrade", "websocket")
            add("Connection", "Upgrade")
            add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            add("Sec-WebSocket-Version", "13")
        }
        return message(lines, requestBody, requestAt, .frame(requestFrame, stream: stream, input: 0))
    }

    func responseMessage(_ stream: Int) -> Message? {
        guard !responseLines.isEmpty else { return nil }
        var lines = responseLines.map { line -> String in
            guard line.lowercased().hasPrefix("date:"), line.utf8.count < 20 else { return line }
            return "Date: Thu, 15 Jan 2026 \(line.dropFirst(5).trimmed) GMT"
        }
        if lines[0].contains(" 101"), !unseen.contains(.responseFields) {
            let names = lines.map { $0.lowercased() }
            if !names.contains(where: { $0.hasPrefix("upgrade:") }) { lines.append("Upgrade: websocket") }
            if !names.contains(where: { $0.hasPrefix("connection:") }) { lines.append("Connection: Upgrade") }
            if !names.contains(where: { $0.hasPrefix("sec-websocket-accept:") }) {
                lines.append("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            }
        }
        var message = message(
            lines, responseBody, responseAt, .frame(responseFrame, stream: stream, input: 0))
        if unseen.contains(.responseBody) { message.body.completeness = .notCaptured }
        return message
    }

    private func message(_ lines: [String], _ body: [String]?, _ at: Timestamp?, _ place: Place) -> Message {
        let text = Array((body ?? []).joined(separator: "\n").utf8)
        return Message(
            head: transcriptHead(lines),
            body: Body(bytes: text, wireLength: text.count, length: text.count, completeness: .complete),
            at: at,
            firstByteAt: at, place: place)
    }

    private func handshake(_ request: Message?, _ response: Message?) -> HandshakeCheck {
        var check = HandshakeCheck()
        guard let head = request?.head else { return check }
        check.key =
            switch head.first("sec-websocket-key") {
            case nil: .missing
            case "dGhlIHNhbXBsZSBub25jZQ==": .valid
            case let key?:
                key.count == 24
                    ? .valid : key.count.isMultiple(of: 4) ? .wrongLength(key.count / 4 * 3) : .notBase64
            }
        check.requestUpgrade = head.list("upgrade").contains { $0.lowercased() == "websocket" }
        check.requestConnection = head.list("connection").contains { $0.lowercased() == "upgrade" }
        check.versions = head.all("sec-websocket-version")
        check.offeredSubprotocols = head.list("sec-websocket-protocol")
        check.illegalSubprotocols = check.offeredSubprotocols.indices.filter {
            check.offeredSubprotocols[$0].contains { "=/\"() :".contains($0) }
        }
        check.offeredExtensions = head.list("sec-websocket-extensions")
        guard let answer = response?.head, answer.status == 101, !unseen.contains(.responseFields) else {
            return check
        }
        check.selectedSubprotocols = answer.list("sec-websocket-protocol")
        check.selectedExtensions = answer.list("sec-websocket-extensions")
        check.accept =
            answer.first("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
            ? .valid : answer.first("sec-websocket-accept") == "-" ? .missing : .wrong
        check.responseUpgrade = answer.list("upgrade").contains { $0.lowercased() == "websocket" }
        check.responseConnection = answer.list("connection").contains { $0.lowercased() == "upgrade" }
        check.extensionsAgree = check.selectedExtensions.isEmpty || !check.offeredExtensions.isEmpty
        return check
    }

    private func session(_ tokens: inout TranscriptTokens) -> Session {
        var session = Session()
        session.violations = violations
        var previous = responseAt
        for frame in frames {
            let by = frame.by
            switch frame.opcode {
            case 1: session.counts[by].text += 1
            case 2: session.counts[by].binary += 1
            case 8: session.counts[by].close += 1
            case 9: session.counts[by].ping += 1
            default: session.counts[by].pong += 1
            }
            session.lastFrameAt[by] = frame.at
            if frame.opcode == 8 {
                let told = frame.preview.count < 2 ? 0 : Int(frame.preview[0]) << 8 | Int(frame.preview[1])
                let code = told == 0 ? nil : told
                session.closes.append(
                    CloseFrame(
                        by: by, code: code,
                        reason: String(decoding: frame.preview.dropFirst(2), as: UTF8.self),
                        at: frame.at, place: frame.place))
                continue
            }
            if session.closes.isEmpty {
                if let at = frame.at, let before = previous {
                    session.longestGapSeconds = max(session.longestGapSeconds, at.seconds(since: before))
                }
                session.lastActivityAt = frame.at
                previous = frame.at
            }
            if frame.opcode == 9, let at = frame.at {
                session.pingTimes[by].append(at)
                session.unansweredPings[by] += 1
                session.unansweredPingAt = at
            }
            if frame.opcode == 10, 0 < session.unansweredPings[by.peer] {
                session.unansweredPings[by.peer] -= 1
            }
            if session.firstFrames.count(where: { $0.by == by }) < 6 { session.firstFrames.append(frame) }
            if by == .client { session.credentials += tokens.credentials(inMessage: frame) }
        }
        return session
    }
}

/// A head from its lines.
func transcriptHead(_ lines: [String]) -> MessageHead {
    var bytes: [UInt8] = []
    var fields: [MessageHead.FieldLine] = []
    var start = MessageHead.StartLine.request(method: 0..<0, target: 0..<0, version: 0..<0)
    for (number, line) in lines.enumerated() {
        let begin = bytes.count
        bytes += Array(line.utf8)
        let end = bytes.count
        bytes += [13, 10]
        if number == 0 {
            start = startLine(line, begin)
        } else if let colon = bytes[begin..<end].firstIndex(of: 0x3a) {
            var from = colon + 1
            while from < end, bytes[from] == 0x20 { from += 1 }
            fields.append(MessageHead.FieldLine(name: begin..<colon, value: from..<end))
        }
    }
    bytes += [13, 10]
    return MessageHead(bytes: bytes, startLine: start, fieldLines: fields, oddities: [])
}

private func startLine(_ line: String, _ begin: Int) -> MessageHead.StartLine {
    let words = line.split(separator: " ", maxSplits: 2).map { $0.utf8.count }
    let first = begin..<begin + (words.first ?? 0)
    let second = first.upperBound + 1..<first.upperBound + 1 + (words.count < 2 ? 0 : words[1])
    let third =
        words.count < 3
        ? second.upperBound..<second.upperBound : second.upperBound + 1..<begin + line.utf8.count
    if line.hasPrefix("HTTP/") {
        let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return .response(version: first, status: status, reason: third)
    }
    return .request(method: first, target: second, version: third)
}
