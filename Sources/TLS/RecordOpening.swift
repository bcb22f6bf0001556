import Case
import Crypto
import Wire

/// From an encrypted record to what it holds.
extension TLSConnection {
    /// The longest TLS 1.3 record that can be an alert: header, level and code, type, tag.
    private static let longestAlertRecord = 24

    /// Opens a record and hands its content on; what cannot be opened is counted.
    mutating func openRecord(
        _ record: Span<UInt8>, _ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]
    ) {
        let start = plaintext.count
        if let opener = directions[side].openerOfNext, let type = opener.open(record, into: &plaintext) {
            finishRecord(type, record, from: start, side, keys, &plaintext)
            return
        }
        if directions[side].opener == nil { findKeys(side, keys) }
        if let type = openOtherwise(record, side, &plaintext) {
            finishRecord(type, record, from: start, side, keys, &plaintext)
            return
        }
        countUnopened(record, side)
    }

    mutating func finishRecord(
        _ type: UInt8, _ record: Span<UInt8>, from start: Int, _ side: Side, _ keys: KeyLog,
        _ plaintext: inout [UInt8]
    ) {
        if let inflation = directions[side].countOpened() {
            let next = directions[side].opener?.sequence ?? 0
            guard inflation.undo(&plaintext, from: start, next: next) else {
                if type == ContentType.applicationData { notes.recordsNotOpened += 1 }
                return
            }
        }
        guard type != ContentType.applicationData else {
            known.decryption = .decrypted
            directions[side].sawApplicationData = true
            return
        }
        let content = Array(plaintext[start...])
        plaintext.removeSubrange(start...)
        receiveContent(type, content.span, side, keys)
    }

    private mutating func countUnopened(_ record: Span<UInt8>, _ side: Side) {
        // A record that is not authentic was still sent: the ones behind it have the next numbers.
        if let opener = directions[side].opener, opener.hasOpened { opener.skip(1) }
        directions[side].encryptedRecords += 1
        if Self.longestAlertRecord < record.count { directions[side].longRecords += 1 }
        if record[0] == ContentType.applicationData {
            notes.recordsNotOpened += 1
            if !isTLS13, serverHello != nil { directions[side].sawApplicationData = true }
        } else if record[0] == ContentType.handshake, serverHello != nil {
            // TLS 1.2: the first encrypted handshake message is Finished.
            directions[side].sawFinished = true
        }
    }

    /// Tries what an opener that follows the rules would not: numbers further on where records are missing, and the
    /// keys that come next where what announces them was missing or nothing opened yet.
    mutating func openOtherwise(
        _ record: Span<UInt8>, _ side: Side, _ plaintext: inout [UInt8]
    ) -> UInt8? {
        let missing = directions[side].missingRecords
        let hasOpened = directions[side].opener?.hasOpened ?? false
        let furthest = max(missing, hasOpened ? 0 : directions[side].encryptedRecords)
        if let opener = directions[side].opener {
            if let type = open(record, opener, ahead: furthest, &plaintext) {
                directions[side].missingRecords = 0
                return type
            }
            if 0 < missing, let next = opener.updated(),
                let type = open(record, next, ahead: missing, &plaintext)
            {
                directions[side].opener = next
                directions[side].missingRecords = 0
                return type
            }
        }
        guard isTLS13 || 0 < missing || directions[side].opener?.epoch == .early else { return nil }
        for (index, next) in directions[side].upcoming.enumerated() {
            guard let type = open(record, next, ahead: furthest, &plaintext) else { continue }
            directions[side].opener = next
            directions[side].upcoming.removeSubrange(...index)
            if next.epoch == .cipherSpec {
                directions[side].isEncrypted = true
                beginInflation(side)
            }
            directions[side].missingRecords = 0
            return type
        }
        return nil
    }

    private mutating func open(
        _ record: Span<UInt8>, _ opener: RecordOpener, ahead: Int, _ plaintext: inout [UInt8]
    ) -> UInt8? {
        for number in 0...min(ahead, Self.mostAhead) {
            guard 0 < triesLeft else { return nil }
            if let type = opener.open(record, ahead: number, into: &plaintext) { return type }
            triesLeft -= 1
        }
        return nil
    }

    /// How far ahead a sequence number is looked for.
    private static let mostAhead = 1024

    // MARK: Keys

    /// Looks for the keys of a direction that is already encrypted.
    private mutating func findKeys(_ side: Side, _ keys: KeyLog) {
        guard keys.secretBytes != askedSecretBytes else { return }
        askedSecretBytes = keys.secretBytes
        if serverHello != nil {
            installKeys(keys)
            guard !isTLS13 else { return }
            for side in Side.allCases where directions[side].isEncrypted && directions[side].opener == nil {
                changeCipher(side, keys, isLate: true)
            }
        } else if side == .client {
            installEarlyKeys(keys)
        }
    }

    /// Puts the keys in place that the handshake has led to.
    mutating func installKeys(_ keys: KeyLog) {
        guard let clientHello, let serverHello, let suite else { return }
        guard keys.contains(clientHello.random) else { return }
        if isTLS13 {
            let edition = TLS13Edition(version: serverHello.version) ?? .final
            installTrafficKeys(keys, clientHello.random, suite, edition)
        } else if let master = keys.secret(.master, of: clientHello.random) {
            foundSecret = true
            let block = KeyBlock(
                version: serverHello.version, suite: suite, clientRandom: clientHello.random.bytes,
                serverRandom: serverHello.random,
                encryptsFirst: serverHello.encryptsFirst && clientHello.offersEncryptThenMAC)
            guard let openers = block.openers(master: master) else { return }
            for side in Side.allCases { directions[side].upcoming = [openers[side]] }
        }
    }

    private mutating func installTrafficKeys(
        _ keys: KeyLog, _ random: ClientRandom, _ suite: CipherSuite, _ edition: TLS13Edition
    ) {
        for side in Side.allCases {
            let kinds: [(SecretKind, RecordOpener.Epoch)] =
                side == .client
                ? [(.clientHandshakeTraffic, .handshake), (.clientTraffic, .application)]
                : [(.serverHandshakeTraffic, .handshake), (.serverTraffic, .application)]
            var openers: [RecordOpener] = []
            for (kind, epoch) in kinds {
                guard let secret = keys.secret(kind, of: random) else { continue }
                foundSecret = true
                let opener = RecordOpener(
                    trafficSecret: secret, suite: suite, epoch: epoch, edition: edition)
                if let opener { openers.append(opener) }
            }
            directions[side].upcoming = openers
            if directions[side].opener == nil {
                // Where the key log came late, records have passed; their count bounds the search for the number.
                let late = directions[side].encryptedRecords
                advance(side)
                directions[side].encryptedRecords = late
            }
        }
    }

    /// Early data comes before the server has chosen a suite: of those offered, the one that opens a record is it.
    private mutating func installEarlyKeys(_ keys: KeyLog) {
        guard let clientHello, clientHello.offersEarlyData,
            let secret = keys.secret(.clientEarlyTraffic, of: clientHello.random)
        else { return }
        foundSecret = true
        // The server is going to choose the version too; a client offers the latest edition that it knows first.
        let edition = clientHello.versions.lazy.compactMap(TLS13Edition.init(version:)).first ?? .final
        directions.client.upcoming = clientHello.suites.prefix(32).compactMap { number in
            CipherSuite.numbered(number).flatMap {
                $0.number >> 8 == 0x13
                    ? RecordOpener(trafficSecret: secret, suite: $0, epoch: .early, edition: edition) : nil
            }
        }
        advance(.client)
        if directions.client.upcoming.isEmpty { return }
    }

    /// Goes on to the next keys of a side, if there are any.
    mutating func advance(_ side: Side) {
        guard !directions[side].upcoming.isEmpty else { return }
        directions[side].opener = directions[side].upcoming.removeFirst()
        directions[side].encryptedRecords = 0
    }

    /// Where compression was agreed on, it begins with the keys.
    private mutating func beginInflation(_ side: Side) {
        directions[side].inflation =
            serverHello?.compression == RecordInflation.method ? RecordInflation() : nil
    }

    /// TLS 1.2: everything of this side is encrypted from here on. `isLate`: it has been for some records.
    mutating func changeCipher(_ side: Side, _ keys: KeyLog, isLate: Bool = false) {
        if directions[side].upcoming.isEmpty, !isLate { installKeys(keys) }
        directions[side].isEncrypted = true
        let late = directions[side].encryptedRecords
        directions[side].opener = nil
        beginInflation(side)
        directions[side].encryptedRecords = 0
        advance(side)
        if isLate {
            directions[side].encryptedRecords = late
            directions[side].opener?.skip(late)
        }
    }
}
