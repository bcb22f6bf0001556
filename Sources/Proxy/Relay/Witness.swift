import Case
import Diagnosis
import Dissect
import HTTP
import Wire

/// Reads the copy of one relayed connection, and tells what became of its attempts the moment it is known.
final class Witness {
    private unowned let loop: RelayLoop
    /// What is told of an address. Characters.
    static let mostOfURL = 2048
    private let reader: CopyReader
    private let relay: Int
    /// The connection's number in the reader's door.
    private let number: Int
    /// Attempts that were asked for, oldest first: their numbers and addresses.
    private var asked: [AttemptNews] = []
    /// Attempts of this connection that the door knows.
    private var known = 0
    /// The attempt whose socket is open.
    private var open: AttemptNews?
    private var serverEnding: Connection.Ending?
    private var isClosed = false
    /// What waits for a tapped client's keys.
    private var hold: TapHold?
    private let isSecure: Bool
    /// The connection as it was when reading began.
    private let connection: Connection

    init(_ loop: RelayLoop, reader: CopyReader, info: RelayedConnection) {
        self.loop = loop
        self.reader = reader
        relay = info.id
        isSecure = info.isClientSecure || info.isServerSecure
        var connection = Connection(stream: info.id)
        connection.client = info.client
        connection.server = info.server
        connection.startedAt = loop.now
        connection.establishedAt = info.server == nil ? nil : loop.now
        connection.synCount = 1
        self.connection = connection
        number = reader.door.open(connection, isDecrypted: isSecure)
        reader.openCount += 1
    }

    private var place: Place { loop.place(of: relay) }

    /// A request's head is passed on.
    func asked(_ head: MessageHead) {
        guard let url = upgradeURL(of: head, on: connection, isSecure: isSecure) else { return }
        let news = AttemptNews(
            stage: .asked, number: loop.nextAttemptNumber(), url: String(url.prefix(Self.mostOfURL)))
        reader.number(news.number, on: relay)
        if asked.count < 64 { asked.append(news) }
        loop.tell(.attempt(news), on: relay)
    }

    /// Bytes that were passed on.
    func bytes(_ bytes: Span<UInt8>, from side: Side) {
        loop.show(bytes, on: relay, from: side)
        guard !reader.isRetired else { return }
        reader.bytes &+= bytes.count
        if let keys = loop.tappedKeys, hold != nil {
            let mayWait = hold?.add(bytes, side, loop.now, place, limits: loop.options.limits) ?? false
            if let lines = hold?.random.flatMap({ keys.take($0) }) {
                reader.door.add(keyLog: lines.span)
                loop.keep(keys: lines, of: relay)
                release()
            } else if !mayWait {
                release()
            }
        } else {
            reader.door.receive(bytes, on: number, from: side, at: loop.now, place: place)
        }
        if open == nil { lookForNews() }
    }

    /// The bytes that follow are TLS of a client that logs its keys.
    func beginTap() { if loop.tappedKeys != nil { hold = TapHold() } }

    /// Reads what waited for keys, with them or without.
    private func release() {
        if let keys = loop.tappedKeys, let lines = hold?.random.flatMap({ keys.take($0) }) {
            reader.door.add(keyLog: lines.span)
            loop.keep(keys: lines, of: relay)
        }
        let pieces = hold?.pieces ?? []
        hold = nil
        for piece in pieces {
            reader.door.receive(
                piece.bytes.span, on: number, from: piece.side, at: piece.time, place: piece.place)
        }
    }

    /// Something was changed in what is passed on.
    func changed(_ what: String) { reader.note(change: what, on: relay) }

    /// The proxy in between answered.
    func tunnelAnswered(_ target: String, status: Int) {
        let place = place
        reader.door.update(number) { connection in
            connection.tunnel = Tunnel(kind: .connect, target: target, answer: status, place: place)
        }
    }

    /// A handshake failed.
    func handshakeFailed(with side: Side, alert: Int?) {
        let place = place
        let time = loop.now
        reader.door.update(number) { connection in
            var summary = connection.tls ?? TLSSummary()
            if let alert {
                summary.alerts.append(
                    TLSSummary.Alert(by: side, level: 2, code: alert, at: time, place: place))
            }
            connection.tls = summary
        }
    }

    /// The server was not reached, or its end is known before the relay's.
    func serverFailed(_ ending: Connection.Ending) { serverEnding = ending }

    /// One side sends no more.
    func ended(_ side: Side, _ end: StreamEnd) {
        loop.tell(.ended(side, end), on: relay)
        guard !reader.isRetired else { return }
        release()
        if end != .reset { reader.door.end(number, side, at: loop.now, place: place) }
        if open == nil { lookForNews() }
    }

    /// Both sides are over.
    func closed(_ ending: Connection.Ending) {
        guard !isClosed else { return }
        isClosed = true
        reader.openCount -= 1
        guard !reader.isRetired else { return closedUnread(serverEnding ?? ending) }
        release()
        // A connection that is open for ever was still open when the proxy stopped.
        let attempts = reader.door.close(number, serverEnding ?? ending, at: loop.now, place: place)
        tellNew(attempts)
        if var news = open, let attempt = attempts.last {
            open = nil
            news.stage = .closed
            judge(&news, attempt, place: attempts.count - 1)
        }
        loop.tell(.closed(serverEnding ?? ending), on: relay)
    }

    /// The connection outlived the case that it was read into.
    private func closedUnread(_ ending: Connection.Ending) {
        if var news = open {
            news.stage = .closed
            loop.tell(.attempt(news), on: relay)
        }
        loop.tell(.closed(ending), on: relay)
    }

    /// Tells attempts that the door knows and observers do not.
    private func lookForNews() { tellNew(reader.door.attempts(of: number)) }

    private func tellNew(_ attempts: [Int]) {
        while known < attempts.count {
            let place = known
            known += 1
            var news = asked.isEmpty ? unasked() : asked.removeFirst()
            judge(&news, attempts[place], place: place)
            if news.stage == .opened { open = news }
        }
    }

    /// An attempt whose request was not seen as it passed: it was inside TLS that is not terminated.
    private func unasked() -> AttemptNews {
        let news = AttemptNews(stage: .asked, number: loop.nextAttemptNumber(), url: "")
        reader.number(news.number, on: relay)
        return news
    }

    private func judge(_ news: inout AttemptNews, _ attempt: Int, place: Int) {
        let verdict = reader.judge(
            attempt, stream: relay, place: place, frames: loop.frameCount, at: loop.now)
        news.file = verdict.file
        news.index = verdict.index
        news.judgement = verdict.judgement
        let attempt = verdict.file.attempts[verdict.index]
        if news.url.isEmpty {
            news.url = verdict.file.url(of: attempt, showingSecrets: false)
            loop.tell(
                .attempt(AttemptNews(stage: .asked, number: news.number, url: news.url)), on: relay)
        }
        if news.stage == .asked {
            news.stage =
                switch attempt.outcome {
                case .opened: .opened
                case .refused: .refused
                case .failed, .incomplete: .failed
                }
        }
        loop.tell(.attempt(news), on: relay)
        // What was said is not needed again; a socket may stay open for days.
        news.file = nil
        news.judgement = nil
    }
}
