import Case
import HTTP
import Wire

/// What a browser asks of the page, once it may ask anything at all.
enum PageRequest: Equatable {
    /// The page.
    case page
    /// The same, asked without the slash at its end.
    case pageWithoutSlash
    /// The stream of events.
    case events
    /// An attempt, as JSON.
    case attempt(Int)
    /// The value of one token of an attempt.
    case token(Int, attempt: Int)
    /// The bytes of an attempt's handshake, with the secrets in them or without.
    case raw(attempt: Int, showingSecrets: Bool)
    /// Two attempts side by side.
    case difference(Int, Int)
    /// What a finding means.
    case rule(String)
    /// None of these, and what to answer.
    case refused(status: Int, because: String)

    /// Judges a request's head.
    ///
    /// Laws: whoever does not know the token learns nothing but that there is one; a name that is not this
    /// computer's own (DNS rebinding) and another site's script are refused before the token is looked at.
    init(_ head: MessageHead, token: String, listener: Endpoint) {
        self = .refused(status: 404, because: "there is nothing at this address")
        guard listener.isLoopback else {
            self = .refused(status: 403, because: "the page is served on this computer only")
            return
        }
        guard PageRequest.names(of: listener).contains(head.all("host").joined(separator: ",").lowercased())
        else {
            self = .refused(status: 421, because: "this name is not one of the page's")
            return
        }
        guard head.method == "GET", let target = head.target else {
            self = .refused(status: 405, because: "the page is only read")
            return
        }
        let parts = target.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(
            String.init)
        guard target.hasPrefix("/"), let given = parts.first, isEqual(given, token) else {
            self = .refused(
                status: 404, because: "the page's address holds a secret; wsdiag printed it when it started")
            return
        }
        let path = Array(parts.dropFirst())
        if let site = head.first("sec-fetch-site"), site != "same-origin", site != "none", path != [""] {
            self = .refused(status: 403, because: "another site asks")
            return
        }
        if let asked = PageRequest(path: path) { self = asked }
    }

    /// What stands behind the token.
    private init?(path: [String]) {
        let numbers = path.map(PageRequest.number)
        switch path.count {
        case 0: self = .pageWithoutSlash
        case 1 where path[0].isEmpty: self = .page
        case 1 where path[0] == "events": self = .events
        case 2 where path[0] == "rules": self = .rule(path[1])
        case 2 where path[0] == "attempts":
            guard let number = numbers[1] else { return nil }
            self = .attempt(number)
        case 3 where path[0] == "differences":
            guard let left = numbers[1], let right = numbers[2] else { return nil }
            self = .difference(left, right)
        case 3 where path[0] == "attempts" && (path[2] == "raw" || path[2] == "secrets"):
            guard let number = numbers[1] else { return nil }
            self = .raw(attempt: number, showingSecrets: path[2] == "secrets")
        case 4 where path[0] == "attempts" && path[2] == "tokens":
            guard let number = numbers[1], let token = numbers[3] else { return nil }
            self = .token(token, attempt: number)
        default: return nil
        }
    }

    /// Hosts that a browser on this computer calls the page by.
    private static func names(of listener: Endpoint) -> [String] {
        let address = listener.isIPv4 ? listener.addressText : "[\(listener.addressText)]"
        let plain = [address, "localhost"]
        return plain.map { "\($0):\(listener.port)" } + (listener.port == 80 ? plain : [])
    }

    private static func number(_ text: String) -> Int? {
        guard 1...9 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30 <= $0 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}

/// Compares in a time that does not tell where the two differ.
private func isEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}

/// An answer of the page.
enum PageAnswer {
    /// A whole answer. The connection ends with it.
    static func whole(
        _ status: Int, _ type: String, _ body: [UInt8], policy: String = "default-src 'none'",
        more: [String] = []
    ) -> [UInt8] {
        head(
            status, type, policy: policy, more: ["Content-Length: \(body.count)", "Connection: close"] + more)
            + body
    }

    /// The beginning of a stream of events.
    static func eventStream() -> [UInt8] {
        head(200, "text/event-stream", policy: "default-src 'none'", more: ["Connection: close"])
    }

    /// One event (HTML, "Server-sent events" §9.2). `data` has no line end.
    static func event(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }

    private static func head(_ status: Int, _ type: String, policy: String, more: [String]) -> [UInt8] {
        let words = [
            200: "OK", 308: "Permanent Redirect", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
            405: "Method Not Allowed", 421: "Misdirected Request", 431: "Request Header Fields Too Large",
            503: "Service Unavailable",
        ]
        let lines =
            [
                "HTTP/1.1 \(status) \(words[status] ?? "Error")", "Content-Type: \(type)",
                "Cache-Control: no-store",
                "Content-Security-Policy: \(policy)", "X-Content-Type-Options: nosniff",
                "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
                "Cross-Origin-Opener-Policy: same-origin",
            ] + more
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
