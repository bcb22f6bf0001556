import Case
import Glibc
import HTTP
import TLS
import Wire

/// One client and its server: what each says is passed to the other, and a copy is read.
///
/// Laws: nothing is answered in the server's name; bytes are passed on as they came, but for what `changes` lists; an
/// end is passed on as it came; nothing waits but sockets.
final class Relay {
    /// How far the connection is. `reaching` and before: the client waits; from `relaying` on bytes pass.
    enum Stage: Equatable {
        /// Nothing is known of the client; its first byte tells the protocol.
        case greeting
        /// A request head to the proxy itself, or to a reverse listener.
        case request
        case socks(SOCKSStage)
        /// The tunnel is open; the first bytes tell what is in it.
        case tunnelOpening
        /// TLS of the client: its ClientHello is not whole.
        case clientHello
        /// The server is being reached: name, address, proxy, TLS.
        case reaching
        case clientHandshake
        case relaying
        /// An answer of the proxy itself is on its way, then all ends.
        case dismissing
        case over
    }

    enum SOCKSStage: Equatable { case greeting, request }

    /// What is done once the server is reached.
    enum Continuation: Equatable {
        case pass
        case answerConnect
        case answerSOCKS
        case acceptTLS
    }

    unowned let loop: RelayLoop
    let spec: ListenSpec
    var info: RelayedConnection
    let client: Leg
    var server: Leg?
    var stage = Stage.greeting { didSet { if stage != oldValue { setDeadline() } } }
    /// What the client sent and nobody has looked at.
    var inbox: [UInt8] = []
    /// What the server sent before the client's side was ready.
    var serverInbox: [UInt8] = []
    var target: Target?
    /// The User-Agent that came with CONNECT: whatever the client wants it to be.
    var agent: String?
    var continuation = Continuation.pass
    var dialing: Dialing?
    /// HTTP of this connection; nil where bytes are passed on without a look.
    var http: HTTPPassing?
    /// The answer that is due once the client's TLS stands: the server could not be reached.
    var dueRefusal: Refusal?
    var witness: Witness?
    /// The moment at which patience ends, by the monotonic clock. Nanoseconds.
    var deadline: Int64?
    /// The client's end, while bytes that it sent before wait for the server.
    var waitingEnd: StreamEnd?
    /// Whether `deadline` is for a request's head that has begun.
    var isTimingHead = false
    private var firstEnd: (side: Side, end: StreamEnd)?
    /// Whether the client's connection goes on in another relay.
    private var hasPassedClientOn = false

    /// Bytes that may be owed to a side before the other is no longer read.
    static let mostOwed = 256 << 10
    /// Bytes of the client that may wait for its server.
    static let mostWaiting = 64 << 10

    init(_ loop: RelayLoop, spec: ListenSpec, client: Leg, info: RelayedConnection) {
        self.loop = loop
        self.spec = spec
        self.info = info
        self.client = client
        setDeadline()
    }

    // MARK: The loop's calls

    /// Something happened to a socket.
    func ready(_ leg: Leg, _ what: Poller.Interest) {
        guard stage != .over, leg.isOpen else { return }
        if leg === dialing?.leg { return continueDialing() }
        if what.contains(.writing), !leg.flush() { return lost(leg) }
        if !what.isDisjoint(with: [.reading, .failure]), leg.ended == nil {
            guard leg.interest.contains(.reading) || stage == .dismissing else {
                // The peer is gone while it is not read: what it left is fetched when there is room.
                if let ticket = leg.ticket { loop.poller.remove(ticket, leg.descriptor) }
                leg.ticket = nil
                leg.interest = []
                return settle()
            }
            fetch(leg)
        } else if !what.isDisjoint(with: .failure), leg.ended != nil {
            return lost(leg)
        }
        settle()
    }

    /// Patience is at its end.
    func deadlinePassed() {
        deadline = nil
        switch stage {
        case .greeting, .tunnelOpening, .clientHello, .clientHandshake, .socks: abandon()
        case .request:
            refuse(
                .requestTimeout,
                "the request's head was not complete after \(loop.options.handshakeSeconds) s")
        case .reaching: reachingTimedOut()
        case .relaying:
            if http?.isIdle ?? false {
                abandon()
            } else if http?.isInsideHead ?? false {
                headStalled()
            } else {
                settle()
            }
        case .dismissing: finish()
        case .over: break
        }
    }

