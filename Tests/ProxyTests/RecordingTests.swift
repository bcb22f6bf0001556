import Capture
import Case
import Diagnosis
import Dissect
import Glibc
import TestSupport
import Testimony
import Testing
import Wire

@testable import Proxy

/// Drives a recorder and a door as the relay does.
final class RecordedRelay {
    let recorder: Recorder
    var door = OrderedDoor()
    /// Told of everything beside the recorder.
    let har = HARBook()
    private var doors: [Int: Int] = [:]
    private var clock: Int64 = 1_795_000_000_000_000_000

    init(_ path: String, limits: Limits = .standard) throws {
        recorder = try Recorder(path: path, application: "wsdiag test", limits: limits)
    }

    var now: Timestamp { Timestamp(nanoseconds: clock) }

    func open(_ id: Int, isSecure: Bool = false, six: Bool = false) {
        let client =
            six
            ? Endpoint(high: 0, low: 1, port: 50_000) : Endpoint(ipv4: 0x7f00_0001, port: 50_000 + UInt16(id))
        let listener =
            six ? Endpoint(high: 0, low: 1, port: 8080) : Endpoint(ipv4: 0x7f00_0001, port: 8080)
        var relayed = RelayedConnection(id: id, client: client, listener: listener)
        relayed.isClientSecure = isSecure
        tell(.opened(relayed), on: id)
        var connection = Connection(stream: id)
        connection.client = client
        connection.server = listener
        connection.startedAt = now
        doors[id] = door.open(connection, isDecrypted: isSecure)
    }

    func say(_ text: String, _ side: Side, on id: Int) { say(Array(text.utf8), side, on: id) }

    func say(_ bytes: [UInt8], _ side: Side, on id: Int) {
        clock += 1_000_000
        recorder.relayed(bytes.span, on: id, from: side, at: now)
        har.relayed(bytes.span, on: id, from: side, at: now)
        door.receive(
            bytes.span, on: doors[id] ?? -1, from: side, at: now,
            place: .frame(recorder.frameNumber, stream: id, input: 0))
    }

    /// The answer is known and judged.
    func judged(_ stage: AttemptNews.Stage, attempt index: Int, on id: Int) {
        let file = snapshot()
        var news = AttemptNews(stage: stage, number: index + 1, url: "ws://a.test/")
        news.file = file
        news.index = index
        news.judgement = judge(file)[index]
        tell(.attempt(news), on: id)
    }

    /// The proxy changed what it passed on.
    func changed(_ changes: [String], on id: Int) {
        var relayed = RelayedConnection(
            id: id, client: Endpoint(ipv4: 0x7f00_0001, port: 50_000),
            listener: Endpoint(ipv4: 0x7f00_0001, port: 8080))
        relayed.changes = changes
        tell(.updated(relayed), on: id)
    }

    func asked(_ number: Int, on id: Int) {
        tell(.attempt(AttemptNews(stage: .asked, number: number, url: "ws://a.test/")), on: id)
    }

    private func tell(_ event: RelayEvent, on id: Int) {
        recorder.take(event, on: id, at: now)
        har.take(event, on: id, at: now)
    }

    func snapshot() -> CaseFile {
        door.snapshot(
            inputs: [Input(name: recorder.inputName, kind: "pcapng", bytes: 0)], endedAt: now)
    }

    /// The server ends the connection, by FIN or RST; an open socket is judged once more.
    func finish(_ id: Int, resets: Bool, attempt index: Int?) {
        clock += 1_000_000
        let ending: Connection.Ending = resets ? .reset(by: .server) : .finished(by: .server)
        for side in [Side.server, .client] where !resets || side == .server {
            tell(.ended(side, resets ? .reset : .finished), on: id)
            if !resets {
                door.end(
                    doors[id] ?? -1, side, at: now, place: .frame(recorder.frameNumber, stream: id, input: 0))
            }
        }
        door.close(
            doors[id] ?? -1, ending, at: now, place: .frame(recorder.frameNumber, stream: id, input: 0))
        if let index { judged(.closed, attempt: index, on: id) }
        tell(.closed(ending), on: id)
        recorder.turnEnded(at: now)
    }

