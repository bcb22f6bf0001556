import Case
import Wire

/// Reads a flow file, flow by flow: memory grows with the longest flow and with what the case keeps, not with the file.
struct FlowReader: DocumentReader {
    private let name: String
    private var framing: FlowFraming
    private var flows: FlowCase
    private var bytes = 0

    init(name: String, limits: Limits) {
        self.name = name
        framing = FlowFraming(longest: limits.flowBytes)
        flows = FlowCase(limits: limits)
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        bytes += piece.count
        var position = 0
        while let flow = framing.next(piece, from: &position) {
            flows.take(flow, number: framing.count - 1)
        }
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        guard 0 < flows.count else {
            throw DocumentError(
                "byte \(framing.start): this is no flow, or the file ends inside its first one",
                advice: "Save the flows again, or export them as HAR.")
        }
        if framing.isLost {
            flows.note(
                .inputCutShort,
                "At byte \(framing.start) stands something that is no flow; what follows it is not read.")
        } else if !framing.isBetween {
            flows.note(.inputCutShort, "The file ends inside a flow, which begins at byte \(framing.start).")
        }
        if 0 < framing.tooLong {
            flows.note(
                .boundReached,
                "\(counted(framing.tooLong, "flow")) were longer than any that is read, and left out.")
        }
        return flows.finish(Input(name: name, kind: DocumentFormat.flows.rawValue, bytes: bytes))
    }
}

/// Whether a document begins with a flow: a length, and inside it a member with the name of a flow's member.
func isFlows(_ beginning: Span<UInt8>) -> Bool {
    guard let outer = NetstringHead(at: 0, before: min(beginning.count, 16), in: beginning),
        let key = NetstringHead(at: outer.start, before: min(beginning.count, 32), in: beginning),
        key.length <= 32, key.start + key.length < beginning.count
    else { return false }
    let name = beginning.extracting(key.start..<key.start + key.length)
    for index in name.indices where name[index] != 0x5f && !(0x61...0x7a).contains(name[index]) {
        return false
    }
    // Names are text; the oldest files have them as bytes.
    let type = beginning[key.start + key.length]
    return 0 < key.length && (type == 0x3b || type == 0x2c)
}
