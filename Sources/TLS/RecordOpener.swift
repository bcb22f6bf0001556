import Crypto
import Wire

/// Opens the records of one direction under one key. Nothing is believed that is not authentic.
///
/// Laws: `sequence` is the number of the next record; it moves on only when a record was opened, or by `skip`.
final class RecordOpener {
    /// What the keys are for.
    enum Epoch {
        case early
        case handshake
        /// TLS 1.3 application data.
        case application
        /// TLS 1.2 and before: everything after ChangeCipherSpec.
        case cipherSpec
    }

    private enum Method {
        /// RFC 8446 §5.2: the content type is inside.
        case sealed13(AuthenticatedOpening)
        /// RFC 5288 and RFC 6655: eight bytes of the nonce stand before the ciphertext.
        case sealedExplicit(AuthenticatedOpening)
        /// RFC 7905: the nonce is made of the sequence number, as in TLS 1.3.
        case sealedImplicit(AuthenticatedOpening)
        case chained(ChainedRecords)
        case streamed(StreamedRecords)
    }

    let epoch: Epoch
    private(set) var sequence: UInt64 = 0
    private(set) var hasOpened = false
    private let method: Method
    private let vector: Nonce
    /// TLS 1.3: what the next key is made of.
    private let secret: [UInt8]
    private let suite: CipherSuite
    private var edition = TLS13Edition.final

    /// TLS 1.3, from a traffic secret. Nil when the suite is no TLS 1.3 suite or the secret not as long as its hash.
    init?(trafficSecret secret: [UInt8], suite: CipherSuite, epoch: Epoch, edition: TLS13Edition) {
        guard case .sealed(let cipher) = suite.protection, secret.count == suite.hash.digestBytes else {
            return nil
        }
        let prefix = edition.labelPrefix
        let key = expandLabel(
            suite.hash, secret: secret.span, prefix: prefix, label: "key", length: cipher.keyBytes)
        let vector = expandLabel(suite.hash, secret: secret.span, prefix: prefix, label: "iv", length: 12)
        method = .sealed13(AuthenticatedOpening(cipher, key: key.span))
        self.vector = twelve(vector)
        self.secret = secret
        self.suite = suite
        self.epoch = epoch
        self.edition = edition
    }

    /// TLS 1.2 with authenticated encryption, from a key block's pieces.
    init(cipher: AuthenticatedCipher, key: [UInt8], vector: [UInt8], suite: CipherSuite) {
        let opening = AuthenticatedOpening(cipher, key: key.span)
        method = cipher == .chaCha20Poly1305 ? .sealedImplicit(opening) : .sealedExplicit(opening)
        self.vector = twelve(vector)
        self.suite = suite
        secret = []
        epoch = .cipherSpec
    }

    /// TLS 1.0 to 1.2 with block chaining.
    init(chained: ChainedRecords, suite: CipherSuite) {
        method = .chained(chained)
        vector = Nonce(repeating: 0)
        self.suite = suite
        secret = []
        epoch = .cipherSpec
    }

    /// TLS 1.0 to 1.2 with a stream cipher.
    init(streamed: StreamedRecords, suite: CipherSuite) {
        method = .streamed(streamed)
        vector = Nonce(repeating: 0)
        self.suite = suite
        secret = []
        epoch = .cipherSpec
    }

    /// The opener after a KeyUpdate (RFC 8446 §7.2); nil before TLS 1.3.
    func updated() -> RecordOpener? {
        guard epoch == .application else { return nil }
        let secret = self.secret
        let next = expandLabel(
            suite.hash, secret: secret.span, prefix: edition.labelPrefix, label: edition.updateLabel,
            length: suite.hash.digestBytes)
        return RecordOpener(trafficSecret: next, suite: suite, epoch: .application, edition: edition)
    }

    /// Counts records that were not seen or not opened.
    func skip(_ records: Int) { sequence &+= UInt64(clamping: records) }

    /// Opens a record, header and all, that is `ahead` records further than the next one, and appends what it holds to
    /// `plaintext`. Answers its content type, or nil when it is not authentic; then nothing has changed.
    func open(_ record: Span<UInt8>, ahead: Int = 0, into plaintext: inout [UInt8]) -> UInt8? {
        let number = sequence &+ UInt64(clamping: ahead)
        let start = plaintext.count
        guard var type = openText(record, number: number, into: &plaintext) else { return nil }
        if case .sealed13 = method { type = Self.takeInnerType(from: start, &plaintext) }
        sequence = number &+ 1
        hasOpened = true
        return type
    }

    private func openText(_ record: Span<UInt8>, number: UInt64, into plaintext: inout [UInt8]) -> UInt8? {
        let body = record.extracting(RecordHeader.bytes...)
        let isOpen: Bool
        switch method {
        case .sealed13(let opening):
            isOpen = opening.open(
                body, nonce: nonce(number),
                additional: record.extracting(..<(edition.authenticatesHeader ? RecordHeader.bytes : 0)),
                into: &plaintext)
        case .sealedImplicit(let opening):
            let additional = additionalData(number, record, length: body.count - opening.cipher.tagBytes)
            isOpen = opening.open(body, nonce: nonce(number), additional: additional.span, into: &plaintext)
        case .sealedExplicit(let opening):
            guard 8 <= body.count else { return nil }
            var nonce = vector
            for index in 0..<8 { nonce[4 + index] = body[index] }
            let additional = additionalData(number, record, length: body.count - 8 - opening.cipher.tagBytes)
            isOpen = opening.open(
                body.extracting(8...), nonce: nonce, additional: additional.span, into: &plaintext)
        case .chained(let records):
            isOpen = records.open(record, number: number, into: &plaintext)
        case .streamed(let records):
            isOpen = records.open(record, number: number, into: &plaintext)
        }
        return isOpen ? record[0] : nil
    }

    /// The vector with the sequence number laid over its last eight bytes (RFC 8446 §5.3).
    private func nonce(_ number: UInt64) -> Nonce {
        var nonce = vector
        for index in 0..<8 {
            nonce[4 + index] ^= UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(index)))
        }
        return nonce
    }

    /// Takes padding and content type off the end of a TLS 1.3 record's text; 0 when there is nothing but padding.
    private static func takeInnerType(from start: Int, _ plaintext: inout [UInt8]) -> UInt8 {
        while start < plaintext.count {
            if let last = plaintext.popLast(), last != 0 { return last }
        }
        return 0
    }
}

/// The first bytes of a nonce, zeros after them.
private func twelve(_ bytes: [UInt8]) -> Nonce {
    var nonce = Nonce(repeating: 0)
    for (index, byte) in bytes.prefix(12).enumerated() { nonce[index] = byte }
    return nonce
}

/// What TLS 1.2 authenticates beside the text: sequence number, type, version, length (RFC 5246 §6.2.3.3).
func additionalData(_ number: UInt64, _ record: Span<UInt8>, length: Int) -> InlineArray<13, UInt8> {
    var data = InlineArray<13, UInt8>(repeating: 0)
    for index in 0..<8 { data[index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64(index))) }
    for index in 0..<3 { data[8 + index] = record[index] }
    data[11] = UInt8(truncatingIfNeeded: length >> 8)
    data[12] = UInt8(truncatingIfNeeded: length)
    return data
}
