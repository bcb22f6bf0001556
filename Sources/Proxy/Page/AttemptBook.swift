import Case
import Diagnosis
import HTTP
import JSON
import Report
import WebSocket
import Wire

/// What the page, and a HAR, know of the run: every attempt in a line, the last ones with their evidence and frames.
struct AttemptBook {
    /// One attempt.
    struct Entry {
        var number: Int
        var connection: Int
        var stage: AttemptNews.Stage
        var url: String
        var startedAt: Timestamp
        var answeredAt: Timestamp?
        /// The case with this attempt alone, and what is said of it; nil when it was let go, or nothing is known yet.
        var file: CaseFile?
        var judgement: Judgement?
        var notes: [String] = []
        /// Reads the open socket.
        var reader: SessionReader?
        /// The last frames.
        var frames: [FrameRecord] = []
        var frameCounts = PerSide(client: 0, server: 0)
        /// What the server sent since the request, until the 101 is known.
        var unread: [UInt8] = []

        var attempt: Attempt? { file?.attempts.first }
    }

    private let limits: Limits
    private var readerLimits: Limits
    let version: String
    private(set) var entries: [Int: Entry] = [:]
    /// Numbers in the order they came.
    private var order: [Int] = []
    /// The attempt that a connection is at.
    private var current: [Int: Int] = [:]
    private var connections: [Int: RelayedConnection] = [:]
    private var frameBytes = 0
    /// Remarks that belong to no attempt, the last hundred.
    private(set) var notes: [String] = []

    /// `previewBytes` of each frame are kept.
    init(version: String, limits: Limits, previewBytes: Int) {
        self.version = version
        self.limits = limits
        readerLimits = limits
        readerLimits.previewBytes = previewBytes
        readerLimits.previewedFrames = 0
    }

    /// Attempts in the order they came.
    var inOrder: [Entry] { order.compactMap { entries[$0] } }

    // MARK: What happens

    /// Takes an event; answers the number of the attempt that looks different now, or a new note.
    mutating func take(
        _ event: RelayEvent, on id: Int, at time: Timestamp
    ) -> (attempt: Int?, note: String?) {
        switch event {
        case .opened(let info), .updated(let info):
            connections[id] = info
            return (current[id], nil)
        case .ended: return (nil, nil)
        case .closed(let ending):
            connections[id] = nil
            guard let number = current.removeValue(forKey: id) else { return (nil, nil) }
            if var attempt = entries[number]?.attempt, attempt.connection.ending == .open {
                // A refusal is told before its connection ends.
                attempt.connection.ending = ending
                attempt.connection.endedAt = time
                entries[number]?.file?.attempts = [attempt]
            }
            entries[number]?.reader = nil
            entries[number]?.unread = []
            return (number, nil)
        case .attempt(let news):
            take(news, on: id, at: time)
            return (news.number, nil)
        case .handshakeFailed(let side, _, let why):
            return note(
                "TLS with the \(side == .client ? "client" : "server") failed: \(why)", on: id, at: time)
        case .unreachable(let why), .note(let why): return note(why, on: id, at: time)
        case .refusedByProxy(let status, let why):
            return note("answered \(status) by the proxy itself: \(why)", on: id, at: time)
        }
    }

    /// Takes a remark.
    mutating func note(_ text: String, on id: Int?, at time: Timestamp) -> (attempt: Int?, note: String?) {
        if let id, let number = current[id], (entries[number]?.notes.count ?? 16) < 16 {
            entries[number]?.notes.append(text)
            return (number, nil)
        }
        let target = id.flatMap { connections[$0]?.target } ?? ""
        let line = time.clockText() + " " + (target.isEmpty ? "" : target + ": ") + text
        notes.append(line)
        if 100 < notes.count { notes.removeFirst() }
        return (nil, line)
    }

    private mutating func take(_ news: AttemptNews, on id: Int, at time: Timestamp) {
        if entries[news.number] == nil {
            entries[news.number] = Entry(
                number: news.number, connection: id, stage: news.stage, url: news.url, startedAt: time)
            order.append(news.number)
            makeRoom()
        }
        guard var entry = entries.removeValue(forKey: news.number) else { return }
        entry.stage = news.stage
        if !news.url.isEmpty { entry.url = news.url }
        if var file = news.file, let attempt = news.attempt {
            // What was compared with is in the words of the judgement; the rest of the run is not kept twice.
            file.attempts = [attempt]
            file.exchanges = []
            file.prepareMask()
            // As everything else of the entry names its tokens: alone it had other numbers.
            entry.url = String(file.url(of: attempt, showingSecrets: false).prefix(Witness.mostOfURL))
            entry.file = file
            entry.startedAt = attempt.startedAt ?? entry.startedAt
            entry.answeredAt = attempt.response?.at
        }
        entry.judgement = news.judgement
        switch news.stage {
        case .asked: current[id] = news.number
        case .opened:
            let reader = SessionReader(
                response: entry.attempt?.response?.head, limits: readerLimits, keepsEveryFrame: true)
            // Of a tapped tunnel the bytes are TLS; its frames come with the case.
            if connections[id]?.isTunnelled != true { entry.reader = reader }
            let unread = entry.unread
            entry.unread = []
            entries[news.number] = entry
            // Frames may have come in the same piece as the 101.
            if let head = entry.attempt?.response?.head.bytes,
                let start = offset(of: head, in: unread, from: 0)
            {
                read(unread.span.extracting(start + head.count..<unread.count), news.number, .server, time)
            }
            return
        case .refused, .failed: entry.unread = []
        case .closed: entry.reader = nil
        }
        entries[news.number] = entry
    }

