import Capture
import TestSupport
import Testing
import Wire

private let conversation = Dialogue().packets(
    "c S\ns SA\nc A\nc A 'GET\ns A 'HTTP\nc A 'more\ns A 'answer\nc FA\ns FA\nc A")

private func bytes(_ told: Collector) -> [String] {
    told.streams.keys.sorted().map { number in
        told.streams[number].map {
            String(decoding: $0.bytes.client + [0x2f] + $0.bytes.server, as: UTF8.self) + " \($0.facts.end)"
        } ?? ""
    }
}

@Suite("Layers")
struct LayerTests {
    @Test("Every link layer and tunnel leads to the same stream", arguments: TestLink.allCases)
    func links(_ link: TestLink) {
        for content in [CaptureContent(packets: conversation), CaptureContent(packets: conversation).asIPv6] {
            let (told, census) = assembled(content.relinked(link).packets)
            #expect(bytes(told) == ["GETmore/HTTPanswer finished"])
            #expect(census.malformedPackets == 0)
            #expect(told.broken == [])
        }
    }

    @Test("Every link layer cut at every byte is no trap", arguments: TestLink.allCases)
    func cuts(_ link: TestLink) {
        for content in [CaptureContent(packets: conversation), CaptureContent(packets: conversation).asIPv6] {
            let packets = content.relinked(link).packets
            for length in 0..<(packets.map(\.bytes.count).max() ?? 0) {
                #expect(assembled(packets.map { $0.cut(to: length) }).told.broken == [])
                let short = packets.map { packet in
                    TestPacket(
                        at: packet.at, linkType: packet.linkType, bytes: Array(packet.bytes.prefix(length)))
                }
                #expect(assembled(short).told.broken == [])
            }
        }
    }

    @Test("Every link layer with damaged bytes is no trap", arguments: TestLink.allCases)
    func damages(_ link: TestLink) {
        let packets = CaptureContent(packets: conversation).relinked(link).packets
        for seed in 0..<20 {
            let broken = packets.enumerated().map { index, packet in
                var copy = packet
                copy.bytes = damaged(packet.bytes, copies: 1, seed: UInt64(seed * 100 + index))[0]
                return copy
            }
            #expect(assembled(broken).told.broken == [])
        }
    }

    @Test("Fragments in any order", arguments: [8, 16, 24, 1480])
    func fragments(_ size: Int) {
        for content in [CaptureContent(packets: conversation), CaptureContent(packets: conversation).asIPv6] {
            for isReversed in [false, true] {
                let (told, census) = assembled(content.fragmented(size: size, isReversed: isReversed).packets)
                #expect(bytes(told) == ["GETmore/HTTPanswer finished"])
                #expect(census.incompleteDatagrams == 0)
            }
            #expect(bytes(assembled(content.fragmented(size: size).duplicated.packets).told).count <= 2)
        }
    }

    @Test("A fragment that never comes is counted, and endless fragments stay within their bound")
    func endlessFragments() throws {
        let segment = try #require(Dialogue().segments("c A '" + String(repeating: "x", count: 400)).first)
        var limits = Limits.standard
        limits.fragmentBytes = 10_000
        let packets = (0..<1000).map { segment.fragments(size: 200, identification: $0)[1] }
        let (told, census) = assembled(packets, limits: limits)
        #expect(told.streams.isEmpty)
        #expect(census.incompleteDatagrams == 1000)
    }

    @Test("A flood of the smallest fragments takes no time to speak of")
    func smallFragments() throws {
        let segment = try #require(Dialogue().segments("c A 'abcdefgh").first)
        let packets = (0..<30_000).map { segment.fragments(size: 8, identification: $0 & 0xffff)[$0 % 4] }
        let (told, census) = assembled(packets)
        #expect(told.streams.isEmpty)
        #expect(census.fragments == 30_000 && 0 < census.incompleteDatagrams)
    }

    @Test("Header options and extension headers are stepped over")
    func options() throws {
        let segment = try #require(Dialogue().segments("c A 'abc").first)
        let wide = ipv4(
            transport: 6, segment.tcp, segment.source, segment.destination, options: [1, 1, 1, 1, 7, 4, 4, 0])
        let six = try #require(TestSegment(CaptureContent(packets: [segment.packet()]).asIPv6.packets[0]))
        let hop: [UInt8] = [43, 0, 1, 4, 0, 0, 0, 0]
        let routing: [UInt8] = [60, 1] + [UInt8](repeating: 0, count: 14)
        let destination: [UInt8] = [51, 0, 1, 4, 0, 0, 0, 0]
        let authentication: [UInt8] = [44, 4] + [UInt8](repeating: 0, count: 22)
        let atomic: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 1]
        let chain = ipv6(
            next: 0, hop + routing + destination + authentication + atomic + six.tcp, six.source,
            six.destination)
        for packet in [wide, chain] {
            let told = assembled([TestPacket(at: segment.at, linkType: 101, bytes: packet)]).told
            #expect(told.streams[0]?.bytes.client == Array("abc".utf8))
        }
    }

    @Test("Tunnels are opened no deeper than their bound")
    func depth() throws {
        let segment = try #require(Dialogue().segments("c A 'abc").first)
        var packet = ipv4(transport: 6, segment.tcp, segment.source, segment.destination)
        for _ in 1..<8 { packet = ipv4(transport: 4, packet, segment.source, segment.destination) }
        #expect(assembled([TestPacket(at: segment.at, linkType: 101, bytes: packet)]).told.streams.count == 1)
        packet = ipv4(transport: 4, packet, segment.source, segment.destination)
        let (told, census) = assembled([TestPacket(at: segment.at, linkType: 101, bytes: packet)])
        #expect(told.streams.isEmpty)
        #expect(census.tooDeepPackets == 1)
    }

    @Test("Unknown link types are counted by number, QUIC is seen")
    func others() {
        let packet = TestPacket(at: Timestamp(seconds: 1), linkType: 147, bytes: [1, 2, 3])
        #expect(assembled([packet, packet]).census.unknownLinkTypes == [147: 2])
        let quic = ipv4(
            transport: 17, [0xc0, 0, 1, 0xbb, 0, 20, 0, 0, 0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6],
            Dialogue().client, Dialogue().server)
        let census = assembled([TestPacket(at: Timestamp(seconds: 1), linkType: 101, bytes: quic)]).census
        #expect(census.quicPackets == 1)
        #expect(census.firstQUIC?.number == 1)
    }
}
