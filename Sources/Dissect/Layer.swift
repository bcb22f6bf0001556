import Case
import HTTP
import TLS
import WebSocket
import Wire

/// One protocol of a connection's stack. A layer that carries another hands it its plaintext; a layer that turns into
/// another (a tunnel, an upgrade) is replaced in its place.
///
/// Its readers are large and are changed with every packet: in place, never copied, so that nobody takes a layer out of
/// its list. (As a class it was looked up by one more step and checked for exclusive access: 3 % of the reading.)
struct Layer {
    /// What the bytes of this layer are read as.
    enum Kind {
        /// Not yet known.
        case unknown
        /// TLS records; plaintext goes to the next layer.
        case tls
        /// SOCKS, until the proxy's reply.
        case socks
        /// HTTP/1.
        case http
        /// WebSocket frames.
        case webSocket
        /// Nothing that is read.
        case ignored
    }

    var kind = Kind.unknown
    var tls: TLSConnection?
    var socks: SOCKSReader?
    /// Beside the layer and not in it: most layers have done with it after one exchange, and it is larger than all else.
    var http: Held<HTTPConnection>?
    var webSocket: SessionReader?
    /// Whether bytes of that side were seen.
    var hasBytes = PerSide(client: false, server: false)
    /// Pieces that were looked at while the kind was unknown.
    var looks = 0

    /// Takes bytes of a layer that carries frames; whether it does. (Here and below: what is asked of an element of a
    /// list through a method that changes it is asked in place, where `layers[level].hasBytes[side]` copied it.)
    mutating func readFrames(_ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place) -> Bool
    {
        guard kind == .webSocket else { return false }
        webSocket?.receive(bytes, from: side, at: time, place: place)
        return true
    }

    /// Notes that bytes of a side are here; whether they are the first, and of what kind the layer is.
    mutating func noteBytes(from side: Side) -> (areFirst: Bool, kind: Kind) {
        defer { hasBytes[side] = true }
        return (!hasBytes[side], kind)
    }

    /// Takes back that bytes of a side are here: they come once more.
    mutating func forgetBytes(from side: Side) { hasBytes[side] = false }

    /// Becomes another kind; the readers of the old one are let go.
    mutating func become(_ kind: Kind, limits: Limits, beginsInside: Bool = false) {
        self.kind = kind
        tls = kind == .tls ? TLSConnection(limits: limits) : nil
        socks = kind == .socks ? SOCKSReader() : nil
        http = kind == .http ? Held(HTTPConnection(limits: limits, beginsInside: beginsInside)) : nil
        if kind != .webSocket { webSocket = nil }
        if kind == .unknown {
            hasBytes = PerSide(client: false, server: false)
            looks = 0
        }
    }
}

/// A value that is changed in place where it is kept, and costs its holder one reference.
final class Held<Value> {
    /// The value.
    var value: Value

    init(_ value: Value) { self.value = value }
}

/// What a layer's first bytes show.
enum FirstBytes: Equatable {
    case tls
    case http
    case socks
    case foreign

    /// Judges the first bytes of one side.
    ///
    /// One byte is enough: a TLS record begins with its content type, an HTTP/1 message with a letter, SOCKS with its
    /// version. What follows may still prove it wrong, and the reader then says so.
    init(_ bytes: Span<UInt8>, from side: Side) {
        let first = bytes[0]
        let second = bytes.count < 2 ? nil : bytes[1]
        if 0x14 <= first, first <= 0x17, second == nil || second == 3 {
            self = .tls
        } else if 0x41 <= first, first <= 0x5a {
            self = .http
        } else if side == .client, TLSConnection.looksLikeCompatibleHello(bytes) {
            self = .tls
        } else if side == .client, SOCKSReader.canBegin(with: first) {
            self = .socks
        } else {
            self = .foreign
        }
    }
}
