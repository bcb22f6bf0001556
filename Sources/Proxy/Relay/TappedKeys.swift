import Case
import Glibc
import Wire

/// The TLS keys that a client logs while it runs, for tunnels that are passed on untouched.
///
/// Source: https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-05.html
final class TappedKeys {
    private let path: String
    private let limits: Limits
    private var offset: off_t = 0
    private var rest: [UInt8] = []
    /// Lines by client random, hexadecimal.
    private var lines: [String: [UInt8]] = [:]
    /// Client randoms whose application data can be read.
    private var complete: Set<String> = []

    init(path: String, limits: Limits) {
        self.path = path
        self.limits = limits
    }

    /// The lines for a client random, once they are all there. They are given once.
    func take(_ random: String) -> [UInt8]? {
        if !complete.contains(random) { update() }
        guard complete.remove(random) != nil else { return nil }
        return lines.removeValue(forKey: random)
    }

    /// Reads what was written since.
    private func update() {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard 0 <= descriptor else { return }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            guard 0 < count else { return }
            offset += off_t(count)
            for byte in buffer[..<count] {
                // A line is some two hundred bytes long.
                if rest.count < 1024 { rest.append(byte) }
                if byte == 0x0a {
                    add(rest)
                    rest = []
                }
            }
        }
    }

    private func add(_ line: [UInt8]) {
        let parts = String(decoding: line, as: UTF8.self).split { $0 == " " || $0.isNewline }
        guard parts.count == 3, parts[1].utf8.count == 64 else { return }
        let random = parts[1].lowercased()
        guard lines[random] != nil || lines.count < limits.tappedConnections else { return }
        lines[random, default: []] += line
        // TLS 1.2 has one line; of TLS 1.3 these two come last, in either order.
        let text = String(decoding: lines[random] ?? [], as: UTF8.self)
        if text.contains("CLIENT_RANDOM")
            || text.contains("CLIENT_TRAFFIC_SECRET_0") && text.contains("SERVER_TRAFFIC_SECRET_0")
        {
            complete.insert(random)
        }
    }
}

/// What a tapped connection said before its keys were known: they are logged after the first bytes have passed.
struct TapHold {
    /// A piece that waits.
    struct Piece {
        var bytes: [UInt8]
        var side: Side
        var time: Timestamp
        var place: Place
    }

    private(set) var pieces: [Piece] = []
    private var count = 0
    /// The client random, once the ClientHello was seen.
    private(set) var random: String?

    /// Takes bytes; false when so much waits that no key will come any more.
    mutating func add(_ bytes: Span<UInt8>, _ side: Side, _ time: Timestamp, _ place: Place, limits: Limits)
        -> Bool
    {
        if pieces.isEmpty, side == .client { random = clientRandom(bytes) }
        pieces.append(Piece(bytes: bytes.bytes(), side: side, time: time, place: place))
        count += bytes.count
        return count < limits.tappedBytes && random != nil
    }

    /// Bytes 11 to 43 of a record with a ClientHello (RFC 8446 §4.1.2, §5.1).
    private func clientRandom(_ bytes: Span<UInt8>) -> String? {
        guard 43 <= bytes.count, bytes[0] == 0x16, bytes[5] == 1 else { return nil }
        return (11..<43).map { index in
            let digits = String(bytes[index], radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
