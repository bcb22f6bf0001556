import Case
import Diagnosis
import Testing
import TestSupport
import Wire

@Suite("Captures with something missing or broken")
struct DamageTests {
    @Test("a capture cut after any packet never says more than the whole one", arguments: Corpus.shipped)
    func cutAfterPackets(_ capture: Corpus.Shipped) {
        let content = CaptureContent(reading: capture.bytes)
        let whole = Judged(capture.bytes)
        for count in some(content.packets.indices) {
            let part = CaptureContent(packets: Array(content.packets[..<count]), keyLog: content.keyLog)
            for stronger in Judged(part.pcapng()).strengthened(beyond: whole) {
                Issue.record("after \(count) of \(content.packets.count) packets: \(stronger)")
            }
        }
    }

    @Test("a capture cut at any byte never says more than the whole one", arguments: Corpus.shipped)
    func cutAtBytes(_ capture: Corpus.Shipped) {
        let bytes = capture.bytes
        let whole = Judged(bytes)
        var random = SeededRandom(seed: UInt64(bytes.count))
        for _ in 0..<6 {
            let end = random.below(bytes.count)
            for stronger in Judged(Array(bytes[..<end])).strengthened(beyond: whole) {
                Issue.record("after \(end) of \(bytes.count) bytes: \(stronger)")
            }
        }
    }

    @Test("a capture with any packet lost never says more than the whole one", arguments: Corpus.shipped)
    func packetsLost(_ capture: Corpus.Shipped) {
        let content = CaptureContent(reading: capture.bytes)
        let whole = Judged(capture.bytes)
        for index in some(content.packets.indices) {
            var part = content
            part.packets.remove(at: index)
            for stronger in Judged(part.pcapng()).strengthened(beyond: whole) {
                Issue.record("without packet \(index + 1) of \(content.packets.count): \(stronger)")
            }
        }
    }

    @Test("a capture with a damaged packet never says more than the whole one", arguments: Corpus.shipped)
    func packetsDamaged(_ capture: Corpus.Shipped) {
        let content = CaptureContent(reading: capture.bytes)
        let whole = Judged(capture.bytes)
        var random = SeededRandom(seed: UInt64(content.packets.count))
        for index in some(content.packets.indices) {
            var part = content
            let name = damageHeaders(of: &part.packets[index], &random)
            for stronger in Judged(part.pcapng()).strengthened(beyond: whole) {
                Issue.record("with \(name) of packet \(index + 1): \(stronger)")
            }
        }
    }

    @Test("damaged bytes are read without a trap", arguments: Corpus.shipped)
    func damagedBytes(_ capture: Corpus.Shipped) {
        for copy in damaged(capture.bytes, copies: 8, seed: UInt64(capture.bytes.count)) {
            _ = Essence(readCase([copy]))
        }
    }
}

/// Flips a bit of a packet's link, IP or TCP header, or cuts the packet, and says what.
///
/// The bytes that a connection carries are left alone where they are plain: another status or another `exp` is another
/// conversation, and no reader can know better.
private func damageHeaders(of packet: inout TestPacket, _ random: inout SeededRandom) -> String {
    let headers = min(packet.bytes.count, 54)
    guard 0 < headers else { return "nothing" }
    // A SYN with another address or number is the beginning of another connection.
    let isSYN = TestSegment(packet).map { $0.flags & 2 != 0 } ?? true
    if isSYN || random.chance(percent: 25) {
        let end = random.below(packet.bytes.count)
        packet.wireLength = packet.wireLength ?? packet.bytes.count
        packet.bytes.removeSubrange(end...)
        return "everything from byte \(end)"
    }
    // Lengths and sequence numbers decide what is content, and flags what is an end.
    let places = (0..<headers).filter { ![14, 16, 17, 38, 39, 40, 41, 46, 47].contains($0) }
    let place = places[random.below(places.count)]
    packet.bytes[place] ^= 1 << UInt8(random.below(8))
    return "a bit of byte \(place)"
}

/// Every place, or twelve of them: WSDIAG_THOROUGH=1 takes minutes in a debug build.
private func some(_ range: Range<Int>) -> [Int] {
    if TestFile.environment("WSDIAG_THOROUGH") == "1" || range.count <= 12 { return Array(range) }
    var random = SeededRandom(seed: UInt64(range.count))
    return (0..<12).map { _ in range.lowerBound + random.below(range.count) }.sorted()
}

/// A case and what is said of it.
private struct Judged {
    var attempts: [Attempt]
    var judgements: [Judgement]

    init(_ capture: [UInt8]) {
        let file = readCase([capture])
        attempts = Array(file.attempts)
        judgements = judge(file)
    }

    /// The judgement of the attempt that is the same in another case: same Sec-WebSocket-Key, else same client.
    func judgement(of attempt: Attempt) -> Judgement? {
        let key = attempt.request?.head.first("sec-websocket-key")
        let index = attempts.firstIndex {
            $0.connection.client == attempt.connection.client
                && (key == nil || $0.request?.head.first("sec-websocket-key") == key)
        }
        return index.map { judgements[$0] }
    }

    /// What is said here more strongly than of the whole, in words, about some attempts.
    func strengthened(beyond whole: Judged, about isMeant: (Attempt) -> Bool = { _ in true }) -> [String] {
        zip(attempts, judgements).compactMap { attempt, judgement in
            guard isMeant(attempt), let verdict = judgement.verdict, let cause = verdict.cause,
                Certainty.possible < verdict.certainty
            else { return nil }
            let full = whole.judgement(of: attempt)
            let before = full?.candidates.first { $0.cause == cause }?.certainty
            if let before, verdict.certainty <= before { return nil }
            return
                "\(cause) is \(verdict.certainty), and was \(before?.rawValue ?? "not among the candidates") "
                + "(\(full?.verdict?.cause ?? "healthy"))"
        }
    }
}
