package import Case
package import Wire

/// The TLS of one TCP connection, both directions: records in, decrypted application data and facts out.
///
/// Laws: bytes of one side come in order; a gap is told by `skipped` before the bytes behind it. Only what was
/// authenticated is handed out. Keys are looked up when a handshake has told which, and again as the log grows.
package struct TLSConnection {
    /// What is known so far, without what `summary` works out.
    var known = TLSSummary()
    /// What else the connection told so far.
    package internal(set) var notes = TLSNotes()
    let limits: Limits
    var directions: PerSide<Direction>
    /// Of the latest ClientHello.
    var clientHello: ClientHello?
    /// Of the latest ServerHello that was no retry request.
    var serverHello: ServerHello?
    var suite: CipherSuite?
    /// Whether a secret of this connection was found.
    var foundSecret = false
    /// How large the key log was when it was last asked in vain.
    var askedSecretBytes = -1
    /// Records that may still be tried, one by one, to find the way after gaps.
    var triesLeft = 16_384
    /// When and where the bytes in hand were sent.
    var time: Timestamp?
    var place: Place?

    /// One direction.
    struct Direction {
        /// The beginning of a record, or, while `isLost`, of what is searched.
        var buffer: [UInt8] = []
        /// Bytes still to come of a record of which a part is missing.
        var discard = 0
        /// Where records begin is not known.
        var isLost = false
        /// The search was given up.
        var isAbandoned = false
        /// Records that may be missing before the next one.
        var missingRecords = 0
        var messages = HandshakeReader()
        var opener: RecordOpener?
        /// Where compression was agreed on: what undoes it.
        var inflation: RecordInflation?
        /// The keys that come next: TLS 1.3's later epochs, or those of a ChangeCipherSpec to come.
        var upcoming: [RecordOpener] = []
        /// TLS 1.2: after ChangeCipherSpec. TLS 1.3 tells by the record's type.
        var isEncrypted = false
        /// Encrypted records since the keys changed.
        var encryptedRecords = 0
        var sawFinished = false
        var sawApplicationData = false
        /// Encrypted records in all that look longer than an alert.
        var longRecords = 0
    }

    /// A connection of which nothing was seen.
    package init(limits: Limits) {
        self.limits = limits
        directions = PerSide(client: Direction(), server: Direction())
    }

    /// Takes the next bytes of one side; decrypted application data is appended to `plaintext`.
    package mutating func receive(
        _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place, keys: KeyLog,
        into plaintext: inout [UInt8]
    ) {
        self.time = time
        self.place = place
        let start = directions[side].takeDiscard(of: bytes.count)
        receiveRecords(bytes, from: start, side, keys, &plaintext)
        while directions[side].isLostNow, let rest = search(side, keys, &plaintext) {
            receiveRecords(rest.span, from: 0, side, keys, &plaintext)
        }
    }

    private mutating func receiveRecords(
        _ bytes: Span<UInt8>, from start: Int, _ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]
    ) {
        guard directions[side].isFollowed else { return }
        var place = start
        if directions[side].holdsPart {
            place = completeRecord(bytes, from: start, side, keys, &plaintext)
        }
        while place < bytes.count, !directions[side].isLostNow {
            guard RecordHeader.bytes <= bytes.count - place else { break }
            guard let length = recordLength(bytes, at: place, side) else {
                lose(side, missingRecords: 0)
                break
            }
            guard length <= bytes.count - place else { break }
            receiveRecord(bytes.extracting(place..<place + length), side, keys, &plaintext)
            place += length
        }
        if place < bytes.count { directions[side].buffer.append(bytes.extracting(place...)) }
    }

    /// Adds to the record in the buffer what it lacks and no more; answers where the next one begins.
    private mutating func completeRecord(
        _ bytes: Span<UInt8>, from start: Int, _ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]
    ) -> Int {
        var record: [UInt8] = []
        swap(&record, &directions[side].buffer)
        var place = start
        if record.count < RecordHeader.bytes {
            let more = min(RecordHeader.bytes - record.count, bytes.count - place)
            record.append(bytes.extracting(place..<place + more))
            place += more
        }
        var isWhole = false
        if RecordHeader.bytes <= record.count {
            if let length = recordLength(record.span, at: 0, side) {
                let more = min(length - record.count, bytes.count - place)
                record.append(bytes.extracting(place..<place + more))
                place += more
                isWhole = record.count == length
            } else {
                lose(side, missingRecords: 0)
            }
        }
        guard isWhole else {
            directions[side].buffer = record
            return place
        }
        receiveRecord(record.span, side, keys, &plaintext)
        // A small buffer is worth keeping: most records of a busy socket are split somewhere.
        if record.capacity <= 2048, directions[side].buffer.isEmpty {
            record.removeAll(keepingCapacity: true)
            directions[side].buffer = record
        }
        return place
    }

    /// How long the record is, header and all, of which five bytes are there; nil when none begins there.
    @inline(__always) private func recordLength(_ bytes: Span<UInt8>, at place: Int, _ side: Side) -> Int? {
        if RecordHeader.isPlausible(bytes, at: place) {
            return RecordHeader.bytes + bytes.big16(place + 3)
        }
        guard side == .client, clientHello == nil, serverHello == nil else { return nil }
        return CompatibleHello.length(bytes, at: place)
    }

    /// Takes one whole record.
    mutating func receiveRecord(
        _ record: Span<UInt8>, _ side: Side, _ keys: KeyLog, _ plaintext: inout [UInt8]
    ) {
        let type = record[0]
        if type == ContentType.applicationData || directions[side].isEncryptedNow {
            openRecord(record, side, keys, &plaintext)
        } else if CompatibleHello.canBegin(with: type) {
            receiveCompatibleHello(record)
        } else {
            receiveContent(type, record.extracting(RecordHeader.bytes...), side, keys)
        }
    }

    /// What is known, and what follows from it.
    package var summary: TLSSummary {
        var summary = known
        summary.decryption = decryption
        summary.established = isEstablished
        return summary
    }

    private var decryption: TLSSummary.Decryption {
        if known.decryption == .decrypted { return .decrypted }
        if notes.recordsNotOpened == 0 { return .nothingToDecrypt }
        guard clientHello != nil, serverHello != nil else { return .handshakeMissing }
        guard let suite, suite.canBeOpened else { return .suiteUnsupported }
        return foundSecret ? .keysDoNotFit : .keysMissing
    }

    /// Whether TLS 1.3, or a draft of it, was agreed on.
    var isTLS13: Bool { known.version.flatMap(TLS13Edition.init(version:)) != nil }

    /// TLS 1.3 hides Finished: there, that the server goes on after a record of the client's that is longer than any
    /// alert counts too.
    private var isEstablished: Bool {
        let client = directions.client
        let server = directions.server
        if client.sawFinished, server.sawFinished { return true }
        if client.sawApplicationData, server.sawApplicationData { return true }
        return isTLS13 && 1 < client.longRecords && 1 < server.longRecords
    }
}

/// What is asked of a direction with every record. Through something that may change it a direction is asked in place,
/// where `directions[side].isLost` copied it: 1 % of the time of a capture of TLS.
extension TLSConnection.Direction {
    /// Takes bytes of a piece off those that are to be passed over; answers how many.
    fileprivate mutating func takeDiscard(of count: Int) -> Int {
        let taken = min(discard, count)
        discard -= taken
        return taken
    }

    fileprivate var isLostNow: Bool { mutating get { isLost } }
    fileprivate var isEncryptedNow: Bool { mutating get { isEncrypted } }
    /// Whether the search was not given up.
    fileprivate var isFollowed: Bool { mutating get { !isAbandoned } }
    /// Whether the beginning of a record waits for its rest.
    fileprivate var holdsPart: Bool { mutating get { !buffer.isEmpty && !isLost } }
    /// What opens the next record, where none is missing before it.
    var openerOfNext: RecordOpener? { mutating get { missingRecords == 0 ? opener : nil } }

    /// Counts a record that was opened; answers what undoes its compression.
    mutating func countOpened() -> RecordInflation? {
        encryptedRecords += 1
        return inflation
    }
}
