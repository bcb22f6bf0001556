import Capture
import Case
import TLS
import TestSupport
import Testing
import Wire

/// Other projects' captures: as many streams are decrypted as their table says.
struct CorpusTests {
    /// One line of the table.
    struct Line: Sendable, CustomStringConvertible {
        var capture: String
        var keyLog: String?
        var decrypted: Int
        var suites: String
        var description: String { capture }
    }

    static let lines: [Line] = {
        guard let table = Corpus.bytes("expected-tls.tsv") else { return [] }
        return String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard 5 <= fields.count, let decrypted = Int(fields[3]) else { return nil }
            if fields[1].contains("keys_list") || fields[1].contains("tls.psk") { return nil }
            let keyLog = fields[1].split(separator: " ")
                .first { $0.hasPrefix("tls.keylog_file:") }?.split(separator: ":").last
            return Line(
                capture: fields[0], keyLog: keyLog.map(String.init), decrypted: decrypted, suites: fields[4])
        }
    }()

    @Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"), arguments: lines)
    func `as many streams are decrypted as the table says`(_ line: Line) throws {
        let capture = try #require(Corpus.unpacked(line.capture))
        var taker = Taker()
        if let keyLog = line.keyLog.flatMap(Corpus.bytes) { taker.keys.add(keyLog.span, limits: .standard) }
        var reader = PacketReader(limits: .standard)
        var assembler = StreamAssembler(limits: .standard, seed: 4)
        do throws(CaptureError) {
            _ = try reader.scan(capture.span, isLast: true) { item, data in
                switch item {
                case .packet(let packet): assembler.receive(packet, data, into: &taker)
                case .keyLog: taker.keys.add(data, limits: .standard)
                case .change: break
                }
            }
        } catch {
            // What came before the damage counts.
        }
        assembler.finish(into: &taker)
        #expect(line.decrypted <= taker.decrypted + taker.unavailable, "\(taker.described)")
    }
}

/// Reads every stream that begins like TLS.
private struct Taker: StreamSink {
    var keys = KeyLog()
    var live: [Int: TLSConnection] = [:]
    var summaries: [TLSSummary] = []
    var plaintext: [UInt8] = []

    /// Streams whose cipher the library was built without, as Debian's is without IDEA.
    var unavailable: Int {
        summaries.filter { cipherSuiteName($0.cipherSuite ?? 0).contains("_IDEA_") }.count
    }
    var decrypted: Int { summaries.filter { $0.decryption == .decrypted }.count }
    var described: String {
        summaries.filter { $0.decryption != .decrypted }.map {
            "\(cipherSuiteName($0.cipherSuite ?? 0)) \($0.decryption)"
        }.joined(separator: ", ")
    }

    mutating func streamOpened(_ stream: StreamID, _ facts: StreamFacts) {}
    mutating func streamTurned(_ stream: StreamID, _ facts: StreamFacts) {}

    mutating func streamReceived(
        _ stream: StreamID, _ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, frame: Frame
    ) {
        if live[stream.number] == nil {
            guard TLSConnection.looksLikeTLS(bytes) == true else { return }
            live[stream.number] = TLSConnection(limits: .standard)
        }
        live[stream.number]?.receive(
            bytes, from: side, at: time, place: .frame(frame.number, stream: stream.number, input: 0),
            keys: keys, into: &plaintext)
        plaintext.removeAll(keepingCapacity: true)
    }

    mutating func streamMissing(_ stream: StreamID, bytes: Int, from side: Side, frame: Frame) {
        live[stream.number]?.skipped(bytes: bytes, from: side)
    }

    mutating func streamEnded(
        _ stream: StreamID, by side: Side, isReset: Bool, at time: Timestamp?, frame: Frame
    ) {}

    mutating func streamClosed(_ stream: StreamID, _ facts: StreamFacts) {
        if let connection = live.removeValue(forKey: stream.number) { summaries.append(connection.summary) }
    }
}
