import Case
import Wire

extension Facts {
    /// Where a redirect leads, query left out, and whether one signs in there.
    var redirection: (text: String, isLogin: Bool)? {
        guard let location = response?.head.first("location") else { return nil }
        let parts = targetParts(location)
        let lower = location.lowercased()
        let marks = [
            "login", "signin", "sign-in", "sign_in", "oauth", "authorize", "saml", "sso", "returnurl",
            "return_to",
            "/auth", "openid", "accounts.",
        ]
        let isLogin = marks.contains { lower.range(ofText: $0) != nil }
        let host = location.hasPrefix("http") ? location.prefix { $0 != "?" } : Substring(parts.path)
        return (String(host.prefix(200)), isLogin)
    }

    /// Whether the client went on after a 101 that it should have refused.
    var survivedOddSwitch: Bool {
        guard let counts = session?.counts else { return false }
        return 0 < counts.client.frames - counts.client.close
            && 0 < counts.server.frames - counts.server.close
    }

    /// Whether the client ended the session within 2 s, before any message of its own.
    var clientLeftAtOnce: Bool {
        guard let session = session, session.counts.client.frames - session.counts.client.close == 0
        else { return false }
        if let close = session.firstClose {
            guard close.by == .client else { return false }
        } else {
            switch attempt.connection.ending {
            case .finished(by: .client), .reset(by: .client): break
            default: return false
            }
        }
        return ageAtEndSeconds.map { $0 <= 2 } ?? true
    }

    /// The request to a path that cannot exist, as a command.
    var pathProbe: NextStep {
        if let known = look.family.pathProbe { return known }
        let scheme = isSecure == false ? "http" : "https"
        let probe = NextStep(
            "Ask for a path that cannot exist: the same answer means that the path was never looked at, so the token is not the reason.",
            command:
                "curl -si --http1.1 -m 5 -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' '\(scheme)://\(safe(authority))/wsdiag-no-such-path'"
        )
        look.family.pathProbe = probe
        return probe
    }

    /// A host as a shell may be given it: only characters that a host and a port can have.
    private func safe(_ authority: String) -> String {
        let kept = authority.utf8.filter { byte in
            (0x30...0x3a).contains(byte) || (0x41...0x5b).contains(byte) || (0x61...0x7a).contains(byte)
                || byte == 0x2d || byte == 0x2e || byte == 0x5d
        }
        return String(decoding: kept, as: UTF8.self)
    }
}

extension Facts {
    /// What shows that a proxy passed the answer on.
    var proxyMark: String? {
        guard let head = response?.head else { return nil }
        if let via = head.first("via") { return "Via: \(via)" }
        if let cache = head.first("x-cache") { return "X-Cache: \(cache)" }
        if head.has("x-varnish") { return "X-Varnish is there" }
        return nil
    }

    /// Whether the answer carries a field of an edge network.
    var passedEdge: Bool {
        guard let head = response?.head else { return false }
        return head.names.contains {
            Vocabulary.embedded.edgeFields.contains($0.lowercased())
        }
    }

    /// A plain request to the same path that was answered 2xx.
    var plainSuccess: Exchange? {
        nearestExchanges.first {
            hostOnly($0.authority) == host && targetParts($0.request.head.target ?? "").path == path
                && ($0.status.map { 200..<300 ~= $0 } ?? false)
        }
    }

    /// Whether the client ended the connection after TLS had begun and before its request.
    var clientLeftHandshake: Bool {
        guard hasTLS, request == nil, let tls = attempt.connection.tls, tls.version != nil else {
            return false
        }
        switch attempt.connection.ending {
        case .finished(by: .client), .reset(by: .client):
            return tls.decryption != .keysMissing || !tls.established
        default: return false
        }
    }

    /// Whether plain HTTP went to a port that is TLS's by custom, and the server ended the connection without a word.
    var isPlainOnTLSPort: Bool {
        guard !hasTLS, request != nil, symptoms.contains(.failed),
            let port = attempt.connection.server?.port,
            [443, 8443, 9443].contains(port)
        else { return false }
        switch attempt.connection.ending {
        case .finished(by: .server), .reset(by: .server): return true
        default: return false
        }
    }
}
