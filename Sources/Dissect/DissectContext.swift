import Case
import HTTP
import TLS
import WebSocket
import Wire

/// What all connections of one pipeline share.
struct DissectContext {
    let limits: Limits
    /// Keys of all logs read so far.
    var keys: KeyLog
    /// Where attempts and exchanges go.
    var builder: CaseBuilder
    /// Events of the HTTP call that is being handled; its storage is used again.
    var events: [HTTPEvent] = []
    /// The attempt whose frames are all wanted, by its stream; nil for none.
    var keepsFramesOfStream: Int?
    /// The last moment the inputs tell of; known when they have ended.
    var inputEndedAt: Timestamp?
    /// Room that all sessions work in.
    let scratch: SessionScratch
    /// Plaintext buffers that are not in use.
    private var buffers: [[UInt8]] = []

    init(limits: Limits, keys: KeyLog, shelf: (any Shelf)? = nil) {
        self.limits = limits
        scratch = SessionScratch(limits: limits)
        self.keys = keys
        builder = CaseBuilder(limits: limits, shelf: shelf)
    }

    /// An empty buffer that keeps its storage.
    mutating func takeBuffer() -> [UInt8] { buffers.popLast() ?? [] }

    /// Returns a buffer, unless one record made it unusually large.
    mutating func giveBack(_ buffer: consuming [UInt8]) {
        guard buffer.capacity <= 1 << 20 else { return }
        buffer.removeAll(keepingCapacity: true)
        buffers.append(buffer)
    }
}
