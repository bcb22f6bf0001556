import Case
import JSON
import WebSocket
import Wire

/// A WebSocket as a browser's debugging protocol tells of it.
struct BrowserSocket {
    let url: URLParts
    private(set) var request: ToldMessage?
    private(set) var response: ToldMessage?
    private(set) var status: Int?
    private(set) var reason = ""
    private(set) var failure: (text: String, at: Timestamp?, place: Place)?
    private(set) var log: SessionLog
    private(set) var endedAt: Timestamp?
    private let limits: Limits
    /// What is added to the protocol's own clock to make it a moment. Seconds.
    private var offset: Double?
    private var previewed = PerSide(client: 0, server: 0)

    /// Nil for an event without a URL.
    init?(_ parameters: JSONValue, limits: Limits) {
        guard let url = parameters["url"]?.string.flatMap({ URLParts($0) }) else { return nil }
        self.url = url
        self.limits = limits
        log = SessionLog(limits: limits)
    }

    /// Takes an event. `event` is its name without the domain.
    mutating func take(_ event: String, _ parameters: JSONValue, _ place: Place) {
        if let wall = parameters["wallTime"]?.number, let clock = parameters["timestamp"]?.number {
            offset = wall - clock
        }
        let at = moment(parameters["timestamp"])
        switch event {
        case "webSocketWillSendHandshakeRequest":
            var told = ToldMessage(place: place)
            told.at = at
            told.fields = fields(parameters["request"]?["headers"])
            request = told
        case "webSocketHandshakeResponseReceived":
            let answer = parameters["response"]
            var told = ToldMessage(place: place)
            told.at = at
            told.fields = fields(answer?["headers"])
            response = told
            status = answer?["status"]?.number.flatMap { Int(exactly: $0) }
            reason = answer?["statusText"]?.string ?? ""
        case "webSocketFrameSent": frame(parameters["response"], by: .client, at, place)
        case "webSocketFrameReceived": frame(parameters["response"], by: .server, at, place)
        case "webSocketFrameError":
            if failure == nil, let text = parameters["errorMessage"]?.string { failure = (text, at, place) }
        case "webSocketClosed": endedAt = at
        default: break
        }
    }

    private func moment(_ clock: JSONValue?) -> Timestamp? {
        guard let clock = clock?.number, let offset else { return nil }
        return Timestamp(secondsSinceEpoch: clock + offset)
    }

    /// Text, or base64 where the opcode is not that of text.
    private mutating func frame(_ told: JSONValue?, by side: Side, _ at: Timestamp?, _ place: Place) {
        guard let told, let number = told["opcode"]?.number, 0 <= number, number <= 15,
            number == number.rounded(),
            let text = told["payloadData"]?.string
        else { return }
        var payload = Array(text.utf8)
        if number != 1 { payload = Base64Decoding(payload.span).bytes }
        let isPreviewed = previewed[side] < limits.previewedFrames
        if isPreviewed { previewed[side] += 1 }
        let record = FrameRecord(
            by: side, opcode: UInt8(number), isFinal: true, reservedBits: 0,
            isMasked: told["mask"]?.bool ?? (side == .client), length: UInt64(payload.count),
            preview: isPreviewed ? Array(payload.prefix(limits.previewBytes)) : [], at: at, place: place)
        log.add(record, control: 8 <= number ? payload : [], isPreviewed: isPreviewed, isDamaged: false)
    }
}

/// Field lines out of an object; the protocol joins lines of one name with line ends.
private func fields(_ headers: JSONValue?) -> [ToldMessage.Field] {
    (headers?.members ?? []).flatMap { member in
        (member.value.string ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
            ToldMessage.Field(name: member.name, value: String($0))
        }
    }
}
