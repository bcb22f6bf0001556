import Case
import TestSupport
import Testing
import Wire

@testable import Dissect

/// Attempts that were put away come back as they were.
@Suite("Records") struct RecordTests {
    @Test("An attempt with every part comes back whole") func everyPart() {
        for attempt in [full, Attempt.bare] {
            var packer = AttemptPacker(budget: 0, shelf: nil)
            packer.add(attempt)
            let list = packer.list(tokens: [1, 2])
            var expected = attempt
            expected.id = 1
            #expect(list.count == 1)
            #expect(list[0] == expected)
            #expect(list.tokens(0) == attempt.allCredentials.map(\.token))
            #expect(list.startedAt(0) == attempt.startedAt)
        }
    }

    /// A part that a type gains must be added to its record (`Case/Records`), and then to the number here.
    @Test("Records know every part of what they hold") func everyTypeIsKnown() throws {
        let session = try #require(full.session)
        let message = try #require(full.request)
        let tls = try #require(full.connection.tls)
        let parts: [(Any, Int)] = [
            (full, 17), (full.connection, 14), (try #require(full.answeredBy), 3),
            (try #require(full.connection.tunnel), 4), (tls, 13),
            (try #require(tls.certificates.first), 5), (try #require(tls.alerts.first), 5), (message, 5),
            (message.head, 4), (message.body, 4), (full.handshake, 13), (session, 12),
            (session.counts.client, 11), (try #require(session.firstFrames.first), 9),
            (try #require(session.closes.first), 5), (try #require(session.violations.first), 4),
            (try #require(full.credentials.first), 6), (message.place, 2),
        ]
        for (value, count) in parts {
            #expect(Mirror(reflecting: value).children.count == count, "\(type(of: value))")
        }
    }

    @Test("What does not fit the budget goes to the shelf, and no answer changes") func shelf() {
        let shelf = MemoryShelf()
        let unused = MemoryShelf()
        var kept = AttemptPacker(budget: .max, shelf: unused)
        var shelved = AttemptPacker(budget: 0, shelf: shelf)
        for number in 0..<600 {
            var attempt = full
            attempt.startedAt = Timestamp(seconds: Int64(number))
            attempt.request?.body.bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1000)
            kept.add(attempt)
            shelved.add(attempt)
        }
        #expect(256 << 10 < shelf.bytes.count)
        #expect(unused.bytes.isEmpty)
        let left = kept.list(tokens: [2, 1])
        var right = shelved.list(tokens: [2, 1])
        #expect(left == right)
        #expect(left[7].credentials.map(\.token) == [2])
        right.removeAll { $0.id % 2 == 1 }
        #expect(right.map(\.id) == Array(stride(from: 2, through: 600, by: 2)))
    }

    @Test("A shelf that fails costs what stood there, and nothing else") func brokenShelf() {
        let shelf = MemoryShelf()
        var packer = AttemptPacker(budget: 0, shelf: shelf)
        for _ in 0..<600 { packer.add(full) }
        let list = packer.list(tokens: [1, 2])
        let whole = shelf.bytes
        for cut in stride(from: 0, to: 3000, by: 7) {
            shelf.bytes = Array(whole.prefix(cut))
            _ = list[0].request?.head.fieldLines.map { list[0].request?.head.name($0) }
            _ = list[1].request?.head.target
        }
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            shelf.bytes = whole
            shelf.bytes[random.below(1500)] = UInt8(random.below(256))
            let attempt = list[0]
            _ = attempt.request?.head.fieldLines.compactMap { attempt.request?.head.value($0) }
            _ = attempt.response?.head.reasonPhrase
        }
    }

    @Test("Changing one attempt leaves the others as they are") func changes() {
        var packer = AttemptPacker(budget: 0, shelf: nil)
        for _ in 0..<3 { packer.add(full) }
        var list = packer.list(tokens: [1, 2])
        let before = Array(list)
        list[1].authority = "other.example"
        list.append(before[0])
        #expect(list.map(\.authority) == ["push.example", "other.example", "push.example", "push.example"])
        #expect(list[2] == before[2])
    }
}

/// A shelf for tests: what was put aside stands in `bytes`.
private final class MemoryShelf: Shelf, @unchecked Sendable {
    var bytes: [UInt8] = []

    func append(_ more: [UInt8]) -> Int? {
        defer { bytes += more }
        return bytes.count
    }

    func read(_ range: Range<Int>) -> [UInt8] { Array(bytes[range.clamped(to: 0..<bytes.count)]) }
}

extension Attempt {
    /// Nothing was seen but that there was something.
    fileprivate static var bare: Attempt {
        Attempt(
            id: 0, input: 0, connection: Connection(stream: 3), startedAt: nil, basis: .reported,
            isSecure: nil, authority: "", request: nil, response: nil, handshake: HandshakeCheck(),
            credentials: [], session: nil, outcome: .failed, unseen: [.frames, .beginning])
    }
}

/// An attempt in which every part holds something.
private var full: Attempt {
    let at = Timestamp(seconds: 1_700_000_000)
    let place = Place.frame(70_000, stream: 12, input: 1)
    var connection = Connection(stream: 12)
    connection.client = Endpoint(ipv4: 0x0a00_0001, port: 53_000)
    connection.server = Endpoint(high: 0x2001_0db8_0000_0000, low: 1, port: 443)
    connection.startedAt = at
    connection.establishedAt = at
    connection.ending = .reset(by: .server)
    connection.endedAt = at
    connection.endedPlace = place
    connection.missingBytes = 7
    connection.differingOverlaps = 8
    connection.synCount = 2
    connection.tunnel = Tunnel(kind: .socks5, target: "push.example:443", answer: 0, place: place)
    connection.protocolMismatch = .tlsToPlaintextPort
    connection.tls = summary(at, place)
    var session = Session()
    session.counts.client.text = 300
    session.counts.server.bytes = 1 << 40
    session.firstFrames = [
        FrameRecord(
            by: .server, opcode: 9, isFinal: true, reservedBits: 4, isMasked: true, length: .max,
            preview: [1, 2, 3], at: at, place: place)
    ]
    session.lastFrames = session.firstFrames
    session.closes = [CloseFrame(by: .server, code: 4003, reason: "über", at: nil, place: .blankPointer)]
    session.violations = [Violation(rule: .dataAfterClose, by: .client, at: at, place: place)]
    session.lastFrameAt = PerSide(client: at, server: nil)
    session.lastActivityAt = at
    session.longestGapSeconds = 12.5
    session.unansweredPings = PerSide(client: 1, server: 2)
    session.unansweredPingAt = at
    session.pingTimes = PerSide(client: [at], server: [at, at])
    session.credentials = [Credential(token: 2, placement: .message, name: "/token", place: place)]
    var attempt = Attempt(
        id: 0, input: 1, connection: connection, startedAt: at, basis: .inferred, isSecure: true,
        authority: "push.example",
        request: message("GET /a?b=c HTTP/1.1", place, at), response: message("HTTP/1.1 403 No", place, at),
        interimStatuses: [102, 103], handshake: handshake,
        credentials: [
            Credential(
                token: 1, placement: .cookie, name: "session", scheme: "Bearer",
                defects: [.padded, .nonASCII], place: place)
        ], session: session, outcome: .opened, unseen: [.closes])
    attempt.seenAlso = [.blankPointer, Place(input: 2, position: .line(4, column: 5))]
    attempt.answeredBy = AnsweredBy(.authorizer, words: "expired", place: .frame(3, stream: 0, input: 1))
    return attempt
}

private var handshake: HandshakeCheck {
    var check = HandshakeCheck()
    check.key = .wrongLength(15)
    check.requestUpgrade = true
    check.requestConnection = false
    check.versions = ["13", "8"]
    check.offeredSubprotocols = ["a", "b"]
    check.illegalSubprotocols = [1]
    check.selectedSubprotocols = ["a"]
    check.offeredExtensions = ["permessage-deflate"]
    check.selectedExtensions = ["permessage-deflate"]
    check.accept = .notComputable
    check.responseUpgrade = true
    check.responseConnection = false
    check.extensionsAgree = true
    return check
}

private func summary(_ at: Timestamp, _ place: Place) -> TLSSummary {
    var tls = TLSSummary()
    tls.clientRandom = String(repeating: "0f", count: 32)
    tls.serverName = "push.example"
    tls.offeredProtocols = ["h2", "http/1.1"]
    tls.selectedProtocol = "http/1.1"
    tls.version = 0x0304
    tls.cipherSuite = 0x1301
    tls.certificates = [
        TLSSummary.Certificate(
            subject: "push.example", issuer: "An Authority", names: ["push.example"], notBefore: at,
            notAfter: nil)
    ]
    tls.clientCertificateRequested = true
    tls.clientCertificateEmpty = false
    tls.alerts = [TLSSummary.Alert(by: .server, level: 2, code: 48, at: at, place: place)]
    tls.established = true
    tls.decryption = .decrypted
    tls.place = place
    return tls
}

private func message(_ startLine: String, _ place: Place, _ at: Timestamp) -> Message {
    let bytes = Array((startLine + "\r\nHost: push.example\r\n\r\n").utf8)
    let start = startLine.utf8.count + 2
    let parts: MessageHead.StartLine =
        startLine.hasPrefix("GET")
        ? .request(method: 0..<3, target: 4..<10, version: 11..<19)
        : .response(version: 0..<8, status: 403, reason: 13..<15)
    return Message(
        head: MessageHead(
            bytes: bytes, startLine: parts,
            fieldLines: [.init(name: start..<start + 4, value: start + 6..<start + 18)],
            oddities: [.foldedLine]),
        body: Body(bytes: [9, 9], wireLength: 20, length: 40, completeness: .cutShort), at: at,
        firstByteAt: at,
        place: place)
}

extension Place {
    fileprivate static var blankPointer: Place { Place(input: 0, position: .pointer("/log/entries/3")) }
}
