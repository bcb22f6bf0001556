import Capture
import Crypto
import TestSupport
import Testing
import Wire

/// What a program makes of a capture file: packets through assembly, up to its damage.
private func assembledFile(_ bytes: [UInt8]) -> (told: Collector, packets: Int, error: CaptureError?) {
    var reader = PacketReader(limits: .standard)
    var assembler = StreamAssembler(limits: .standard, seed: 4)
    var collector = Collector()
    var failure: CaptureError?
    do throws(CaptureError) {
        _ = try reader.scan(bytes.span, isLast: true) { item, data in
            if case .packet(let packet) = item { assembler.receive(packet, data, into: &collector) }
        }
    } catch {
        failure = error
    }
    assembler.finish(into: &collector)
    return (collector, reader.packetCount, failure)
}

private func digits(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// One line of expected-streams.tsv.
struct ExpectedStream: CustomTestStringConvertible {
    var capture: String
    var stream: Int
    var first: String
    var bytes: [(count: Int, hash: String)]
    var testDescription: String { "\(capture) stream \(stream)" }

    /// Netlink and WireGuard are not decoded; the last one stops at its first gap in the table, and goes on here.
    static let different = [
        "netlink-nflog.pcap", "netlink-conntrack.pcap", "wireguard-ping-tcp-dsb.pcapng",
        "unidirectional_tcp_stream_with_missing_packet.pcap",
    ]

    static var all: [ExpectedStream] {
        guard let table = Corpus.bytes("expected-streams.tsv") else { return [] }
        return String(decoding: table, as: UTF8.self).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            // Where bytes are missing the hash is over a sentence of the program that made it.
            guard 9 <= cells.count, let stream = Int(cells[1]), cells[8] == "0",
                !different.contains(where: { cells[0].hasSuffix($0) })
            else { return nil }
            return ExpectedStream(
                capture: cells[0], stream: stream, first: cells[2],
                bytes: [(Int(cells[4]) ?? -1, cells[5]), (Int(cells[6]) ?? -1, cells[7])])
        }
    }
}

@Suite("The corpus of other projects", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct CorpusTests {
    @Test("Streams are what the table says", arguments: ExpectedStream.all)
    func streams(_ expected: ExpectedStream) throws {
        let file = try #require(Corpus.unpacked(expected.capture))
        let told = assembledFile(file).told
        #expect(told.broken == [])
        let stream = try #require(told.streams[expected.stream])
        let clientIsFirst = stream.facts.client.description == expected.first
        #expect(clientIsFirst || stream.facts.server.description == expected.first)
        for (side, expected) in zip(
            [Side.client, .server], clientIsFirst ? expected.bytes : expected.bytes.reversed())
        {
            #expect(stream.bytes[side].count == expected.count)
            let bytes = stream.bytes[side]
            let hash = digest(.sha1, bytes.span)
            #expect(digits(hash) == expected.hash)
        }
    }

    /// Small captures of many kinds.
    static let small = [
        "wireshark/http-ooo.pcap", "wireshark/dhcp-nanosecond.pcapng", "wireshark/many_interfaces.pcapng.1",
        "fq/format/pcap/testdata/sll2_tcp.pcap", "fq/format/pcap/testdata/tcp-ipv4frag.pcap",
        "zeek/websocket/reply-ping-coalesced.pcap",
        "pcapsql/fuzz/corpus/fuzz_pcap_reader/gre_keyed.pcap",
        "pcapsql/fuzz/corpus/fuzz_pcap_reader/vxlan_simple.pcap",
    ]

    @Test("Cut after each packet and at random bytes, damaged anywhere: no trap", arguments: small)
    func damage(_ name: String) throws {
        let file = try #require(Corpus.unpacked(name))
        var random = SeededRandom(seed: 8)
        let whole = assembledFile(file)
        for _ in 0..<40 {
            let cut = assembledFile(Array(file[..<random.below(file.count)]))
            #expect(cut.told.broken == [])
            #expect(cut.packets <= whole.packets)
        }
        for copy in damaged(file, copies: 60, seed: 9) { #expect(assembledFile(copy).told.broken == []) }
    }

    @Test("The blocks of the pcapng test generator, either order, read to their end")
    func generator() throws {
        let root = try #require(Corpus.root)
        for order in ["be", "le"] {
            for folder in ["basic", "advanced", "difficult"] {
                let path = "pcapng-test-generator/output_\(order)/\(folder)"
                for name in TestFile.names(in: root + "/" + path) where name.hasSuffix(".pcapng") {
                    let file = try #require(Corpus.bytes("\(path)/\(name)"))
                    #expect(assembledFile(file).error == nil, "\(path)/\(name)")
                }
            }
        }
    }
}
