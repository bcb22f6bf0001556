import CLinux
import Case
import Glibc
import Report
package import Wire

/// The debug proxy: one thread, one epoll, everything else is called from here.
///
/// Use: make it, `run` until it is stopped, or `turn` it by hand (tests do). Observers are told everything on the same
/// thread.
package final class RelayLoop {
    let options: ProxyOptions
    let poller: Poller
    let resolver: Resolver
    let contexts: TLSContexts
    /// Where received bytes land; lent for one call.
    let wireBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// Where decrypted bytes land; lent for one call.
    let plainBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
    /// The clock, read once a turn.
    private(set) var now = Timestamp(nanoseconds: 0)
    /// The monotonic clock, read once a turn. Nanoseconds.
    private(set) var monotonic: Int64 = 0
    /// Added to the monotonic clock: tests let time pass with it. Nanoseconds.
    var timeLapse: Int64 = 0
    /// What became of attempts so far.
    package private(set) var tally = RunTally()

    /// Keys of clients whose tunnels are read without being terminated.
    let tappedKeys: TappedKeys?
    private let recorder: (any RelayRecorder)?
    private let observers: [any RelayObserver]
    private let service: (any LocalService)?
    private var listeners: [Listener] = []
    private var relays: [Int: Relay] = [:]
    private var locals: [Int: LocalClient] = [:]
    private var nextID = 0
    /// The page's clients have numbers of their own: those of connections stay without gaps.
    private var nextLocalID = 0
    private var attemptCount = 0
    private var pieces = 0
    private var reader: CopyReader
    /// Full ones whose connections are not over, oldest first.
    private var fullReaders: [CopyReader] = []
    private static let mostFullReaders = 4
    private var nextSweep: Int64 = 0
    /// Connections that wait for the kernel to deliver, which no event tells.
    private var waitingForDelivery: [Relay] = []
    /// A descriptor that is given up for a moment to turn a client away when no other is left.
    private var spare: Int32
    private var turnedAway = 0
    private var stopsAt: Int64?
    private var signals: Int32 = -1
    private var isOver = false

    private struct Listener {
        var descriptor: Int32
        var ticket: Poller.Ticket?
        var endpoint: Endpoint
        /// Nil for the page.
        var spec: ListenSpec?
    }

    /// Opens the listeners.
    package init(
        _ options: ProxyOptions, minting: (any LeafMinting)? = nil, recorder: (any RelayRecorder)? = nil,
        observers: [any RelayObserver] = [], service: (any LocalService)? = nil,
        serviceAddress: Endpoint? = nil
    ) throws(ProxyFailure) {
        self.options = options
        self.recorder = recorder
        self.observers = observers
        self.service = service
        tappedKeys = options.tappedKeyLogPath.map { TappedKeys(path: $0, limits: options.limits) }
        poller = try Poller()
        resolver = try Resolver()
        contexts = try TLSContexts(options, minting: minting)
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
        reader = CopyReader(options, isFirst: true, inputName: recorder?.inputName) { 0 }
        reader = newReader(isFirst: true)
        _ = poller.add(resolver.descriptor, .reading, .resolver)
        readClocks()
        for spec in options.listeners { try listen(spec.endpoint, spec) }
        if service != nil, let serviceAddress { try listen(serviceAddress, nil) }
    }

    deinit {
        wireBuffer.deallocate()
        plainBuffer.deallocate()
        for listener in listeners where 0 <= listener.descriptor { close(listener.descriptor) }
        if 0 <= spare { close(spare) }
        if 0 <= signals { close(signals) }
    }

    private func listen(_ endpoint: Endpoint, _ spec: ListenSpec?) throws(ProxyFailure) {
        let descriptor = try openListener(endpoint)
        let actual = Proxy.endpoint(of: descriptor, peer: false) ?? endpoint
        let ticket = poller.add(descriptor, .reading, .listener(listeners.count))
        listeners.append(Listener(descriptor: descriptor, ticket: ticket, endpoint: actual, spec: spec))
    }

    /// The addresses that are listened on, in the order of the options, the page's last.
    package var endpoints: [Endpoint] { listeners.map(\.endpoint) }

    /// Connections that are open.
    package var connectionCount: Int { relays.count }

    /// Bytes that are owed to sockets or wait for them, in all.
    package var owedBytes: Int {
        relays.values.reduce(0) {
            $0 + $1.client.owed.count + ($1.server?.owed.count ?? 0) + $1.inbox.count + $1.serverInbox.count
        }
    }

    // MARK: Turns

    /// Takes SIGINT, SIGTERM and the loss of the terminal as the order to stop. The signals must be blocked in every
    /// thread.
    package func stopOnSignals() throws(ProxyFailure) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        // `nohup` ignores it, and means that.
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            != unsafeBitCast(SIG_IGN, to: Int.self)
        {
            sigaddset(&set, SIGHUP)
        }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signals = signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC))
        guard 0 <= signals else { throw .system("signalfd", errno) }
        _ = poller.add(signals, .reading, .signals)
    }

    /// Runs until it is stopped and everything is drained.
    package func run() { while turn(milliseconds: 1000) {} }

    /// Waits at most so long and does what there is to do. False when it is all over.
    package func turn(milliseconds: Int32) -> Bool {
        guard !isOver else { return false }
        for observer in everyone { observer.turnEnded(at: now) }
        serveReady()
        let patience: Int32 = !waitingForDelivery.isEmpty ? 5 : relays.isEmpty ? 1000 : 250
        poller.wait(milliseconds: min(milliseconds, patience)) { source, what in
            readClocks()
            dispatch(source, what)
        }
        readClocks()
        serveReady()
        lookAgain()
        sweep()
        if stopsAt != nil, relays.isEmpty || (stopsAt ?? 0) <= monotonic { end() }
        return !isOver
    }

    private func dispatch(_ source: Poller.Source, _ what: Poller.Interest) {
        switch source {
        case .listener(let index): acceptClients(index)
        case .leg(let relay, let leg): relay.ready(leg, what)
        case .local(let client): client.ready(what)
        case .resolver: for answer in resolver.takeAnswers() { relays[answer.id]?.resolved(answer) }
        case .signals: readSignals()
        }
    }

    private func readSignals() {
        var information = signalfd_siginfo()
        while read(signals, &information, MemoryLayout<signalfd_siginfo>.size)
            == MemoryLayout<signalfd_siginfo>.size
        {
            if stopsAt == nil { stop() } else { end() }
        }
    }

    /// Stops accepting; buffers may drain for a moment, then all ends.
    package func stop() {
        guard stopsAt == nil else { return }
        stopsAt = monotonic + Int64(options.drainSeconds) * 1_000_000_000
        for index in listeners.indices { closeListener(index) }
        for relay in Array(relays.values) { relay.stopSoon() }
    }

    private func closeListener(_ index: Int) {
        guard 0 <= listeners[index].descriptor else { return }
        if let ticket = listeners[index].ticket { poller.remove(ticket, listeners[index].descriptor) }
        close(listeners[index].descriptor)
        listeners[index].descriptor = -1
    }

    private func end() {
        guard !isOver else { return }
        isOver = true
        for relay in Array(relays.values) { relay.finish() }
        for observer in everyone { observer.finish(at: now) }
        serveReady()
        for client in Array(locals.values) { client.close() }
    }

    /// Patience is looked at four times a second.
    private func sweep() {
        guard nextSweep <= monotonic else { return }
        nextSweep = monotonic + 250_000_000
        for relay in Array(relays.values) where relay.deadline.map({ $0 <= monotonic }) ?? false {
            relay.deadlinePassed()
        }
        if 0 < turnedAway {
            note("no descriptors are left: \(counted(turnedAway, "client")) turned away; see ulimit -n")
            turnedAway = 0
        }
    }

    /// Looks at a connection again within some milliseconds.
    func lookAgainSoon(at relay: Relay) { waitingForDelivery.append(relay) }

    private func lookAgain() {
        guard !waitingForDelivery.isEmpty else { return }
        let waiting = waitingForDelivery
        waitingForDelivery = []
        for relay in waiting { relay.settle() }
    }

    private func serveReady() {
        guard let service else { return }
        for id in service.takeReady() { locals[id]?.serve() }
    }

    private func readClocks() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        now = Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        monotonic = monotonicNanoseconds() + timeLapse
    }

    // MARK: Clients

    private func acceptClients(_ index: Int) {
        for _ in 0..<64 {
            let descriptor = acceptClient(listeners[index].descriptor)
            if descriptor == -EAGAIN { return }
            guard 0 <= descriptor else {
                if descriptor == -EMFILE || descriptor == -ENFILE { turnAway(index) }
                return
            }
            guard relays.count + locals.count < options.mostConnections else {
                close(descriptor)
                turnedAway += 1
                continue
            }
            begin(descriptor, listeners[index])
        }
    }

    private func begin(_ descriptor: Int32, _ listener: Listener) {
        guard let spec = listener.spec else {
            guard let service else { return }
            let local = LocalClient(self, service: service, id: nextLocalID, descriptor: descriptor)
            locals[nextLocalID] = local
            nextLocalID += 1
            if !local.begin(listener: listener.endpoint) { local.close() }
            return
        }
        let peer = Proxy.endpoint(of: descriptor, peer: true) ?? Endpoint(ipv4: 0, port: 0)
        let own = Proxy.endpoint(of: descriptor, peer: false) ?? listener.endpoint
        let client = Leg(side: .client, descriptor: descriptor)
        makeRelay(spec, client, client: peer, listener: own).settle()
    }

    private func makeRelay(
        _ spec: ListenSpec, _ leg: Leg, client: Endpoint, listener: Endpoint
    ) -> Relay {
        let info = RelayedConnection(id: nextID, client: client, listener: listener)
        nextID += 1
        let relay = Relay(self, spec: spec, client: leg, info: info)
        relays[info.id] = relay
        tell(.opened(info), on: info.id)
        return relay
    }

    /// The client asks another server on the same connection: that is another relayed connection, with its own number,
    /// as if the client had connected anew.
    func goOn(with relay: Relay) {
        let (leg, inbox) = relay.passClientOn()
        makeRelay(relay.spec, leg, client: relay.info.client, listener: relay.info.listener).goOn(with: inbox)
    }

    /// No descriptor is left: the client is taken with the spare one and let go, or it would wait for ever and keep
    /// this loop awake.
    private func turnAway(_ index: Int) {
        turnedAway += 1
        guard 0 <= spare else { return }
        close(spare)
        let descriptor = acceptClient(listeners[index].descriptor)
        if 0 <= descriptor { close(descriptor) }
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    func descriptorsUsedUp() { turnedAway += 1 }

    func forget(_ relay: Relay) { relays[relay.info.id] = nil }

    func forget(_ client: LocalClient) { locals[client.id] = nil }

    // MARK: Copies

    /// A witness for a connection whose bytes begin to pass.
    func openWitness(for relay: Relay) -> Witness {
        if reader.isFull {
            fullReaders.removeAll { $0.openCount == 0 }
            fullReaders.append(reader)
            if Self.mostFullReaders < fullReaders.count {
                let oldest = fullReaders.removeFirst()
                oldest.retire()
                note(
                    "\(counted(oldest.openCount, "connection")) open for long: relayed on, and not read any more"
                )
            }
            reader = newReader(isFirst: false)
        }
        return Witness(self, reader: reader, info: relay.info)
    }

    private func newReader(isFirst: Bool) -> CopyReader {
        CopyReader(options, isFirst: isFirst, inputName: recorder?.inputName) { [unowned self] in
            nextAttemptNumber()
        }
    }

    func nextAttemptNumber() -> Int {
        attemptCount += 1
        return attemptCount
    }

    /// Where the last bytes of a connection stand.
    func place(of id: Int) -> Place { .frame(recorder?.frameNumber ?? pieces, stream: id, input: 0) }

    /// Keeps the keys of a tapped connection with its packets.
    func keep(keys: [UInt8], of id: Int) { recorder?.take(keys: keys, on: id) }

    /// Packets that the recording holds, where there is one.
    var frameCount: Int? { recorder?.frameNumber }

    /// Whether a target may be reached: not this proxy itself, in an endless circle.
    func mayReach(_ target: Target) -> Bool {
        guard let endpoint = Endpoint(address: target.host, port: target.port) else { return true }
        return !listeners.contains { $0.endpoint == endpoint }
    }

    /// Whether a connection that was made ends at this proxy again: a name may lead here as well as an address.
    func isItself(_ endpoint: Endpoint, reachedFrom own: Endpoint?) -> Bool {
        listeners.contains { listener in
            guard listener.endpoint.port == endpoint.port else { return false }
            let isAnywhere = listener.endpoint.low & 0xffff_ffff == 0 && listener.endpoint.high == 0
            let isHere = endpoint.isLoopback || endpoint.high == own?.high && endpoint.low == own?.low
            return listener.endpoint == endpoint || isAnywhere && isHere
        }
    }

    /// Whether TLS of a host is to be read.
    func intercepts(_ host: String) -> Bool {
        options.interceptedHosts.contains { matches(host, glob: $0) }
    }

    // MARK: Observers

    private var everyone: [any RelayObserver] { recorder.map { [$0] + observers } ?? observers }

    func tell(_ event: RelayEvent, on relay: Relay) { tell(event, on: relay.info.id) }

    func tell(_ event: RelayEvent, on id: Int) {
        recorder?.take(event, on: id, at: now)
        for observer in observers { observer.take(event, on: id, at: now) }
        tally.count(event)
    }

    func note(_ text: String, on relay: Relay) { tell(.note(text), on: relay) }

    /// A remark that belongs to no connection.
    func note(_ text: String) {
        for observer in everyone { observer.take(note: text, at: now) }
    }

    func show(_ bytes: Span<UInt8>, on id: Int, from side: Side) {
        pieces &+= 1
        recorder?.relayed(bytes, on: id, from: side, at: now)
        for observer in observers { observer.relayed(bytes, on: id, from: side, at: now) }
    }
}