    func close(_ id: Int, by side: Side) {
        clock += 1_000_000
        for side in [side, side.peer] {
            tell(.ended(side, .finished), on: id)
            door.end(
                doors[id] ?? -1, side, at: now, place: .frame(recorder.frameNumber, stream: id, input: 0))
        }
        tell(.closed(.finished(by: side)), on: id)
        door.close(doors[id] ?? -1, .finished(by: side), at: now, place: nil)
        recorder.turnEnded(at: now)
    }
}

let upgrade = """
    GET /socket HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
    Authorization: Bearer abcdefghijklmnop1234\r\n\r\n
    """
private let refusal = """
    HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\
    WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"\r\n\r\n\
    {"message":"expired now"}
    """
private let forbidden = """
    HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n\
    {"message":"Forbidden"}
    """
let acceptance = """
    HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
    """
/// `close` 4003 `token expired`, from a server.
private let closing: [UInt8] = [0x88, 15, 0x0f, 0xa3] + Array("token expired".utf8)

/// The case that a file tells.
func reading(_ bytes: [UInt8], _ name: String) -> CaseFile {
    var pipeline = Pipeline(seed: 1)
    pipeline.begin(name)
    var damage: CaptureError?
    do throws(CaptureError) { _ = try pipeline.scan(bytes.span, isLast: true) } catch { damage = error }
    pipeline.end(bytes: bytes.count, damage: damage)
    return pipeline.finish()
}

@Suite("The recording")
struct RecordingTests {
    /// A file that is gone afterwards.
    private func withFile(_ body: (String) throws -> Void) throws {
        let path = "/tmp/wsdiag-recording-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).pcapng"
        defer { unlink(path) }
        try body(path)
    }

    private func record(_ path: String, isSecure: Bool) throws -> CaseFile {
        let relay = try RecordedRelay(path)
        relay.open(0, isSecure: isSecure)
        relay.say(upgrade, .client, on: 0)
        relay.recorder.take(
            .attempt(AttemptNews(stage: .asked, number: 1, url: "ws://a.test/")), on: 0, at: relay.now)
        relay.recorder.turnEnded(at: relay.now)
        relay.open(1, isSecure: isSecure, six: true)
        relay.say(upgrade, .client, on: 1)
        relay.say(acceptance, .server, on: 1)
        relay.say(refusal, .server, on: 0)
        relay.judged(.refused, attempt: 0, on: 0)
        relay.recorder.turnEnded(at: relay.now)
        relay.close(0, by: .server)
        relay.say([0x81, 2, 0x68, 0x69], .server, on: 1)
        relay.say(closing, .server, on: 1)
        relay.judged(.closed, attempt: 1, on: 1)
        relay.close(1, by: .server)
        relay.recorder.finish(at: relay.now)
        return relay.snapshot()
    }

