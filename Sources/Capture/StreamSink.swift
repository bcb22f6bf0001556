package import Wire

/// The name of a TCP stream while it lives.
package struct StreamID: Sendable, Equatable, Hashable {
    /// A small dense index for the sink's arrays. Used again after `streamClosed`.
    package var slot: Int
    /// Wireshark's `tcp.stream`: 0-based, in order of first packet, never used again.
    package var number: Int

    /// A stream's name.
    package init(slot: Int, number: Int) {
        self.slot = slot
        self.number = number
    }
}

/// Who takes what TCP reassembly finds. Calls for one stream come in the order of the laws below; calls of
/// different streams interleave.
///
/// `streamOpened` is first, `streamClosed` last, each once. Between them, for each side, `streamReceived` and
/// `streamMissing` tell every byte of the sequence space in order, each byte once, until `streamEnded` of that side.
/// After a RST more bytes may still come: they were on their way.
package protocol StreamSink {
    /// A stream's first packet was seen. `facts.directionIsGuessed` says whether client and server are certain.
    mutating func streamOpened(_ stream: StreamID, _ facts: StreamFacts)

    /// Client and server were guessed the wrong way round and have changed places. Comes before any byte.
    mutating func streamTurned(_ stream: StreamID, _ facts: StreamFacts)

    /// Who sent these first bytes of a stream whose beginning was not captured, judged by their content alone; nil
    /// when they do not tell. Asked only while the direction is a guess.
    mutating func sender(ofFirstBytes bytes: Span<UInt8>) -> Side?

    /// The next bytes of one side, with the time and place of the packet that carried them.
    mutating func streamReceived(
        _ stream: StreamID, _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, frame: Frame)

    /// The next `bytes` bytes of one side are not in the capture: the packet was lost, or cut by the snap length.
    mutating func streamMissing(_ stream: StreamID, bytes: Int, from side: Side, frame: Frame)

    /// One side is done: its FIN was reached in order, or it sent RST (`isReset`).
    mutating func streamEnded(
        _ stream: StreamID, by side: Side, isReset: Bool, at time: Timestamp?, frame: Frame)

    /// Nothing more will come of this stream; its slot is free.
    mutating func streamClosed(_ stream: StreamID, _ facts: StreamFacts)
}

extension StreamSink {
    /// Bytes do not tell.
    package mutating func sender(ofFirstBytes bytes: Span<UInt8>) -> Side? { nil }
}

/// A packet that marks something in the life of a stream.
package struct StreamMark: Sendable, Equatable {
    /// Who sent it.
    package var by: Side
    /// When.
    package var at: Timestamp?
    /// Where.
    package var frame: Frame

    /// A mark.
    package init(by: Side, at: Timestamp?, frame: Frame) {
        self.by = by
        self.at = at
        self.frame = frame
    }
}

/// What TCP itself tells of a stream.
package struct StreamFacts: Sendable, Equatable {
    /// Why nothing more will come.
    package enum End: Sendable, Equatable {
        /// It still lives.
        case none
        /// Both sides sent FIN.
        case finished
        /// A side sent RST.
        case reset
        /// A new connection began on the same addresses and ports.
        case portsReused
        /// It was silent the longest when `Limits.liveConnections` was reached.
        case evicted
        /// The input ended first.
        case inputEnded
    }

    /// The end that opened it.
    package var client: Endpoint
    /// The end that accepted it.
    package var server: Endpoint
    /// Whether no SYN was seen, so that client and server are told by port numbers or content.
    package var directionIsGuessed: Bool
    /// The time of the first packet.
    package var openedAt: Timestamp?
    /// Where the first packet stands.
    package var openedFrame: Frame
    /// SYN packets of the client, retransmissions included.
    package var synCount = 0
    /// The first SYN-ACK of the server.
    package var answered: StreamMark?
    /// When the client acknowledged the SYN-ACK.
    package var established: StreamMark?
    /// The first FIN of either side.
    package var firstFinish: StreamMark?
    /// The first RST of either side.
    package var firstReset: StreamMark?
    /// The last packet.
    package var lastAt: Timestamp?
    /// Packets of each side.
    package var packets = PerSide(client: 0, server: 0)
    /// Bytes missing from the input, both directions.
    package var missingBytes = 0
    /// Segments that differ from an earlier copy of the same sequence numbers. The first copy was used.
    package var differingOverlaps = 0
    /// Why nothing more will come.
    package var end = End.none

    /// A stream of which the first packet is known.
    package init(
        client: Endpoint, server: Endpoint, directionIsGuessed: Bool, openedAt: Timestamp?, openedFrame: Frame
    ) {
        self.client = client
        self.server = server
        self.directionIsGuessed = directionIsGuessed
        self.openedAt = openedAt
        self.openedFrame = openedFrame
        lastAt = openedAt
    }

    /// Whether the server refused: SYN answered by RST, and never by SYN-ACK.
    package var isRefused: Bool {
        answered == nil && 0 < synCount && firstReset?.by == .server
    }

    /// Whether nothing at all came back.
    package var isUnanswered: Bool { packets.server == 0 }
}
