import Capture
import TestSupport
import Testing
import Wire

@Suite("Bounds of assembly")
struct BoundTests {
    /// Many conversations whose packets interleave, with gaps, disorder, FIN and RST.
    private func crowd(_ count: Int) -> [TestPacket] {
        var random = SeededRandom(seed: 3)
        var queues = (0..<count).map { index -> [TestPacket] in
            var dialogue = Dialogue()
            dialogue.client.port = UInt16(40_000 + index % 20_000)
            dialogue.client.low += UInt64(index / 20_000)
            let end = ["c FA\ns FA\nc A", "s RA", "c A 'open", ""][index % 4]
            return dialogue.packets(
                "c S\ns SA\nc A\nc A @3 'two\nc A @0 'one\ns A 'ok\nc A @9 'four\ns A\n" + end)
        }
        var packets: [TestPacket] = []
        while !queues.isEmpty {
            let index = random.below(min(64, queues.count))
            packets.append(queues[index].removeFirst())
            if queues[index].isEmpty { queues.remove(at: index) }
        }
        return packets
    }

    @Test("Shards see the same numbers, and together deliver what one assembler does")
    func shards() {
        var limits = Limits.standard
        for connections in [50, 65_536] {
            limits.liveConnections = connections
            limits.closedConnections = 20
            let packets = crowd(500)
            let whole = assembled(packets, limits: limits)
            #expect(whole.told.broken == [])
            for shards in [2, 3] {
                var merged: [Int: Collector.Told] = [:]
                for shard in 0..<shards {
                    let part = assembled(packets, limits: limits, shard: shard, of: shards)
                    #expect(part.told.broken == [])
                    #expect(part.census.streams == whole.census.streams)
                    merged.merge(part.told.streams) { first, _ in first }
                }
                #expect(merged == whole.told.streams)
            }
        }
    }

    @Test("Each stream is closed once, whatever its end")
    func closing() {
        let (told, census) = assembled(crowd(1000))
        #expect(told.streams.values.allSatisfy { $0.isClosed })
        #expect(told.live.isEmpty)
        #expect(told.streams.count == 1000 && census.streams == 1000)
        #expect(told.streams.values.count { $0.facts.end == .finished } == 250)
        #expect(told.streams.values.count { $0.facts.firstReset != nil } == 250)
    }

    @Test("The longest silent stream makes room, with what it held")
    func eviction() {
        var limits = Limits.standard
        limits.liveConnections = 4
        let packets = (0..<10).flatMap { index -> [TestPacket] in
            var dialogue = Dialogue()
            dialogue.client.port = UInt16(40_000 + index)
            return dialogue.packets("c S\nc A @3 'two")
        }
        let (told, census) = assembled(packets, limits: limits)
        #expect(told.broken == [])
        #expect(census.evictedStreams == 6)
        #expect(told.streams.filter { $0.value.facts.end == .evicted }.keys.sorted() == Array(0..<6))
        #expect(told.streams[0]?.story == "<3>two")
    }

    @Test("What waits for a gap stays within the bound of the stream and of all")
    func buffers() {
        // Each piece counts with what it costs to keep it.
        for bound in [\Limits.streamBufferBytes, \Limits.reassemblyBytes] {
            var limits = Limits.standard
            limits[keyPath: bound] = 50_000
            let pieces = (0..<200).map { "c A @\(10 + $0 * 100) '" + String(repeating: "x", count: 100) }
            let (told, census) = assembled(
                Dialogue().packets("c S\ns SA\nc A\n" + pieces.joined(separator: "\n")), limits: limits)
            #expect(told.streams[0]?.missing.client == 10)
            #expect(told.streams[0]?.bytes.client.count == 20_000)
            #expect(census.overfullGaps == 1)
        }
    }

    @Test("A flood of single bytes backwards takes no time to speak of")
    func singleBytes() {
        let pieces = (0..<6000).map { "c A @\(12_000 - 2 * $0) 'x" }
        let (told, census) = assembled(
            Dialogue().packets("c S\ns SA\nc A\n" + pieces.joined(separator: "\n")))
        #expect(told.broken == [])
        #expect(0 < census.overfullGaps)
    }

    @Test("A flood of SYNs is bounded")
    func flood() {
        var limits = Limits.standard
        limits.liveConnections = 1000
        let packets = (0..<20_000).map { index -> TestPacket in
            var dialogue = Dialogue()
            dialogue.client = Endpoint(ipv4: 0x0b00_0000 + UInt32(index), port: 1)
            return dialogue.packets("c S")[0]
        }
        let (told, census) = assembled(packets, limits: limits)
        #expect(census.streams == 20_000)
        #expect(told.broken == [])
        #expect(told.streams.values.allSatisfy { $0.isClosed })
    }
}
