import Case
import JSON
import Wire

/// What a log says of its own numbers: the first thing in the file.
struct NetLogConstants {
    private var kinds: [Int: NetLogKind] = [:]
    private var errors: [Int: String] = [:]
    private var begin = 1
    private var end = 2
    /// What is added to the time of an event to make it a moment. Milliseconds.
    private var offset: Int64?
    /// How much the log keeps: `Default`, `IncludeSensitive`, `Everything`; empty where it does not say.
    private(set) var captureMode = ""

    /// Nil where the value names no kind of event that is read.
    init?(_ constants: JSONValue) {
        guard let types = constants["logEventTypes"]?.members else { return nil }
        for member in types {
            guard let kind = NetLogKind(rawValue: member.name), let number = whole(member.value) else {
                continue
            }
            kinds[Int(number)] = kind
        }
        guard !kinds.isEmpty else { return nil }
        for member in constants["netError"]?.members ?? [] {
            if let number = whole(member.value) { errors[Int(number)] = member.name }
        }
        if let number = whole(constants["logEventPhase"]?["PHASE_BEGIN"]) { begin = Int(number) }
        if let number = whole(constants["logEventPhase"]?["PHASE_END"]) { end = Int(number) }
        offset = whole(constants["timeTickOffset"])
        captureMode = constants["logCaptureMode"]?.string ?? ""
    }

    /// The kind of an event, or nil for one that is not read.
    func kind(_ number: Int) -> NetLogKind? { kinds[number] }

    /// The name of a network error without its prefix: `CONNECTION_REFUSED`.
    func error(_ number: Int?) -> String? {
        guard let number, number != 0 else { return nil }
        guard let name = errors[number] else { return "\(number)" }
        return name.hasPrefix("ERR_") ? String(name.dropFirst(4)) : name
    }

    /// Reads an event; nil for one of a kind that is not read, and for anything that is no event.
    func event(_ value: JSONValue, place: Place) -> NetLogEvent? {
        guard let number = whole(value["type"]), let kind = kinds[Int(number)],
            let source = whole(value["source"]?["id"])
        else { return nil }
        let phase = whole(value["phase"]).map(Int.init) ?? 0
        return NetLogEvent(
            kind: kind, phase: phase == begin ? .begin : phase == end ? .end : .none, source: Int(source),
            at: moment(whole(value["time"])), parameters: value["params"] ?? .null, place: place)
    }

    private func moment(_ time: Int64?) -> Timestamp? {
        guard let time, let offset else { return nil }
        let (milliseconds, overflow) = time.addingReportingOverflow(offset)
        let (nanoseconds, tooFar) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow || tooFar ? nil : Timestamp(nanoseconds: nanoseconds)
    }
}

/// A whole number, spelled as a number or, as large ones are, as a string.
private func whole(_ value: JSONValue?) -> Int64? {
    switch value {
    case .number(let number, _): Int64(exactly: number.rounded())
    case .string(let text): Int64(text)
    default: nil
    }
}