    /// The oldest lines go, and of what stays the oldest evidence.
    private mutating func makeRoom() {
        if limits.pageAttempts < order.count {
            drop(entries.removeValue(forKey: order.removeFirst())?.frames ?? [])
        }
        guard limits.pageDetails < order.count else { return }
        let number = order[order.count - 1 - limits.pageDetails]
        drop(entries[number]?.frames ?? [])
        entries[number]?.frames = []
        entries[number]?.file = nil
    }

    private mutating func drop(_ frames: [FrameRecord]) {
        for frame in frames { frameBytes -= frame.preview.count + 128 }
    }

    // MARK: Frames

    /// Takes bytes of one side; answers the number of an attempt whose frames changed.
    mutating func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) -> Int? {
        guard let number = current[id] else { return nil }
        if entries[number]?.stage == .asked {
            guard side == .server else { return nil }
            // A head that is longer than any is not waited for.
            let room = limits.headBytes - (entries[number]?.unread.count ?? 0)
            entries[number]?.unread.append(bytes.extracting(0..<min(max(0, room), bytes.count)))
            return nil
        }
        guard entries[number]?.reader != nil else { return nil }
        read(bytes, number, side, time)
        return number
    }

    private mutating func read(_ bytes: Span<UInt8>, _ number: Int, _ side: Side, _ time: Timestamp) {
        guard var entry = entries.removeValue(forKey: number) else { return }
        let place = Place.frame(0, stream: entry.connection, input: 0)
        entry.reader?.receive(bytes, from: side, at: time, place: place)
        for frame in entry.reader?.takeFrames() ?? [] {
            entry.frameCounts[frame.by] += 1
            entry.frames.append(frame)
            frameBytes += frame.preview.count + 128
        }
        let surplus = entry.frames.count - limits.pageFrames
        if 0 < surplus {
            drop(Array(entry.frames.prefix(surplus)))
            entry.frames.removeFirst(surplus)
        }
        entries[number] = entry
        // Beyond the bound the oldest attempts lose their frames first.
        for older in order where limits.pageFrameBytes < frameBytes {
            drop(entries[older]?.frames ?? [])
            entries[older]?.frames = []
        }
    }

    // MARK: What is told

    /// Every line, oldest first.
    func list(_ about: LivePage.About) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("listening", about.listening)
            json.member("recording", about.recording)
            json.member("decrypting", about.decrypting)
            json.member("notes", notes)
            json.name("attempts")
            json.array { json in
                for number in order { if let entry = entries[number] { write(entry, into: &json) } }
            }
        }
        return json.take()
    }

    /// One line; nil when it is not kept.
    func item(_ number: Int) -> [UInt8]? {
        guard let entry = entries[number] else { return nil }
        var json = JSONWriter()
        write(entry, into: &json)
        return json.take()
    }

    private func write(_ entry: Entry, into json: inout JSONWriter) {
        let attempt = entry.attempt
        let masked = { (text: String) in entry.file?.masked(text) ?? text }
        json.object { json in
            json.member("number", entry.number)
            json.member("stage", entry.stage.rawValue)
            json.member("url", entry.url)
            json.member("startedAt", entry.startedAt.rfc3339)
            json.member("answeredAt", entry.answeredAt?.rfc3339)
            json.member("status", attempt?.status)
            json.member("credential", attempt.map(credentialWords))
            json.name("close")
            if entry.stage == .closed, let close = attempt.flatMap({ Closing($0) }) {
                json.object { json in
                    json.member("code", close.code)
                    json.member("reason", masked(close.reason))
                    json.member("by", close.by == .client ? "client" : "server")
                    json.member("frame", close.hasFrame)
                }
            } else {
                json.null()
            }
            json.name("verdict")
            if let verdict = entry.judgement?.verdict {
                json.object { json in
                    json.member("cause", verdict.cause ?? "undetermined")
                    json.member("certainty", verdict.certainty.rawValue)
                    json.member("summary", verdict.summary)
                }
            } else {
                json.null()
            }
            json.name("frames")
            if entry.stage == .opened || entry.stage == .closed {
                json.object { json in
                    json.member("sent", entry.frameCounts.client)
                    json.member("received", entry.frameCounts.server)
                }
            } else {
                json.null()
            }
            json.member("client", connections[entry.connection]?.client.description)
            json.member("changes", connections[entry.connection]?.changes ?? [])
            json.member("notes", entry.notes)
        }
    }

    private func credentialWords(_ attempt: Attempt) -> String {
        guard let first = attempt.credentials.first else {
            return attempt.unseen.contains(.requestFields) ? "" : "no credential"
        }
        let more = attempt.credentials.count - 1
        return first.placement.rawValue + (more == 0 ? "" : " +\(more)")
    }
}
