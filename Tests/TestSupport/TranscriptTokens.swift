import Case
import Credentials
import Wire

/// The credentials of a transcript: makes those that stand in braces, and finds them again where they travel.
struct TranscriptTokens {
    var table = TokenTable()

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

    /// The credentials of a request's head.
    mutating func credentials(in request: Message, isUpgrade: Bool) -> [Credential] {
        Credentials.credentials(
            in: request.head, isUpgrade: isUpgrade, place: request.place, tokens: &table, limits: .standard)
    }

    /// The credentials of a message of the client.
    mutating func credentials(inMessage frame: FrameRecord) -> [Credential] {
        guard frame.opcode == 1 else { return [] }
        return Credentials.credentials(
            inMessage: frame.preview, isText: true, place: frame.place, tokens: &table, limits: .standard)
    }

    /// What a response hands out.
    mutating func minted(in response: Message) -> [Minted] {
        Credentials.minted(in: response, tokens: &table, limits: .standard)
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
