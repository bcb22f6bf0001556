import Wire

/// A ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2): what is read of it.
struct ClientHello {
    var random: [UInt8]
    var serverName: String?
    var protocols: [String] = []

    /// Reads the body of a ClientHello message; nil when it contradicts itself.
    init?(_ body: Span<UInt8>) {
        var cursor = Cursor(body)
        guard cursor.skip(2), let random = cursor.take(32) else { return nil }
        self.random = body.extracting(random).bytes()
        guard cursor.vector(lengthBytes: 1) != nil, cursor.vector(lengthBytes: 2) != nil,
            cursor.vector(lengthBytes: 1) != nil
        else { return nil }
        guard let extensions = cursor.vector(lengthBytes: 2) else { return }
        forEachExtension(body.extracting(extensions)) { type, data in
            switch type {
            case 0: serverName = readServerName(data)
            case 16: protocols = readProtocolNames(data)
            default: break
            }
        }
    }
}

/// A ServerHello (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3): what is read of it.
struct ServerHello {
    var random: [UInt8]
    var version: Int
    var cipherSuite: Int
    var selectedProtocol: String?
    var encryptThenMAC = false
    /// Whether it asks for another ClientHello (RFC 8446 §4.1.3: the random says so).
    var isRetryRequest: Bool

    init?(_ body: Span<UInt8>) {
        var cursor = Cursor(body)
        guard let version = cursor.integer(2), let random = cursor.take(32) else { return nil }
        self.version = version
        self.random = body.extracting(random).bytes()
        isRetryRequest = self.random == Self.retryRandom
        guard cursor.vector(lengthBytes: 1) != nil, let suite = cursor.integer(2), cursor.skip(1) else {
            return nil
        }
        cipherSuite = suite
        guard let extensions = cursor.vector(lengthBytes: 2) else { return }
        forEachExtension(body.extracting(extensions)) { type, data in
            switch type {
            case 16: selectedProtocol = readProtocolNames(data).first
            case 22: encryptThenMAC = true
            case 43: if 2 <= data.count { self.version = data.big16(0) }
            default: break
            }
        }
    }

    /// SHA-256 of "HelloRetryRequest".
    private static let retryRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]
}

/// The ALPN protocol of EncryptedExtensions (RFC 8446 §4.3.1, RFC 7301 §3.1), or nil.
func readEncryptedExtensions(_ body: Span<UInt8>) -> String? {
    var cursor = Cursor(body)
    guard let extensions = cursor.vector(lengthBytes: 2) else { return nil }
    var selected: String?
    forEachExtension(body.extracting(extensions)) { type, data in
        if type == 16 { selected = readProtocolNames(data).first }
    }
    return selected
}

/// The certificates of a Certificate message, DER, leaf first (RFC 8446 §4.4.2, RFC 5246 §7.4.2); nil when malformed.
func readCertificates(_ body: Span<UInt8>, isVersion13: Bool) -> [Range<Int>]? {
    var cursor = Cursor(body)
    if isVersion13, cursor.vector(lengthBytes: 1) == nil { return nil }
    guard let list = cursor.vector(lengthBytes: 3) else { return nil }
    var entries = Cursor(cursor, in: list)
    var certificates: [Range<Int>] = []
    // A chain of more certificates is no chain.
    while !entries.isAtEnd, certificates.count < 16 {
        guard let certificate = entries.vector(lengthBytes: 3) else { return nil }
        certificates.append(certificate)
        if isVersion13, entries.vector(lengthBytes: 2) == nil { return nil }
    }
    return certificates
}

/// Calls `body` with type and data of each extension until one is malformed (RFC 8446 §4.2).
private func forEachExtension(_ bytes: Span<UInt8>, _ body: (Int, Span<UInt8>) -> Void) {
    var cursor = Cursor(bytes)
    while let type = cursor.integer(2), let data = cursor.vector(lengthBytes: 2) {
        body(type, bytes.extracting(data))
    }
}

/// The host name of server_name (RFC 6066 §3).
private func readServerName(_ data: Span<UInt8>) -> String? {
    var cursor = Cursor(data)
    guard let list = cursor.vector(lengthBytes: 2) else { return nil }
    var names = Cursor(cursor, in: list)
    guard names.integer(1) == 0, let name = names.vector(lengthBytes: 2) else { return nil }
    return String(decoding: data.extracting(name).bytes(), as: UTF8.self)
}

/// The protocols of ALPN (RFC 7301 §3.1), 32 at most.
private func readProtocolNames(_ data: Span<UInt8>) -> [String] {
    var cursor = Cursor(data)
    guard let list = cursor.vector(lengthBytes: 2) else { return [] }
    var names = Cursor(cursor, in: list)
    var protocols: [String] = []
    while protocols.count < 32, let name = names.vector(lengthBytes: 1) {
        protocols.append(String(decoding: data.extracting(name).bytes(), as: UTF8.self))
    }
    return protocols
}

/// A walk over the length-prefixed vectors of TLS (RFC 8446 §3.4). It reads a copy: handshake messages are few.
private struct Cursor {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes.bytes()
        position = 0
        end = bytes.count
    }

    init(_ whole: Cursor, in range: Range<Int>) {
        bytes = whole.bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position == end }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    mutating func take(_ count: Int) -> Range<Int>? {
        guard count <= end - position else { return nil }
        position += count
        return position - count..<position
    }

    mutating func integer(_ width: Int) -> Int? {
        guard let range = take(width) else { return nil }
        return bytes[range].reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func vector(lengthBytes: Int) -> Range<Int>? {
        guard let length = integer(lengthBytes) else { return nil }
        return take(length)
    }
}
