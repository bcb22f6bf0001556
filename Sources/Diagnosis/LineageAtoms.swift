import Case
import JSON
import Wire

extension Facts {
    /// Whether a token is expired by the clock of the answer, or damaged.
    func isBad(_ sent: Sent) -> Bool {
        if !sent.tokenDefects.isEmpty { return true }
        guard let expiry = sent.jwt?.expiresAt, let clock else { return false }
        return expiry.seconds(since: clock.at) < -Double(options.skewSeconds)
    }

    /// A request of the same client to the same service that carried a credential and was let in.
    var siblingWithCredential: (text: String, places: [Place])? {
        if let other = comparisons.first(where: { $0.wasAccepted && $0.differences == .presence }) {
            let attempt = file.attempts[other.other]
            if let credential = attempt.credentials.first {
                return (
                    "attempt \(attempt.id) sent <token \(credential.token)> \(place(of: credential)) and was accepted",
                    places(attempt)
                )
            }
        }
        for exchange in nearestExchanges where isKin(exchange.authority) {
            guard
                let credential = exchange.credentials.first(where: {
                    $0.placement != .body && $0.placement != .cookie
                }),
                let status = exchange.status, 200..<300 ~= status
            else { continue }
            let method = exchange.request.head.method ?? "a request"
            let path = shownPath(of: exchange)
            return (
                "\(method) \(path) on \(exchange.authority) sent <token \(credential.token)> \(place(of: credential)) and was answered \(status)",
                [exchange.request.place]
            )
        }
        return nil
    }

    /// A plain request to the same service that carried a cookie and was let in, the last one before this attempt.
    var siblingWithCookie: (name: String, token: Int, text: String, places: [Place])? {
        var found: (name: String, token: Int, text: String, places: [Place])?
        for exchange in nearestExchanges where isKin(exchange.authority) {
            guard let cookie = exchange.credentials.first(where: { $0.placement == .cookie }),
                let status = exchange.status, 200..<300 ~= status
            else { continue }
            if let at = exchange.request.at, let started = attempt.startedAt, started < at { continue }
            let method = exchange.request.head.method ?? "a request"
            let path = shownPath(of: exchange)
            found = (
                cookie.name, cookie.token,
                "\(method) \(path) on \(exchange.authority) sent <token \(cookie.token)> in it and was answered \(status)",
                [exchange.request.place]
            )
        }
        return found
    }

    /// The exchanges of the case that may concern this attempt: the first 64 and no more, so that many attempts
    /// beside many exchanges stay cheap.
    var nearestExchanges: ArraySlice<Exchange> { file.exchanges.prefix(64) }

    /// Whether a host belongs to the same service by its name: the last two labels are equal, or it is the same host.
    func isKin(_ authority: String) -> Bool {
        let other = hostOnly(authority)
        return other == host || Diagnosis.site(of: other) == site
    }

    /// The scope that the server's words name: the value of `scope="…"`.
    var namedScope: String? {
        for said in words {
            guard let start = said.text.range(ofText: "scope=\"") else { continue }
            let name = said.text[start...].dropFirst(7).prefix { $0 != "\"" }
            if !name.isEmpty { return String(name) }
        }
        return nil
    }

    /// An attempt that was accepted here with a readable token that grants nothing beyond these scopes.
    func acceptedWithFewerScopes(than own: [String]) -> Attempt? {
        for comparison in comparisons where comparison.wasAccepted && isHere(comparison) {
            let other = file.attempts[comparison.other]
            for credential in other.credentials {
                guard let scopes = file.token(credential.token)?.jwt?.scopes else { continue }
                if scopes.allSatisfy(own.contains) { return other }
            }
        }
        return nil
    }

    /// An attempt that differs only in the token and was accepted, whose token grants more than this one's.
    func decisiveScopes(_ own: [String]) -> Attempt? {
        guard let other = decisive(.token) else { return nil }
        let scopes = other.credentials.compactMap { file.token($0.token)?.jwt?.scopes }.first ?? []
        return own.allSatisfy(scopes.contains) && own.count < scopes.count ? other : nil
    }

    /// Whether a comparison is with an attempt on the same address.
    func isHere(_ comparison: Comparison) -> Bool { comparison.differences.isDisjoint(with: [.host, .path]) }

    /// A credential that stands for a client: by its claims, or by the grant that minted it.
    var clientPrincipal: (sent: Sent, why: String)? {
        for sent in sentAnywhere {
            if let mark = sent.jwt.flatMap(clientMark) { return (sent, mark) }
            if let mint = mint(of: sent),
                contains(mint.exchange.request.body.bytes, Array("grant_type".utf8)),
                contains(mint.exchange.request.body.bytes, Array("client_credentials".utf8))
            {
                return (sent, "it was minted with grant_type=client_credentials")
            }
        }
        return nil
    }

