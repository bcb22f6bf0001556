package import Case
import Crypto
package import Wire

/// Reads one TLS connection and decrypts it where a key log has its keys (RFC 8446, RFC 5246).
///
/// Laws: both directions share the handshake's facts and nothing else; plaintext is handed out only when authenticated;
/// what is not decrypted is still read for what stands in the clear.
package struct TLSConnection {
    /// One direction.
    private struct Direction {
        var records = RecordReader()
        /// Handshake messages that are not whole.
        var handshake: [UInt8] = []
        /// Keys in the order they come into force; the first is in force.
        var keys: [RecordProtection] = []
        /// The traffic secret that the last of `keys` came from, for key updates (RFC 8446 §7.2).
        var trafficSecret: [UInt8] = []
        var isEncrypted = false
        var afterGap = false
        var sawFinished = false
        var applicationRecords = 0
        var openedRecords = 0
    }

    private let limits: Limits
    private var directions = PerSide(client: Direction(), server: Direction())
    /// What the connection told so far.
    package private(set) var summary = TLSSummary()
    private var clientRandom: [UInt8] = []
    private var server: ServerHello?
    private var suite: CipherSuite?
    private var triedKeys = false
    private var failedRecords = 0
    private var sawGap = false
    /// Handshakes after the first on this connection (RFC 5246 §7.4.1.1).
    package private(set) var renegotiations = 0

    /// A connection of which nothing was seen.
    package init(limits: Limits) { self.limits = limits }

    /// Whether bytes can begin a TLS connection: a handshake record. Nil when there are too few to tell.
    package static func looksLikeTLS(_ beginning: Span<UInt8>) -> Bool? {
        guard 3 <= beginning.count else { return nil }
        return beginning[0] == 22 && beginning[1] == 3 && beginning[2] <= 4
    }

    /// Takes the next bytes of one side; appends decrypted application data to `plaintext`.
    package mutating func receive(
        _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place, keys: KeyLog,
        into plaintext: inout [UInt8]
    ) {
        var position = 0
        while let found = directions[side].records.next(bytes, &position) {
            if found.isHeld {
                let held = directions[side].records.held
                read(
                    found.record, held.span.extracting(found.body), from: side, at: time, place: place,
                    keys: keys,
                    into: &plaintext)
            } else {
                read(
                    found.record, bytes.extracting(found.body), from: side, at: time, place: place,
                    keys: keys,
                    into: &plaintext)
            }
        }
    }

    /// Takes the fact that bytes of one side are missing.
    package mutating func skipped(bytes: Int, from side: Side) {
        directions[side].records.skip(bytes)
        directions[side].handshake = []
        directions[side].afterGap = true
        sawGap = true
    }

    /// Settles what can only be told at the end.
    package mutating func finish() {
        summary.decryption = decryption
        let applicationBothWays =
            0 < directions.client.applicationRecords && 0 < directions.server.applicationRecords
        if directions.client.sawFinished && directions.server.sawFinished {
            summary.established = true
        } else if summary.version == 0x0304 {
            // Without keys the client's Finished looks like data; what follows it does not come from a failed handshake.
            summary.established = 2 <= directions.client.applicationRecords && applicationBothWays
        } else {
            summary.established = applicationBothWays
        }
    }

    private var decryption: TLSSummary.Decryption {
        let sealed = directions.client.applicationRecords + directions.server.applicationRecords
        if 0 < directions.client.openedRecords + directions.server.openedRecords { return .decrypted }
        if sealed == 0 { return .nothingToDecrypt }
        if clientRandom.isEmpty || server == nil { return .handshakeMissing }
        if suite == nil { return .suiteUnsupported }
        return triedKeys ? .keysDoNotFit : .keysMissing
    }

    // MARK: Records

    private mutating func read(
        _ record: RecordProtection.Record, _ body: Span<UInt8>, from side: Side, at time: Timestamp?,
        place: Place,
        keys: KeyLog, into plaintext: inout [UInt8]
    ) {
        // TLS 1.3 sends ChangeCipherSpec in the clear to please middleboxes, where it means nothing (RFC 8446 §5).
        if record.type == 20 {
            if summary.version.map({ $0 < 0x0304 }) ?? false { changeCipher(of: side, keys: keys) }
            return
        }
        let isSealed = directions[side].isEncrypted && (server?.version != 0x0304 || record.type == 23)
        if record.type == 23 { directions[side].applicationRecords += 1 }
        guard isSealed else {
            take(type: record.type, body, from: side, isOpened: false, at: time, place: place, keys: keys)
            return
        }
        let start = plaintext.count
        guard let type = open(record, body, from: side, into: &plaintext) else {
            failedRecords += 1
            return
        }
        directions[side].afterGap = false
        if type == 23 {
            directions[side].openedRecords += 1
            return
        }
        let inner = Array(plaintext[start...])
        plaintext.removeLast(plaintext.count - start)
        take(type: type, inner.span, from: side, isOpened: true, at: time, place: place, keys: keys)
    }

    /// Opens a record with the keys in force, else with those that may have come into force unseen.
    private mutating func open(
        _ record: RecordProtection.Record, _ body: Span<UInt8>, from side: Side, into plaintext: inout [UInt8]
    ) -> UInt8? {
        let afterGap = directions[side].afterGap
        for index in directions[side].keys.indices {
            let before = directions[side].keys[index].sequence
            if let type = directions[side].keys[index].open(
                record, body, afterGap: afterGap, into: &plaintext)
            {
                if 0 < index { directions[side].keys.removeFirst(index) }
                return type
            }
            directions[side].keys[index].rewind(to: before)
        }
        return nil
    }

    private mutating func take(
        type: UInt8, _ content: Span<UInt8>, from side: Side, isOpened: Bool, at time: Timestamp?,
        place: Place,
        keys: KeyLog
    ) {
        switch type {
        case 21:
            guard content.count == 2, summary.alerts.count < 16 else { return }
            summary.alerts.append(
                TLSSummary.Alert(
                    by: side, level: Int(content[0]), code: Int(content[1]), at: time, place: place))
        case 22:
            guard directions[side].handshake.count + content.count <= limits.handshakeMessageBytes else {
                directions[side].handshake = []
                return
            }
            directions[side].handshake.append(content)
            takeMessages(from: side, isOpened: isOpened, place: place, keys: keys)
        default: break
        }
    }

    // MARK: Handshake

    private mutating func takeMessages(from side: Side, isOpened: Bool, place: Place, keys: KeyLog) {
        while 4 <= directions[side].handshake.count {
            let held = directions[side].handshake
            let length = held.span.big24(1)
            guard 4 + length <= held.count else { return }
            directions[side].handshake.removeFirst(4 + length)
            take(
                message: held[0], held.span.extracting(4..<4 + length), from: side, isOpened: isOpened,
                place: place,
                keys: keys)
        }
    }

    private mutating func take(
        message type: UInt8, _ body: Span<UInt8>, from side: Side, isOpened: Bool, place: Place, keys: KeyLog
    ) {
        let isVersion13 = summary.version == 0x0304
        switch (type, side) {
        case (1, .client): takeClientHello(body, isOpened: isOpened, place: place, keys: keys)
        case (2, .server): takeServerHello(body, keys: keys)
        case (8, .server):
            summary.selectedProtocol = readEncryptedExtensions(body) ?? summary.selectedProtocol
        case (11, .server): takeCertificates(body, isVersion13: isVersion13)
        case (11, .client):
            summary.clientCertificateEmpty = readCertificates(body, isVersion13: isVersion13)?.isEmpty
        case (13, .server): summary.clientCertificateRequested = true
        case (20, _):
            directions[side].sawFinished = true
            if isVersion13 { useNextKeys(of: side) }
        case (5, .client): useNextKeys(of: side)  // EndOfEarlyData (RFC 8446 §4.5)
        case (24, _): updateKeys(of: side)
        default: break
        }
    }

    private mutating func takeClientHello(_ body: Span<UInt8>, isOpened: Bool, place: Place, keys: KeyLog) {
        guard let hello = ClientHello(body) else { return }
        if isOpened { renegotiations += 1 }
        clientRandom = hello.random
        // A renegotiation says nothing new about the connection as it was opened.
        guard summary.clientRandom.isEmpty || server?.isRetryRequest ?? false || !isOpened else { return }
        summary.clientRandom = hexText(hello.random)
        summary.serverName = hello.serverName
        summary.offeredProtocols = hello.protocols
        if summary.place == nil { summary.place = place }
        if let secret = keys.secret(.clientEarly, clientRandom: clientRandom) { beginEarlyData(secret) }
    }

    /// Early data is sealed before the server has named a suite: every one that the secret's length fits is tried.
    private mutating func beginEarlyData(_ secret: [UInt8]) {
        directions.client.isEncrypted = true
        directions.client.keys = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305].compactMap { number in
            guard let suite = CipherSuite(number), suite.hash.digestBytes == secret.count else { return nil }
            return RecordProtection(secret: secret, suite: suite)
        }
    }

    private mutating func takeServerHello(_ body: Span<UInt8>, keys: KeyLog) {
        guard let hello = ServerHello(body) else { return }
        server = hello
        guard !hello.isRetryRequest else {
            // The second ClientHello comes in the clear again.
            directions.client.isEncrypted = false
            return
        }
        summary.version = hello.version
        summary.cipherSuite = hello.cipherSuite
        suite = CipherSuite(hello.cipherSuite)
        if let selected = hello.selectedProtocol { summary.selectedProtocol = selected }
        if hello.version == 0x0304 { beginVersion13(keys) }
    }

    /// From ServerHello on both directions are sealed, the client's after its early data (RFC 8446 §2).
    private mutating func beginVersion13(_ keys: KeyLog) {
        for side in Side.allCases { directions[side].isEncrypted = true }
        guard let suite, keys.knows(clientRandom) else { return }
        triedKeys = true
        for side in Side.allCases {
            let labels: [KeyLog.Label] =
                side == .client ? [.clientHandshake, .clientTraffic] : [.serverHandshake, .serverTraffic]
            // Early data may go on behind the ServerHello, under the keys that opened its beginning.
            var generations = directions[side].keys.filter { 0 < $0.sequence }
            for label in labels {
                guard let secret = keys.secret(label, clientRandom: clientRandom),
                    let protection = RecordProtection(secret: secret, suite: suite)
                else { continue }
                generations.append(protection)
                directions[side].trafficSecret = secret
            }
            directions[side].keys = generations
        }
    }

    /// What was sent under the keys in force is over.
    private mutating func useNextKeys(of side: Side) {
        if 1 < directions[side].keys.count { directions[side].keys.removeFirst() }
    }

    /// The next generation of a direction's keys (RFC 8446 §7.2).
    private mutating func updateKeys(of side: Side) {
        guard let suite, !directions[side].trafficSecret.isEmpty else { return }
        let next = expandLabel(
            suite.hash, secret: directions[side].trafficSecret, label: "traffic upd",
            length: suite.hash.digestBytes)
        directions[side].trafficSecret = next
        if let protection = RecordProtection(secret: next, suite: suite) {
            directions[side].keys = [protection]
        }
    }

    /// TLS 1.2 and before: what this side sends from now on is sealed (RFC 5246 §7.1).
    private mutating func changeCipher(of side: Side, keys: KeyLog) {
        directions[side].isEncrypted = true
        directions[side].handshake = []
        directions[side].keys = []
        guard let suite, let server, let version = summary.version, keys.knows(clientRandom) else { return }
        triedKeys = true
        guard let master = keys.secret(.master, clientRandom: clientRandom) else { return }
        let protection = RecordProtection(
            side: side, master: master, clientRandom: clientRandom, serverRandom: server.random, suite: suite,
            version: version, encryptThenMAC: server.encryptThenMAC)
        if let protection { directions[side].keys = [protection] }
    }

    private mutating func takeCertificates(_ body: Span<UInt8>, isVersion13: Bool) {
        guard summary.certificates.isEmpty, let ranges = readCertificates(body, isVersion13: isVersion13)
        else { return }
        summary.certificates = ranges.compactMap { range in
            CertificateSummary(der: body.extracting(range)).map {
                TLSSummary.Certificate(
                    subject: $0.subject, issuer: $0.issuer, names: $0.names, notBefore: $0.notBefore,
                    notAfter: $0.notAfter)
            }
        }
    }
}
