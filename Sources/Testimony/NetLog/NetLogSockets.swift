import Case
import Dissect
import Wire

/// A socket that is open: what it was told to do, and what it told.
struct NetLogSocket {
    /// The number of its connection behind the door.
    var door: Int
    var connection: Connection
    /// What was told of its TLS.
    var tls: ToldTLS?
    /// Whether a TLS handshake began on it; what follows on the socket itself is ciphertext.
    var hasTLS = false
    /// The source whose plaintext it is: the socket itself, or the one inside its tunnel.
    var plaintextSource = 0
    /// Whether a TLS handshake was finished; a second one runs inside a tunnel of the first.
    var layersOfTLS = 0
    /// Whether bytes went through the door.
    var hasBytes = false
    /// Whether it speaks HTTP/1, as far as it is known.
    var isMultiplexed = false
    var serverEnded = false
    var wasReset = false
}

/// Sockets, and the door that their bytes go through.
///
/// Laws: bytes are observed and make the same case as a capture does; a log without them still tells of connections
/// that failed. A socket that is let go is closed as an open one.
struct NetLogSockets {
    private(set) var door: OrderedDoor
    private(set) var live: LiveTable<NetLogSocket>
    /// Sockets that were closed a moment ago: their requests are told later.
    private var closed: LiveTable<NetLogSocket>
    /// Sockets that run inside a tunnel of another one, and share its connection.
    private var aliases: LiveTable<Int>
    /// Whether any bytes were there to be read.
    private(set) var sawBytes = false
    private(set) var nestedTLS = 0
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
        door = OrderedDoor(limits: limits)
        live = LiveTable(capacity: limits.liveSources)
        aliases = LiveTable(capacity: limits.liveSources)
        closed = LiveTable(capacity: min(limits.liveSources, 512))
    }

    /// What is known of a socket that is open, or was a moment ago.
    func socket(_ id: Int) -> NetLogSocket? { live[aliases[id] ?? id] ?? closed[aliases[id] ?? id] }

    /// Takes an event of a socket; answers the connection of one that was closed by it.
    mutating func take(_ event: NetLogEvent, _ constants: NetLogConstants) -> Connection? {
        let id = aliases[event.source] ?? event.source
        switch event.kind {
        case .tcpConnect: connect(event, constants)
        case .tlsConnect: beginOrEndTLS(event, id)
        case .tlsMessageSent, .tlsMessageReceived, .tlsAlertSent, .tlsAlertReceived, .tlsCertificates:
            tellTLS(event, id)
        case .tlsBytesSent: bytes(event, id, from: .client, isPlaintext: true)
        case .tlsBytesReceived: bytes(event, id, from: .server, isPlaintext: true)
        case .socketBytesSent: bytes(event, id, from: .client, isPlaintext: false)
        case .socketBytesReceived: bytes(event, id, from: .server, isPlaintext: false)
        case .socketReadError, .socketWriteError:
            let error = constants.error(event.number("net_error"))
            live.update(id) { if error == "CONNECTION_RESET" { $0.wasReset = true } }
        case .sendTunnelHeaders, .readTunnelHeaders: tunnel(event, id)
        case .socketAlive where event.phase == .begin:
            guard let under = event.dependency.map({ aliases[$0] ?? $0 }), live.contains(under) else { break }
            _ = aliases.insert(under, event.source)
        case .socketAlive where event.phase == .end:
            if aliases[event.source] == nil { return close(event) }
        default: break
        }
        return nil
    }

    /// The case that the door makes of everything.
    mutating func finish(endedAt: Timestamp?) -> CaseFile {
        for id in live.ids {
            if let socket = live.remove(id) { door.close(socket.door, .open, at: nil, place: nil) }
        }
        return door.finish(inputs: [], endedAt: endedAt)
    }

    // MARK: Its life

    private mutating func connect(_ event: NetLogEvent, _ constants: NetLogConstants) {
        if event.phase == .begin {
            var connection = Connection(stream: -1)
            connection.startedAt = event.at
            connection.synCount = 1
            connection.server = event.texts("address_list").first.flatMap { Endpoint(text: $0) }
            open(connection, event)
            return
        }
        let error = constants.error(event.number("net_error"))
        let client = event.text("local_address").flatMap { Endpoint(text: $0) }
        let server = event.text("remote_address").flatMap { Endpoint(text: $0) }
        change(event.source) { connection in
            if let client { connection.client = client }
            if let server { connection.server = server }
            switch error {
            case nil: connection.establishedAt = event.at
            case "CONNECTION_REFUSED": connection.ending = .refused
            case "CONNECTION_TIMED_OUT", "TIMED_OUT": connection.ending = .unanswered
            default: break
            }
            guard error != nil else { return }
            connection.endedAt = event.at
            connection.endedPlace = event.place
        }
    }

    private mutating func open(_ connection: Connection, _ event: NetLogEvent) {
        if let old = live.remove(event.source) { door.close(old.door, .open, at: nil, place: nil) }
        let number = door.open(connection)
        if let oldest = live.insert(NetLogSocket(door: number, connection: connection), event.source) {
            door.close(oldest.door, .open, at: nil, place: nil)
        }
    }

    /// Changes what is known of a connection, here and behind the door.
    private mutating func change(_ id: Int, _ change: (inout Connection) -> Void) {
        guard let number = live[id]?.door else { return }
        live.update(id) { change(&$0.connection) }
        door.update(number, change)
    }

    private mutating func close(_ event: NetLogEvent) -> Connection? {
        guard var socket = live.remove(event.source) else { return nil }
        var ending = socket.connection.ending
        if ending == .open {
            ending =
                socket.wasReset ? .reset(by: .server) : .finished(by: socket.serverEnded ? .server : .client)
        }
        // close_notify announces the end (RFC 8446 §6.1), though the browser read no further.
        if ending == .finished(by: .client),
            let announced = socket.connection.tls?.alerts.first(where: { $0.code == 0 })
        {
            ending = .finished(by: announced.by)
        }
        // A connection that was never made did not end.
        if ending == .finished(by: .client), socket.connection.establishedAt == nil { ending = .open }
        var connection = socket.connection
        connection.ending = ending
        connection.endedAt = connection.endedAt ?? event.at
        connection.endedPlace = connection.endedPlace ?? event.place
        door.close(socket.door, ending, at: connection.endedAt, place: connection.endedPlace)
        socket.connection = connection
        socket.tls = nil
        _ = closed.insert(socket, event.source)
        return connection
    }

    /// A tunnel through a proxy, as it was asked for and answered.
    private mutating func tunnel(_ event: NetLogEvent, _ id: Int) {
        if event.kind == .sendTunnelHeaders {
            // `CONNECT api.example.org:443 HTTP/1.1`.
            let parts = (event.text("line") ?? "").split(separator: " ")
            guard 2 <= parts.count else { return }
            change(id) { $0.tunnel = Tunnel(kind: .connect, target: String(parts[1])) }
        } else if let line = event.texts("headers").first {
            let parts = line.split(separator: " ")
            guard 2 <= parts.count, let status = Int(parts[1]) else { return }
            change(id) {
                $0.tunnel?.answer = status
                $0.tunnel?.place = event.place
            }
        }
    }

    // MARK: TLS

    private mutating func beginOrEndTLS(_ event: NetLogEvent, _ id: Int) {
        guard let socket = live[id] else { return }
        if event.phase == .begin {
            live.update(id) {
                $0.hasTLS = true
                $0.plaintextSource = event.source
                $0.tls = $0.tls ?? ToldTLS(limits: limits)
            }
            if socket.layersOfTLS == 0 { door.beginPlaintext(socket.door) }
            refreshTLS(id, place: event.place)
            return
        }
        guard event.number("net_error") == nil else { return }
        live.update(id) {
            $0.layersOfTLS += 1
            $0.isMultiplexed = event.text("next_proto") == "h2"
        }
        change(id) { connection in
            connection.tls?.established = true
            if let name = event.text("next_proto"), name != "unknown" {
                connection.tls?.selectedProtocol = name
            }
            if let suite = event.number("cipher_suite") { connection.tls?.cipherSuite = suite }
            switch event.text("version") {
            case "TLS 1.3": connection.tls?.version = 0x0304
            case "TLS 1.2": connection.tls?.version = 0x0303
            case "TLS 1.1": connection.tls?.version = 0x0302
            case "TLS 1.0": connection.tls?.version = 0x0301
            default: break
            }
        }
    }

    /// Takes handshake messages, alerts and certificates. Only logs with raw bytes hold the messages.
    private mutating func tellTLS(_ event: NetLogEvent, _ id: Int) {
        guard let socket = live[id], socket.tls != nil else { return }
        live.update(id) { socket in
            switch event.kind {
            case .tlsMessageSent, .tlsMessageReceived:
                guard let bytes = event.bytes else { return }
                let side: Side = event.kind == .tlsMessageSent ? .client : .server
                socket.tls?.messages(bytes.span, from: side, at: event.at, place: event.place)
            case .tlsAlertSent, .tlsAlertReceived:
                guard let bytes = event.bytes else { return }
                let side: Side = event.kind == .tlsAlertSent ? .client : .server
                socket.tls?.alert(bytes.span, from: side, at: event.at, place: event.place)
            default: socket.tls?.certificates(event.texts("certificates").compactMap(certificateBytes))
            }
        }
        refreshTLS(id, place: event.place)
    }

    private mutating func refreshTLS(_ id: Int, place: Place) {
        guard let socket = live[id], var summary = socket.tls?.summary else { return }
        change(id) { connection in
            if let old = connection.tls {
                summary.established = summary.established || old.established
                summary.selectedProtocol = summary.selectedProtocol ?? old.selectedProtocol
                summary.version = summary.version ?? old.version
                summary.cipherSuite = summary.cipherSuite ?? old.cipherSuite
            }
            summary.place = summary.place ?? place
            summary.decryption = socket.hasBytes ? .decrypted : .nothingToDecrypt
            connection.tls = summary
        }
    }

    // MARK: Bytes

    private mutating func bytes(_ event: NetLogEvent, _ id: Int, from side: Side, isPlaintext: Bool) {
        guard let socket = live[id], isPlaintext == socket.hasTLS,
            !isPlaintext || event.source == socket.plaintextSource
        else { return }
        let told = event.number("byte_count") ?? 0
        guard let bytes = event.bytes else {
            guard told == 0, side == .server else { return }
            live.update(id) { $0.serverEnded = true }
            door.end(socket.door, .server, at: event.at, place: event.place)
            return
        }
        // Records inside the tunnel of another TLS; their plaintext follows on the same socket.
        if 1 < socket.layersOfTLS, let first = bytes.first, 0x14 <= first, first <= 0x17 {
            nestedTLS += 1
            return
        }
        sawBytes = true
        if !socket.hasBytes {
            live.update(id) { $0.hasBytes = true }
            change(id) { $0.tls?.decryption = .decrypted }
        }
        door.receive(bytes.span, on: socket.door, from: side, at: event.at, place: event.place)
        if bytes.count < told { door.skip(bytes: told - bytes.count, on: socket.door, from: side) }
    }
}

/// The DER inside a PEM.
private func certificateBytes(_ pem: String) -> [UInt8]? {
    let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }
    let bytes = Base64Decoding(Array(lines.joined().utf8).span).bytes
    return bytes.isEmpty ? nil : bytes
}

extension NetLogSocket {
    /// Whether what went over it is read from its bytes.
    var isRead: Bool { hasBytes && !isMultiplexed }
}
