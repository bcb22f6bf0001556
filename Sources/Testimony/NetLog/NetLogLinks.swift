import Wire

/// Which socket a request runs on: request, job, connect job, socket, each of which names only the next.
struct NetLogLinks {
    private var socketOfJob: LiveTable<Int>
    private var connectJobOfJob: LiveTable<Int>
    private var socketOfConnectJob: LiveTable<Int>

    init(limits: Limits) {
        socketOfJob = LiveTable(capacity: limits.liveSources)
        connectJobOfJob = LiveTable(capacity: limits.liveSources)
        socketOfConnectJob = LiveTable(capacity: limits.liveSources)
    }

    /// How many links are held.
    var count: Int { socketOfJob.count + connectJobOfJob.count + socketOfConnectJob.count }

    /// Takes an event that links two sources.
    mutating func take(_ event: NetLogEvent) {
        guard let other = event.dependency else { return }
        switch event.kind {
        case .boundToConnectJob: _ = connectJobOfJob.insert(other, event.source)
        case .boundToSocket: _ = socketOfJob.insert(other, event.source)
        case .socketInUse where event.phase == .begin: _ = socketOfJob.insert(event.source, other)
        case .connectJobSocket: _ = socketOfConnectJob.insert(other, event.source)
        case .socketAlive where event.phase == .begin: _ = socketOfConnectJob.insert(event.source, other)
        default: break
        }
    }

    /// The socket that a job got, or that was tried for it last.
    func socket(ofJob job: Int) -> Int? {
        socketOfJob[job] ?? connectJobOfJob[job].flatMap { socketOfConnectJob[$0] }
    }
}
