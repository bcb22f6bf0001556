import Case
import Credentials
import Wire

/// A head from its lines, split the plain way; the real reader has tests of its own.
func head(_ lines: [String]) -> MessageHead {
    var bytes: [UInt8] = []
    var fieldLines: [MessageHead.FieldLine] = []
    var start = MessageHead.StartLine.request(method: 0..<0, target: 0..<0, version: 0..<0)
    for (number, line) in lines.enumerated() {
        let begin = bytes.count
        bytes += Array(line.utf8)
        if number == 0 {
            let spaces = bytes.indices.filter { bytes[$0] == 0x20 }
            let (first, last) = (spaces.first ?? 0, spaces.last ?? 0)
            if line.hasPrefix("HTTP/") {
                let status = Int(line.split(separator: " ")[1]) ?? 0
                start = .response(version: 0..<first, status: status, reason: bytes.count..<bytes.count)
            } else {
                start = .request(method: 0..<first, target: first + 1..<last, version: last + 1..<bytes.count)
            }
        } else if let colon = bytes[begin...].firstIndex(of: 0x3a) {
            var value = colon + 1
            while value < bytes.count, bytes[value] == 0x20 { value += 1 }
            fieldLines.append(MessageHead.FieldLine(name: begin..<colon, value: value..<bytes.count))
        }
        bytes += [13, 10]
    }
    bytes += [13, 10]
    return MessageHead(bytes: bytes, startLine: start, fieldLines: fieldLines, oddities: [])
}

/// An upgrade request with that target and those further lines.
func upgrade(_ target: String = "/socket", _ lines: String...) -> MessageHead {
    head(
        [
            "GET \(target) HTTP/1.1", "Host: push.example", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        ] + lines)
}

/// A message of a head and a body.
func message(_ head: MessageHead, body: String = "") -> Message {
    let bytes = Array(body.utf8)
    return Message(
        head: head,
        body: Body(bytes: bytes, wireLength: bytes.count, length: bytes.count, completeness: .complete),
        at: nil,
        firstByteAt: nil, place: testPlace)
}

let testPlace = Place.frame(7, stream: 0, input: 0)

func base64URL(_ text: String) -> String {
    String(decoding: base64(Array(text.utf8).span, url: true), as: UTF8.self)
}

/// A JWT with these claims and a signature of that many bytes.
func makeJWT(
    _ claims: String = #"{"sub":"u1","exp":1700000000}"#, header: String = #"{"alg":"HS256","typ":"JWT"}"#,
    signatureBytes: Int = 32, salt: Int = 11
) -> String {
    let signature = (0..<signatureBytes).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ salt) }
    return base64URL(header) + "." + base64URL(claims) + "."
        + String(decoding: base64(signature.span, url: true), as: UTF8.self)
}

/// One line for each credential: `header Authorization [Bearer] jwt value (defects)`.
func described(_ credentials: [Credential], _ table: TokenTable, hiding jwt: String = "") -> [String] {
    credentials.map { credential in
        let token = table.tokens[credential.token - 1]
        let value = token.secret.revealed == jwt ? "JWT" : token.secret.revealed
        let defects = (credential.defects + token.defects).map(\.rawValue)
        let scheme = credential.scheme.map { " [\($0)]" } ?? ""
        let wrong = defects.isEmpty ? "" : " (\(defects.joined(separator: ", ")))"
        return
            "\(credential.placement.rawValue) \(credential.name)\(scheme) \(token.kind.rawValue) \(value)\(wrong)"
    }
}
