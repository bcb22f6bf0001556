import Case
import Credentials
import HTTP
import TLS
import WebSocket
import Wire

/// One connection, from its bytes to attempts and exchanges. Live and offline, the same bytes come in here.
///
/// Laws: bytes of one side come in order; a layer sees each byte once; what a layer learns goes to the builder at the
/// moment it is whole, and is completed when the connection ends.
struct ConnectionDissector {
    /// The transport, as far as it is known.
    var connection: Connection
    /// The stack, outermost first.
    var layers = [Layer()]
    /// Attempts of this connection, as indices into the builder's.
    var attempts: [Int] = []
    /// The attempt whose socket is open.
    var openAttempt: Int?
    /// Whether any HTTP request was seen, decrypted or plain.
    var sawRequest = false
    var sawHTTP2 = false
    /// The sides whose end was told.
    var ended = PerSide(client: false, server: false)
    /// Whether its bytes are what TLS carried, and not TLS itself.
    var isDecrypted = false

    /// Layers on top of one another: TLS to a proxy, TLS inside its tunnel, HTTP.
    private static let deepest = 5
    /// Pieces of a stream that are looked at before it is taken for something else.
    private static let mostLooks = 64

    init(_ connection: Connection) { self.connection = connection }

    /// Takes the next bytes of one side.
    mutating func receive(
        _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place,
        _ context: inout DissectContext
    ) {
        feed(bytes, level: 0, from: side, at: time, place: place, &context)
    }

    /// Takes the fact that bytes of one side are missing.
    mutating func skipped(bytes: Int, from side: Side, _ context: inout DissectContext) {
        for level in layers.indices {
            switch layers[level].kind {
            case .tls: layers[level].tls?.skipped(bytes: bytes, from: side)
            case .http:
                context.events.removeAll(keepingCapacity: true)
                layers[level].http?.value.skipped(bytes: bytes, from: side, into: &context.events)
                handleEvents(level: level, &context)
            case .webSocket: layers[level].webSocket?.skipped(bytes: bytes, from: side)
            case .unknown, .socks, .ignored: break
            }
        }
    }

    /// Takes the fact that one side sends no more.
    mutating func ended(_ side: Side, at time: Timestamp?, place: Place, _ context: inout DissectContext) {
        guard !ended[side] else { return }
        ended[side] = true
        for level in layers.indices where layers[level].kind == .http {
            context.events.removeAll(keepingCapacity: true)
            layers[level].http?.value.ended(side, into: &context.events)
            handleEvents(level: level, &context)
        }
    }

    /// The innermost layer that answers to a condition, by its level.
    func innermost(_ isMeant: (borrowing Layer) -> Bool) -> Int? {
        layers.indices.last { isMeant(layers[$0]) }
    }

    // MARK: One piece of bytes, one layer

    mutating func feed(
        _ bytes: Span<UInt8>, level: Int, from side: Side, at time: Timestamp?, place: Place,
        _ context: inout DissectContext
    ) {
        guard 0 < bytes.count else { return }
        // Nearly every piece of a capture of sessions.
        if layers[level].readFrames(bytes, from: side, at: time, place: place) { return }
        let (isFirst, kind) = layers[level].noteBytes(from: side)
        switch kind {
        case .tls:
            // After a gap the first bytes that were seen are not the first that were sent.
            if isFirst, side == .server, connection.missingBytes == 0, FirstBytes(bytes, from: side) != .tls {
                connection.protocolMismatch = .tlsToPlaintextPort
            }
            feedTLS(bytes, level: level, from: side, at: time, place: place, &context)
        case .http:
            if isFirst, side == .server, connection.missingBytes == 0, FirstBytes(bytes, from: side) == .tls {
                connection.protocolMismatch = .plaintextToTLSPort
            }
            feedHTTP(bytes, level: level, from: side, at: time, place: place, &context)
        case .socks:
            feedSOCKS(bytes, level: level, from: side, at: time, place: place, &context)
        case .unknown:
            identify(bytes, level: level, from: side, &context)
            guard layers[level].kind != .unknown, layers[level].kind != .ignored else { return }
            layers[level].forgetBytes(from: side)
            feed(bytes, level: level, from: side, at: time, place: place, &context)
        case .webSocket, .ignored:
            break
        }
    }

    private mutating func identify(
        _ bytes: Span<UInt8>, level: Int, from side: Side, _ context: inout DissectContext
    ) {
        layers[level].looks += 1
        let mayResume = connection.synCount == 0 || 0 < connection.missingBytes
        switch FirstBytes(bytes, from: side) {
        case .tls: layers[level].become(.tls, limits: context.limits)
        case .http: layers[level].become(.http, limits: context.limits, beginsInside: mayResume)
        case .socks: layers[level].become(.socks, limits: context.limits)
        case .foreign:
            // A stream that began before the capture may show a message later; another one never will.
            if !mayResume || Self.mostLooks < layers[level].looks {
                layers[level].become(.ignored, limits: context.limits)
            }
        }
    }

    private mutating func feedTLS(
        _ bytes: Span<UInt8>, level: Int, from side: Side, at time: Timestamp?, place: Place,
        _ context: inout DissectContext
    ) {
        var plaintext = context.takeBuffer()
        layers[level].tls?.receive(
            bytes, from: side, at: time, place: place, keys: context.keys, into: &plaintext)
        if !plaintext.isEmpty, level + 1 < Self.deepest {
            if layers.count == level + 1 { layers.append(Layer()) }
            feed(plaintext.span, level: level + 1, from: side, at: time, place: place, &context)
        }
        context.giveBack(plaintext)
    }

    private mutating func feedSOCKS(
        _ bytes: Span<UInt8>, level: Int, from side: Side, at time: Timestamp?, place: Place,
        _ context: inout DissectContext
    ) {
        var rest: [UInt8] = []
        let step = layers[level].socks?.receive(bytes, from: side, place: place, rest: &rest) ?? .notSOCKS
        switch step {
        case .more: break
        case .notSOCKS: layers[level].become(.ignored, limits: context.limits)
        case .answered(let tunnel):
            connection.tunnel = tunnel
            layers[level].become(tunnel.isOpen ? .unknown : .ignored, limits: context.limits)
            feed(rest.span, level: level, from: side, at: time, place: place, &context)
        }
    }

    private mutating func feedHTTP(
        _ bytes: Span<UInt8>, level: Int, from side: Side, at time: Timestamp?, place: Place,
        _ context: inout DissectContext
    ) {
        context.events.removeAll(keepingCapacity: true)
        let consumed =
            layers[level].http?.value.receive(
                bytes, from: side, at: time, place: place, into: &context.events)
            ?? bytes.count
        guard !context.events.isEmpty else { return }
        handleEvents(level: level, &context)
        if consumed < bytes.count, layers[level].kind != .http {
            feed(bytes.extracting(consumed...), level: level, from: side, at: time, place: place, &context)
        }
    }
}