    /// An attempt that dialled another minted URL of the same host and was accepted, differing in nothing but the URL.
    var freshURLAccepted: Attempt? {
        guard let own = mintedURL, own.isSame else { return nil }
        for comparison in comparisons
        where comparison.wasAccepted && comparison.differences.subtracting([.path, .query]).isEmpty
            && !comparison.differences.isEmpty
        {
            let other = file.attempts[comparison.other]
            let target = other.request?.head.target ?? ""
            for (number, item) in index.mintedURLs.suffix(64) {
                guard case .url(let secret) = file.exchanges[number].minted[item].value else { continue }
                let parts = urlParts(secret.revealed)
                if hostOnly(parts.host) == host, parts.target == target { return other }
            }
        }
        return nil
    }

    /// Whether a minted target was dialled as it stands; credentials that the client added to the query do not count.
    private func isDialled(_ minted: String, as target: String) -> Bool {
        if minted == target || minted.isEmpty && target == "/" { return true }
        let own = targetParts(target)
        let wanted = targetParts(minted)
        let added = credentialParameters
        let rest = own.parameters.filter {
            !added.contains($0.name) || wanted.parameters.map(\.name).contains($0.name)
        }
        return own.path == (wanted.path.isEmpty ? "/" : wanted.path)
            && rest.map { "\($0.name)=\($0.value)" } == wanted.parameters.map { "\($0.name)=\($0.value)" }
    }

    /// The URL that a response handed out before this attempt, and how the dialled one compares.
    var mintedURL: (text: String, difference: String, isSame: Bool, isSameHost: Bool, places: [Place])? {
        guard !index.mintedURLs.isEmpty else { return nil }
        var nearest: (text: String, difference: String, isSame: Bool, isSameHost: Bool, places: [Place])?
        let target = request?.head.target ?? ""
        for (number, item) in index.mintedURLs.suffix(64) {
            let exchange = file.exchanges[number]
            let minted = exchange.minted[item]
            guard case .url(let secret) = minted.value else { continue }
            let parts = urlParts(secret.revealed)
            guard parts.isSocket, isKin(parts.host) else { continue }
            if let at = exchange.response?.at, let started = attempt.startedAt, started < at { continue }
            let isSameHost = hostOnly(parts.host) == host
            let isSame = isSameHost && isDialled(parts.target, as: target)
            let path = shownPath(of: exchange)
            let text = "\(minted.member) of \(exchange.request.head.method ?? "") \(path)"
            let difference =
                isSameHost
                ? (targetParts(parts.target).path == self.path ? ": the query differs" : ": the path differs")
                : ": the host was \(parts.host)"
            if isSame { return (text, "", true, true, [minted.place]) }
            nearest = (text, difference, false, isSameHost, [minted.place])
        }
        return nearest
    }
}

/// What in a token's claims shows that it stands for a client, or nil.
func clientMark(of jwt: JWT) -> String? {
    guard let claims = jwt.claims else { return nil }
    if let subject = claims["sub"]?.string, subject == (claims["azp"] ?? claims["client_id"])?.string {
        return "its sub equals its client id"
    }
    return claims["gty"]?.string == "client-credentials" ? "its gty is client-credentials" : nil
}

/// The last two labels of a host name; an address is its own site.
func site(of host: String) -> String {
    // The root's dot at the end is no label.
    let bytes = host.utf8.last == 0x2e ? host.utf8.dropLast() : host.utf8[...]
    guard let last = bytes.lastIndex(of: 0x2e), let next = bytes[..<last].lastIndex(of: 0x2e),
        !bytes[bytes.index(after: last)...].allSatisfy({ 0x30 <= $0 && $0 <= 0x39 })
    else { return host }
    return String(Substring(bytes[bytes.index(after: next)...]))
}

/// "a, b, c": twelve names at most.
func listed(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (12 < names.count ? " and \(names.count - 12) more" : "")
}

/// Scheme, host and target of a URL as they are spelled.
func urlParts(_ url: String) -> (isSocket: Bool, host: String, target: String) {
    let bytes = url.utf8
    guard let colon = bytes.firstIndex(of: 0x3a), bytes[colon...].starts(with: [0x3a, 0x2f, 0x2f]) else {
        return (false, "", "")
    }
    let scheme = url[..<colon].lowercased()
    let start = bytes.index(colon, offsetBy: 3)
    let end = bytes[start...].firstIndex { $0 == 0x2f || $0 == 0x3f } ?? bytes.endIndex
    return (scheme == "wss" || scheme == "ws", url[start..<end].lowercased(), String(url[end...]))
}

extension String {
    /// Where `part` begins, or nil.
    func range(ofText part: String) -> String.Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start }
            start = index(after: start)
        }
        return nil
    }
}
