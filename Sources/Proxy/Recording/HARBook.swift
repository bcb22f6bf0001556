import Case
import JSON
package import Wire

/// Gathers handshakes and messages, to be written as HAR 1.2 at the end.
///
/// Messages stand in `_webSocketMessages` as browsers write them; control frames, which those leave out, stand before
/// them in `_webSocketControlFrames`, how the connection ended in `_connectionEnding`, and how many frames were more
/// than are kept in `_framesLeftOut`.
/// Source: http://www.softwareishard.com/blog/har-12-spec/ and what Chromium 156 exports.
package final class HARBook: RelayObserver {
    private var book: AttemptBook
    /// The longest beginning of a message that is kept. Bytes.
    private static let messageBytes = 64 << 10

    /// Nothing gathered yet.
    package init(limits: Limits = .standard) {
        var limits = limits
        limits.pageDetails = limits.pageAttempts
        limits.pageFrames = limits.harBytes / 128
        limits.pageFrameBytes = limits.harBytes
        book = AttemptBook(version: "", limits: limits, previewBytes: HARBook.messageBytes)
    }

    /// Takes an event of a connection.
    package func take(_ event: RelayEvent, on id: Int, at time: Timestamp) {
        _ = book.take(event, on: id, at: time)
    }

    /// Takes bytes, for the messages in them.
    package func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {
        _ = book.relayed(bytes, on: id, from: side, at: time)
    }

    /// The document. Credentials are masked unless they are wanted.
    package func document(version: String, showingSecrets: Bool) -> [UInt8] {
        var json = JSONWriter(.pretty)
        json.object { json in
            json.member("log") { json in
                json.object { json in
                    json.member("version", "1.2")
                    json.member("creator") { json in
                        json.object { json in
                            json.member("name", "wsdiag")
                            json.member("version", version)
                        }
                    }
                    json.name("entries")
                    json.array { json in
                        for entry in book.inOrder {
                            if let file = entry.file, let attempt = entry.attempt {
                                HAREntry(entry, file, attempt, showingSecrets).write(into: &json)
                            }
                        }
                    }
                }
            }
        }
        json.lineEnd()
        return json.take()
    }
}

/// One attempt as an entry.
private struct HAREntry {
    let entry: AttemptBook.Entry
    let file: CaseFile
    let attempt: Attempt
    let showingSecrets: Bool

    init(_ entry: AttemptBook.Entry, _ file: CaseFile, _ attempt: Attempt, _ showingSecrets: Bool) {
        self.entry = entry
        self.file = file
        self.attempt = attempt
        self.showingSecrets = showingSecrets
    }

    func write(into json: inout JSONWriter) {
        let begin = attempt.request?.at ?? entry.startedAt
        let wait = attempt.response?.at.map { $0.seconds(since: begin) * 1000 } ?? 0
        json.beginObject()
        json.member("startedDateTime", begin.rfc3339)
        json.member("time", wait)
        json.member("_resourceType", "websocket")
        json.member("_outcome", attempt.outcome.rawValue)
        writeRequest(into: &json)
        writeResponse(into: &json)
        json.member("cache") { $0.object { _ in } }
        json.member("timings") { json in
            json.object { json in
                json.member("send", 0)
                json.member("wait", wait)
                json.member("receive", 0)
            }
        }
        if let server = attempt.connection.server { json.member("serverIPAddress", server.addressText) }
        json.member("connection", String(attempt.connection.stream))
        writeEnding(into: &json)
        let frames = entry.frames.isEmpty ? attempt.session.map(framesOfCase) ?? [] : entry.frames
        let counts = attempt.session?.counts ?? PerSide(client: Session.Counts(), server: Session.Counts())
        let total = max(
            counts.client.frames + counts.server.frames, entry.frameCounts.client + entry.frameCounts.server)
        if frames.count < total {
            json.member("_framesLeftOut") { $0.object { $0.member("count", total - frames.count) } }
        }
        // Before the messages, so that a reader can put them in order as it goes.
        writeFrames("_webSocketControlFrames", frames.filter { 8 <= $0.opcode }, into: &json)
        writeFrames("_webSocketMessages", messages(of: frames), into: &json)
        json.endObject()
    }

    private func writeEnding(into json: inout JSONWriter) {
        let connection = attempt.connection
        let told: (kind: String, by: Side?)
        switch connection.ending {
        case .open: told = ("open", nil)
        case .finished(let side): told = ("finished", side)
        case .reset(let side): told = ("reset", side)
        case .refused: told = ("refused", nil)
        case .unanswered: told = ("unanswered", nil)
        }
        json.member("_connectionEnding") { json in
            json.object { json in
                json.member("kind", told.kind)
                if let side = told.by { json.member("by", side == .client ? "client" : "server") }
                if let at = connection.endedAt { json.member("time", Double(at.nanoseconds) / 1e9) }
            }
        }
    }

