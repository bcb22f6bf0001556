import Case
import JSON
import Wire

extension HAREntry {
    /// The URL of the request; nil where there is none that says where to.
    var url: URLParts? { request?["url"]?.string.flatMap { URLParts($0) } }

    /// The request as it is told.
    var toldRequest: ToldMessage {
        var told = ToldMessage(place: place(pointer + "/request"))
        told.at = startedAt
        told.fields = fields(request?["headers"])
        if let data = request?["postData"] {
            told.body = body(
                data["text"]?.string, encoding: data["encoding"]?.string, declared: request?["bodySize"])
        } else if request?["bodySize"]?.number == 0 || request?["method"]?.string == "GET" {
            told.body = .none
        }
        return told
    }

    /// The answer as it is told.
    var toldResponse: ToldMessage {
        var told = ToldMessage(place: place(pointer + "/response"))
        told.at = answeredAt
        told.fields = fields(response?["headers"])
        let content = response?["content"]
        let text = content?["text"]?.string
        told.body = body(text, encoding: content?["encoding"]?.string, declared: content?["size"])
        if text?.isEmpty ?? true { told.body = emptyBody(told, size: content?["size"]?.number) }
        return told
    }

    /// The status that is told; nil for 0, -1 and no number.
    var status: Int? {
        guard let number = response?["status"]?.number, let status = Int(exactly: number) else { return nil }
        return 100 <= status && status <= 999 ? status : nil
    }

    /// When the head of the answer came.
    var answeredAt: Timestamp? {
        guard let startedAt, let waitedMilliseconds else { return nil }
        return Timestamp(nanoseconds: startedAt.nanoseconds &+ Int64(waitedMilliseconds * 1_000_000))
    }

    /// Whether this is a handshake: by its scheme, its type, its Upgrade field, its 101 or its messages.
    var isWebSocket: Bool {
        if hasMessages || resourceType.lowercased() == "websocket" { return true }
        if url?.isWebSocket ?? false { return true }
        if upgrades(request?["headers"]) { return true }
        guard status == 101 else { return false }
        // A 101 may be another protocol's.
        let told = fields(response?["headers"]).filter { $0.name.lowercased() == "upgrade" }
        return told.isEmpty || upgrades(response?["headers"])
    }

    private func upgrades(_ headers: JSONValue?) -> Bool {
        fields(headers).contains {
            $0.name.lowercased() == "upgrade" && $0.value.lowercased().contains("websocket")
        }
    }

    /// A body that is told empty is empty only where the head, or the method, says so too.
    private func emptyBody(_ told: ToldMessage, size: Double?) -> Body {
        let isBodiless =
            status == 204 || status == 304 || status == 101 || request?["method"]?.string == "HEAD"
        if isBodiless || told.first("content-length")?.trimmedEnds == "0" { return .none }
        let declared = told.first("content-length").flatMap { Int($0.trimmedEnds) }
        // What most programs write as `size: 0, text: ""` for a body that they did not keep.
        if declared == nil, size == 0, !told.has("transfer-encoding"), isKnownEmpty { return .none }
        return Body(bytes: [], wireLength: declared ?? 0, length: 0, completeness: .notCaptured)
    }

    /// Whether the entry's own count of bytes on the wire says that no body came.
    private var isKnownEmpty: Bool { response?["bodySize"]?.number == 0 }

    private func body(_ text: String?, encoding: String?, declared: JSONValue?) -> Body {
        guard let text else {
            return Body(bytes: [], wireLength: 0, length: 0, completeness: .notCaptured)
        }
        var bytes = Array(text.utf8)
        if encoding?.lowercased() == "base64" {
            let decoding = Base64Decoding(bytes.span)
            guard decoding.illegalOffset == nil else {
                return Body(bytes: [], wireLength: 0, length: 0, completeness: .notDecoded)
            }
            bytes = decoding.bytes
        }
        let length = bytes.count
        if limits.bodyBytes < length { bytes.removeLast(length - limits.bodyBytes) }
        return Body(bytes: bytes, wireLength: length, length: length, completeness: .complete)
    }
}

/// Field lines: an array of name and value, or an object. Lines that a program joined are apart again, and the
/// pseudo-fields of HTTP/2 are left out.
private func fields(_ headers: JSONValue?) -> [ToldMessage.Field] {
    var fields: [ToldMessage.Field] = []
    func add(_ name: String, _ value: JSONValue?) {
        guard !name.isEmpty, !name.hasPrefix(":") else { return }
        let text: String
        switch value {
        case .string(let told): text = told
        case .number(_, let spelling): text = spelling
        default: return
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            fields.append(ToldMessage.Field(name: name, value: String(line)))
        }
    }
    if let members = headers?.members {
        for member in members { add(member.name, member.value) }
    }
    for header in headers?.array ?? [] { add(header["name"]?.string ?? "", header["value"]) }
    return fields
}

extension String {
    /// Without spaces and tabs at either end.
    fileprivate var trimmedEnds: String { self[...].trimmed }
}
