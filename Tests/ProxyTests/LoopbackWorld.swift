import Case
import Diagnosis
import Glibc
import Testing
import Wire

@testable import Proxy

/// A proxy, a server behind it and clients before it, all on this thread: `pump` turns the loop until something is so.
final class LoopbackWorld {
    let loop: RelayLoop
    let watcher = Watcher()
    /// The socket that the server listens on, and its address.
    let listener: Int32
    let server: Endpoint
    /// The listener's address: the proxy's name for its target is this.
    let proxy: Endpoint
    private(set) var peers: [Peer] = []

    /// A reverse proxy, or a forward one with `isForward`.
    init(
        isForward: Bool = false, minting: (any LeafMinting)? = nil, isServerSecure: Bool = false,
        _ change: (inout ProxyOptions) -> Void = { _ in }
    ) throws {
        let any = Endpoint(ipv4: 0x7f00_0001, port: 0)
        listener = try openListener(any)
        server = try #require(endpoint(of: listener, peer: false))
        var options = ProxyOptions()
        options.listeners = [
            ListenSpec(
                endpoint: any,
                target: isForward
                    ? nil
                    : Target(
                        isSecure: isServerSecure, host: isServerSecure ? "localhost" : "127.0.0.1",
                        port: server.port))
        ]
        change(&options)
        loop = try RelayLoop(options, minting: minting, observers: [watcher])
        proxy = loop.endpoints[0]
    }

    deinit { close(listener) }

    /// A client that is connected to the proxy.
    func client(_ listener: Int = 0) -> Peer {
        let peer = Peer(descriptor: beginConnecting(to: loop.endpoints[listener]))
        peers.append(peer)
        return peer
    }

    /// The next connection of the proxy to the server.
    func accept() throws -> Peer {
        var descriptor: Int32 = -1
        try pump("the proxy connects to the server") {
            if descriptor < 0 { descriptor = acceptClient(listener) }
            return 0 <= descriptor
        }
        return adopt(Peer(descriptor: descriptor))
    }

    /// A peer that is read while the loop turns.
    func adopt(_ peer: Peer) -> Peer {
        peers.append(peer)
        return peer
    }

    /// Turns the loop until `condition` holds; a minute is patience for a sanitizer, not a wait.
    func pump(_ what: String, until condition: () -> Bool) throws {
        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        let end = clock.tv_sec + 60
        while !condition() {
            _ = loop.turn(milliseconds: 1)
            peers.forEach { $0.poll() }
            clock_gettime(CLOCK_MONOTONIC, &clock)
            try #require(clock.tv_sec < end, "waited in vain: \(what)")
        }
    }

    /// Lets the loop believe that so many seconds have passed.
    func pass(seconds: Int64) {
        loop.timeLapse += seconds * 1_000_000_000
        settle()
    }

    /// Turns the loop so often that everything on the way has arrived.
    func settle() {
        for _ in 0..<20 {
            _ = loop.turn(milliseconds: 0)
            peers.forEach { $0.poll() }
        }
    }

    /// Opens a WebSocket through the proxy; answers both ends.
    func open(_ request: String = TestRequest.upgrade) throws -> (client: Peer, server: Peer) {
        let client = client()
        client.send(request)
        let server = try accept()
        try pump("the request arrives") { server.text.hasSuffix("\r\n\r\n") }
        server.send(TestRequest.switching)
        try pump("the 101 arrives") { client.text.hasSuffix("\r\n\r\n") }
        client.received = []
        server.received = []
        return (client, server)
    }
}

/// Requests and answers that many tests send.
enum TestRequest {
    static let upgrade = """
        GET /socket HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """
    static let switching = """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
        """
}

/// One end of a connection, driven by hand.
final class Peer {
    let descriptor: Int32
    var received: [UInt8] = []
    var hasEnded = false
    var wasReset = false
    /// Whether what arrives is read.
    var reads = true
    private var owed = ByteQueue()
    private var isOpen = true

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    var text: String { String(decoding: received, as: UTF8.self) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        owed.append(bytes.span)
        flush()
    }

    /// Bytes that the kernel did not take yet.
    var owedCount: Int { owed.count }

    func poll() {
        guard isOpen else { return }
        flush()
        guard reads, !hasEnded, !wasReset else { return }
        withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 16) { buffer in
            switch receive(descriptor, into: buffer) {
            case .bytes(0): hasEnded = true
            case .bytes(let count): received.append(contentsOf: buffer[..<count])
            case .wouldBlock: break
            // Not connected yet is no end.
            case .failed(let number): if number != ENOTCONN { wasReset = true }
            }
        }
    }

    /// A closed descriptor's number may be another test's by now: nothing is said to it any more.
    private func flush() {
        while isOpen, !owed.isEmpty, case .bytes(let count) = owed.withBytes({ Proxy.send(descriptor, $0) }) {
            owed.drop(count)
        }
    }

    /// Says FIN and goes on reading.
    func finish() { if isOpen { shutdown(descriptor, Int32(SHUT_WR)) } }

    /// Ends with RST.
    func reset() {
        guard isOpen else { return }
        resetWhenClosed(descriptor)
        close()
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }
}

/// An observer that remembers.
final class Watcher: RelayObserver {
    var events: [(id: Int, event: RelayEvent)] = []
    var bytes = PerSide<[UInt8]>(client: [], server: [])
    var notes: [String] = []
    /// Whether bytes are kept.
    var keepsBytes = true

    func take(_ event: RelayEvent, on id: Int, at time: Timestamp) { events.append((id, event)) }

    func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {
        if keepsBytes { self.bytes[side].append(bytes) }
    }

    func take(note: String, at time: Timestamp) { notes.append(note) }

    /// News of attempts, in order.
    var news: [AttemptNews] {
        events.compactMap { if case .attempt(let news) = $0.event { news } else { nil } }
    }

    /// The ends that were told, in order.
    var ends: [(Side, StreamEnd)] {
        events.compactMap { if case .ended(let side, let end) = $0.event { (side, end) } else { nil } }
    }

    /// What the last connection that ended was told to be.
    var closings: [Connection.Ending] {
        events.compactMap { if case .closed(let ending) = $0.event { ending } else { nil } }
    }

    /// Answers of the proxy itself.
    var refusals: [String] {
        events.compactMap { if case .refusedByProxy(_, let because) = $0.event { because } else { nil } }
    }
}
