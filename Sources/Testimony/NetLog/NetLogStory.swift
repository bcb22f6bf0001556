import Case
import Wire

/// What a log tells, event by event.
struct NetLogStory {
    private let limits: Limits
    private var sockets: NetLogSockets
    private var leftOutLines = 0
    private var damage: (count: Int, first: Place)?
    private var endedAt: Timestamp?
    var constants: NetLogConstants?

    init(limits: Limits) {
        self.limits = limits
        sockets = NetLogSockets(limits: limits)
    }

    /// Takes the next event.
    mutating func take(_ event: NetLogEvent) {
        guard let constants else { return }
        if let at = event.at { endedAt = max(endedAt ?? at, at) }
        sockets.take(event, constants)
    }

    /// Notes lines that were too long to be read.
    mutating func leftOut(_ lines: Int) { leftOutLines += lines }

    /// Notes a line that is no event.
    mutating func damaged(_ place: Place) { damage = ((damage?.count ?? 0) + 1, damage?.first ?? place) }

    /// The case of it all. `isWhole` tells that the log's end was seen.
    mutating func finish(_ input: Input, isWhole: Bool) -> CaseFile {
        var file = sockets.finish(input, endedAt: endedAt)
        if !isWhole {
            file.limits.append(
                Limit(
                    kind: .inputCutShort,
                    text: "The log ends before its end: the browser was still writing, or it was cut. "
                        + "It is read as far as it goes."))
        }
        return file
    }
}
