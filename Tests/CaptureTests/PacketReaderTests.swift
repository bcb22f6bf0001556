import Capture
import TestSupport
import Testing
import Wire

/// What a reader made of a file.
private struct Reading: Equatable {
    var packets: [Packet] = []
    var bytes: [[UInt8]] = []
    var keyLog: [UInt8] = []
    var skipped = 0
    var error: CaptureError?
}

/// Reads a file as a program does: what was not consumed is fed again with the next piece behind it.
private func read(_ pieces: [[UInt8]], limits: Limits = .standard) -> Reading {
    var (reader, reading, kept) = (PacketReader(limits: limits), Reading(), [UInt8]())
    for (index, piece) in (pieces + [[]]).enumerated() {
        kept += piece
        do throws(CaptureError) {
            let consumed = try reader.scan(kept.span, isLast: index == pieces.count) { item, data in
                switch item {
                case .keyLog: reading.keyLog += data.bytes()
                case .change: break
                case .packet(let packet):
                    reading.packets.append(packet)
                    reading.bytes.append(data.bytes())
                }
            }
            kept.removeFirst(consumed)
        } catch {
            reading.error = error
            break
        }
    }
    reading.skipped = reader.skippedPackets
    return reading
}

private let content = CaptureContent(
    packets: (1...5).map {
        TestPacket(
            at: Timestamp(nanoseconds: 1_700_000_000_123_456_000 + Int64($0) * 1000), linkType: 113,
            bytes: [UInt8](repeating: UInt8($0), count: $0 * 7), wireLength: $0 == 3 ? 100 : nil)
    }, keyLog: Array("CLIENT_RANDOM 00 11\nCLIENT_RANDOM 22 33\n".utf8))

private func written() -> [(String, [UInt8])] {
    [ByteOrder.big, .little].flatMap { order in
        [false, true].flatMap { nanoseconds in
            [
                ("pcap \(order) ns \(nanoseconds)", content.pcap(order: order, nanoseconds: nanoseconds)),
                ("pcapng \(order) ns \(nanoseconds)", content.pcapng(order: order, nanoseconds: nanoseconds)),
            ]
        }
    }
}

@Suite("Capture files")
struct PacketReaderTests {
    @Test("Every format, order and resolution, in pieces of every kind", arguments: written())
    func formats(name: String, file: [UInt8]) {
        let reading = everyWay(file) { feed in read(feed.pieces) }
        #expect(reading.error == nil)
        #expect(reading.bytes == content.packets.map(\.bytes))
        #expect(reading.packets.map(\.at) == content.packets.map(\.at))
        #expect(reading.packets.map(\.frame.number) == [1, 2, 3, 4, 5])
        #expect(reading.packets.map(\.wireLength) == content.packets.map { $0.wireLength ?? $0.bytes.count })
        #expect(reading.packets.allSatisfy { $0.linkType == 113 })
        #expect(reading.keyLog == (name.hasPrefix("pcapng") ? content.keyLog : []))
    }

    @Test("Cut anywhere, what came before is delivered and the cut is described", arguments: written())
    func cuts(name: String, file: [UInt8]) {
        for length in 0..<file.count {
            let reading = read([Array(file[..<length])])
            #expect(reading.bytes == Array(content.packets.map(\.bytes).prefix(reading.bytes.count)))
            if length < 4 { #expect(reading.error == .notACapture) }
            if case .cutShort(let needed, let present, let offset) = reading.error {
                #expect(present < needed && offset + present == length)
            }
        }
    }

    @Test("Damaged bytes are no trap, and pieces make no difference", arguments: written())
    func damages(name: String, file: [UInt8]) {
        for copy in damaged(file, copies: 300, seed: 5) {
            let whole = read([copy])
            #expect(whole == read(copy.map { [$0] }))
        }
    }

    @Test("Sections and interfaces of their own order, resolution, offset and link type")
    func sections() {
        var file = ByteWriter(order: .big)
        file.section()
        file.interface(linkType: 1)
        file.interface(linkType: 101, resolution: 9, offsetSeconds: 1000)
        file.interface(linkType: 113, resolution: 0x80 | 10, offsetSeconds: -3)
        file.interface(linkType: 276, resolution: 12)
        file.block(type: 5, [1, 2, 3, 4])
        for index in 0..<4 { file.enhanced([1], interface: index, ticks: 5_000_000_000) }
        file.order = .little
        file.section()
        file.interface(linkType: 228, snapLength: 3)
        file.block(type: 0x0bad, [1, 2, 3])
        file.enhanced([2], ticks: 7)
        file.block(type: 3, [5, 0, 0, 0, 9, 8, 7])
        file.block(type: 2, [0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4])
        let reading = everyWay(file.bytes) { read($0.pieces) }
        #expect(reading.error == nil)
        #expect(reading.packets.map(\.linkType) == [1, 101, 113, 276, 228, 228, 228])
        #expect(
            reading.packets.map { $0.at?.nanoseconds } == [
                5_000_000_000_000, 1_005_000_000_000, 4_882_812_500_000_000 - 3_000_000_000, 5_000_000, 7000,
                nil,
                9000,
            ])
        #expect(reading.bytes.suffix(2) == [[9, 8, 7], [4]])
        #expect(reading.packets[5].wireLength == 5)
    }

