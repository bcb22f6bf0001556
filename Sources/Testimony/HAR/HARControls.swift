import Case
import JSON
import WebSocket
import Wire

/// A frame as a HAR tells it.
struct ToldFrame {
    var record: FrameRecord
    /// The payload of a control frame.
    var control: [UInt8]
    var isPreviewed: Bool
}

extension SessionLog {
    mutating func add(_ frame: ToldFrame) {
        add(frame.record, control: frame.control, isPreviewed: frame.isPreviewed, isDamaged: false)
    }
}

/// Control frames that stand in a list of their own, held until the messages reach their time: silences and the last
/// sign of life are read off the order.
///
/// Where the list stands behind the messages, their turn is over. Of such a list the close frames count, and what came
/// after the last message; an earlier ping would make a silence out of nothing.
struct HeldControls {
    private var held: [ToldFrame] = []
    private var next = 0
    private var lastMessageAt: Timestamp?
    /// Some were passed over.
    private(set) var hasLostSome = false

    mutating func hold(_ frame: ToldFrame, _ limits: Limits) {
        let isLate = lastMessageAt.map { last in frame.record.at.map { $0 < last } ?? true } ?? false
        guard frame.record.opcode == 8 || !isLate && held.count < limits.heldControlFrames,
            held.count < limits.heldControlFrames + 4
        else {
            hasLostSome = true
            return
        }
        held.append(frame)
    }

    /// Those whose turn is before a message of that time. A close frame that came with a message came behind it.
    mutating func take(before time: Timestamp?) -> ArraySlice<ToldFrame> {
        guard let time else { return [] }
        lastMessageAt = lastMessageAt.map { max($0, time) } ?? time
        let start = next
        while next < held.count, let at = held[next].record.at,
            at < time || at == time && held[next].record.opcode != 8
        {
            next += 1
        }
        return held[start..<next]
    }

    mutating func takeAll() -> ArraySlice<ToldFrame> {
        defer { next = held.count }
        return held[next...]
    }
}

extension Connection.Ending {
    /// `{"kind": "finished", "by": "server"}`; nil where it says nothing that is known.
    init?(toldBy value: JSONValue) {
        let sides = ["client": Side.client, "server": .server]
        let side = value["by"]?.string.flatMap { sides[$0] }
        switch (value["kind"]?.string, side) {
        case ("finished", let side?): self = .finished(by: side)
        case ("reset", let side?): self = .reset(by: side)
        case ("refused", _): self = .refused
        case ("unanswered", _): self = .unanswered
        case ("open", _): self = .open
        default: return nil
        }
    }
}