    private func setDeadline() {
        let seconds: Int? =
            switch stage {
            case .greeting, .request, .socks, .clientHello, .clientHandshake: loop.options.handshakeSeconds
            case .tunnelOpening: loop.options.idleSeconds
            case .reaching: loop.options.handshakeSeconds
            case .relaying, .over: nil
            case .dismissing: loop.options.drainSeconds
            }
        deadline = seconds.map { loop.monotonic + Int64($0) * 1_000_000_000 }
    }

    // MARK: Reading

    private func fetch(_ leg: Leg) {
        switch receive(leg.descriptor, into: loop.wireBuffer) {
        case .wouldBlock: break
        case .failed: ended(leg, .reset)
        case .bytes(0):
            ended(
                leg,
                leg.tls == nil ? .finished : leg.sawCloseNotify ? .closeNotify : .finishedWithoutCloseNotify)
        case .bytes(let count):
            let bytes = UnsafeRawBufferPointer(rebasing: loop.wireBuffer[..<count])
            if leg.tls != nil {
                leg.tls?.receive(bytes)
                drive(leg)
            } else {
                bytes.withMemoryRebound(to: UInt8.self) { arrived($0.span, on: leg) }
            }
        }
    }

    /// Moves the TLS of a leg on: handshake, then plaintext.
    func drive(_ leg: Leg) {
        guard let tls = leg.tls else { return }
        if !tls.isEstablished {
            let progress = tls.advance()
            tls.takeRecords(into: &leg.owed)
            leg.flush()
            switch progress {
            case .goesOn: return
            case .failed(let trouble): return handshakeFailed(leg, trouble)
            case .done: handshakeDone(leg)
            }
        }
        while stage != .over, leg.isOpen, leg.tls === tls {
            switch tls.read(into: loop.plainBuffer) {
            case .nothing:
                tls.takeRecords(into: &leg.owed)
                leg.flush()
                return
            case .bytes(let count):
                UnsafeRawBufferPointer(rebasing: loop.plainBuffer[..<count])
                    .withMemoryRebound(to: UInt8.self) { arrived($0.span, on: leg) }
            case .closeNotify:
                leg.sawCloseNotify = true
                return ended(leg, .closeNotify)
            case .failed(let trouble):
                tls.takeRecords(into: &leg.owed)
                leg.flush()
                return tlsBroke(leg, trouble)
            }
        }
    }

    /// Plaintext of a side.
    private func arrived(_ bytes: Span<UInt8>, on leg: Leg) {
        switch (leg.side, stage) {
        case (_, .over), (.client, .dismissing), (.server, .dismissing): break
        case (.client, .relaying): passFromClient(bytes)
        case (.server, .relaying): passFromServer(bytes)
        case (.client, _):
            inbox.append(bytes)
            lookAtInbox()
        case (.server, _):
            serverInbox.append(bytes)
            lookAtServerInbox()
        }
    }

    // MARK: Ends

    /// A side sends no more.
    func ended(_ leg: Leg, _ end: StreamEnd) {
        guard leg.ended == nil else { return }
        leg.ended = end
        if firstEnd == nil { firstEnd = (leg.side, end) }
        switch stage {
        case .over: return
        case .dismissing: return finish()
        case .relaying: break
        case .tunnelOpening where leg.side == .server:
            beginPassing(.unread)
        case .reaching where leg.side == .client && end == .finished && !inbox.isEmpty:
            // It asked and will not say more: it still waits for the answer.
            waitingEnd = end
            return
        default:
            return leg.side == .client ? clientLeftEarly(end) : serverLeftEarly(end)
        }
        if leg.side == .server {
            tellEnd(end, of: leg)
            return serverEndedInHTTP()
        }
        if leg.side == .client, let held = http?.takeHeld(), !held.isEmpty { pass(held.span, from: .client) }
        if leg.side == .client, let tls = client.tls, !tls.hasRead { tellUntrusting(alert: nil) }
        if leg.side == .client, !inbox.isEmpty, end != .reset {
            waitingEnd = end
            return
        }
        tellEnd(end, of: leg)
    }

    /// Tells an end to observers and to the other side.
    func tellEnd(_ end: StreamEnd, of leg: Leg) {
        witness?.ended(leg.side, end)
        passOn(end, from: leg)
    }

    /// Passes an end on to the other side.
    func passOn(_ end: StreamEnd, from leg: Leg) {
        guard let other = leg.side == .client ? server : client else { return }
        if other.promisedEnd == nil || end == .reset { other.promisedEnd = end }
        if end == .reset {
            leg.shut(reset: false, loop.poller)
            leg.saidEnd = true
            deadline = loop.monotonic + Int64(loop.options.drainSeconds) * 1_000_000_000
        }
    }

