package import Wire

/// The secrets of a key log (draft-ietf-tls-keylogfile-02; the format of SSLKEYLOGFILE), found by client random.
///
/// Memory: the secrets in one flat array, and one row for each client random.
package struct KeyLog: Sendable {
    /// What a secret is for.
    enum Label: Int, CaseIterable {
        /// The master secret of TLS 1.2 and before.
        case master
        case clientEarly
        case clientHandshake
        case serverHandshake
        case clientTraffic
        case serverTraffic
    }

    /// What reading a text led to.
    package struct Reading: Sendable, Equatable {
        /// Lines that held a secret.
        package var secrets = 0
        /// Lines that are neither secret nor comment.
        package var malformedLines = 0
        /// The first of them, 1-based; nil without one.
        package var firstMalformedLine: Int?
        /// Lines left out because `Limits.keyLogEntries` was reached.
        package var leftOut = 0
    }

    /// The secrets of one session, as offsets into `secrets`; -1 is none. The length stands before the bytes.
    private struct Row {
        var offsets = [6 of Int32](repeating: -1)
    }

    fileprivate struct Random: Hashable {
        var a: UInt64
        var b: UInt64
        var c: UInt64
        var d: UInt64
    }

    private var rows: [Random: Row] = [:]
    private var secrets: [UInt8] = []
    /// The client random of the first line, hex; nil while empty.
    package private(set) var firstClientRandom: String?

    /// No secrets.
    package init() {}

    /// Sessions of which a secret is known.
    package var sessionCount: Int { rows.count }

    /// Whether a text begins like a key log: its first line that is no comment names a secret.
    package static func isKeyLog(_ beginning: Span<UInt8>) -> Bool {
        var start = 0
        while start < beginning.count {
            let end = beginning.firstIndex(of: 0x0a, from: start) ?? beginning.count
            let line = beginning.extracting(start..<end)
            if 0 < line.count, line[0] != 0x23, line[0] != 0x0d {
                return labels.contains { line.starts(with: $0.name) } || line.starts(with: "EXPORTER_SECRET ")
                    || line.starts(with: "EARLY_EXPORTER_SECRET ") || line.starts(with: "RSA Session-ID:")
            }
            start = end + 1
        }
        return false
    }

    /// Takes the lines of a text. Secrets that nothing is decrypted with are read past.
    @discardableResult
    package mutating func add(_ text: Span<UInt8>, limits: Limits) -> Reading {
        var reading = Reading()
        var start = 0
        var number = 0
        while start < text.count {
            let end = text.firstIndex(of: 0x0a, from: start) ?? text.count
            number += 1
            add(line: text.extracting(start..<end), number: number, limits: limits, &reading)
            start = end + 1
        }
        return reading
    }

    /// The secret of a client random for a purpose, or nil.
    func secret(_ label: Label, clientRandom: [UInt8]) -> [UInt8]? {
        guard let random = Random(clientRandom.span, at: 0), let row = rows[random] else { return nil }
        let offset = Int(row.offsets[label.rawValue])
        guard 0 <= offset else { return nil }
        let length = Int(secrets[offset])
        return Array(secrets[offset + 1..<offset + 1 + length])
    }

    /// Whether anything is known of a client random.
    func knows(_ clientRandom: [UInt8]) -> Bool {
        Random(clientRandom.span, at: 0).map { rows[$0] != nil } ?? false
    }

    private static let labels: [(name: StaticString, label: Label?)] = [
        ("CLIENT_RANDOM ", .master),
        ("CLIENT_EARLY_TRAFFIC_SECRET ", .clientEarly),
        ("CLIENT_HANDSHAKE_TRAFFIC_SECRET ", .clientHandshake),
        ("SERVER_HANDSHAKE_TRAFFIC_SECRET ", .serverHandshake),
        ("CLIENT_TRAFFIC_SECRET_0 ", .clientTraffic),
        ("SERVER_TRAFFIC_SECRET_0 ", .serverTraffic),
    ]

    /// Lines that are right and of no use here.
    private static let passed: [StaticString] = [
        "EXPORTER_SECRET ", "EARLY_EXPORTER_SECRET ", "RSA ", "PMS_CLIENT_RANDOM ", "ECH_SECRET ",
        "ECH_CONFIG ",
        "CLIENT_TRAFFIC_SECRET_", "SERVER_TRAFFIC_SECRET_",
    ]

    private mutating func add(line: Span<UInt8>, number: Int, limits: Limits, _ reading: inout Reading) {
        var line = line
        if 0 < line.count, line[line.count - 1] == 0x0d { line = line.extracting(..<(line.count - 1)) }
        guard 0 < line.count, line[0] != 0x23 else { return }
        guard let (name, label) = Self.labels.first(where: { line.starts(with: $0.name) }), let label,
            let (random, secret) = values(line, from: name.utf8CodeUnitCount)
        else {
            if !Self.passed.contains(where: { line.starts(with: $0) }) {
                reading.malformedLines += 1
                if reading.firstMalformedLine == nil { reading.firstMalformedLine = number }
            }
            return
        }
        if rows[random] == nil, limits.keyLogEntries <= rows.count {
            reading.leftOut += 1
            return
        }
        reading.secrets += 1
        if firstClientRandom == nil { firstClientRandom = random.hex }
        // The first secret of a session stays: a second one would belong to another process.
        guard rows[random, default: Row()].offsets[label.rawValue] < 0 else { return }
        rows[random, default: Row()].offsets[label.rawValue] = Int32(truncatingIfNeeded: secrets.count)
        secrets.append(UInt8(secret.count))
        secrets += secret
    }

    /// `<64 hex> <hex>`: a client random and a secret of 16 to 64 bytes.
    private func values(_ line: Span<UInt8>, from start: Int) -> (Random, [UInt8])? {
        guard start + 64 < line.count, line[start + 64] == 0x20,
            let randomBytes = hexBytes(line.extracting(start..<start + 64)),
            let random = Random(randomBytes.span, at: 0)
        else { return nil }
        var end = line.count
        while start + 65 < end, line[end - 1] == 0x20 { end -= 1 }
        guard let secret = hexBytes(line.extracting((start + 65)..<end)), 16 <= secret.count,
            secret.count <= 64
        else { return nil }
        return (random, secret)
    }
}

extension KeyLog.Random {
    fileprivate init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard let a = bytes.integer(at: offset, width: 8), let b = bytes.integer(at: offset + 8, width: 8),
            let c = bytes.integer(at: offset + 16, width: 8), let d = bytes.integer(at: offset + 24, width: 8)
        else { return nil }
        self.init(a: a, b: b, c: c, d: d)
    }

    fileprivate var hex: String {
        [a, b, c, d].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// The bytes of hexadecimal digits, either case; nil for anything else.
private func hexBytes(_ digits: Span<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var index = 0
    while index < digits.count {
        guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
        bytes.append(high << 4 | low)
        index += 2
    }
    return bytes
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
}

/// Lower-case hexadecimal digits of bytes.
func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
