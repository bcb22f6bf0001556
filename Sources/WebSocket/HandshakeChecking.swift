package import Case
import Crypto
import Wire

/// What RFC 6455 §4.1 and §4.2 say of an upgrade request and its answer: facts, no judgement.
///
/// Shape: with `request` nil everything about the request is nil; with a `response` other than 101 everything about
/// the 101 is nil.
package func checkHandshake(request: MessageHead?, response: MessageHead?) -> HandshakeCheck {
    var check = HandshakeCheck()
    if let request {
        check.key = keyState(request)
        check.requestUpgrade = request.lists("upgrade", "websocket")
        check.requestConnection = request.lists("connection", "upgrade")
        check.versions = request.list("sec-websocket-version")
        check.offeredSubprotocols = request.list("sec-websocket-protocol")
        check.illegalSubprotocols = check.offeredSubprotocols.indices.filter {
            !isToken(check.offeredSubprotocols[$0])
        }
        check.offeredExtensions = request.list("sec-websocket-extensions")
    }
    guard let response, response.status == 101 else { return check }
    check.responseUpgrade = response.lists("upgrade", "websocket")
    check.responseConnection = response.lists("connection", "upgrade")
    check.selectedSubprotocols = response.list("sec-websocket-protocol")
    check.selectedExtensions = response.list("sec-websocket-extensions")
    check.accept = acceptState(request: request, key: check.key, response: response)
    if request != nil {
        check.extensionsAgree = agree(
            offered: parseExtensions(check.offeredExtensions),
            selected: parseExtensions(check.selectedExtensions))
    }
    return check
}

/// The value of Sec-WebSocket-Accept that answers a key (RFC 6455 §4.2.2 item 5.4).
package func acceptValue(forKey key: String) -> String {
    base64(digest(.sha1, Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8).span))
}

private func keyState(_ request: MessageHead) -> HandshakeCheck.Key {
    let keys = request.all("sec-websocket-key")
    guard let key = keys.first else { return .missing }
    guard keys.count == 1 else { return .repeated(keys.count) }
    guard let length = base64Length(key) else { return .notBase64 }
    return length == 16 ? .valid : .wrongLength(length)
}

private func acceptState(
    request: MessageHead?, key: HandshakeCheck.Key?, response: MessageHead
) -> HandshakeCheck.Accept {
    guard let accept = response.first("sec-websocket-accept") else { return .missing }
    guard key == .valid, let value = request?.first("sec-websocket-key") else { return .notComputable }
    return accept == acceptValue(forKey: value) ? .valid : .wrong
}

/// Whether a text is a token (RFC 9110 §5.6.2), which a subprotocol must be (RFC 6455 §4.1 item 10).
func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
                UInt8(ascii: "&"),
                UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
}

extension MessageHead {
    /// Whether a list field holds an element, compared without regard to case.
    fileprivate func lists(_ name: StaticString, _ element: String) -> Bool {
        list(name).contains { $0.lowercased() == element }
    }
}

private let base64Letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// Standard base64 with padding (RFC 4648 §4).
private func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        var letters: [UInt8] = []
        for _ in 0..<4 {
            letters.insert(base64Letters[bits & 63], at: 0)
            bits >>= 6
        }
        text += letters.prefix(group.count + 1)
        text += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: text, as: UTF8.self)
}

/// How many bytes a standard base64 text with padding holds, or nil when it is none.
private func base64Length(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    let letters = bytes.prefix { base64Letters.contains($0) }.count
    let padding = bytes.count - letters
    guard bytes.count.isMultiple(of: 4), padding <= 2,
        bytes[letters...].allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    return bytes.count / 4 * 3 - padding
}
