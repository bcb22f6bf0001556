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
        // Most answers select none, and then nothing has to be read of the offer.
        check.extensionsAgree =
            check.selectedExtensions.isEmpty
            || agree(
                offered: parseExtensions(check.offeredExtensions),
                selected: parseExtensions(check.selectedExtensions))
    }
    return check
}

/// The value of Sec-WebSocket-Accept that answers a key (RFC 6455 §4.2.2 item 5.4).
package func acceptValue(forKey key: String) -> String {
    let hash = digest(.sha1, Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8).span)
    return String(decoding: base64(hash.span, url: false), as: UTF8.self)
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
    !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
}

/// How many bytes a standard base64 text with padding holds, or nil when it is none.
private func base64Length(_ text: String) -> Int? {
    guard text.utf8.count.isMultiple(of: 4) else { return nil }
    let decoding = Base64Decoding(Array(text.utf8).span)
    // Bits that are left over at the end change no byte, and servers take them.
    let isStandard = decoding.deviations.isDisjoint(with: .notStandard)
    return isStandard ? decoding.bytes.count : nil
}
