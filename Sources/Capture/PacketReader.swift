package import Wire

/// Reads the packets of a capture file, pcap or pcapng, from pieces of it.
///
/// Laws: bytes are consumed once and in order; the caller keeps what was not consumed and feeds it again with more
/// behind it. What is not consumed is never longer than one packet at its limit. After an error nothing more is read.
package struct PacketReader: Sendable {
    /// What a piece of a capture is.
    package enum Item: Sendable {
        /// A packet; its captured bytes stand beside it.
        case packet(Packet)
        /// Whole lines of key log text from a Decryption Secrets Block.
        case keyLog
        /// What a recording of our own says was changed on the way (`RecordingComment`): a sentence's beginning.
        case change
    }

    /// What stands next in the file.
    private enum Phase: Equatable {
        case beginning
        case pcap
        case pcapng
        /// Inside a record that is not wanted whole. What follows it is of the phase kept in `format`.
        case skipping(Passage)
    }

    /// A record that is passed over, or handed out in pieces, because it is too long to wait for.
    struct Passage: Equatable, Sendable {
        /// Bytes of the record yet to come, without the trailing length.
        var remaining: Int
        /// Of these, how many come first and are key log text.
        var keyLogBytes = 0
        /// The length that the trailer must repeat; nil in a pcap.
        var trailer: Int?
        /// The block's type.
        var type: UInt32 = 0
        /// Bytes of the whole record.
        var total: Int
        /// Where it begins in the file.
        var start: Int
    }

    private let limits: Limits
    private let input: Int
    private var phase = Phase.beginning
    private var pcap: PcapLayout?
    private var failure: CaptureError?
    /// Bytes of the file consumed before the bytes of the present `scan`.
    private var consumedBefore = 0
    /// The byte order of the present pcapng section.
    private var order = ByteOrder.big
    /// The interfaces of the present pcapng section.
    private var interfaces: [PcapngInterface] = []
    private var interfaceCount = 0

    /// Packets met so far: the number of the last frame.
    package private(set) var packetCount = 0
    /// Packets that were passed over because they are longer than `Limits.packetBytes`, or of an interface past
    /// `Limits.interfaces`. They are counted in `packetCount`.
    package private(set) var skippedPackets = 0
    /// What the file turned out to be; nil before its beginning was read.
    package private(set) var format: CaptureFormat?

    /// A reader at the beginning of a file. `input` is the index that its frames will carry.
    package init(limits: Limits, input: Int = 0) {
        self.limits = limits
        self.input = input
    }

    /// Reads as many packets as `bytes` hold whole.
    /// Shape: `each` gets every packet with its captured bytes, and the text of Decryption Secrets Blocks at
    /// the place where they stand in the file, whole lines at a time. Answers the number of bytes consumed.
    /// Throws: where the file is damaged or, with `isLast`, ends too soon; packets before that were delivered.
    package mutating func scan(
        _ bytes: Span<UInt8>, isLast: Bool, each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) -> Int {
        if let failure { throw failure }
        do throws(CaptureError) {
            let consumed = try advance(bytes, isLast: isLast, each: each)
            consumedBefore += consumed
            return consumed
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func advance(
        _ bytes: Span<UInt8>, isLast: Bool, each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) -> Int {
        var position = 0
        while true {
            let before = (position, phase)
            switch phase {
            case .beginning: position = try begin(bytes)
            case .pcap: position = scanRecords(bytes, from: position, each: each)
            case .pcapng: position = try scanBlocks(bytes, from: position, each: each)
            case .skipping(let passage):
                position = try skip(passage, bytes, from: position, isLast: isLast, each: each)
            }
            if before == (position, phase) { break }
        }
        if isLast { try checkEnd(bytes, from: position) }
        return position
    }

    private mutating func begin(_ bytes: Span<UInt8>) throws(CaptureError) -> Int {
        guard 4 <= bytes.count else { return 0 }
        format = CaptureFormat.detect(bytes)
        switch format {
        case .pcapng:
            phase = .pcapng
            return 0
        case .pcap:
            guard PcapLayout.fileHeaderBytes <= bytes.count else { return 0 }
            guard var layout = PcapLayout(magic: bytes.big32(0)) else { throw .notACapture }
            let (major, minor) = (bytes.integer16(4, layout.order), bytes.integer16(6, layout.order))
            guard major == 2 else { throw .versionUnknown(major: major, minor: minor, offset: 0) }
            // The upper half tells of frame check sequences, which IP lengths exclude anyway.
            layout.linkType = Int(bytes.integer32(20, layout.order) & 0xffff)
            pcap = layout
            phase = .pcap
            return PcapLayout.fileHeaderBytes
        case .gzip, .zstd, nil: throw .notACapture
        }
    }

    /// Says what the bytes that are left over at the end of the file lack.
    private func checkEnd(_ bytes: Span<UInt8>, from position: Int) throws(CaptureError) {
        let present = bytes.count - position
        let offset = consumedBefore + position
        switch phase {
        case .beginning:
            guard format == .pcap else { throw .notACapture }
            throw .cutShort(needed: PcapLayout.fileHeaderBytes, present: present, offset: 0)
        case .pcap:
            guard 0 < present, let pcap else { return }
            let header = pcap.recordHeaderBytes
            let needed =
                header <= present ? header + Int(bytes.integer32(position + 8, pcap.order)) : header
            throw .cutShort(needed: needed, present: present, offset: offset)
        case .pcapng:
            guard 0 < present else { return }
            let needed = 12 <= present ? Int(bytes.integer32(position + 4, blockOrder(bytes, position))) : 12
            throw .cutShort(needed: needed, present: present, offset: offset)
        case .skipping(let passage):
            let missing = passage.remaining + (passage.trailer == nil ? 0 : 4)
            throw .cutShort(
                needed: passage.total, present: passage.total - missing + present, offset: passage.start)
        }
    }
}

// MARK: - pcap

extension PacketReader {
    private mutating func scanRecords(
        _ bytes: Span<UInt8>, from start: Int, each: (Item, Span<UInt8>) -> Void
    ) -> Int {
        guard let pcap else { return start }
        let (order, unit, header) = (pcap.order, pcap.fractionUnit, pcap.recordHeaderBytes)
        var packet = Packet(
            frame: Frame(input: input, number: packetCount), at: nil, linkType: pcap.linkType, wireLength: 0)
        var position = start
        while header <= bytes.count - position {
            let length = Int(bytes.integer32(position + 8, order))
            guard length <= limits.packetBytes else {
                packet.frame.number += 1
                skippedPackets += 1
                phase = .skipping(
                    Passage(
                        remaining: header + length, total: header + length, start: consumedBefore + position))
                break
            }
            guard header + length <= bytes.count - position else { break }
            packet.frame.number += 1
            packet.at = Timestamp(
                nanoseconds: Int64(bytes.integer32(position, order)) * 1_000_000_000
                    + Int64(bytes.integer32(position + 4, order)) * unit)
            packet.wireLength = max(length, Int(bytes.integer32(position + 12, order)))
            let data = position + header
            position = data + length
            each(.packet(packet), bytes.extracting(data..<position))
        }
        packetCount = packet.frame.number
        return position
    }

    private mutating func skip(
        _ passage: Passage, _ bytes: Span<UInt8>, from start: Int, isLast: Bool,
        each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) -> Int {
        var (passage, position) = (passage, start)
        if 0 < passage.keyLogBytes {
            let taken = lines(bytes, from: position, upTo: passage.keyLogBytes)
            if 0 < taken { each(.keyLog, bytes.extracting(position..<position + taken)) }
            position += taken
            passage.keyLogBytes -= taken
            passage.remaining -= taken
        }
        if passage.keyLogBytes == 0 {
            let taken = min(passage.remaining, bytes.count - position)
            position += taken
            passage.remaining -= taken
        }
        phase = .skipping(passage)
        guard passage.remaining == 0 else { return position }
        guard let expected = passage.trailer else {
            phase = .pcap
            return position
        }
        guard 4 <= bytes.count - position else { return position }
        let trailing = Int(bytes.integer32(position, order))
        guard trailing == expected else {
            throw .blockLengthsDiffer(
                leading: expected, trailing: trailing, type: passage.type, offset: passage.start)
        }
        phase = .pcapng
        return position + 4
    }

    /// How many bytes of at most `limit` are whole lines; all of them at their end, or when no line ends in them.
    private func lines(_ bytes: Span<UInt8>, from start: Int, upTo limit: Int) -> Int {
        let available = min(limit, bytes.count - start)
        guard available < limit else { return available }
        var end = start + available
        while start < end, bytes[end - 1] != 0x0a { end -= 1 }
        return start < end || available < PcapngLayout.packetOptionBytes ? end - start : available
    }
}

// MARK: - pcapng

extension PacketReader {
    /// The byte order of the block at `position`, which a section header tells itself. 12 bytes are there.
    private func blockOrder(_ bytes: Span<UInt8>, _ position: Int) -> ByteOrder {
        guard bytes.big32(position) == PcapngLayout.sectionHeader else { return order }
        return bytes.big32(position + 8) == PcapngLayout.byteOrderMagic ? .big : .little
    }

    private mutating func scanBlocks(
        _ bytes: Span<UInt8>, from start: Int, each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) -> Int {
        var position = start
        while 12 <= bytes.count - position {
            let order = blockOrder(bytes, position)
            let type = bytes.integer32(position, order)
            let length = Int(bytes.integer32(position + 4, order))
            let offset = consumedBefore + position
            if type == PcapngLayout.sectionHeader {
                let magic = bytes.integer32(position + 8, order)
                guard magic == PcapngLayout.byteOrderMagic else {
                    throw .byteOrderUnknown(magic: magic, offset: offset)
                }
                self.order = order
            }
            guard 12 <= length, length % 4 == 0 else {
                throw .blockLengthImpossible(length: length, type: type, offset: offset)
            }
            guard length <= limits.packetBytes + PcapngLayout.packetOptionBytes else {
                guard let passage = passage(bytes, position, type: type, length: length) else { break }
                phase = .skipping(passage)
                return position + 16
            }
            guard length <= bytes.count - position else { break }
            let trailing = Int(bytes.integer32(position + length - 4, order))
            guard trailing == length else {
                throw .blockLengthsDiffer(leading: length, trailing: trailing, type: type, offset: offset)
            }
            let body = bytes.extracting(position + 8..<position + length - 4)
            try take(body, type: type, offset: offset, each: each)
            position += length
        }
        return position
    }

    /// How a block that is too long to wait for is passed over after its first 16 bytes; nil until these are there.
    private mutating func passage(
        _ bytes: Span<UInt8>, _ position: Int, type: UInt32, length: Int
    ) -> Passage? {
        guard 16 <= bytes.count - position else { return nil }
        var passage = Passage(
            remaining: length - 20, trailer: length, type: type, total: length,
            start: consumedBefore + position)
        switch type {
        case PcapngLayout.packet, PcapngLayout.simplePacket, PcapngLayout.enhancedPacket:
            packetCount += 1
            skippedPackets += 1
        case PcapngLayout.decryptionSecrets
        where bytes.integer32(position + 8, order) == PcapngLayout.tlsKeyLog:
            passage.keyLogBytes = min(Int(bytes.integer32(position + 12, order)), length - 20)
        default: break
        }
        return passage
    }

    private mutating func take(
        _ body: Span<UInt8>, type: UInt32, offset: Int, each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) {
        func check(_ needed: Int) throws(CaptureError) {
            guard needed <= body.count else {
                throw .blockTooShort(length: body.count + 12, needed: needed + 12, type: type, offset: offset)
            }
        }
        switch type {
        case PcapngLayout.enhancedPacket:
            try check(20)
            let length = Int(body.integer32(12, order))
            try check(20 + length)
            try deliver(
                body, 20..<20 + length, interface: Int(body.integer32(0, order)), ticksAt: 4,
                wireLength: Int(body.integer32(16, order)), offset: offset, each: each)
            forEachChange(in: body, optionsAt: 20 + (length + 3) & ~3, order: order) { each(.change, $0) }
        case PcapngLayout.packet:
            try check(20)
            let length = Int(body.integer32(12, order))
            try check(20 + length)
            try deliver(
                body, 20..<20 + length, interface: body.integer16(0, order), ticksAt: 4,
                wireLength: Int(body.integer32(16, order)), offset: offset, each: each)
        case PcapngLayout.simplePacket:
            try check(4)
            let wireLength = Int(body.integer32(0, order))
            // Its captured length is not written: the snap length of interface 0 tells, and the block's end.
            let snapLength = interfaces.first?.snapLength ?? 0
            let kept = snapLength == 0 ? wireLength : min(wireLength, snapLength)
            let length = min(kept, body.count - 4)
            try deliver(
                body, 4..<4 + length, interface: 0, ticksAt: nil, wireLength: wireLength, offset: offset,
                each: each)
        case PcapngLayout.interfaceDescription:
            try check(8)
            interfaceCount += 1
            if interfaces.count < limits.interfaces {
                interfaces.append(PcapngInterface(body, order: order))
            }
        case PcapngLayout.sectionHeader:
            try check(16)
            let (major, minor) = (body.integer16(4, order), body.integer16(6, order))
            guard major == 1 else { throw .versionUnknown(major: major, minor: minor, offset: offset) }
            interfaces.removeAll(keepingCapacity: true)
            interfaceCount = 0
        case PcapngLayout.decryptionSecrets:
            try check(8)
            let length = Int(body.integer32(4, order))
            try check(8 + length)
            if body.integer32(0, order) == PcapngLayout.tlsKeyLog {
                each(.keyLog, body.extracting(8..<8 + length))
            }
        case _ where PcapngLayout.numberedBlocks.contains(type): packetCount += 1
        default: break  // Names, statistics, comments, and kinds yet to be invented.
        }
    }

    @inline(__always) private mutating func deliver(
        _ body: Span<UInt8>, _ data: Range<Int>, interface number: Int, ticksAt ticks: Int?, wireLength: Int,
        offset: Int, each: (Item, Span<UInt8>) -> Void
    ) throws(CaptureError) {
        guard number < interfaceCount else {
            throw .interfaceUnknown(number: number, count: interfaceCount, offset: offset)
        }
        packetCount += 1
        guard number < interfaces.count, data.count <= limits.packetBytes else {
            skippedPackets += 1
            return
        }
        let at = ticks.map { position in
            interfaces[number].time(
                ofTicks: UInt64(body.integer32(position, order)) << 32
                    | UInt64(body.integer32(position + 4, order)))
        }
        var packet = Packet(
            frame: Frame(input: input, number: packetCount), at: at, linkType: interfaces[number].linkType,
            wireLength: max(data.count, wireLength))
        packet.isDecrypted = interfaces[number].isDecrypted
        each(.packet(packet), body.extracting(data))
    }
}
