import Case
import HTTP
import JSON
package import Wire

/// The live page: what a browser on this computer sees of the run.
///
/// Sans-IO: the relay hands in what browsers send and takes out what they are owed. Browsers are told of changes by
/// Server-Sent Events, several times a second at most, and fetch what they show.
package final class LivePage: LocalService, RelayObserver {
    /// One connection of a browser.
    private struct Client {
        var listener: Endpoint
        var received: [UInt8] = []
        var owed: [UInt8] = []
        var offset = 0
        var isStream = false
        /// Whether nothing will be added.
        var isComplete = false

        var owedBytes: Int { owed.count - offset }
    }

    /// Between two tellings of one change. Nanoseconds.
    private static let pause: Int64 = 200_000_000
    /// Of silence, after which a stream says that it is alive. Nanoseconds.
    private static let heartbeat: Int64 = 15_000_000_000
    private static let pieceBytes = 64 << 10

    /// What the page says of the run.
    package struct About: Sendable {
        /// Where the proxy listens, for people.
        package var listening = ""
        /// The name of the recording; nil without one.
        package var recording: String?
        /// Patterns of the hosts that are decrypted.
        package var decrypting: [String] = []

        /// Nothing yet.
        package init() {}
    }

    private let token: String
    /// What the page says of the run.
    package var about = About()
    private let limits: Limits
    private var book: AttemptBook
    private var clients: [Int: Client] = [:]
    private var ready: [Int] = []
    private var changed: Set<Int> = []
    private var toldAt: Int64 = 0
    private var wroteAt: Int64 = 0

    /// A page whose address holds `token`: random, letters and digits.
    package init(token: String, version: String, limits: Limits = .standard) {
        self.token = token
        self.limits = limits
        book = AttemptBook(version: version, limits: limits, previewBytes: 2048)
    }

    /// A token of 128 random bits.
    package static func newToken() -> String {
        String(decoding: base64(randomBytes(16).span, url: true), as: UTF8.self)
    }

    /// The address to open, for the address that is listened on.
    package func address(at endpoint: Endpoint) -> String { "http://\(endpoint)/\(token)/" }

    // MARK: What happens

    /// Takes an event of a connection.
    package func take(_ event: RelayEvent, on id: Int, at time: Timestamp) {
        let change = book.take(event, on: id, at: time)
        if let number = change.attempt { changed.insert(number) }
        if let note = change.note { tell(note) }
    }

    /// Takes bytes, for the frames in them.
    package func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {
        if let number = book.relayed(bytes, on: id, from: side, at: time) { changed.insert(number) }
    }

    /// Takes a remark that belongs to no connection.
    package func take(note: String, at time: Timestamp) {
        if let line = book.note(note, on: nil, at: time).note { tell(line) }
    }

    /// Tells browsers what changed.
    package func turnEnded(at time: Timestamp) {
        let isDue = toldAt + Self.pause <= time.nanoseconds || time.nanoseconds < toldAt
        if isDue, !changed.isEmpty {
            toldAt = time.nanoseconds
            for number in changed.sorted() {
                if let item = book.item(number) { broadcast(PageAnswer.event("attempt", item)) }
            }
            changed = []
        }
        if wroteAt + Self.heartbeat <= time.nanoseconds {
            wroteAt = time.nanoseconds
            broadcast(Array(": alive\n\n".utf8))
        }
    }

    /// Tells browsers that nothing more will come.
    package func finish(at time: Timestamp) {
        toldAt = 0
        turnEnded(at: time)
        broadcast(PageAnswer.event("end", Array("{}".utf8)))
        for id in clients.keys { clients[id]?.isComplete = true }
    }

    private func tell(_ note: String) {
        var json = JSONWriter()
        json.value(note)
        broadcast(PageAnswer.event("note", json.take()))
    }

    private func broadcast(_ bytes: [UInt8]) {
        for id in clients.keys where clients[id]?.isStream == true { owe(bytes, to: id) }
    }

    private func owe(_ bytes: [UInt8], to id: Int) {
        guard clients[id]?.isComplete == false, var client = clients.removeValue(forKey: id) else { return }
        if client.isStream, limits.pageOwedBytes < client.owedBytes + bytes.count {
            // It asks again and is told everything anew.
            client.isComplete = true
        } else {
            client.owed += bytes
        }
        clients[id] = client
        ready.append(id)
    }
}