    /// A socket broke while it was written to.
    func lost(_ leg: Leg) {
        if leg.ended == nil { ended(leg, .reset) } else { passOn(.reset, from: leg) }
        settle()
    }

    /// Sends what can be sent, tells ends, closes what is over, and says what is waited for next.
    func settle() {
        guard stage != .over else { return }
        for leg in [client, server] {
            guard let leg, leg.isOpen else { continue }
            if !leg.flush() {
                // Where its end is known already, the other side learns that it takes nothing any more.
                if leg.ended != nil { passOn(.reset, from: leg) } else { leg.saidEnd = true }
                if !leg.isOpen { continue }
            }
            leg.sayPromisedEnd()
            if leg.promisedEnd == .reset {
                // RST throws away what was not delivered, so what was sent before it is given a moment.
                guard isPatienceOver || leg.owed.isEmpty && undeliveredBytes(leg.descriptor) == 0 else {
                    loop.lookAgainSoon(at: self)
                    continue
                }
                leg.shut(reset: true, loop.poller)
                leg.saidEnd = true
                leg.ended = leg.ended ?? .reset
            } else if leg.saidEnd, leg.ended != nil, leg.owed.isEmpty {
                leg.shut(reset: false, loop.poller)
            }
        }
        if stage == .relaying, !client.isOpen, server.map({ !$0.isOpen }) ?? true { return finish() }
        if stage == .dismissing, !client.isOpen { return finish() }
        watch(client, reads: mayRead(client))
        if let server, dialing == nil { watch(server, reads: mayRead(server)) }
    }

    private var isPatienceOver: Bool { deadline.map { $0 <= loop.monotonic } ?? true }

    private func mayRead(_ leg: Leg) -> Bool {
        guard leg.ended == nil, leg.isOpen else { return false }
        switch stage {
        case .relaying:
            let other = leg.side == .client ? server : client
            return (other?.owed.count ?? 0) < Self.mostOwed
                && (leg.side == .server || inbox.count < Self.mostWaiting)
        case .reaching: return leg.side == .server || inbox.count < Self.mostWaiting
        case .dismissing: return leg.side == .client
        case .over: return false
        default: return leg.side == .server ? serverInbox.count < Self.mostWaiting : true
        }
    }

    /// Says what is waited for on a socket.
    func watch(_ leg: Leg, reads: Bool) {
        guard leg.isOpen else { return }
        var interest: Poller.Interest = reads ? .reading : []
        if !leg.owed.isEmpty { interest.insert(.writing) }
        if let ticket = leg.ticket {
            guard interest != leg.interest else { return }
            loop.poller.change(ticket, leg.descriptor, interest)
        } else if !interest.isEmpty {
            leg.ticket = loop.poller.add(leg.descriptor, interest, .leg(self, leg))
            if leg.ticket == nil { return finish() }
        }
        leg.interest = interest
    }

    /// The proxy stops: what is owed is sent, then both sides are told the end.
    func stopSoon() {
        guard stage == .relaying else { return abandon() }
        for leg in [client, server] {
            leg?.ended = leg?.ended ?? .finished
            leg?.promisedEnd = leg?.promisedEnd ?? .finished
        }
        settle()
    }

    /// Ends here: the client's next request is for another server, and another relay goes on with it.
    ///
    /// Answers the client's socket and what it has said beyond this server.
    func passClientOn() -> (client: Leg, inbox: [UInt8]) {
        hasPassedClientOn = true
        if let ticket = client.ticket { loop.poller.remove(ticket, client.descriptor) }
        client.ticket = nil
        client.interest = []
        defer { finish() }
        return (client, inbox)
    }

    /// Goes on with a client that asked another server before.
    func goOn(with inbox: [UInt8]) {
        self.inbox = inbox
        if let end = client.ended {
            firstEnd = (.client, end)
            waitingEnd = end
        }
        stage = .request
        lookAtInbox()
        settle()
    }

    /// Ends both sides at once: the client stayed silent for too long, or never became one.
    func abandon() {
        client.shut(reset: false, loop.poller)
        finish()
    }

    /// Everything is over.
    func finish() {
        guard stage != .over else { return }
        stage = .over
        dialing = nil
        if !hasPassedClientOn { client.shut(reset: false, loop.poller) }
        server?.shut(reset: false, loop.poller)
        let ending: Connection.Ending =
            switch firstEnd {
            case .some((let side, .reset)): .reset(by: side)
            case .some((let side, _)): .finished(by: side)
            case nil: .open
            }
        witness?.closed(ending)
        loop.forget(self)
    }
}
