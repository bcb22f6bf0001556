import Capture
import TestSupport
import Wire

/// Keeps everything that assembly tells, and checks the laws of `StreamSink` on the way.
struct Collector: StreamSink, Equatable {
    /// One stream as it was told.
    struct Told: Equatable {
        var facts: StreamFacts
        var bytes = PerSide<[UInt8]>(client: [], server: [])
        var missing = PerSide(client: 0, server: 0)
        /// The number of the packet that carried each piece.
        var frames = PerSide<[Int]>(client: [], server: [])
        var ended = PerSide<String>(client: "", server: "")
        var isClosed = false
        /// Both sides' bytes in the order they came, gaps as `<n>`.
        var story = ""
    }

    var streams: [Int: Told] = [:]
    var live: [Int: Int] = [:]
    var broken: [String] = []
    /// What `sender(ofFirstBytes:)` answers for bytes that begin with "GET" or "HTTP".
    var looksAtContent = false

    mutating func streamOpened(_ stream: StreamID, _ facts: StreamFacts) {
        if live[stream.slot] != nil { broken.append("slot \(stream.slot) is opened twice") }
        if streams[stream.number] != nil { broken.append("number \(stream.number) is opened twice") }
        live[stream.slot] = stream.number
        streams[stream.number] = Told(facts: facts)
    }

    mutating func streamTurned(_ stream: StreamID, _ facts: StreamFacts) {
        check(stream)
        if streams[stream.number]?.story.isEmpty != true { broken.append("turned after bytes") }
        streams[stream.number]?.facts = facts
    }

    mutating func sender(ofFirstBytes bytes: Span<UInt8>) -> Side? {
        guard looksAtContent else { return nil }
        return bytes.starts(with: "GET") ? .client : bytes.starts(with: "HTTP/") ? .server : nil
    }

    mutating func streamReceived(
        _ stream: StreamID, _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, frame: Frame
    ) {
        check(stream)
        if bytes.isEmpty { broken.append("an empty piece") }
        streams[stream.number]?.bytes[side] += bytes.bytes()
        streams[stream.number]?.frames[side].append(frame.number)
        streams[stream.number]?.story += String(decoding: bytes.bytes(), as: UTF8.self)
    }

    mutating func streamMissing(_ stream: StreamID, bytes: Int, from side: Side, frame: Frame) {
        check(stream)
        if bytes < 1 { broken.append("a gap of \(bytes)") }
        streams[stream.number]?.missing[side] += bytes
        streams[stream.number]?.story += "<\(bytes)>"
    }

    mutating func streamEnded(
        _ stream: StreamID, by side: Side, isReset: Bool, at time: Timestamp?, frame: Frame
    ) {
        check(stream)
        if streams[stream.number]?.ended[side] != "" { broken.append("\(side) ended twice") }
        streams[stream.number]?.ended[side] = (isReset ? "reset" : "finished") + " \(frame.number)"
    }

    mutating func streamClosed(_ stream: StreamID, _ facts: StreamFacts) {
        check(stream)
        live[stream.slot] = nil
        streams[stream.number]?.isClosed = true
        streams[stream.number]?.facts = facts
    }

    private mutating func check(_ stream: StreamID) {
        if live[stream.slot] != stream.number { broken.append("stream \(stream.number) is not open") }
    }
}

/// What an assembler makes of packets.
func assembled(
    _ packets: [TestPacket], limits: Limits = .standard, shard: Int = 0, of shards: Int = 1,
    looksAtContent: Bool = false
) -> (told: Collector, census: CaptureCensus) {
    var assembler = StreamAssembler(limits: limits, seed: 99, shard: shard, of: shards)
    var collector = Collector()
    collector.looksAtContent = looksAtContent
    for (index, packet) in packets.enumerated() {
        let head = Packet(
            frame: Frame(input: 0, number: index + 1), at: packet.at, linkType: packet.linkType,
            wireLength: packet.wireLength ?? packet.bytes.count)
        assembler.receive(head, packet.bytes.span, into: &collector)
    }
    assembler.finish(into: &collector)
    return (collector, assembler.census)
}

/// A conversation in words: each line is a packet. `c` and `s` say who sends; then flags `S`, `F`, `R`, `A` (an
/// acknowledgement of all sent so far is put into every packet with `A`), then `@n` the offset of its bytes in the
/// stream of its side, from 0, then its bytes. `^n` acknowledges n bytes instead.
struct Dialogue {
    var client = Endpoint(ipv4: 0x0a00_0001, port: 50_000)
    var server = Endpoint(ipv4: 0x0a00_0002, port: 80)
    var initial = PerSide<UInt32>(client: 1000, server: 9000)

    func segments(_ text: String) -> [TestSegment] {
        var sent = PerSide<UInt32>(client: 0, server: 0)
        var time: Int64 = 0
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            let side: Side = words[0] == "c" ? .client : .server
            var segment = TestSegment(
                source: side == .client ? client : server, destination: side == .client ? server : client,
                sequence: initial[side] &+ 1 &+ sent[side], flags: 0,
                at: Timestamp(nanoseconds: 1_700_000_000_000_000_000 + time))
            time += 1_000_000
            var acknowledged = sent[side.peer]
            for word in words.dropFirst() {
                switch word.first {
                case "@":
                    segment.sequence =
                        initial[side] &+ 1 &+ UInt32(truncatingIfNeeded: Int(word.dropFirst()) ?? 0)
                case "^": acknowledged = UInt32(word.dropFirst()) ?? 0
                case "'": segment.payload = Array(word.dropFirst().utf8)
                default:
                    for letter in word {
                        segment.flags |= ["S": 2, "F": 1, "R": 4, "A": 16][letter] ?? 0
                    }
                }
            }
            if segment.flags & 2 != 0 { segment.sequence = initial[side] }
            if segment.flags & 16 != 0 { segment.acknowledgement = initial[side.peer] &+ 1 &+ acknowledged }
            let end = segment.sequence &- initial[side] &- 1 &+ UInt32(segment.payload.count)
            if segment.flags & 2 == 0, Int32(bitPattern: sent[side] &- end) < 0 { sent[side] = end }
            return segment
        }
    }

    func packets(_ text: String) -> [TestPacket] { segments(text).map { $0.packet() } }
}
