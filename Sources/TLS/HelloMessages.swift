import Wire

/// Fields one after another, each with its length before it.
private struct Fields {
    var place = 0

    /// The next `count` bytes; nil when fewer are left.
    mutating func take(_ count: Int, of bytes: Span<UInt8>) -> Range<Int>? {
        guard 0 <= count, count <= bytes.count - place else { return nil }
        defer { place += count }
        return place..<place + count
    }

    /// The next integer of `width` bytes.
    mutating func integer(_ width: Int, of bytes: Span<UInt8>) -> Int? {
        guard let value = bytes.integer(at: place, width: width) else { return nil }
        place += width
        return Int(value)
    }

    /// The next field whose length stands in `width` bytes before it.
    mutating func vector(_ width: Int, of bytes: Span<UInt8>) -> Range<Int>? {
        guard let length = integer(width, of: bytes) else { return nil }
        return take(length, of: bytes)
    }
}

/// ClientHello, as far as it matters here (RFC 8446 §4.1.2).
struct ClientHello {
    var random: ClientRandom
    var sessionID: [UInt8]
    var suites: [Int]
    var serverName: String?
    var protocols: [String] = []
    var versions: [Int] = []
    var offersEarlyData = false
    var offersPresharedKey = false
    var offersEncryptThenMAC = false

    /// Nil when it is broken before its extensions; broken extensions are left out.
    init?(_ body: Span<UInt8>) {
        var fields = Fields()
        guard let version = fields.integer(2, of: body), let random = fields.take(32, of: body),
            let session = fields.vector(1, of: body), let suites = fields.vector(2, of: body),
            fields.vector(1, of: body) != nil
        else { return nil }
        self.random = ClientRandom(body, at: random.lowerBound)
        sessionID = body.extracting(session).bytes()
        self.suites = numbers(body.extracting(suites))
        eachExtension(body, &fields) { number, content in
            switch number {
            case 0: serverName = hostName(content)
            case 16: protocols = names(content)
            case 22: offersEncryptThenMAC = true
            case 41: offersPresharedKey = true
            case 42: offersEarlyData = true
            case 43 where 0 < content.count: versions = numbers(content.extracting(1...)).filter(isNoGrease)
            default: break
            }
        }
        if versions.isEmpty { versions = [version] }
    }
}

/// ServerHello, as far as it matters here (RFC 8446 §4.1.3).
struct ServerHello {
    var random: [UInt8]
    var sessionID: [UInt8]
    var suite: Int
    /// The compression method: 0 is none.
    var compression = 0
    var version: Int
    var selectedProtocol: String?
    var usesPresharedKey = false
    var encryptsFirst = false

    /// The random of a HelloRetryRequest: the SHA-256 of its name (RFC 8446 §4.1.3).
    private static let retryRandom: [UInt8] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ]

    /// Whether it asks for another ClientHello.
    var isRetryRequest: Bool { random == Self.retryRandom }

    /// Nil when it is broken before its extensions.
    init?(_ body: Span<UInt8>) {
        var fields = Fields()
        guard let version = fields.integer(2, of: body), let random = fields.take(32, of: body)
        else { return nil }
        let resemblesTLS12 = TLS13Edition(version: version)?.resemblesTLS12 ?? true
        var session = 0..<0
        if resemblesTLS12 {
            guard let range = fields.vector(1, of: body) else { return nil }
            session = range
        }
        guard let suite = fields.integer(2, of: body) else { return nil }
        if resemblesTLS12 {
            guard let compression = fields.integer(1, of: body) else { return nil }
            self.compression = compression
        }
        self.random = body.extracting(random).bytes()
        sessionID = body.extracting(session).bytes()
        self.suite = suite
        self.version = version
        eachExtension(body, &fields) { number, content in
            switch number {
            case 16: selectedProtocol = names(content).first
            case 22: encryptsFirst = true
            case 41: usesPresharedKey = true
            case 43: if let selected = content.integer(at: 0, width: 2) { self.version = Int(selected) }
            default: break
            }
        }
    }
}

/// The protocol that EncryptedExtensions selects, or nil.
func selectedProtocol(ofEncryptedExtensions body: Span<UInt8>) -> String? {
    var fields = Fields()
    var selected: String?
    eachExtension(body, &fields) { number, content in
        if number == 16 { selected = names(content).first }
    }
    return selected
}

/// Where the certificates of a Certificate message stand in it, leaf first; nil when it is broken.
///
/// Source: RFC 5246 §7.4.2; RFC 8446 §4.4.2 puts a context before the list and extensions behind each entry.
func certificateRanges(_ body: Span<UInt8>, isTLS13: Bool) -> [Range<Int>]? {
    var fields = Fields()
    if isTLS13, fields.vector(1, of: body) == nil { return nil }
    guard let list = fields.vector(3, of: body) else { return nil }
    var entries = Fields(place: list.lowerBound)
    var ranges: [Range<Int>] = []
    while entries.place < list.upperBound {
        guard let entry = entries.vector(3, of: body), entry.upperBound <= list.upperBound else { return nil }
        if isTLS13, entries.vector(2, of: body) == nil { return nil }
        ranges.append(entry)
    }
    return ranges
}

// MARK: Extensions

/// Calls `each` with the number and content of each extension until they end or one is broken.
private func eachExtension(
    _ body: Span<UInt8>, _ fields: inout Fields, _ each: (_ number: Int, _ content: Span<UInt8>) -> Void
) {
    guard let block = fields.vector(2, of: body) else { return }
    var extensions = Fields(place: block.lowerBound)
    while extensions.place < block.upperBound {
        guard let number = extensions.integer(2, of: body), let content = extensions.vector(2, of: body),
            content.upperBound <= block.upperBound
        else { return }
        each(number, body.extracting(content))
    }
}

/// Big-endian numbers of 16 bits.
private func numbers(_ bytes: Span<UInt8>) -> [Int] {
    stride(from: 0, to: bytes.count - 1, by: 2).map { bytes.big16($0) }
}

/// GREASE values (RFC 8701) mean nothing: 0x0a0a, 0x1a1a … 0xfafa.
private func isNoGrease(_ number: Int) -> Bool { number & 0x0f0f != 0x0a0a || number >> 8 != number & 0xff }

/// The first host_name of server_name (RFC 6066 §3).
private func hostName(_ content: Span<UInt8>) -> String? {
    var fields = Fields()
    guard fields.integer(2, of: content) != nil, fields.integer(1, of: content) == 0,
        let name = fields.vector(2, of: content)
    else { return nil }
    return text(content.extracting(name))
}

/// The names of an ALPN list (RFC 7301 §3.1).
private func names(_ content: Span<UInt8>) -> [String] {
    var fields = Fields()
    var names: [String] = []
    guard fields.integer(2, of: content) != nil else { return [] }
    while let name = fields.vector(1, of: content) {
        let name = text(content.extracting(name))
        if isNoGreaseName(name) { names.append(name) }
    }
    return names
}

/// GREASE names are two bytes above 0x7f, or control characters, that no protocol's name has.
private func isNoGreaseName(_ name: String) -> Bool { !name.contains("\u{fffd}") && !name.isEmpty }

private func text(_ bytes: Span<UInt8>) -> String { String(decoding: bytes.bytes(), as: UTF8.self) }
