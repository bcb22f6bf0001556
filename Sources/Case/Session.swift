package import Wire

/// The life of a WebSocket after its 101.
package struct Session: Sendable, Equatable {
    /// Frames by opcode, one direction.
    package struct Counts: Sendable, Equatable {
        /// Whole text messages in one frame.
        package var text = 0
        /// Whole binary messages in one frame.
        package var binary = 0
        /// First frames of fragmented text messages.
        package var textFragmented = 0
        /// First frames of fragmented binary messages.
        package var binaryFragmented = 0
        /// Continuation frames.
        package var continuation = 0
        /// Close frames.
        package var close = 0
        /// Ping frames.
        package var ping = 0
        /// Pong frames.
        package var pong = 0
        /// Frames of a reserved opcode.
        package var reserved = 0
        /// Frames with RSV1 set.
        package var compressed = 0
        /// Payload bytes on the wire.
        package var bytes = 0

        /// Nothing yet.
        package init() {}

        /// All frames.
        package var frames: Int {
            text + binary + textFragmented + binaryFragmented + continuation + close + ping + pong + reserved
        }
    }

    /// Frames, by side.
    package var counts = PerSide(client: Counts(), server: Counts())
    /// The first frames of each side in time order, with previews: `Limits.previewedFrames` of each at most.
    package var firstFrames: [FrameRecord] = []
    /// The last frames that were not previewed, oldest first, 8 at most, without close frames.
    package var lastFrames: [FrameRecord] = []
    /// Close frames in order.
    package var closes: [CloseFrame] = []
    /// Rules of RFC 6455 or RFC 7692 that were broken, in order, `Limits.violations` at most.
    package var violations: [Violation] = []
    /// The last frame of each side, close frames included.
    package var lastFrameAt = PerSide<Timestamp?>(client: nil, server: nil)
    /// The last frame of any side before the first close frame, FIN or RST.
    package var lastActivityAt: Timestamp?
    /// The longest silence between two frames before the end. Seconds.
    package var longestGapSeconds: Double = 0
    /// Pings by that side that were never answered by a pong with the same payload.
    package var unansweredPings = PerSide(client: 0, server: 0)
    /// When the last ping that stayed unanswered was sent.
    package var unansweredPingAt: Timestamp?
    /// Pings by that side.
    package var pingTimes = PerSide<[Timestamp]>(client: [], server: [])
    /// Credentials in the messages that were looked at.
    package var credentials: [Credential] = []

    /// A session with nothing in it.
    package init() {}

    /// The close frame that began the closing handshake.
    package var firstClose: CloseFrame? { closes.first }

    /// Lets go of what only the search for credentials needed: the first `Limits.keptFrames` of each side stay, each
    /// with the first `Limits.keptPreviewBytes` of its preview.
    package mutating func keepEssentials(_ limits: Limits) {
        var kept = PerSide(client: 0, server: 0)
        var frames: [FrameRecord] = []
        frames.reserveCapacity(min(firstFrames.count, 2 * limits.keptFrames))
        for var frame in firstFrames where kept[frame.by] < limits.keptFrames {
            kept[frame.by] += 1
            if limits.keptPreviewBytes < frame.preview.count {
                frame.preview = Array(frame.preview.prefix(limits.keptPreviewBytes))
            }
            frames.append(frame)
        }
        firstFrames = frames
    }
}

/// One WebSocket frame (RFC 6455 §5.2), with the beginning of its message.
package struct FrameRecord: Sendable, Equatable {
    /// Who sent it.
    package var by: Side
    /// The opcode: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    package var opcode: UInt8
    /// FIN.
    package var isFinal: Bool
    /// RSV1, RSV2 and RSV3 as bits 4, 2 and 1.
    package var reservedBits: UInt8
    /// MASK.
    package var isMasked: Bool
    /// The payload length on the wire. Bytes.
    package var length: UInt64
    /// The beginning of the payload, unmasked and inflated, `Limits.previewBytes` at most.
    package var preview: [UInt8]
    /// When it was complete.
    package var at: Timestamp?
    /// Where it was complete.
    package var place: Place

    /// A frame as it was read.
    package init(
        by: Side, opcode: UInt8, isFinal: Bool, reservedBits: UInt8, isMasked: Bool, length: UInt64,
        preview: [UInt8], at: Timestamp?, place: Place
    ) {
        self.by = by
        self.opcode = opcode
        self.isFinal = isFinal
        self.reservedBits = reservedBits
        self.isMasked = isMasked
        self.length = length
        self.preview = preview
        self.at = at
        self.place = place
    }
}

/// A close frame (RFC 6455 §5.5.1).
package struct CloseFrame: Sendable, Equatable {
    /// Who sent it.
    package var by: Side
    /// The status code, or nil when the frame had none (which an API reports as 1005).
    package var code: Int?
    /// The reason, read as UTF-8 with repairs; may be empty.
    package var reason: String
    /// When.
    package var at: Timestamp?
    /// Where.
    package var place: Place

    /// A close frame as it was read.
    package init(by: Side, code: Int?, reason: String, at: Timestamp?, place: Place) {
        self.by = by
        self.code = code
        self.reason = reason
        self.at = at
        self.place = place
    }
}

/// A broken rule of the framing layer.
package struct Violation: Sendable, Equatable {
    /// The rule.
    package enum Rule: String, Sendable, Equatable, CaseIterable {
        /// A client frame without mask (RFC 6455 §5.1).
        case clientFrameUnmasked
        /// A server frame with mask (RFC 6455 §5.1).
        case serverFrameMasked
        /// A reserved bit without an extension that defines it (RFC 6455 §5.2).
        case reservedBits
        /// A reserved opcode (RFC 6455 §5.2).
        case reservedOpcode
        /// A fragmented control frame, or one longer than 125 bytes (RFC 6455 §5.5).
        case controlFrame
        /// A continuation without a beginning, or a new message inside a fragmented one (RFC 6455 §5.4).
        case fragmentation
        /// A length spelled longer than needed, or with the top bit set (RFC 6455 §5.2).
        case lengthEncoding
        /// Text, or a close reason, that is not UTF-8 (RFC 6455 §8.1).
        case invalidUTF8
        /// Data that does not inflate (RFC 7692 §7.2.2).
        case badDeflate
        /// A close payload of one byte, or a code that must not be sent (RFC 6455 §7.4).
        case closePayload
        /// A data frame after the side's own close frame (RFC 6455 §5.5.1).
        case dataAfterClose
    }

    /// The rule.
    package var rule: Rule
    /// Who broke it.
    package var by: Side
    /// When.
    package var at: Timestamp?
    /// Where.
    package var place: Place

    /// A violation as it was seen.
    package init(rule: Rule, by: Side, at: Timestamp?, place: Place) {
        self.rule = rule
        self.by = by
        self.at = at
        self.place = place
    }
}
