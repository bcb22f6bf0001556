import Case
import JSON
import Wire

/// An error that the server reported in a message of the open socket.
struct InBandError {
    /// The message's own text for people, or the whole message when it has none.
    var text: String
    /// A number in it that looks like a status: 401.
    var code: Int?
    /// The value of the member that names the kind of message: `auth_invalid`.
    var kind: String?
    /// Whether it names request and connection of a gateway's own answer.
    var namesConnection: Bool
    /// The frame.
    var frame: FrameRecord
}

/// The first error that the server reported in these frames, or nil.
///
/// Only a JSON object counts, and only by its own members: a chat message that talks about errors is none.
func inBandError(_ frames: [FrameRecord]) -> InBandError? {
    for frame in frames where frame.by == .server && frame.opcode == 1 {
        let first = frame.preview.first
        guard first == 0x7b || first == 0x20 || first == 0x0a else { continue }
        guard let value = try? JSONValue.prefix(frame.preview.span).value, value.members != nil else {
            continue
        }
        if let error = error(in: value, frame) { return error }
    }
    return nil
}

private func error(in message: JSONValue, _ frame: FrameRecord) -> InBandError? {
    let kind =
        message["type"]?.string ?? message["event"]?.string ?? message["action"]?.string
        ?? message["status"]?.string
    let code = (message["code"] ?? message["statusCode"] ?? message["status"] ?? message["error"]?["code"])?
        .number.map { Int(max(-1_000_000, min($0, 1_000_000))) }
    let payload = message["body"] ?? message["payload"] ?? message["error"] ?? message["errors"]?.array?.first
    let text =
        message["message"]?.string ?? message["errorMessage"]?.string ?? message["reason"]?.string
        ?? message["error_description"]?.string ?? message["error"]?.string ?? payload?["message"]?.string
        ?? payload?.string
    let lowerKind = kind?.lowercased() ?? ""
    let namesConnection = message["connectionId"] != nil && message["requestId"] != nil
    let isError =
        lowerKind.contains("error") || lowerKind == "auth_invalid" || lowerKind == "auth_failed"
        || lowerKind == "unauthorized" || lowerKind == "forbidden" || lowerKind == "denied"
        || (code.map { 400..<600 ~= $0 || 4000..<5000 ~= $0 } ?? false) || namesConnection
        || (message["error"] != nil && message["error"] != .null && message["result"] == nil)
    guard isError else { return nil }
    return InBandError(
        text: text ?? kind ?? "", code: code, kind: kind, namesConnection: namesConnection, frame: frame)
}
