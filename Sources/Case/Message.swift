package import Wire

/// One HTTP message: its head, and what was seen of its body.
package struct Message: Sendable, Equatable {
    /// The head as it stood on the wire.
    package var head: MessageHead
    /// The body; empty and complete for a message that has none.
    package var body: Body
    /// When its head was complete, by the input's own clock. Nil where the input tells no time.
    package var at: Timestamp?
    /// When its first byte was seen.
    package var firstByteAt: Timestamp?
    /// Where its head was complete.
    package var place: Place

    /// A message as it was read.
    package init(head: MessageHead, body: Body, at: Timestamp?, firstByteAt: Timestamp?, place: Place) {
        self.head = head
        self.body = body
        self.at = at
        self.firstByteAt = firstByteAt
        self.place = place
    }
}

/// What was seen of a message body, transfer and content codings undone.
package struct Body: Sendable, Equatable {
    /// Whether the whole body was seen, and if not, why.
    package enum Completeness: String, Sendable, Equatable, CaseIterable {
        /// Every byte was seen, whether or not all of it is kept.
        case complete
        /// The connection or the capture ended inside it, or packets are missing.
        case cutShort
        /// The input does not hold bodies.
        case notCaptured
        /// A coding could not be undone; `bytes` holds what stood on the wire.
        case notDecoded
    }

    /// The first bytes, `Limits.bodyBytes` at most.
    package var bytes: [UInt8]
    /// The length on the wire, as far as it was seen, before codings were undone. Bytes.
    package var wireLength: Int
    /// The length after codings were undone, as far as it was seen. Bytes.
    package var length: Int
    /// Whether it was seen whole.
    package var completeness: Completeness

    /// A body as far as it was seen.
    package init(bytes: [UInt8], wireLength: Int, length: Int, completeness: Completeness) {
        self.bytes = bytes
        self.wireLength = wireLength
        self.length = length
        self.completeness = completeness
    }

    /// A message without a body.
    package static let none = Body(bytes: [], wireLength: 0, length: 0, completeness: .complete)

    /// The kept bytes read as UTF-8 with repairs.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
