import Case
import Wire

/// From the content of a record, plain or decrypted, to facts and to the keys of what follows.
extension TLSConnection {
    mutating func receiveContent(_ type: UInt8, _ content: Span<UInt8>, _ side: Side, _ keys: KeyLog) {
        switch type {
        case ContentType.changeCipherSpec:
            // TLS 1.3 sends it for show (RFC 8446 §5), and a client does so before any ServerHello.
            guard serverHello != nil || clientHello == nil, !isTLS13 else { return }
            changeCipher(side, keys)
        case ContentType.alert:
            guard 2 <= content.count, let place, known.alerts.count < TLSNotes.mostAlerts else { return }
            known.alerts.append(
                TLSSummary.Alert(
                    by: side, level: Int(content[0]), code: Int(content[1]), at: time, place: place))
        case ContentType.handshake:
            receiveHandshake(content, side, keys)
        default:
            break
        }
    }

    private mutating func receiveHandshake(_ content: Span<UInt8>, _ side: Side, _ keys: KeyLog) {
        var messages = directions[side].messages
        directions[side].messages = HandshakeReader()
        messages.receive(content, longest: limits.handshakeMessageBytes) { type, body in
            receiveMessage(type, body, side, keys)
        }
        directions[side].messages = messages
    }

    private mutating func receiveMessage(_ type: UInt8, _ body: Span<UInt8>, _ side: Side, _ keys: KeyLog) {
        switch type {
        case HandshakeType.clientHello where side == .client:
            if let hello = ClientHello(body) { receive(hello) }
        case HandshakeType.serverHello where side == .server:
            if let hello = ServerHello(body) { receive(hello, keys) }
        case HandshakeType.retryRequest where side == .server:
            if isTLS13 || clientHello?.versions.contains(where: { $0 >> 8 == 0x7f }) == true {
                notes.helloRetried = true
            }
        case HandshakeType.encryptedExtensions where side == .server:
            if let selected = selectedProtocol(ofEncryptedExtensions: body) {
                known.selectedProtocol = selected
            }
        case HandshakeType.certificate:
            receiveCertificate(body, side)
        case HandshakeType.certificateRequest where side == .server:
            known.clientCertificateRequested = true
        case HandshakeType.serverHelloDone where side == .server:
            if known.clientCertificateRequested == nil { known.clientCertificateRequested = false }
        case HandshakeType.endOfEarlyData where side == .client:
            if directions.client.opener?.epoch == .early { advance(.client) }
        case HandshakeType.finished:
            receiveFinished(side)
        case HandshakeType.keyUpdate:
            guard let next = directions[side].opener?.updated() else { return }
            directions[side].opener = next
            notes.keyUpdates += 1
        default:
            break
        }
    }

    mutating func receive(_ hello: ClientHello) {
        if known.clientRandom.isEmpty {
            known.clientRandom = hello.random.text
            known.place = place
            known.serverName = hello.serverName
            known.offeredProtocols = hello.protocols
            notes.offeredVersions = hello.versions
            notes.offeredEarlyData = hello.offersEarlyData
        } else if hello.random != clientHello?.random {
            notes.renegotiations += 1
        }
        clientHello = hello
        askedSecretBytes = -1
    }

    private mutating func receive(_ hello: ServerHello, _ keys: KeyLog) {
        known.version = hello.version
        known.cipherSuite = hello.suite
        guard !hello.isRetryRequest else {
            notes.helloRetried = true
            return
        }
        if let selected = hello.selectedProtocol { known.selectedProtocol = selected }
        serverHello = hello
        suite = CipherSuite.numbered(hello.suite)
        // Of the registered methods of compression, only DEFLATE was ever used.
        if hello.compression != 0, hello.compression != RecordInflation.method { suite = nil }
        notes.isResumed =
            hello.usesPresharedKey
            || !isTLS13 && !hello.sessionID.isEmpty && hello.sessionID == clientHello?.sessionID
        askedSecretBytes = -1
        installKeys(keys)
    }

    private mutating func receiveCertificate(_ body: Span<UInt8>, _ side: Side) {
        guard let ranges = certificateRanges(body, isTLS13: isTLS13) else { return }
        guard side == .server else {
            known.clientCertificateEmpty = ranges.isEmpty
            return
        }
        known.certificates = ranges.prefix(TLSNotes.mostCertificates).compactMap {
            TLSSummary.Certificate(der: body.extracting($0))
        }
    }

    private mutating func receiveFinished(_ side: Side) {
        directions[side].sawFinished = true
        if directions[side.peer].sawFinished {
            // What only the handshake needed; a connection may live for days.
            clientHello?.suites = []
            clientHello?.protocols = []
            clientHello?.versions = []
        }
        guard isTLS13 else { return }
        if side == .server, known.clientCertificateRequested == nil {
            known.clientCertificateRequested = false
        }
        if directions[side].opener?.epoch == .handshake { advance(side) }
    }
}
