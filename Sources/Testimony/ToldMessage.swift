import Case
import Wire

/// An HTTP message as a document tells it: no bytes of the wire, only names and values.
struct ToldMessage {
    /// One field line.
    struct Field {
        var name: String
        var value: String
    }

    /// Field lines in the document's order.
    var fields: [Field] = []
    /// The body as far as the document holds it.
    var body = Body(bytes: [], wireLength: 0, length: 0, completeness: .notCaptured)
    /// When; nil where the document tells no time.
    var at: Timestamp?
    /// Where in the document.
    var place: Place

    init(place: Place) { self.place = place }

    /// The first value of a field. `name` is lower case.
    func first(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }

    /// Whether any line has that name. `name` is lower case.
    func has(_ name: String) -> Bool { fields.contains { $0.name.lowercased() == name } }

    /// As a message of the model. The head is rebuilt, and says so.
    func message(_ line: RebuiltLine, limits: Limits) -> Message {
        Message(
            head: MessageHead(rebuilding: line, fields: fields, limits: limits), body: body, at: at,
            firstByteAt: at, place: place)
    }
}

/// The first line of a rebuilt head.
enum RebuiltLine {
    case request(method: String, target: String)
    case response(status: Int, reason: String)
}

extension MessageHead {
    /// A head put together from what a document tells. Line ends inside a value become spaces, so that a lying document
    /// makes no lines of its own.
    init(rebuilding line: RebuiltLine, fields: [ToldMessage.Field], limits: Limits) {
        var bytes: [UInt8] = []
        func append(_ text: String, spaces: Bool) -> Range<Int> {
            let start = bytes.count
            for byte in text.utf8.prefix(limits.headBytes) {
                bytes.append(byte == 0x0d || byte == 0x0a || !spaces && byte == 0x20 ? 0x20 : byte)
            }
            return start..<bytes.count
        }
        let startLine: StartLine
        switch line {
        case .request(let method, let target):
            let method = append(method, spaces: false)
            bytes.append(0x20)
            let target = append(target, spaces: false)
            bytes.append(0x20)
            startLine = .request(
                method: method, target: target, version: append("HTTP/1.1", spaces: true))
        case .response(let status, let reason):
            let version = append("HTTP/1.1", spaces: true)
            _ = append(" \(status) ", spaces: true)
            startLine = .response(
                version: version, status: status, reason: append(reason, spaces: true))
        }
        bytes += [0x0d, 0x0a]
        var lines: [FieldLine] = []
        var oddities: Oddities = .rebuilt
        for field in fields {
            guard lines.count < limits.fieldLines, bytes.count < limits.headBytes else {
                oddities.insert(.tooManyFields)
                break
            }
            let name = append(field.name, spaces: true)
            bytes += [0x3a, 0x20]
            lines.append(FieldLine(name: name, value: append(field.value, spaces: true)))
            bytes += [0x0d, 0x0a]
        }
        bytes += [0x0d, 0x0a]
        self.init(bytes: bytes, startLine: startLine, fieldLines: lines, oddities: oddities)
    }
}

/// The parts of an absolute URL (RFC 3986 §3) that the model keeps apart. Lenient: what people paste is no better.
struct URLParts: Equatable {
    /// Lower case: `wss`, `https`.
    var scheme: String
    /// Host and port as spelled, without user information.
    var authority: String
    /// Path and query, without fragment; `/` when there is none.
    var target: String

    /// Whether the scheme is `ws` or `wss`.
    var isWebSocket: Bool { scheme == "ws" || scheme == "wss" }
    /// Whether the scheme runs over TLS.
    var isSecure: Bool { scheme == "wss" || scheme == "https" }

    /// Parts that are known one by one. An empty scheme is one that is not told.
    init(scheme: String, authority: String, target: String) {
        self.scheme = scheme
        self.authority = authority
        self.target = target
    }

    /// Parts of an absolute URL, or nil when it has no scheme and host.
    init?(_ url: String) {
        let bytes = Array(url.utf8)
        guard let colon = bytes.firstIndex(of: 0x3a), 0 < colon, colon <= 16, colon + 3 < bytes.count,
            bytes[colon + 1] == 0x2f, bytes[colon + 2] == 0x2f
        else { return nil }
        scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == 0x2f || $0 == 0x3f || $0 == 0x23 } ?? rest.endIndex
        let user = rest[..<end].lastIndex(of: 0x40).map { $0 + 1 } ?? rest.startIndex
        guard user < end else { return nil }
        authority = String(decoding: rest[user..<end], as: UTF8.self)
        let fragment = rest[end...].firstIndex(of: 0x23) ?? rest.endIndex
        let tail = String(decoding: rest[end..<fragment], as: UTF8.self)
        target = tail.hasPrefix("/") ? tail : "/" + tail
    }
}
