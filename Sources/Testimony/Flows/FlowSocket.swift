import Case
import WebSocket
import Wire

/// The life of a WebSocket as a flow tells it: messages, and how it was closed. Pings, pongs, fragments and masks are
/// not told.
struct FlowSocket {
    private(set) var session: Session
    /// Who closed it; nil while it is open, and where that is not told.
    private(set) var closer: Side?
    private(set) var endedAt: Timestamp?
    private(set) var isClosed = false

    /// The messages of a member `websocket` of a flow, or of a flow of its own kind as old files have it.
    ///
    /// Shape of a message: type, from the client, content, time; what newer versions have behind these is not needed.
    init(_ flow: FlowBytes, _ part: Netstring, pointer: String, limits: Limits) {
        var log = SessionLog(limits: limits)
        var previewed = PerSide(client: 0, server: 0)
        for (index, message) in flow.elements(of: flow.member("messages", of: part)).enumerated() {
            let parts = flow.elements(of: message, most: 4)
            guard 3 <= parts.count, let type = flow.integer(parts[0]), type == 1 || type == 2,
                let isFromClient = flow.flag(parts[1]), let content = flow.data(parts[2])
            else { continue }
            let side: Side = isFromClient ? .client : .server
            let isPreviewed = previewed[side] < limits.previewedFrames
            if isPreviewed { previewed[side] += 1 }
            let record = FrameRecord(
                by: side, opcode: UInt8(type), isFinal: true, reservedBits: 0, isMasked: side == .client,
                length: UInt64(content.count),
                preview: isPreviewed ? Array(content.prefix(limits.previewBytes)) : [],
                at: 3 < parts.count ? flow.moment(parts[3]) : nil,
                place: Place(input: 0, position: .pointer("\(pointer)/messages/\(index)")))
            log.add(record, control: [], isPreviewed: isPreviewed, isDamaged: false)
        }
        log.finish()
        session = log.session
        takeClose(flow, part, Place(input: 0, position: .pointer(pointer)))
    }

    private mutating func takeClose(_ flow: FlowBytes, _ part: Netstring, _ place: Place) {
        guard let code = flow.integer(flow.member("close_code", of: part)) else { return }
        let byClient =
            flow.flag(flow.member("closed_by_client", of: part))
            ?? flow.text(flow.member("close_sender", of: part)).map { $0 == "client" }
        isClosed = true
        closer = byClient.map { $0 ? .client : .server }
        endedAt = flow.moment(flow.member("timestamp_end", of: part))
        // 1006 is no close frame but the lack of one, 1005 one without a code (RFC 6455 §7.4.1).
        guard code != 1006, let closer else { return }
        session.closes = [
            CloseFrame(
                by: closer, code: code == 1005 ? nil : code,
                reason: flow.text(flow.member("close_reason", of: part)) ?? "", at: endedAt, place: place)
        ]
        session.counts[closer].close = 1
        session.lastFrameAt[closer] = endedAt ?? session.lastFrameAt[closer]
    }
}
