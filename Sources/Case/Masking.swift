import Wire

extension CaseFile {
    /// The URL of an attempt: `wss://host/path?access_token=<token 1>`.
    ///
    /// Shape: printable ASCII; other bytes are percent-encoded. With `showingSecrets` the target as it was sent.
    /// Empty where the input tells of none.
    package func url(of attempt: Attempt, showingSecrets: Bool) -> String {
        if attempt.authority.isEmpty, attempt.basis == .reported || attempt.request == nil {
            return unaddressed(attempt, showingSecrets: showingSecrets)
        }
        let scheme = attempt.isSecure ?? false ? "wss" : "ws"
        return url(
            scheme, attempt.authority, attempt.request?.head, attempt.credentials,
            showingSecrets: showingSecrets)
    }

    /// The URL of an exchange: `https://host/path`.
    ///
    /// Shape: as for an attempt; of a CONNECT request the target alone.
    package func url(of exchange: Exchange, showingSecrets: Bool) -> String {
        let scheme = exchange.isSecure ?? false ? "https" : "http"
        return url(
            scheme, exchange.authority, exchange.request.head, exchange.credentials,
            showingSecrets: showingSecrets)
    }

    /// A text with every known token in it replaced by `<token 2>`, however it is spelled, with `<part of token 2>`
    /// for 12 bytes or more of one, and with `<token>` or `<secret>` for what only looks like one.
    ///
    /// Where many texts are masked, `mask` is to be made first.
    package func masked(_ text: String) -> String { masked(Array(text.utf8)) }

    /// The same for bytes, which are read as UTF-8 with repairs.
    package func masked(_ bytes: [UInt8]) -> String {
        String(decoding: replaced(bytes.span, usableMask.matches(in: bytes.span)), as: UTF8.self)
    }

    /// A text with `<token 1>` in the place of each known token and nothing else replaced: what is left can still be
    /// read for what it says.
    package func named(_ text: String) -> String {
        let bytes = text.utf8.span
        let matches = usableMask.matches(in: bytes)
        guard !matches.isEmpty else { return text }
        return String(decoding: replaced(bytes, matches) { $1.append($0) }, as: UTF8.self)
    }

    /// Whether bytes quote a known token.
    package func quotesToken(_ bytes: [UInt8]) -> Bool { !usableMask.matches(in: bytes.span).isEmpty }

    private var usableMask: TokenMask {
        mask.flatMap { $0.count == tokens.count ? $0 : nil } ?? TokenMask(tokens)
    }

    /// The value of a field line as it may be shown: besides known tokens, whatever follows the scheme of
    /// Authorization, and the values of all cookies.
    package func masked(value: String, ofField name: String) -> String {
        let masked = masked(value)
        switch name.lowercased() {
        case "authorization", "proxy-authorization":
            return maskedAuthorization(masked)
        case "cookie":
            return masked.split(separator: ";", omittingEmptySubsequences: false).map(maskedCookie)
                .joined(separator: ";")
        case "set-cookie":
            let parts = masked.split(separator: ";", omittingEmptySubsequences: false)
            guard let first = parts.first else { return masked }
            return ([maskedCookie(first)] + parts.dropFirst().map(String.init)).joined(separator: ";")
        case "sec-websocket-protocol":
            return masked.split(separator: ",", omittingEmptySubsequences: false).map { element in
                shortToken(element.utf8.span).map { (element.hasPrefix(" ") ? " " : "") + $0 }
                    ?? String(element)
            }.joined(separator: ",")
        default: return masked
        }
    }

    /// The first line of a head as it may be shown: of a request also without the short secrets that stand as whole
    /// parameters of its target.
    package func masked(firstLineOf head: MessageHead) -> String {
        let range = head.startLineRange
        guard case .request(_, let target, _) = head.startLine else { return masked(head.text(range)) }
        return masked(head.text(range.lowerBound..<target.lowerBound))
            + maskedTarget(head.bytes.span.extracting(target), [])
            + masked(head.text(target.upperBound..<max(target.upperBound, range.upperBound)))
    }

    /// `<token 2>` where these bytes, spaces around them left out, are a whole token too short to be found inside a
    /// text.
    private func shortToken(_ value: Span<UInt8>) -> String? {
        var range = 0..<value.count
        while let first = range.first, value[first] == 0x20 { range = range.dropFirst() }
        while let last = range.last, value[last] == 0x20 { range = range.dropLast() }
        guard Self.shortTokenBytes.contains(range.count) else { return nil }
        let bytes = value.extracting(range).bytes()
        // A search through all tokens for every parameter would grow with the square of the attempts.
        if let mask { return mask.token(whole: bytes).map { "<token \($0)>" } }
        return tokens.first { $0.kind != .placeholder && $0.secret.bytes == bytes }.map { "<token \($0.id)>" }
    }

    /// Longer ones are found wherever they stand; shorter ones are no secret.
    private static let shortTokenBytes = 4...32

    /// Makes the index that `masked` uses, once the tokens are all there.
    package mutating func prepareMask() { mask = TokenMask(tokens) }
}

/// What follows the scheme, unless it is masked already or a stand-in that nobody needs to hide.
private func maskedAuthorization(_ value: String) -> String {
    let parts = value.split(separator: " ", maxSplits: 1)
    let rest = parts.count == 2 ? parts[1] : Substring(value)
    if rest.contains("<token") || rest.contains("<part of") || rest.contains("<secret>") { return value }
    if placeholderDefect(rest.utf8.span) != nil { return value }
    return parts.count == 2 ? parts[0] + " <secret>" : 20 < rest.utf8.count ? "<secret>" : value
}

