import Case
import Wire

/// How the length of a body is told (RFC 9112 §6.3).
enum BodyFraming: Equatable {
    /// There is none.
    case none
    /// So many bytes.
    case length(Int)
    /// Chunks, the last one empty (RFC 9112 §7.1).
    case chunked
    /// Everything until the connection closes.
    case untilClose

    /// Of a request: none unless a field says otherwise.
    init(request head: MessageHead) {
        if head.isChunked {
            self = .chunked
        } else if let length = head.contentLength {
            self = length == 0 ? .none : .length(length)
        } else {
            self = .none
        }
    }

    /// Of a response to a request of that method; nil when the request was not seen.
    init(response head: MessageHead, toMethod method: String?) {
        let status = head.status ?? 0
        if 100..<200 ~= status || status == 204 || status == 304 || method == "HEAD" {
            self = .none
        } else if method == "CONNECT", 200..<300 ~= status {
            self = .none
        } else if head.isChunked {
            self = .chunked
        } else if head.has("transfer-encoding") {
            self = .untilClose
        } else if let length = head.contentLength {
            self = length == 0 ? .none : .length(length)
        } else {
            self = .untilClose
        }
    }
}

extension MessageHead {
    /// Whether the last transfer coding is `chunked` (RFC 9112 §6.1).
    var isChunked: Bool { list("transfer-encoding").last?.lowercased() == "chunked" }

    /// Content-Length, when every line and element says the same number (RFC 9112 §6.3 item 5).
    var contentLength: Int? {
        let values = list("content-length")
        guard let first = values.first, values.allSatisfy({ $0 == first }),
            !first.isEmpty, first.utf8.allSatisfy({ 0x30 <= $0 && $0 <= 0x39 })
        else { return nil }
        return Int(first)
    }

    /// Codings to undo, the outermost first: transfer codings other than chunked, then content codings, each list
    /// from its end (RFC 9110 §8.4, RFC 9112 §7).
    var codings: [String] {
        let transfer = list("transfer-encoding").map { $0.lowercased() }.filter { $0 != "chunked" }
        let content = list("content-encoding").map { $0.lowercased() }.filter { $0 != "identity" }
        return transfer.reversed() + content.reversed()
    }
}
