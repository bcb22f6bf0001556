import Case
import Wire

/// What a request asks for, as far as its head tells.
enum RequestIntent {
    /// A WebSocket: `Upgrade: websocket`, or a Sec-WebSocket field that only a WebSocket client sends.
    case webSocket
    /// Anything else.
    case ordinary

    /// Reads the intent of a request head. A client whose Upgrade field was lost on the way still shows its key or
    /// version, and that request was a WebSocket attempt for its sender (RFC 6455 §4.1).
    init(of head: MessageHead) {
        let asksForUpgrade = head.lists("upgrade", "websocket")
        let speaksWebSocket = head.has("sec-websocket-key") || head.has("sec-websocket-version")
        self = asksForUpgrade || speaksWebSocket ? .webSocket : .ordinary
    }
}

/// Host and port as the client named them, the most deliberate spelling first.
///
/// Shape: `host` or `host:port` without scheme; a default port is left out where the client left it out.
func authority(of request: MessageHead?, on connection: Connection) -> String {
    if let target = request?.target, let authority = absoluteFormAuthority(target) { return authority }
    if let host = request?.first("host"), !host.isEmpty { return host }
    if let target = connection.tunnel?.target {
        return withoutDefaultPort(target, secure: connection.tls != nil)
    }
    if let server = connection.server {
        let isDefault = server.port == (connection.tls == nil ? 80 : 443)
        if let name = connection.tls?.serverName { return isDefault ? name : "\(name):\(server.port)" }
        return isDefault ? server.addressText : server.description
    }
    return connection.tls?.serverName ?? ""
}

/// The authority of an absolute-form target (RFC 9112 §3.2.2), or nil for the other forms.
private func absoluteFormAuthority(_ target: String) -> String? {
    // Nearly every target is a path. Letters are looked at one character after the other.
    guard target.utf8.first != 0x2f, let scheme = target.range(ofSchemeSeparator: "://") else { return nil }
    let rest = target[scheme.upperBound...]
    let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) ?? rest.endIndex
    let authority = rest[..<end]
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return host.isEmpty ? nil : String(host)
}

private func withoutDefaultPort(_ authority: String, secure: Bool) -> String {
    let suffix = secure ? ":443" : ":80"
    return authority.hasSuffix(suffix) ? String(authority.dropLast(suffix.count)) : authority
}

extension String {
    /// The first place of `separator` when only a scheme's letters stand before it (RFC 3986 §3.1).
    fileprivate func range(ofSchemeSeparator separator: String) -> Range<String.Index>? {
        guard let colon = firstIndex(of: ":"), self[colon...].hasPrefix(separator), colon != startIndex,
            self[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return colon..<index(colon, offsetBy: separator.count)
    }
}
