import Wire

/// Bytes of a stream that came before those in front of them.
struct HeldSegment {
    /// The sequence number of the first byte.
    var sequence: UInt32
    /// Length on the wire; more than `bytes` when the packet was cut.
    var length: Int
    var bytes: [UInt8]
    var at: Timestamp?
    var frame: Frame

    /// What it costs to keep it. Bytes. More than the memory it takes, because very many small ones take time.
    var cost: Int { bytes.count + 256 }
}

/// One direction of a stream.
///
/// States: not begun (nothing tells where it starts), begun, ended (all up to its FIN was delivered).
struct StreamHalf {
    /// The sequence number after its last byte, once a FIN told it.
    var finish: UInt32 = 0
    var hasFinish = false
    var hasBegun = false
    var hasEnded = false
    var isReset = false
    var hasAcknowledged = false
    /// Packets that came since the other end acknowledged bytes which are not here.
    var patience = 0
    /// The FIN.
    var finishAt: Timestamp?
    var finishFrame = Frame(input: 0, number: 0)
    /// Segments that wait, in order, not overlapping.
    var held: [HeldSegment] = []
    var heldBytes = 0
}

/// Where one direction of a stream stands. Every packet touches this and `StreamPulse` and nothing else of a stream:
/// those of hundreds of open streams fit into the nearest cache together.
struct StreamEdge {
    /// The sequence number of the next byte to deliver.
    var next: UInt32 = 0
    /// The highest acknowledgement by the other end.
    var acknowledged: UInt32 = 0
    /// Whether any byte was delivered or declared missing.
    var hasMoved = false
    /// Whether an in-order segment can be delivered without looking any further.
    var isPlain = false

    /// How far `sequence` lies past `next`; negative for bytes that are over.
    @inline(__always) func distance(to sequence: UInt32) -> Int {
        Int(Int32(bitPattern: sequence &- next))
    }
}

/// What changes of a stream with every packet.
struct StreamPulse {
    var number: Int
    /// Packets by sender: the lesser end's, the upper end's.
    var packets = (0, 0)
    var lastAt: Timestamp?
    /// Whether the upper end of the conversation's key is the client.
    var clientIsUpper: Bool

    init(number: Int, clientIsUpper: Bool) {
        self.number = number
        self.clientIsUpper = clientIsUpper
    }

    /// The side of an end.
    @inline(__always) func side(upper: Bool) -> Side { upper == clientIsUpper ? .client : .server }
}

/// A stream that is being followed.
struct Stream {
    var facts: StreamFacts
    var conversation: Int
    /// Whether content may still turn the direction round.
    var mayTurn: Bool
    /// The sequence number after the server's SYN, until the client acknowledges it.
    var answer: UInt32?
    var isOpen = true
}

/// Whether a port is one that servers of the web listen on.
func isServerPort(_ port: UInt16) -> Bool {
    switch port {
    case 80, 443, 1080, 3000, 3128, 4443, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9443: true
    default: false
    }
}