    private func writeRequest(into json: inout JSONWriter) {
        let head = attempt.request?.head
        json.name("request")
        json.beginObject()
        json.member("method", head?.method ?? "GET")
        json.member("url", file.url(of: attempt, showingSecrets: showingSecrets))
        json.member("httpVersion", head?.version ?? "HTTP/1.1")
        writeFields(head, into: &json)
        for name in ["cookies", "queryString"] { json.member(name) { $0.array { _ in } } }
        json.member("headersSize", head?.bytes.count ?? -1)
        json.member("bodySize", attempt.request?.body.wireLength ?? -1)
        json.endObject()
    }

    private func writeResponse(into json: inout JSONWriter) {
        let response = attempt.response
        json.name("response")
        json.beginObject()
        json.member("status", response?.head.status ?? 0)
        json.member("statusText", response?.head.reasonPhrase ?? "")
        json.member("httpVersion", response?.head.version ?? "")
        writeFields(response?.head, into: &json)
        json.member("cookies") { $0.array { _ in } }
        json.member("content") { json in
            json.object { json in
                json.member("size", response?.body.length ?? 0)
                json.member("mimeType", response?.head.first("content-type") ?? "x-unknown")
                if let body = response?.body, !body.bytes.isEmpty { json.member("text", shown(body.bytes)) }
            }
        }
        json.member("redirectURL", response?.head.first("location").map { shown(Array($0.utf8)) } ?? "")
        json.member("headersSize", response?.head.bytes.count ?? -1)
        json.member("bodySize", response?.body.wireLength ?? -1)
        json.endObject()
    }

    private func writeFields(_ head: MessageHead?, into json: inout JSONWriter) {
        json.name("headers")
        json.array { json in
            for line in head?.fieldLines ?? [] {
                guard let head else { return }
                let (name, value) = (head.name(line), head.value(line))
                json.object { json in
                    json.member("name", name)
                    json.member("value", showingSecrets ? value : file.masked(value: value, ofField: name))
                }
            }
        }
    }

    /// Data frames, those of one message put together.
    private func messages(of frames: [FrameRecord]) -> [FrameRecord] {
        var whole: [FrameRecord] = []
        var begun = PerSide<FrameRecord?>(client: nil, server: nil)
        for frame in frames where frame.opcode < 8 {
            var message = frame
            if frame.opcode == 0, let beginning = begun[frame.by] {
                message.opcode = beginning.opcode
                message.preview = beginning.preview + frame.preview
                message.length = beginning.length &+ frame.length
            }
            begun[frame.by] = frame.isFinal ? nil : message
            if frame.isFinal { whole.append(message) }
        }
        return whole
    }

    private func writeFrames(_ name: String, _ frames: [FrameRecord], into json: inout JSONWriter) {
        json.name(name)
        json.beginArray()
        for frame in frames {
            json.beginObject()
            json.member("type", frame.by == .client ? "send" : "receive")
            json.member("time", frame.at.map { Double($0.nanoseconds) / 1e9 })
            json.member("opcode", Int(frame.opcode))
            if frame.preview.count < frame.length { json.member("_length", Double(frame.length)) }
            let isText = frame.opcode == 1
            json.member(
                "data",
                isText
                    ? shown(frame.preview)
                    : String(decoding: base64(frame.preview.span, url: false), as: UTF8.self))
            if frame.opcode == 8, 2 <= frame.preview.count {
                json.member("code", Int(frame.preview[0]) << 8 | Int(frame.preview[1]))
                json.member("reason", shown(Array(frame.preview.dropFirst(2))))
            }
            json.endObject()
        }
        json.endArray()
    }

    /// What the case itself keeps, where no frame of the socket was read here: of a tapped tunnel.
    private func framesOfCase(_ session: Session) -> [FrameRecord] {
        let closes = session.closes.map { close in
            let code = close.code.map { [UInt8($0 >> 8 & 0xff), UInt8($0 & 0xff)] } ?? []
            let payload = code + Array(close.reason.utf8)
            return FrameRecord(
                by: close.by, opcode: 8, isFinal: true, reservedBits: 0, isMasked: close.by == .client,
                length: UInt64(payload.count), preview: payload, at: close.at, place: close.place)
        }
        return (session.firstFrames + session.lastFrames).filter { $0.opcode != 8 } + closes
    }

    private func shown(_ bytes: [UInt8]) -> String {
        showingSecrets ? String(decoding: bytes, as: UTF8.self) : file.masked(bytes)
    }
}
