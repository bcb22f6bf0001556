package import Capture
package import Case
import TLS
package import Wire

/// From the bytes of capture files to a case: packets, streams, protocols, attempts. The table of contents of the tool.
///
/// Use: `add(keyLog:)` for every key log, then for every capture `begin`, `scan` until its end, `end`; then `finish`.
/// Sans-IO: the caller reads files and unpacks compressed ones.
package struct Pipeline {
    /// Which packets to look at: the link type, the captured bytes and the length on the wire. Nil takes all.
    package typealias PacketFilter = (_ linkType: Int, _ bytes: Span<UInt8>, _ wireLength: Int) -> Bool

    private let limits: Limits
    private let filter: PacketFilter?
    private var door: Door
    private var assembler: StreamAssembler
    private var reader: PacketReader?
    private var inputs: [Input] = []
    private var keyLogFacts = KeyLogFacts()
    private var lastAt: Timestamp?
    /// What the shards met that were absorbed.
    private var otherShards: [CaptureCensus] = []

    /// A pipeline without inputs.
    /// - Parameters:
    ///   - limits: the bounds of every reader.
    ///   - seed: mixed into hash tables whose keys the capture chooses; no output depends on it.
    ///   - filter: which packets to look at.
    ///   - keepsFramesOfStream: the number of a TCP stream of which every WebSocket frame is wanted.
    ///   - shard: which share of the streams is dissected, of so many. Every shard is fed the same bytes.
    ///   - shelf: where attempts go that do not stay in memory. Nil keeps all of them there.
    package init(
        limits: Limits = .standard, seed: UInt64, filter: PacketFilter? = nil,
        keepsFramesOfStream: Int? = nil,
        shard: Int = 0, of shards: Int = 1, shelf: (any Shelf)? = nil
    ) {
        self.limits = limits
        self.filter = filter
        assembler = StreamAssembler(limits: limits, seed: seed, shard: shard, of: shards)
        door = Door(context: DissectContext(limits: limits, keys: KeyLog(), shelf: shelf))
        door.context.keepsFramesOfStream = keepsFramesOfStream
    }

    /// Reads a key log. The name stands in the report when its keys do not fit.
    package mutating func add(keyLog text: Span<UInt8>, named name: String) {
        begin(keyLog: name)
        add(keyLogLines: text)
    }

    /// Begins a key log that is read in pieces.
    package mutating func begin(keyLog name: String) { keyLogFacts.names.append(name) }

    /// Reads some whole lines of the key log that was begun last.
    package mutating func add(keyLogLines text: Span<UInt8>) { door.context.keys.add(text, limits: limits) }

    /// Lists an input that is no capture: a key log, a profile.
    package mutating func list(_ input: Input) { inputs.append(input) }

    /// Begins a capture file. `name` is what the report calls it.
    package mutating func begin(_ name: String) {
        reader = PacketReader(limits: limits, input: inputs.count)
        inputs.append(Input(name: name, kind: "capture", bytes: 0))
    }

    /// Reads as many packets as `bytes` hold whole; the caller feeds again what was not consumed, with more behind it.
    /// Throws: where the file is damaged or, with `isLast`, ends too soon; what came before stays in the case.
    package mutating func scan(_ bytes: Span<UInt8>, isLast: Bool) throws(CaptureError) -> Int {
        guard var reader = self.reader.take() else { return bytes.count }
        defer { self.reader = reader }
        return try reader.scan(bytes, isLast: isLast) { item, content in
            switch item {
            case .keyLog:
                door.context.keys.add(content, limits: limits)
            case .change: door.context.builder.tally.tellChange(content)
            case .packet(let packet):
                if let filter, !filter(packet.linkType, content, packet.wireLength) { return }
                if let at = packet.at, lastAt.map({ $0 < at }) ?? true { lastAt = at }
                door.packetIsDecrypted = packet.isDecrypted
                assembler.receive(packet, content, into: &door)
            }
        }
    }

    /// Ends the present capture file. `bytes` is its size as it stood on disk.
    /// `damage` is what `scan` threw, if it did: a limit of the answer, not its end.
    package mutating func end(bytes: Int, damage: CaptureError?) {
        guard let reader, let index = inputs.indices.last else { return }
        inputs[index].bytes = bytes
        inputs[index].packets = reader.packetCount
        inputs[index].kind = reader.format.map { "\($0)" } ?? "unknown"
        if let damage {
            door.context.builder.tally.told.append(
                Limit(kind: .inputCutShort, text: describe(damage, in: inputs[index].name)))
        }
        if 0 < reader.skippedPackets {
            door.context.builder.tally.told.append(
                Limit(
                    kind: .boundReached,
                    text:
                        "\(counted(reader.skippedPackets, "packet")) of \(inputs[index].name) "
                        + "\(reader.skippedPackets == 1 ? "was" : "were") passed over: "
                        + "longer than \(limits.packetBytes) bytes."))
        }
        self.reader = nil
    }

    /// Takes over what another shard of the same inputs saw. Both have been fed everything.
    package mutating func absorb(_ other: consuming Pipeline) {
        close()
        other.close()
        door.context.builder.absorb(other.door.context.builder)
        otherShards.append(other.assembler.census)
    }

    private mutating func close() {
        door.context.inputEndedAt = lastAt
        assembler.finish(into: &door)
    }

    /// Everything that was seen, as one case. Nothing may be read after it.
    package mutating func finish() -> CaseFile {
        close()
        var census = assembler.census
        for other in otherShards { census.add(shard: other) }
        door.context.builder.tally.take(census)
        keyLogFacts.sessions = door.context.keys.sessionCount
        keyLogFacts.firstClientRandom = door.context.keys.firstClientRandom ?? ""
        return door.context.builder.finish(inputs: inputs, endedAt: lastAt, keys: keyLogFacts)
    }
}

/// One sentence for a damaged capture: what, where, and that the rest was used.
func describe(_ damage: CaptureError, in name: String) -> String {
    switch damage {
    case .notACapture:
        "\(name) is neither pcap nor pcapng."
    case .versionUnknown(let major, let minor, _):
        "\(name) is pcap version \(major).\(minor); only version 2 is known."
    case .cutShort(let needed, let present, let offset):
        "\(name) is cut short: at byte \(offset) something of \(needed) bytes begins, and \(present) are there. "
            + "Everything before it was read."
    case .blockLengthImpossible(let length, _, let offset):
        "\(name) is damaged: the block at byte \(offset) claims a length of \(length). "
            + "Everything before it was read."
    case .blockLengthsDiffer(let leading, let trailing, _, let offset):
        "\(name) is damaged: the block at byte \(offset) begins with length \(leading) and ends with \(trailing). "
            + "Everything before it was read."
    case .blockTooShort(let length, let needed, _, let offset):
        "\(name) is damaged: the block at byte \(offset) has \(length) bytes and needs \(needed). "
            + "Everything before it was read."
    case .byteOrderUnknown(_, let offset):
        "\(name) is damaged: the section header at byte \(offset) has no known byte order. "
            + "Everything before it was read."
    case .interfaceUnknown(let number, let count, let offset):
        "\(name) is damaged: the packet at byte \(offset) names interface \(number), and \(count) are described. "
            + "Everything before it was read."
    }
}