// MARK: - Browsers

extension LivePage {
    /// A browser has connected.
    package func opened(_ id: Int, listener: Endpoint, at time: Timestamp) {
        clients[id] = Client(listener: listener)
        if limits.pageClients < clients.count {
            answer(503, "too many windows show this page", to: id)
        }
    }

    /// Takes what a browser sent.
    package func received(_ bytes: Span<UInt8>, on id: Int, at time: Timestamp) {
        guard var client = clients.removeValue(forKey: id) else { return }
        // One question a connection: what follows is not read.
        guard !client.isComplete, !client.isStream else {
            clients[id] = client
            return
        }
        client.received.append(bytes)
        clients[id] = client
        var bounds = limits
        bounds.headBytes = 16 << 10
        switch readHead(client.received.span, from: .client, limits: bounds) {
        case .needsMore: break
        case .notHTTP:
            let isLong = bounds.headBytes <= client.received.count
            answer(isLong ? 431 : 400, isLong ? "the request is too long" : "this is no request", to: id)
        case .head(let head, _):
            clients[id]?.received = []
            serve(PageRequest(head, token: token, listener: client.listener), to: id)
        }
    }

    private func serve(_ request: PageRequest, to id: Int) {
        switch request {
        case .refused(let status, let because): answer(status, because, to: id)
        case .pageWithoutSlash:
            finish(PageAnswer.whole(308, "text/plain", [], more: ["Location: /\(token)/"]), to: id)
        case .page:
            let page = PageDocument.embedded
            finish(PageAnswer.whole(200, "text/html; charset=utf-8", page.bytes, policy: page.policy), to: id)
        case .events:
            clients[id]?.isStream = true
            owe(PageAnswer.eventStream() + PageAnswer.event("list", book.list(about)), to: id)
        case .attempt(let number): finish(json(book.detail(number)), to: id)
        case .token(let token, let number): finish(json(book.secret(token, of: number)), to: id)
        case .raw(let number, let showingSecrets):
            finish(json(book.raw(number, showingSecrets: showingSecrets)), to: id)
        case .difference(let left, let right): finish(json(book.difference(left, right)), to: id)
        case .rule(let slug): finish(json(rulePage(slug)), to: id)
        }
    }

    private func json(_ body: [UInt8]?) -> [UInt8] {
        guard let body else {
            return PageAnswer.whole(404, "text/plain; charset=utf-8", Array("not kept\n".utf8))
        }
        return PageAnswer.whole(200, "application/json", body)
    }

    private func answer(_ status: Int, _ text: String, to id: Int) {
        finish(PageAnswer.whole(status, "text/plain; charset=utf-8", Array((text + "\n").utf8)), to: id)
    }

    private func finish(_ bytes: [UInt8], to id: Int) {
        owe(bytes, to: id)
        clients[id]?.isComplete = true
    }

    /// A browser is gone.
    package func closed(_ id: Int) { clients[id] = nil }

    /// The browsers that are owed something.
    package func takeReady() -> [Int] {
        defer { ready.removeAll(keepingCapacity: true) }
        return ready
    }

    /// The next bytes for a browser.
    package func takeOutput(for id: Int) -> [UInt8] {
        guard var client = clients.removeValue(forKey: id) else { return [] }
        defer { clients[id] = client }
        let end = min(client.owed.count, client.offset + Self.pieceBytes)
        let piece = Array(client.owed[client.offset..<end])
        client.offset = end
        if client.offset == client.owed.count {
            client.owed = []
            client.offset = 0
        }
        return piece
    }

    /// Whether everything was said to a browser.
    package func isFinished(_ id: Int) -> Bool {
        clients[id].map { $0.isComplete && $0.owedBytes == 0 } ?? true
    }
}
