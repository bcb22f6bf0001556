package import Wire

/// Counts what came to the proxy, for the words at the end of a run.
package final class ConnectionCensus: RelayObserver {
    private var connections: [Int: RelayedConnection] = [:]
    /// Connections by target; those that named none under the empty name.
    package private(set) var byTarget: [String: Int] = [:]
    /// Connections in all.
    package private(set) var count = 0
    /// Of these, clients that broke off TLS.
    package private(set) var distrusting = 0
    /// Of these, tunnels that were not read.
    package private(set) var unread = 0

    /// Targets that are told apart.
    private static let mostTargets = 1000

    /// Nothing counted yet.
    package init() {}

    /// Takes an event of a connection.
    package func take(_ event: RelayEvent, on id: Int, at time: Timestamp) {
        switch event {
        case .opened(let info):
            count += 1
            connections[id] = info
        case .updated(let info): connections[id] = info
        case .handshakeFailed(with: .client, _, _): distrusting += 1
        case .closed:
            guard let info = connections.removeValue(forKey: id) else { return }
            if info.isTunnelled { unread += 1 }
            if byTarget[info.target] != nil || byTarget.count < Self.mostTargets {
                byTarget[info.target, default: 0] += 1
            }
        default: break
        }
    }

    /// Bytes are not counted.
    package func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp) {}
}
