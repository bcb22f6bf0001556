import Wire

/// The connection and the session of an attempt as records.
extension Connection {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&stream)
        coder.code(&client, .blank) { $1.pass(through: &$0) }
        coder.code(&server, .blank) { $1.pass(through: &$0) }
        coder.code(&startedAt)
        coder.code(&establishedAt)
        ending.pass(through: &coder)
        coder.code(&endedAt)
        coder.code(&endedPlace, .blank) { $1.pass(through: &$0) }
        coder.code(&missingBytes)
        coder.code(&differingOverlaps)
        coder.code(&synCount)
        coder.code(&tunnel, Tunnel(kind: .connect, target: "")) { $1.pass(through: &$0) }
        coder.code(&tls, TLSSummary()) { $1.pass(through: &$0) }
        coder.code(&protocolMismatch, .plaintextToTLSPort) { $0.code(choice: &$1) }
    }
}

extension Connection.Ending {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        var kind = 0
        var side = Side.client
        switch self {
        case .open: break
        case .finished(let by): (kind, side) = (1, by)
        case .reset(let by): (kind, side) = (2, by)
        case .refused: kind = 3
        case .unanswered: kind = 4
        }
        coder.code(&kind)
        coder.code(choice: &side)
        guard Coder.isReading else { return }
        switch kind {
        case 1: self = .finished(by: side)
        case 2: self = .reset(by: side)
        case 3: self = .refused
        case 4: self = .unanswered
        default: self = .open
        }
    }
}

extension Endpoint {
    fileprivate static var blank: Endpoint { Endpoint(high: 0, low: 0, port: 0) }

    fileprivate mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(word: &high)
        coder.code(word: &low)
        var number = Int(port)
        coder.code(&number)
        port = UInt16(truncatingIfNeeded: number)
    }
}

extension Tunnel {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(choice: &kind)
        coder.code(&target)
        coder.code(&answer)
        coder.code(&place, .blank) { $1.pass(through: &$0) }
    }
}

extension TLSSummary {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&clientRandom)
        coder.code(&serverName)
        coder.code(&offeredProtocols)
        coder.code(&selectedProtocol)
        coder.code(&version)
        coder.code(&cipherSuite)
        coder.code(&certificates, .blank) { $1.pass(through: &$0) }
        coder.code(&clientCertificateRequested)
        coder.code(&clientCertificateEmpty)
        coder.code(&alerts, .blank) { $1.pass(through: &$0) }
        coder.code(&established)
        coder.code(choice: &decryption)
        coder.code(&place, .blank) { $1.pass(through: &$0) }
    }
}

extension TLSSummary.Certificate {
    fileprivate static var blank: TLSSummary.Certificate {
        TLSSummary.Certificate(subject: "", issuer: "", names: [], notBefore: nil, notAfter: nil)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&subject)
        coder.code(&issuer)
        coder.code(&names)
        coder.code(&notBefore)
        coder.code(&notAfter)
    }
}

extension TLSSummary.Alert {
    fileprivate static var blank: TLSSummary.Alert {
        TLSSummary.Alert(by: .client, level: 0, code: 0, at: nil, place: .blank)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(choice: &by)
        coder.code(&level)
        coder.code(&code)
        coder.code(&at)
        place.pass(through: &coder)
    }
}

extension Session {
    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        counts.client.pass(through: &coder)
        counts.server.pass(through: &coder)
        coder.code(&firstFrames, .blank) { $1.pass(through: &$0) }
        coder.code(&lastFrames, .blank) { $1.pass(through: &$0) }
        coder.code(&closes, .blank) { $1.pass(through: &$0) }
        coder.code(&violations, .blank) { $1.pass(through: &$0) }
        coder.code(&lastFrameAt.client)
        coder.code(&lastFrameAt.server)
        coder.code(&lastActivityAt)
        coder.code(&longestGapSeconds)
        coder.code(&unansweredPings.client)
        coder.code(&unansweredPings.server)
        coder.code(&unansweredPingAt)
        coder.code(&pingTimes.client, Timestamp(nanoseconds: 0)) { $0.code(&$1) }
        coder.code(&pingTimes.server, Timestamp(nanoseconds: 0)) { $0.code(&$1) }
        coder.code(&credentials, .blank) { $1.pass(through: &$0) }
    }
}

extension Session.Counts {
    fileprivate mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(&text)
        coder.code(&binary)
        coder.code(&textFragmented)
        coder.code(&binaryFragmented)
        coder.code(&continuation)
        coder.code(&close)
        coder.code(&ping)
        coder.code(&pong)
        coder.code(&reserved)
        coder.code(&compressed)
        coder.code(&bytes)
    }
}

extension FrameRecord {
    fileprivate static var blank: FrameRecord {
        FrameRecord(
            by: .client, opcode: 0, isFinal: true, reservedBits: 0, isMasked: false, length: 0, preview: [],
            at: nil, place: .blank)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        // There are a dozen of these in a record: what fits into one number goes into one. A length that is spelled with
        // its top bit is negative here, and comes back as it was.
        var bits = (isFinal ? 1 : 0) | (isMasked ? 2 : 0) | Int(by.rawValue) << 2
        bits |= Int(reservedBits) << 3 | Int(opcode) << 11
        coder.code(&bits)
        isFinal = bits & 1 != 0
        isMasked = bits & 2 != 0
        by = bits & 4 == 0 ? .client : .server
        reservedBits = UInt8(truncatingIfNeeded: bits >> 3)
        opcode = UInt8(truncatingIfNeeded: bits >> 11)
        var number = Int(truncatingIfNeeded: length)
        coder.code(&number)
        length = UInt64(bitPattern: Int64(number))
        coder.code(&preview)
        coder.code(&at)
        place.pass(through: &coder)
    }
}

extension CloseFrame {
    fileprivate static var blank: CloseFrame {
        CloseFrame(by: .client, code: nil, reason: "", at: nil, place: .blank)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(choice: &by)
        coder.code(&code)
        coder.code(&reason)
        coder.code(&at)
        place.pass(through: &coder)
    }
}

extension Violation {
    fileprivate static var blank: Violation {
        Violation(rule: .controlFrame, by: .client, at: nil, place: .blank)
    }

    mutating func pass<Coder: RecordCoder>(through coder: inout Coder) {
        coder.code(choice: &rule)
        coder.code(choice: &by)
        coder.code(&at)
        place.pass(through: &coder)
    }
}
