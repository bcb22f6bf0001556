package import Wire

/// Where a packet stands: which input, and its number there.
package struct Frame: Sendable, Equatable, Hashable {
    /// Index of the input, as the reader was told.
    package var input: Int
    /// 1-based number of the packet in its file.
    package var number: Int

    /// A packet of an input.
    package init(input: Int, number: Int) {
        self.input = input
        self.number = number
    }
}

/// One packet of a capture: everything about it but its bytes, which travel beside it as a `Span<UInt8>`.
package struct Packet: Sendable, Equatable {
    /// Where it stands.
    package var frame: Frame
    /// When it was captured; nil where the file does not say (Simple Packet Block).
    package var at: Timestamp?
    /// The LINKTYPE number. Source: https://www.tcpdump.org/linktypes.html
    package var linkType: Int
    /// Its length on the wire, which snapping may have cut. Bytes; never below what was captured.
    package var wireLength: Int
    /// Whether it is one of a recording, of bytes that TLS carried.
    package var isDecrypted = false

    /// A packet.
    package init(frame: Frame, at: Timestamp?, linkType: Int, wireLength: Int) {
        self.frame = frame
        self.at = at
        self.linkType = linkType
        self.wireLength = wireLength
    }
}

/// The interfaces of a recording that the proxy writes, told apart by if_name.
package enum RecordingInterface {
    /// Bytes as they were sent.
    package static let plain = "wsdiag"
    /// Bytes that TLS carried.
    package static let decrypted = "wsdiag-decrypted"
}