    @Test("Ticks that no time can hold are held at its bounds")
    func wildTimes() {
        for resolution in [0, 3, 9, 19, 20, 127, 0x80, 0x81, 0xbf, 0xc0, 0xff] as [UInt8] {
            for offset in [nil, Int.max, Int.min] {
                var file = ByteWriter()
                file.section()
                file.interface(linkType: 1, resolution: resolution, offsetSeconds: offset)
                file.enhanced([1], ticks: .max)
                file.enhanced([1], ticks: 0)
                #expect(read([file.bytes]).packets.count == 2)
            }
        }
    }

    @Test("Packets longer than the bound are passed over and counted, in pieces too")
    func longPackets() {
        var limits = Limits.standard
        limits.packetBytes = 20
        for (_, file) in written() {
            let reading = everyWay(file) { read($0.pieces, limits: limits) }
            #expect(reading.error == nil)
            #expect(reading.packets.map(\.frame.number) == [1, 2])
            #expect(reading.skipped == 3)
        }
        var file = ByteWriter()
        file.section()
        file.interface(linkType: 1)
        file.enhanced([UInt8](repeating: 1, count: 70_000), ticks: 1)
        file.enhanced([2], ticks: 2)
        let reading = read(
            stride(from: 0, to: file.bytes.count, by: 999).map { start in
                Array(file.bytes[start..<min(file.bytes.count, start + 999)])
            }, limits: limits)
        #expect(reading.bytes == [[2]] && reading.skipped == 1 && reading.packets[0].frame.number == 2)
    }

    @Test("A long key log comes whole, in lines")
    func longKeyLog() {
        var limits = Limits.standard
        limits.packetBytes = 100
        let text = (0..<2000).map { "CLIENT_RANDOM \($0) 0123456789abcdef0123456789abcdef\n" }.joined()
        var file = ByteWriter()
        file.section()
        file.secrets(Array(text.utf8))
        file.interface(linkType: 1)
        file.enhanced([1], ticks: 1)
        let whole = read([file.bytes], limits: limits)
        let pieces = read(
            stride(from: 0, to: file.bytes.count, by: 777).map { start in
                Array(file.bytes[start..<min(file.bytes.count, start + 777)])
            }, limits: limits)
        for reading in [whole, pieces] {
            #expect(String(decoding: reading.keyLog, as: UTF8.self) == text)
            #expect(reading.bytes == [[1]] && reading.error == nil)
        }
    }

    @Test("Damage is described with its offset and the numbers that disagree")
    func damageIsDescribed() {
        func file(_ build: (inout ByteWriter) -> Void) -> Reading {
            var writer = ByteWriter()
            writer.section()
            writer.interface(linkType: 1)
            writer.enhanced([1], ticks: 1)
            build(&writer)
            return read([writer.bytes])
        }
        let start = 28 + 20 + 36
        let cases: [(Reading, CaptureError)] = [
            (
                file { $0.block(type: 6, [], length: 0xffff_fffc) },
                .cutShort(needed: 0xffff_fffc, present: 12, offset: start)
            ),
            (
                file { $0.block(type: 6, [1], length: 7) },
                .blockLengthImpossible(length: 7, type: 6, offset: start)
            ),
            (
                file { $0.block(type: 99, [1], length: 18) },
                .blockLengthImpossible(length: 18, type: 99, offset: start)
            ),
            (
                file { $0.block(type: 6, [1, 2, 3, 4], trailer: 12) },
                .blockLengthsDiffer(leading: 16, trailing: 12, type: 6, offset: start)
            ),
            (
                file { $0.block(type: 6, [1, 2, 3, 4]) },
                .blockTooShort(length: 16, needed: 32, type: 6, offset: start)
            ),
            (
                file { $0.enhanced([1], interface: 1, ticks: 1) },
                .interfaceUnknown(number: 1, count: 1, offset: start)
            ),
            (
                file { $0.block(type: 0x0a0d_0d0a, [1, 2, 3, 4]) },
                .byteOrderUnknown(magic: 0x0403_0201, offset: start)
            ),
        ]
        for (reading, error) in cases {
            #expect(reading.error == error)
            #expect(reading.bytes == [[1]])
        }
        #expect(read([Array("hello world".utf8)]).error == .notACapture)
        #expect(read([]).error == .notACapture)
    }

    @Test("The beginning tells the format")
    func detection() {
        func detect(_ bytes: [UInt8]) -> CaptureFormat? { CaptureFormat.detect(bytes.span) }
        #expect(detect(content.pcap()) == .pcap)
        #expect(detect(content.pcapng(order: .big)) == .pcapng)
        #expect(detect([0x1f, 0x8b, 8, 0]) == .gzip)
        #expect(detect([0x28, 0xb5, 0x2f, 0xfd]) == .zstd)
        #expect(detect([0x1f, 0x8b]) == nil)
        #expect(detect(Array("GET / HTTP/1.1".utf8)) == nil)
    }
}