private func maskedCookie(_ pair: Substring) -> String {
    guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
    let value = pair[pair.index(after: equals)...]
    if value.hasPrefix("<token") || value.hasPrefix("<part of") || value.utf8.count < 4 {
        return String(pair)
    }
    return pair[...equals] + "<\(value.utf8.count) bytes>"
}

// MARK: - URLs

extension CaseFile {
    /// What is told of a target whose host is not: path and query, or nothing.
    private func unaddressed(_ attempt: Attempt, showingSecrets: Bool) -> String {
        guard let head = attempt.request?.head, case .request(_, let range, _) = head.startLine,
            1 < range.count
        else {
            return ""
        }
        let target = head.bytes.span.extracting(range)
        return "…" + (showingSecrets ? printable(target) : maskedTarget(target, attempt.credentials))
    }

    private func url(
        _ scheme: String, _ authority: String, _ head: MessageHead?, _ credentials: [Credential],
        showingSecrets: Bool
    ) -> String {
        let origin = "\(scheme)://" + printable(Array(authority.utf8).span)
        guard let head, case .request(let method, let range, _) = head.startLine else { return origin }
        let target = head.bytes.span.extracting(range)
        let isWhole = target.count == 0 || target[0] == 0x2f || target[0] == 0x2a
        let shown = showingSecrets ? printable(target) : maskedTarget(target, credentials)
        if isWhole { return origin + shown }
        if head.text(method) == "CONNECT" { return shown }
        guard let colon = shown.firstIndex(of: ":"), shown[colon...].hasPrefix("://") else {
            return origin + "/" + shown
        }
        return scheme + shown[colon...]
    }

    /// The target with the places of its credentials replaced, and the rest masked like any text.
    private func maskedTarget(_ target: Span<UInt8>, _ credentials: [Credential]) -> String {
        let question = target.firstIndex(of: 0x3f) ?? target.count
        var shown = maskedPath(target.extracting(0..<question), credentials)
        guard question < target.count else { return shown }
        var separator = "?"
        var start = question + 1
        while start <= target.count {
            let end = target.firstIndex(of: 0x26, from: start) ?? target.count
            shown += separator + maskedPair(target.extracting(start..<end), credentials)
            separator = "&"
            start = end + 1
        }
        return shown
    }

    private func maskedPair(_ pair: Span<UInt8>, _ credentials: [Credential]) -> String {
        guard let equals = pair.firstIndex(of: 0x3d) else { return maskedPart(pair) }
        let name = printable(pair.extracting(0..<equals))
        let value = pair.extracting(equals + 1..<pair.count)
        for credential in credentials where credential.placement == .query {
            guard credential.name == name || credential.name == decodedText(pair.extracting(0..<equals)),
                let token = token(credential.token)
            else { continue }
            if token.kind == .placeholder { return name + "=" + maskedPart(value) }
            // `Bearer ` before it is worth seeing.
            let prefix = credential.defects.contains(.bearerPrefix) ? "Bearer%20" : ""
            guard stands(token, in: value) else { continue }
            return name + "=" + prefix + "<token \(token.id)>"
        }
        if let token = shortToken(value) { return name + "=" + token }
        return name + "=" + maskedPart(value)
    }

    /// Whether the value is that token in some spelling, where a name is repeated.
    private func stands(_ token: Token, in value: Span<UInt8>) -> Bool {
        let decoded = decodedText(value)
        let secret = token.secret.revealed
        return decoded.contains(secret) || decodedText(decoded.utf8.span).contains(secret)
            || decodedText(decodedText(decoded.utf8.span).utf8.span).contains(secret)
    }

    private func maskedPath(_ path: Span<UInt8>, _ credentials: [Credential]) -> String {
        var shown = maskedPart(path)
        for credential in credentials where credential.placement == .path {
            guard let token = token(credential.token) else { continue }
            shown = shown.split(separator: "/", omittingEmptySubsequences: false)
                .map { $0.contains(token.secret.revealed) ? "<token \(token.id)>" : String($0) }
                .joined(separator: "/")
        }
        guard let user = credentials.first(where: { $0.placement == .userinfo }),
            let start = shown.range(of: "://"), let at = shown[start...].firstIndex(of: "@")
        else { return shown }
        return shown[..<start] + "<token \(user.token)>" + shown[at...]
    }

    private func maskedPart(_ part: Span<UInt8>) -> String { printable(masked(part.bytes()).utf8.span) }
}

/// One layer of percent-encoding undone, read as UTF-8 with repairs.
private func decodedText(_ text: Span<UInt8>) -> String {
    String(decoding: percentDecoded(text), as: UTF8.self)
}

/// Bytes as they may stand in a line of a report: what is no printable ASCII is percent-encoded.
private func printable(_ bytes: Span<UInt8>) -> String {
    var shown: [UInt8] = []
    shown.reserveCapacity(bytes.count)
    let digits = Array("0123456789ABCDEF".utf8)
    for index in bytes.indices {
        let byte = bytes[index]
        // The space is that of `<token 1>`; one from the wire would have ended the target.
        if 0x20 <= byte, byte < 0x7f {
            shown.append(byte)
        } else {
            shown += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: shown, as: UTF8.self)
}

extension String {
    /// The index after the first `mark`, or nil.
    fileprivate func range(of mark: String) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
