import Case
import WebSocket
import Wire

/// A request that is going on, or an open socket after it.
struct NetLogRequest {
    var url: URLParts
    var method: String
    var startedAt: Timestamp?
    var place: Place
    /// The job that it waits for, or that serves it.
    var job: Int?
    var request: ToldMessage?
    var response: ToldMessage?
    var status: Int?
    var reason = ""
    /// What the browser says of an answer that it hides.
    var failure: (text: String, at: Timestamp?, place: Place)?
    /// Whether its head is not that of HTTP/1.
    var isMultiplexed = false
    /// Its attempt, once it was added.
    var attempt: Int?
    /// Whether its bytes are read at the door.
    var isRead = false
    /// What was seen of its frames; nil before a 101.
    var log: SessionLog?
    /// Close frames whose code the log does not hold, by who sent the first.
    var hiddenClose: Side?

    init?(_ event: NetLogEvent) {
        guard let text = event.text("url"), let url = URLParts(text) else { return nil }
        self.url = url
        method = event.text("method") ?? "GET"
        startedAt = event.at
        place = event.place
    }

    /// Takes the head that was sent.
    mutating func takeRequest(_ event: NetLogEvent) {
        var told = ToldMessage(place: event.place)
        told.at = event.at
        isMultiplexed = event.kind != .sendRequestHeaders
        told.body = Body(bytes: [], wireLength: 0, length: 0, completeness: .notCaptured)
        told.fields = event.texts("headers").compactMap { field($0) }
        if !isMultiplexed, let line = event.text("line") {
            let parts = line.split(separator: " ", maxSplits: 2)
            // To a proxy the target is the whole URL; what counts is its path.
            if 2 <= parts.count {
                method = String(parts[0])
                url.target = URLParts(String(parts[1]))?.target ?? String(parts[1])
            }
        }
        request = told
        response = nil
        status = nil
    }

    /// Takes the head that came back.
    mutating func takeResponse(_ event: NetLogEvent) {
        var told = ToldMessage(place: event.place)
        told.at = event.at
        let lines = event.texts("headers")
        // `HTTP/1.1 403 Forbidden`.
        let parts = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard 2 <= parts.count, parts[0].hasPrefix("HTTP/"), let status = Int(parts[1]) else { return }
        told.fields = lines.dropFirst().compactMap { field($0) }
        response = told
        self.status = status
        reason = parts.count == 3 ? String(parts[2]) : ""
    }

    /// `name: value`; the pseudo fields of HTTP/2 are left out.
    private func field(_ line: String) -> ToldMessage.Field? {
        let bytes = Array(line.utf8)
        guard let colon = bytes.dropFirst().firstIndex(of: 0x3a), bytes[0] != 0x3a else { return nil }
        let value = bytes[(colon + 1)...].drop { $0 == 0x20 }
        return ToldMessage.Field(
            name: String(decoding: bytes[..<colon], as: UTF8.self),
            value: String(decoding: value, as: UTF8.self))
    }

    /// The status that the browser's words tell: `Unexpected response code: 403`; 101 where they complain of one.
    var hiddenStatus: Int? {
        guard let text = failure?.text else { return nil }
        switch HARFailure.meaning(of: text) {
        case .status(let status): return status
        case .badSwitch: return 101
        case .noAnswer: return nil
        case nil:
            let isAboutSwitch = text.hasPrefix("Error during WebSocket handshake")
            return isAboutSwitch && !text.contains("Invalid status line") ? 101 : nil
        }
    }

    /// The rule of the handshake that the browser's words say was broken.
    var brokenRule: String? {
        guard let text = failure?.text, case .badSwitch(let rule) = HARFailure.meaning(of: text) else {
            return nil
        }
        return rule
    }
}

/// Whether a log took a value out: `[14 bytes were stripped]`.
func isStripped(_ value: String) -> Bool {
    value.hasPrefix("[") && value.hasSuffix("stripped]")
}
