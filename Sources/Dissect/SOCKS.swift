import Case
import Wire

/// The opening of a SOCKS 4, 4a or 5 tunnel (RFC 1928; SOCKS 4 and 4a are Ylonen's and Koblas' memos): both directions, until the proxy's
/// reply, after which the bytes belong to the target.
///
/// Laws: nothing is consumed before a message is whole; a byte that fits no message ends the reading as "not SOCKS".
struct SOCKSReader {
    /// What the caller learns from more bytes.
    enum Step: Equatable {
        /// The opening goes on.
        case more
        /// The proxy answered; what follows is the tunnel's.
        case answered(Tunnel)
        /// This is no SOCKS.
        case notSOCKS
    }

    private enum Phase { case greeting, method, authentication, authenticationReply, request, reply }

    private var phase = Phase.greeting
    private var version: UInt8 = 0
    private var held = PerSide<[UInt8]>(client: [], server: [])
    /// The target that was asked for, once it is known.
    private(set) var tunnel: Tunnel?

    /// Whether a client's first bytes can be SOCKS.
    static func canBegin(with first: UInt8) -> Bool { first == 4 || first == 5 }

    /// Takes bytes of one side; `rest` gets the bytes of that side that stand after the opening.
    mutating func receive(_ bytes: Span<UInt8>, from side: Side, place: Place, rest: inout [UInt8]) -> Step {
        guard held[side].count + bytes.count <= 4096 else { return .notSOCKS }
        held[side].append(bytes)
        while true {
            switch advance(place: place) {
            case .again: continue
            case .wait: return .more
            case .foreign: return .notSOCKS
            case .done(let tunnel):
                rest = held.server
                return .answered(tunnel)
            }
        }
    }

    private enum Advance { case again, wait, foreign, done(Tunnel) }

    private mutating func advance(place: Place) -> Advance {
        switch phase {
        case .greeting: readGreeting()
        case .method: readMethod()
        case .authentication: readAuthentication()
        case .authenticationReply: readAuthenticationReply()
        case .request: readRequest()
        case .reply: readReply(place: place)
        }
    }

    private mutating func readGreeting() -> Advance {
        guard let first = held.client.first else { return .wait }
        version = first
        if first == 4 { return readVersion4Request() }
        guard first == 5 else { return .foreign }
        guard 2 <= held.client.count else { return .wait }
        let length = 2 + Int(held.client[1])
        guard length <= held.client.count else { return .wait }
        return take(length, from: .client, then: .method)
    }

    /// `VN CD DSTPORT DSTIP USERID NUL`, and for 4a a host name and NUL after an address 0.0.0.x.
    private mutating func readVersion4Request() -> Advance {
        let bytes = held.client
        guard 9 <= bytes.count else { return .wait }
        guard bytes[1] == 1, let userEnd = bytes[8...].firstIndex(of: 0) else {
            return bytes[1] == 1 ? .wait : .foreign
        }
        let port = Int(bytes[2]) << 8 | Int(bytes[3])
        var end = userEnd + 1
        var host = "\(bytes[4]).\(bytes[5]).\(bytes[6]).\(bytes[7])"
        if bytes[4] == 0, bytes[5] == 0, bytes[6] == 0, bytes[7] != 0 {
            guard let hostEnd = bytes[end...].firstIndex(of: 0) else { return .wait }
            host = String(decoding: bytes[end..<hostEnd], as: UTF8.self)
            end = hostEnd + 1
        }
        tunnel = Tunnel(kind: .socks4, target: "\(host):\(port)")
        return take(end, from: .client, then: .reply)
    }

    private mutating func readMethod() -> Advance {
        guard 2 <= held.server.count else { return .wait }
        guard held.server[0] == 5 else { return .foreign }
        let method = held.server[1]
        guard method != 0xff else {
            return .done(Tunnel(kind: .socks5, target: "", answer: 0xff))
        }
        return take(2, from: .server, then: method == 2 ? .authentication : .request)
    }

    /// User name and password (RFC 1929): read past, never kept.
    private mutating func readAuthentication() -> Advance {
        let bytes = held.client
        guard 2 <= bytes.count else { return .wait }
        let userEnd = 2 + Int(bytes[1])
        guard userEnd < bytes.count else { return .wait }
        let end = userEnd + 1 + Int(bytes[userEnd])
        guard end <= bytes.count else { return .wait }
        return take(end, from: .client, then: .authenticationReply)
    }

    private mutating func readAuthenticationReply() -> Advance {
        guard 2 <= held.server.count else { return .wait }
        return take(2, from: .server, then: .request)
    }

    private mutating func readRequest() -> Advance {
        let bytes = held.client
        guard 5 <= bytes.count else { return .wait }
        guard bytes[0] == 5, let length = Self.addressLength(bytes) else { return .foreign }
        guard 4 + length + 2 <= bytes.count else { return .wait }
        let port = Int(bytes[4 + length]) << 8 | Int(bytes[5 + length])
        tunnel = Tunnel(kind: .socks5, target: "\(Self.host(bytes, length)):\(port)")
        return take(6 + length, from: .client, then: .reply)
    }

    private mutating func readReply(place: Place) -> Advance {
        guard var answered = tunnel else { return .foreign }
        let bytes = held.server
        let length: Int
        if version == 4 {
            guard 8 <= bytes.count else { return .wait }
            length = 8
        } else {
            guard 5 <= bytes.count else { return .wait }
            guard let address = Self.addressLength(bytes) else { return .foreign }
            length = 6 + address
            guard length <= bytes.count else { return .wait }
        }
        answered.answer = Int(bytes[1])
        answered.place = place
        held.server.removeFirst(length)
        tunnel = answered
        return .done(answered)
    }

    private mutating func take(_ count: Int, from side: Side, then next: Phase) -> Advance {
        held[side].removeFirst(count)
        phase = next
        return .again
    }

    /// The length of the address field that begins at byte 4, its own length byte included; nil for an unknown type.
    private static func addressLength(_ bytes: [UInt8]) -> Int? {
        switch bytes[3] {
        case 1: 4
        case 3: 1 + Int(bytes[4])
        case 4: 16
        default: nil
        }
    }

    private static func host(_ bytes: [UInt8], _ length: Int) -> String {
        switch bytes[3] {
        case 1: return bytes[4..<8].map { String($0) }.joined(separator: ".")
        case 3: return String(decoding: bytes[5..<(4 + length)], as: UTF8.self)
        default:
            let span = bytes.span
            let high = span.integer(at: 4, width: 8) ?? 0
            let low = span.integer(at: 12, width: 8) ?? 0
            return "[\(Endpoint(high: high, low: low, port: 0).addressText)]"
        }
    }
}