    @Test("Explained later it gives what was said live", arguments: [false, true])
    func sameVerdicts(isSecure: Bool) throws {
        try withFile { path in
            let live = try record(path, isSecure: isSecure)
            let bytes = try #require(TestFile.read(path))
            let read = reading(bytes, "x")
            #expect(read.limits.filter { $0.kind == .packetsMissing || $0.kind == .inputCutShort }.isEmpty)
            #expect(read.attempts.count == 2)
            for (left, right) in zip(live.attempts, read.attempts) {
                #expect(
                    live.url(of: left, showingSecrets: false) == read.url(of: right, showingSecrets: false))
                #expect(left.isSecure == right.isSecure)
                #expect(left.response == right.response)
                #expect(left.session?.closes == right.session?.closes)
                #expect(left.connection.ending == right.connection.ending)
            }
            let verdicts = [judge(live), judge(read)].map { $0.map(\.verdict) }
            #expect(verdicts[0] == verdicts[1])
            #expect(verdicts[0].allSatisfy { $0 != nil })
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    /// Takes one connection to its end; `end` says how.
    private func play(
        _ relay: RecordedRelay, _ id: Int, _ answer: [UInt8], isRefused: Bool, resets: Bool = false
    ) {
        relay.open(id)
        relay.asked(id + 1, on: id)
        relay.say(upgrade, .client, on: id)
        relay.say(answer, .server, on: id)
        relay.judged(isRefused ? .refused : .opened, attempt: id, on: id)
        if !isRefused { relay.say([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69], .client, on: id) }
        relay.finish(id, resets: resets, attempt: isRefused ? nil : id)
    }

    @Test("As HAR it gives the same causes as live and as the recording, and is never surer")
    func sameAsHAR() throws {
        try withFile { path in
            let relay = try RecordedRelay(path)
            play(relay, 0, Array(refusal.utf8), isRefused: true)
            play(relay, 1, Array(forbidden.utf8), isRefused: true)
            play(relay, 2, Array(acceptance.utf8) + closing, isRefused: false)
            play(relay, 3, Array(acceptance.utf8), isRefused: false)
            play(relay, 4, Array(acceptance.utf8), isRefused: false, resets: true)
            relay.recorder.finish(at: relay.now)
            var reader = DocumentFormat.har.reader(named: "x.har", limits: .standard)
            try reader.receive(relay.har.document(version: "test", showingSecrets: true).span)
            let har = try reader.finish()
            let cases = [relay.snapshot(), reading(try #require(TestFile.read(path)), "x.pcapng"), har]
            for file in cases[1...] {
                #expect(file.attempts.map(\.status) == cases[0].attempts.map(\.status))
                #expect(file.attempts.map(\.connection.ending) == cases[0].attempts.map(\.connection.ending))
                #expect(
                    file.attempts.map { $0.session?.closes.map(\.code) }
                        == cases[0].attempts.map { $0.session?.closes.map(\.code) })
                #expect(
                    file.attempts.map { $0.session?.lastActivityAt }
                        == cases[0].attempts.map { $0.session?.lastActivityAt })
            }
            let judged = cases.map { judge($0) }
            #expect(judged[0].map(\.verdict) == judged[1].map(\.verdict))
            for (live, told) in zip(judged[0], judged[2]) {
                // What is told is surer of nothing, and causes that are as sure may stand in another order.
                guard let cause = live.verdict?.cause ?? live.candidates.first?.cause else {
                    #expect(told.verdict?.cause == nil)
                    continue
                }
                let same = try #require(told.candidates.first { $0.cause == cause })
                let first = live.candidates.first { $0.cause == cause }
                #expect(first.map { same.certainty <= $0.certainty } ?? false)
            }
        }
    }

    @Test("A HAR with masked values accuses no mask: that they are masked is a limit")
    func maskedHAR() throws {
        try withFile { path in
            let relay = try RecordedRelay(path)
            play(relay, 0, Array(forbidden.utf8), isRefused: true)
            relay.recorder.finish(at: relay.now)
            let document = relay.har.document(version: "test", showingSecrets: false)
            #expect(!String(decoding: document, as: UTF8.self).contains("abcdefghijklmnop1234"))
            var reader = DocumentFormat.har.reader(named: "x.har", limits: .standard)
            try reader.receive(document.span)
            let file = try reader.finish()
            #expect(file.attempts.first?.unseen.contains(.credentialValues) == true)
            #expect(file.limits.contains { $0.kind == .valuesRedacted })
            let judgement = try #require(judge(file).first)
            #expect(judgement.verdict?.cause == nil)
            #expect(!judgement.candidates.contains { $0.cause == "token-truncated" })
        }
    }

    @Test("Cut at any place it tells what came before")
    func cut() throws {
        try withFile { path in
            _ = try record(path, isSecure: false)
            let bytes = try #require(TestFile.read(path))
            for length in stride(from: 0, to: bytes.count, by: 7) {
                let file = reading(Array(bytes[..<length]), "x")
                #expect(file.attempts.count <= 2)
            }
        }
    }

    @Test("tshark reads it, finds nothing to complain of, and shows the comments")
    func wireshark() throws {
        guard TestFile.exists("/usr/bin/tshark") else { return print("skipped: no tshark") }
        try withFile { path in
            _ = try record(path, isSecure: true)
            let text = try #require(
                output(
                    "/usr/bin/tshark -r \(path) -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields "
                        + "-e frame.number -e tcp.checksum.status -e ip.checksum.status -e _ws.expert.message "
                        + "-e http.response.code -e websocket.payload.close.status_code -e frame.comment 2>/dev/null"
                ))
            let lines = text.split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
            #expect(lines.count == 16)
            // 1 is good; 0 is bad.
            #expect(lines.allSatisfy { $0.count == 7 && $0[1] == "1" && $0[2] != "0" })
            #expect(
                !text.contains("retransmission") && !text.contains("unseen") && !text.contains("Out-Of-Order")
            )
            #expect(lines.contains { $0[4] == "401" && $0[6].contains("wsdiag possible") })
            #expect(lines.contains { $0[5] == "4003" && $0[6].contains("wsdiag") })
        }
    }

    @Test("What cannot be kept up with is marked, and the reader sees the hole")
    func gap() throws {
        try withFile { path in
            var limits = Limits()
            limits.recordingBytes = 256 << 10
            let relay = try RecordedRelay(path, limits: limits)
            relay.open(0)
            relay.say(upgrade, .client, on: 0)
            relay.say(acceptance, .server, on: 0)
            // One turn without end: nothing may be written meanwhile but whole batches.
            let message =
                [0x82, 127] + [UInt8](repeating: 0, count: 5) + [0x01, 0, 0]
                + [UInt8](repeating: 7, count: 65_536)
            for _ in 0..<12 { relay.recorder.relayed(message.span, on: 0, from: .server, at: relay.now) }
            relay.recorder.turnEnded(at: relay.now)
            relay.close(0, by: .client)
            relay.recorder.finish(at: relay.now)
            let bytes = try #require(TestFile.read(path))
            let marks = occurrences(of: "are not recorded", in: bytes)
            #expect(relay.recorder.bytesLeftOut > 6 * message.count)
            #expect(marks == 1)
            #expect(reading(bytes, "x").limits.contains { $0.kind == .packetsMissing })
        }
    }

    @Test("A disk that is full ends the recording with whole blocks and words for the user")
    func fullDisk() throws {
        guard TestFile.exists("/dev/full") else { return }
        let relay = try RecordedRelay("/dev/full")
        var told: [String] = []
        relay.recorder.onTrouble = { told.append($0) }
        relay.open(0)
        relay.say(upgrade, .client, on: 0)
        relay.recorder.turnEnded(at: relay.now)
        relay.recorder.finish(at: relay.now)
        #expect(told == ["recording ended: /dev/full: No space left on device"])
    }

    @Test("After the end of a recording nothing more is missed")
    func afterTheEnd() throws {
        guard TestFile.exists("/dev/full") else { return }
        let relay = try RecordedRelay("/dev/full")
        var told: [String] = []
        relay.recorder.onTrouble = { told.append($0) }
        while told.isEmpty {
            relay.recorder.turnEnded(at: relay.now)
            sched_yield()
        }
        relay.open(0)
        for _ in 0..<100 { relay.say([UInt8](repeating: 7, count: 60_000), .client, on: 0) }
        relay.recorder.turnEnded(at: relay.now)
        relay.recorder.finish(at: relay.now)
        #expect(told == ["recording ended: /dev/full: No space left on device"])
        #expect(relay.recorder.bytesLeftOut == 0)
    }

    private func occurrences(of text: String, in bytes: [UInt8]) -> Int {
        let wanted = Array(text.utf8)
        var count = 0
        var index = 0
        while let start = bytes[index...].firstIndex(of: wanted[0]) {
            if bytes[start...].starts(with: wanted) { count += 1 }
            index = start + 1
        }
        return count
    }
}

/// What a command prints; nil when it fails.
func output(_ command: String) -> String? {
    guard let pipe = popen(command, "r") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        guard 0 < count else { break }
        bytes += buffer[..<count]
    }
    return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}
