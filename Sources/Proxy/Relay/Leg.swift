import COpenSSL
import Glibc
import Wire

/// One of the two sockets of a relay, with the TLS on it and the bytes that it is owed.
final class Leg {
    /// Whose socket it is.
    let side: Side
    let descriptor: Int32
    var ticket: Poller.Ticket?
    var interest: Poller.Interest = []
    /// TLS on it, once it has begun.
    var tls: TLSEngine?
    /// What is to be sent, as it goes onto the wire.
    var owed = ByteQueue()
    /// How the peer's stream ended; nil while it may still send.
    var ended: StreamEnd?
    /// Whether the peer said close_notify.
    var sawCloseNotify = false
    /// The end that is to be told to the peer once nothing is owed.
    var promisedEnd: StreamEnd?
    /// Whether the end was told.
    var saidEnd = false
    /// Whether close_notify was sent.
    private var saidCloseNotify = false
    private(set) var isOpen = true

    init(side: Side, descriptor: Int32) {
        self.side = side
        self.descriptor = descriptor
    }

    deinit { if isOpen { close(descriptor) } }

    /// Encrypts where there is TLS, and sends what the kernel takes; the rest is owed. What is for a closed socket is
    /// dropped: its number may be another's by now.
    func give(_ bytes: Span<UInt8>) {
        guard isOpen else { return }
        bytes.withUnsafeBytes { raw in
            guard let tls else { return giveRaw(raw) }
            // OpenSSL refuses only after a fatal alert; the reading side then tells the end.
            _ = tls.write(raw)
            tls.takeRecords(into: &owed)
        }
        if tls != nil { flush() }
    }

    private func giveRaw(_ bytes: UnsafeRawBufferPointer) {
        var sent = 0
        if owed.isEmpty, case .bytes(let count) = send(descriptor, bytes) { sent = count }
        if sent < bytes.count { owed.append(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
    }

    /// Sends what is owed, as far as the kernel takes it. False when the connection is gone.
    @discardableResult
    func flush() -> Bool {
        guard isOpen else { return true }
        while !owed.isEmpty {
            switch owed.withBytes({ send(descriptor, $0) }) {
            case .bytes(let count): owed.drop(count)
            case .wouldBlock: return true
            case .failed:
                owed.removeAll()
                return false
            }
        }
        return true
    }

    /// Tells the peer the promised end, once nothing is owed: close_notify and FIN, or FIN alone, as the other side did.
    func sayPromisedEnd() {
        guard let end = promisedEnd, !saidEnd, isOpen else { return }
        if end != .finishedWithoutCloseNotify, end != .reset, let tls, tls.isEstablished, !saidCloseNotify {
            saidCloseNotify = true
            tls.sendCloseNotify()
            tls.takeRecords(into: &owed)
            flush()
        }
        guard owed.isEmpty, end != .reset else { return }
        shutdown(descriptor, Int32(SHUT_WR))
        saidEnd = true
    }

    /// Closes the socket. With `reset` the peer gets RST.
    func shut(reset: Bool, _ poller: Poller) {
        guard isOpen else { return }
        isOpen = false
        owed.removeAll()
        if let ticket { poller.remove(ticket, descriptor) }
        ticket = nil
        if reset { resetWhenClosed(descriptor) }
        close(descriptor)
    }
}
