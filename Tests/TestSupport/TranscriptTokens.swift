import Case
import JSON
import Wire

/// The credentials of a transcript: makes those that stand in braces, and finds them again where they travel.
struct TranscriptTokens {
    var tokens: [Token] = []

    /// Replaces `{jwt exp=12:05:00 scope=a,b}` and `{jwe}` by tokens.
    mutating func fill(_ text: String) -> String {
        guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else {
            return text
        }
        let inside = text[open...].dropFirst().prefix { $0 != "}" }
        let words = inside.split(separator: " ").map(String.init)
        let made: String
        switch words.first {
        case "jwt": made = jwt(words.dropFirst())
        case "jwe":
            made = [base64url(#"{"alg":"dir","enc":"A256GCM"}"#), "", "aXY", "Y2lwaGVydGV4dA", "dGFn"].joined(
                separator: ".")
        default:
            // Something else in braces, such as JSON: what stands deeper inside may still be a token.
            let rest = fill(String(text[open...].dropFirst()))
            return text[..<open] + "{" + rest
        }
        return text[..<open] + made + fill(String(text[close...].dropFirst()))
    }

    private func jwt(_ words: ArraySlice<String>) -> String {
        var header: [(String, String)] = [("alg", "\"RS256\""), ("typ", "\"JWT\"")]
        var claims: [(String, String)] = []
        var signature = 256
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "exp", "nbf", "iat": claims.append((parts[0], String(moment(parts[1]))))
            case "alg":
                header[0] = ("alg", "\"\(parts[1])\"")
                if parts[1] == "none" { signature = 0 }
                if parts[1] == "HS256" { signature = 32 }
            case "typ": header[1] = ("typ", "\"\(parts[1])\"")
            case "kid": header.append(("kid", "\"\(parts[1])\""))
            case "sig": signature = Int(parts[1]) ?? 256
            case "scope":
                claims.append(("scope", "\"\(parts[1].split(separator: ",").joined(separator: " "))\""))
            default: claims.append((parts[0], "\"\(parts[1])\""))
            }
        }
        func object(_ members: [(String, String)]) -> String {
            "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
        }
        let bytes = [UInt8](repeating: 0x5a, count: signature)
        return base64url(object(header)) + "." + base64url(object(claims)) + "." + base64url(bytes)
    }

    private func moment(_ text: String) -> Int64 {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 3 else { return Int64(text) ?? 0 }
        return Transcript.noon - 43_200 + parts[0] * 3600 + parts[1] * 60 + parts[2]
    }

    /// The number of a token, new or known.
    mutating func number(_ text: String) -> Int {
        let secret = Secret(text)
        if let known = tokens.first(where: { $0.secret == secret }) { return known.id }
        tokens.append(token(text, id: tokens.count + 1))
        return tokens.count
    }

    private func token(_ text: String, id: Int) -> Token {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let secret = Secret(text)
        if let defect = literalDefect(text) {
            return Token(id: id, secret: secret, kind: .placeholder, defects: [defect])
        }
        if text.hasPrefix("Bearer ") {
            return Token(id: id, secret: secret, kind: .opaque, defects: [.bearerPrefix])
        }
        if text.hasSuffix("...") {
            return Token(id: id, secret: secret, kind: .brokenJWT, defects: [.ellipsis])
        }
        if parts.count == 5, let header = decoded(parts[0]) {
            return Token(
                id: id, secret: secret, kind: .jwe, jwt: JWT(header: header, claims: nil, signatureLength: 0))
        }
        if text.hasPrefix("eyJ"), let header = decoded(parts[0]) {
            guard parts.count == 3, let claims = decoded(parts[1]) else {
                return Token(id: id, secret: secret, kind: .brokenJWT, defects: [.truncated])
            }
            let length = parts[2].count * 3 / 4
            var defects: [Token.Defect] = []
            if header["alg"]?.string == "RS256", length < 256 { defects.append(.truncated) }
            return Token(
                id: id, secret: secret, kind: .jwt, defects: defects,
                jwt: JWT(header: header, claims: claims, signatureLength: length))
        }
        var defects: [Token.Defect] = []
        if text.contains(" ") { defects.append(.spaceInside) }
        if text.contains("%") {
            defects.append(text.contains("%25") ? .percentEncodedTwice : .percentEncoded)
        }
        if text.hasSuffix("=") { defects.append(.padded) }
        if text.contains("+") || text.contains("/") { defects.append(.standardAlphabet) }
        return Token(id: id, secret: secret, kind: .opaque, defects: defects)
    }

    private func literalDefect(_ text: String) -> Token.Defect? {
        if ["undefined", "null", "[object Object]", "${token}"].contains(text) { return .literalNonValue }
        if ["YOUR_TOKEN", "<token>", "xxxxx"].contains(text) { return .placeholder }
        return nil
    }

    private func decoded(_ part: String) -> JSONValue? {
        guard let bytes = base64urlDecoded(part) else { return nil }
        return try? JSONValue(reading: bytes.span)
    }

    /// The credentials of a request's head.
    mutating func credentials(in request: Message) -> [Credential] {
        let head = request.head
        var found: [Credential] = []
        for line in head.fieldLines {
            let name = head.name(line)
            let value = head.value(line)
            switch name.lowercased() {
            case "authorization":
                let words = value.split(separator: " ", maxSplits: 1).map(String.init)
                let hasScheme = words.count == 2
                found.append(
                    Credential(
                        token: number(hasScheme ? words[1] : value), placement: .header, name: name,
                        scheme: hasScheme ? words[0] : nil, place: request.place))
            case "sec-websocket-protocol":
                for element in value.split(separator: ",").map(\.trimmed)
                where 24 <= element.count && !element.contains("graphql") {
                    found.append(
                        Credential(
                            token: number(element), placement: .subprotocol, name: "Sec-WebSocket-Protocol",
                            place: request.place))
                }
            case "cookie":
                for pair in value.split(separator: ";").map(\.trimmed) {
                    let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                    guard parts.count == 2 else { continue }
                    found.append(
                        Credential(
                            token: number(parts[1]), placement: .cookie, name: parts[0], place: request.place)
                    )
                }
            default: break
            }
        }
        let names = ["token", "access_token", "accessToken", "jwt", "auth", "id_token", "apikey", "api_key"]
        let query = (head.target ?? "").split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for piece in query.split(separator: "&") {
            let parts = piece.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, names.contains(parts[0]) else { continue }
            var defects: [Token.Defect] = []
            let raw = parts[1]
            let value = raw.contains("+") ? String(raw.map { $0 == "+" ? " " : $0 }) : raw
            if raw.contains("+") { defects.append(.spaceInside) }
            found.append(
                Credential(
                    token: number(percentDecoded(value)), placement: .query, name: parts[0], defects: defects,
                    place: request.place))
        }
        return found
    }

    private func percentDecoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The credentials of a message of the client.
    mutating func credentials(inMessage frame: FrameRecord) -> [Credential] {
        guard frame.opcode == 1, let value = try? JSONValue(reading: frame.preview.span),
            let members = value.members
        else { return [] }
        var found: [Credential] = []
        for member in members where ["token", "access_token", "accessToken"].contains(member.name) {
            guard let text = member.value.string else { continue }
            found.append(
                Credential(
                    token: number(text), placement: .message, name: "/\(member.name)", place: frame.place))
        }
        return found
    }

    /// What a response hands out.
    mutating func minted(in response: Message) -> [Minted] {
        guard let value = try? JSONValue(reading: response.body.bytes.span), let members = value.members
        else { return [] }
        let lifetime = value["expires_in"]?.number.map { Int($0) }
        var found: [Minted] = []
        for member in members {
            guard let text = member.value.string else { continue }
            switch member.name {
            case "access_token", "id_token", "refresh_token", "token", "jwt", "accessToken":
                found.append(
                    Minted(
                        member: member.name, value: .token(number(text)), lifetimeSeconds: lifetime,
                        place: response.place))
            case "connectUri", "url", "gatewayUrl", "eventStreamUri":
                found.append(
                    Minted(
                        member: member.name, value: .url(Secret(text)), lifetimeSeconds: lifetime,
                        place: response.place))
            default: break
            }
        }
        return found
    }
}

private let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

private func base64url(_ text: String) -> String { base64url(Array(text.utf8)) }

private func base64url(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
        let rest = min(3, bytes.count - index)
        var value = 0
        for offset in 0..<3 { value = value << 8 | (offset < rest ? Int(bytes[index + offset]) : 0) }
        for offset in 0...rest { out.append(letters[value >> (18 - 6 * offset) & 63]) }
        index += 3
    }
    return String(decoding: out, as: UTF8.self)
}

private func base64urlDecoded(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var value = 0
    var bits = 0
    for byte in text.utf8 {
        guard let digit = letters.firstIndex(of: byte) else { return nil }
        value = (value << 6 | digit) & 0xffff
        bits += 6
        if 8 <= bits {
            bits -= 8
            out.append(UInt8(value >> bits & 255))
        }
    }
    return out
}
