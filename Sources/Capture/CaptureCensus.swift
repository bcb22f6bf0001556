/// What was met on the way from packets to streams, counted. Nothing that is left out is left out silently.
package struct CaptureCensus: Sendable, Equatable {
    /// Packets received.
    package var packets = 0
    /// Packets that the snap length cut short.
    package var cutPackets = 0
    /// Packets of link types that are not decoded, by LINKTYPE number.
    package var unknownLinkTypes: [Int: Int] = [:]
    /// Packets whose headers contradict themselves or end too soon.
    package var malformedPackets = 0
    /// Packets with more tunnels inside one another than `Limits.encapsulationDepth`.
    package var tooDeepPackets = 0
    /// IP fragments received.
    package var fragments = 0
    /// Fragmented IP packets that were given up: a fragment never came, or `Limits.fragmentBytes` was reached.
    package var incompleteDatagrams = 0
    /// TCP segments received.
    package var segments = 0
    /// TCP conversations seen; the next stream number.
    package var streams = 0
    /// UDP packets of port 443 that begin a QUIC connection (a long header, RFC 9000 §17.2).
    package var quicPackets = 0
    /// Where the first of them stands.
    package var firstQUIC: Frame?
    /// Streams that were given up because `Limits.liveConnections` was reached.
    package var evictedStreams = 0
    /// Gaps that were declared because `Limits.streamBufferBytes` or `Limits.reassemblyBytes` was reached.
    package var overfullGaps = 0

    /// Nothing was met yet.
    package init() {}

    /// Adds what another shard of the same packets met. Only what is counted by each stream's owner is added; the
    /// rest every shard has met itself.
    package mutating func add(shard other: CaptureCensus) {
        evictedStreams += other.evictedStreams
        overfullGaps += other.overfullGaps
    }
}
