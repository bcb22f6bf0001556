import Case
import JSON
import WebSocket
import Wire

/// One entry of a HAR, as its parts arrive.
struct HAREntry {
    /// Its JSON pointer.
    let pointer: String
    private(set) var startedAt: Timestamp?
    /// Milliseconds from the request's beginning to the head of the answer; nil where the timings do not tell.
    private(set) var waitedMilliseconds: Double?
    private(set) var request: JSONValue?
    private(set) var response: JSONValue?
    private(set) var resourceType = ""
    /// There is an array of messages, be it empty.
    var hasMessages = false
    /// The document ended inside of it.
    var isCutShort = false
    /// Messages and their count.
    private(set) var log: SessionLog
    /// What the browser wrote about a failed upgrade, and where.
    private(set) var failure: (text: String, at: Timestamp?, place: Place)?
    /// A close code that is told without the side that sent it.
    private(set) var sidelessClose: Int?
    /// How the connection ended, where the program tells.
    private(set) var ending: (how: Connection.Ending, at: Timestamp?, place: Place)?
    /// Frames that the program says it did not keep.
    private(set) var framesLeftOut = 0
    /// Control frames that stand in a list of their own.
    private var controls = HeldControls()
    let limits: Limits
    private var previewed = PerSide(client: 0, server: 0)

    init(pointer: String, limits: Limits) {
        self.pointer = pointer
        self.limits = limits
        log = SessionLog(limits: limits)
    }

    /// Takes a member of the entry.
    mutating func take(_ member: String, _ value: JSONValue, at pointer: String) {
        switch member {
        case "startedDateTime": startedAt = value.string.flatMap { Timestamp(rfc3339: $0) }
        case "request": request = value
        case "response":
            response = value
            for name in ["_failureText", "_error"] {
                guard failure == nil, let text = value[name]?.string, !text.isEmpty else { continue }
                failure = (text, nil, place("\(pointer)/\(name)"))
            }
        case "timings": waitedMilliseconds = waited(value)
        case "_resourceType": resourceType = value.string ?? ""
        case "_webSocketClose": sidelessClose = value["code"]?.number.flatMap { Int(exactly: $0) }
        case "_connectionEnding":
            ending = Connection.Ending(toldBy: value).map { ($0, moment(value["time"]), place(pointer)) }
        case "_framesLeftOut": framesLeftOut = value["count"]?.number.flatMap { Int(exactly: $0) } ?? 0
        default: break
        }
    }

    /// Nothing follows: what was held back has its turn.
    mutating func finish() {
        for held in controls.takeAll() { log.add(held) }
        if controls.hasLostSome { framesLeftOut = max(1, framesLeftOut) }
        log.finish()
    }

    /// Takes an element of the messages, or of the control frames beside them.
    mutating func takeMessage(_ message: JSONValue, isControl: Bool = false, at pointer: String) {
        let at = moment(message["time"])
        let place = place(pointer)
        let data = message["data"]?.string
        let side: Side
        switch message["type"]?.string {
        case "error":
            if failure == nil, let data { failure = (data, at, place) }
            return
        case "send", "sent", "request", "outgoing": side = .client
        case "receive", "received", "response", "incoming": side = .server
        default: return
        }
        guard let frame = frame(message, by: side, data ?? "", isControl, at, place) else { return }
        if isControl {
            controls.hold(frame, limits)
        } else {
            for held in controls.take(before: at) { log.add(held) }
            log.add(frame)
        }
    }

    private mutating func frame(
        _ message: JSONValue, by side: Side, _ data: String, _ isControl: Bool, _ at: Timestamp?,
        _ place: Place
    ) -> ToldFrame? {
        let number = message["opcode"]?.number ?? 1
        guard (isControl ? 8 : 0) <= number, number <= 15, number == number.rounded() else { return nil }
        let opcode = UInt8(number)
        var payload = Array(data.utf8)
        if opcode == 2 || isControl {
            let decoding = Base64Decoding(payload.span)
            if decoding.isStrictStandard { payload = decoding.bytes }
        }
        var control: [UInt8] = []
        if 8 <= opcode {
            control = payload
            if opcode == 8, let code = message["code"]?.number, 0 <= code, code < 65_536 {
                let code = UInt16(code)
                let reason = message["reason"]?.string ?? (isControl ? "" : data)
                control = [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8)
            }
        }
        let isPreviewed = opcode < 8 && previewed[side] < limits.previewedFrames
        if isPreviewed { previewed[side] += 1 }
        // The whole length, where only the beginning of the message is kept.
        let told = message["_length"]?.number.flatMap { UInt64(exactly: $0) } ?? 0
        let record = FrameRecord(
            by: side, opcode: opcode, isFinal: true, reservedBits: 0, isMasked: side == .client,
            length: max(told, UInt64(payload.count)),
            preview: isPreviewed ? Array(payload.prefix(limits.previewBytes)) : [], at: at, place: place)
        return ToldFrame(record: record, control: control, isPreviewed: isPreviewed)
    }

    /// A place in this input.
    func place(_ pointer: String) -> Place { Place(input: 0, position: .pointer(pointer)) }
}

/// The moment of a message: seconds or milliseconds since the epoch, whichever the number's size says, or a date.
private func moment(_ value: JSONValue?) -> Timestamp? {
    if let text = value?.string { return Timestamp(rfc3339: text) }
    guard let number = value?.number else { return nil }
    // Seconds reach 1e11 in the year 5138.
    return Timestamp(secondsSinceEpoch: 1e11 < number ? number / 1000 : number)
}

/// The phases before the answer's head, where at least one of them was measured. `ssl` is a part of `connect`.
private func waited(_ timings: JSONValue) -> Double? {
    let phases = ["blocked", "dns", "connect", "send", "wait"].compactMap { timings[$0]?.number }
        .filter { 0 <= $0 && $0 < 1e9 }
    return phases.isEmpty ? nil : phases.reduce(0, +)
}
