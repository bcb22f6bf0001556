import Capture
import TestSupport
import Testing
import Wire

/// A conversation and what must be told of it.
struct StreamCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var dialogue: String
    var client = ""
    var server = ""
    var missing = 0
    var differing = 0
    var end = StreamFacts.End.inputEnded
    var endings = ""
}

private let opening = "c S\ns SA\nc A\n"

private let streamCases: [StreamCase] = [
    StreamCase(
        testDescription: "segments in order",
        dialogue: opening + "c A 'hello\ns A 'world\nc A 'again\nc FA\ns FA\nc A",
        client: "helloagain", server: "world", end: .finished, endings: "finished 7/finished 8"),
    StreamCase(
        testDescription: "two segments in the wrong order",
        dialogue: opening + "c A @3 'def\nc A @0 'abc\ns A 'x",
        client: "abcdef", server: "x"),
    StreamCase(
        testDescription: "five segments backwards",
        dialogue: opening + "c A @8 'i\nc A @6 'gh\nc A @4 'ef\nc A @2 'cd\nc A @0 'ab", client: "abcdefghi"),
    StreamCase(
        testDescription: "a segment twice", dialogue: opening + "c A @0 'abc\nc A @0 'abc\nc A @3 'def",
        client: "abcdef"),
    StreamCase(
        testDescription: "a retransmission that brings more",
        dialogue: opening + "c A @0 'abc\nc A @0 'abcdef\nc A @6 'g",
        client: "abcdefg"),
    StreamCase(
        testDescription: "a held segment is overlapped by a longer one",
        dialogue: opening + "c A @2 'cd\nc A @1 'bcdef\nc A @0 'a", client: "abcdef"),
    StreamCase(
        testDescription: "the first of two differing copies is used and the second counted",
        dialogue: opening + "c A @2 'cd\nc A @0 'abXXef", client: "abcdef", differing: 1),
    StreamCase(
        testDescription: "a differing second copy of what was delivered is counted",
        dialogue: opening + "c A @0 'abc\nc A @3 'def\nc A @0 'abX\nc A @0 'abc\nc A @3 'deX",
        client: "abcdef",
        differing: 2),
    StreamCase(
        testDescription: "a lost segment is missing at the end of the input",
        dialogue: opening + "c A @0 'ab\nc A @5 'fg", client: "ab<3>fg", missing: 3),
    StreamCase(
        testDescription: "a lost segment is given up once its receiver has it for eight packets",
        dialogue: opening + "c A @0 'ab\nc A @5 'fg\n" + String(repeating: "s A\n", count: 9)
            + "c A @2 'cde\ns A 'x",
        client: "ab<3>fg", server: "x", missing: 3),
    StreamCase(
        testDescription: "an acknowledgement that was captured before its segment is no gap",
        dialogue: opening + "c A @0 'ab\nc A @5 'fg\ns A\ns A\nc A @2 'cde", client: "abcdefg"),
    StreamCase(
        testDescription: "FIN before the last bytes waits for them",
        dialogue: opening + "c A @0 'ab\nc FA @4\nc A @2 'cd\ns FA\nc A", client: "abcd", end: .finished,
        endings: "finished 5/finished 7"),
    StreamCase(
        testDescription: "FIN with bytes", dialogue: opening + "c FA @0 'ab\ns A 'yes\ns FA", client: "ab",
        server: "yes",
        end: .finished, endings: "finished 4/finished 6"),
    StreamCase(
        testDescription: "after a half-close the other side goes on",
        dialogue: opening + "c FA\ns A 'one\ns A 'two\ns FA",
        server: "onetwo", end: .finished, endings: "finished 4/finished 7"),
    StreamCase(
        testDescription: "RST, and bytes that were on their way", dialogue: opening + "c RA\ns A 'late",
        server: "late",
        end: .reset, endings: "reset 4/"),
    StreamCase(
        testDescription: "text in a RST is no data", dialogue: opening + "s RA 'sorry\nc A 'x", client: "x",
        end: .reset, endings: "/reset 4"),
    StreamCase(
        testDescription: "keep-alive probes of one byte and of none",
        dialogue: opening + "c A @0 'abc\ns A\nc A @2 'z\nc A @2\ns A\nc A @3 'def", client: "abcdef"),
    StreamCase(
        testDescription: "bytes in the SYN", dialogue: "c S 'early\ns SA\nc A @5 'late", client: "earlylate"),
    StreamCase(
        testDescription: "a stream that began before the capture",
        dialogue: "c A ^200 @100 'abc\ns A @200 'def\nc A @103 'ghi",
        client: "abcghi", server: "def"),
    StreamCase(
        testDescription: "a keep-alive probe as the first packet", dialogue: "c A @99\nc A @100 'abc",
        client: "abc"),
    StreamCase(
        testDescription: "SYN and SYN-ACK in the wrong order", dialogue: "s SA\nc S\nc A\nc A 'abc",
        client: "abc"),
    StreamCase(
        testDescription: "SYN sent again", dialogue: "c S\nc S\ns SA\ns SA\nc A 'abc", client: "abc"),
]

@Suite("Streams")
struct StreamTests {
    @Test("A conversation is put together", arguments: streamCases)
    func putTogether(_ example: StreamCase) throws {
        // Sequence numbers that wrap inside the conversation must change nothing.
        for initial: UInt32 in [1000, .max, .max - 2, .max - 7, 0x7fff_fffe] {
            let dialogue = Dialogue(initial: PerSide(client: initial, server: initial &+ 5))
            let told = assembled(dialogue.packets(example.dialogue)).told
            #expect(told.broken == [])
            #expect(told.streams.count == 1)
            let stream = try #require(told.streams[0])
            #expect(
                String(decoding: stream.bytes.client, as: UTF8.self)
                    == example.client.filter { !"<3>".contains($0) })
            #expect(String(decoding: stream.bytes.server, as: UTF8.self) == example.server)
            if example.client.contains("<") { #expect(stream.story.hasPrefix(example.client)) }
            #expect(stream.facts.missingBytes == example.missing)
            #expect(stream.facts.differingOverlaps == example.differing)
            #expect(stream.facts.end == example.end)
            #expect(stream.facts.client.port == 50_000)
            if !example.endings.isEmpty {
                #expect(stream.ended.client + "/" + stream.ended.server == example.endings)
            }
        }
    }

    @Test("Each piece carries the packet that brought it")
    func frames() throws {
        let told = assembled(Dialogue().packets(opening + "c A @3 'def\nc A @0 'abc\nc A @6 'ghi")).told
        #expect(told.streams[0]?.frames.client == [5, 4, 6])
    }

    @Test("The opening is told: how many SYNs, when answered, when established")
    func facts() throws {
        let stream = try #require(
            assembled(Dialogue().packets("c S\nc S\ns SA\nc A\nc A 'x")).told.streams[0])
        #expect(stream.facts.synCount == 2)
        #expect(stream.facts.answered?.frame.number == 3)
        #expect(stream.facts.established?.frame.number == 4)
        #expect(!stream.facts.directionIsGuessed)
        #expect(stream.facts.packets == PerSide(client: 4, server: 1))
    }

    @Test("A SYN answered by RST is refused, one without answer is unanswered")
    func refused() throws {
        let refused = try #require(assembled(Dialogue().packets("c S\ns RA")).told.streams[0])
        #expect(refused.facts.isRefused && !refused.facts.isUnanswered)
        let silent = try #require(assembled(Dialogue().packets("c S\nc S\nc S")).told.streams[0])
        #expect(silent.facts.isUnanswered && !silent.facts.isRefused && silent.facts.synCount == 3)
        let served = try #require(assembled(Dialogue().packets(opening + "s RA")).told.streams[0])
        #expect(!served.facts.isRefused)
    }

    @Test("Ports used again make a new stream, a repeated SYN does not")
    func portsReused() throws {
        let first = Dialogue().packets(opening + "c A 'one")
        let second = Dialogue(initial: PerSide(client: 77_000, server: 88_000)).packets(opening + "c A 'two")
        let told = assembled(first + second).told
        #expect(told.broken == [])
        #expect(told.streams.keys.sorted() == [0, 1])
        #expect(told.streams[0]?.facts.end == .portsReused)
        #expect(told.streams[1].map { String(decoding: $0.bytes.client, as: UTF8.self) } == "two")
    }

    @Test("A SYN sent again after RST belongs to the stream that was refused")
    func refusedAgain() throws {
        let told = assembled(Dialogue().packets("c S\ns RA\nc S\ns RA\nc S\ns RA")).told
        #expect(told.broken == [] && told.streams.count == 1)
        #expect(told.streams[0]?.facts.synCount == 3 && told.streams[0]?.facts.isRefused == true)
        let late = assembled(Dialogue().packets("c S\ns RA\nc S\ns SA\nc A 'hello\ns A 'yes")).told
        #expect(late.streams[0]?.story == "helloyes")
    }

    @Test("Without a SYN the direction is guessed from ports, and corrected by SYN-ACK or by content")
    func direction() throws {
        var odd = Dialogue()
        odd.client.port = 80
        odd.server.port = 50_000
        let guessed = try #require(assembled(odd.packets("c A 'abc")).told.streams[0])
        #expect(guessed.facts.client.port == 50_000 && guessed.facts.directionIsGuessed)
        let byContent = assembled(odd.packets("c A 'GET"), looksAtContent: true).told
        #expect(byContent.broken == [])
        #expect(byContent.streams[0]?.facts.client.port == 80)
        let answered = assembled(odd.packets("c A\ns SA\nc A 'GET"))
        #expect(answered.told.streams[0]?.facts.client.port == 80)
        #expect(answered.told.streams[0]?.facts.directionIsGuessed == false)
    }

    @Test("Bytes that the snap length cut are missing, not data")
    func cut() throws {
        let packets = Dialogue().packets(opening + "c A 'abcdefgh\nc A 'ijklmnop").map { $0.cut(to: 58) }
        let result = assembled(packets)
        #expect(result.told.streams[0]?.story == "abcd<4>ijkl<4>")
        #expect(result.census.cutPackets == 5)
    }

    @Test("An offloaded segment longer than 64 KiB, with IP length 0, is one piece")
    func offloaded() throws {
        var segment = try #require(Dialogue().segments(opening + "c A 'x").last)
        segment.payload = [UInt8](repeating: 0x41, count: 100_000)
        var packet = segment.packet()
        packet.bytes[16] = 0
        packet.bytes[17] = 0
        let told = assembled(Dialogue().packets(opening) + [packet]).told
        #expect(told.streams[0]?.bytes.client.count == 100_000)
        #expect(told.streams[0]?.frames.client == [4])
    }

    @Test("Random disorder, doubling and overlap give the same bytes", arguments: 0..<20)
    func disorder(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let dialogue = Dialogue(initial: PerSide(client: UInt32.max - 500, server: 3))
        let text = random.bytes(2000).map { 0x41 + $0 % 26 }
        var segments = dialogue.segments(opening)
        let base = try #require(dialogue.segments(opening + "c A").last)
        var pieces: [TestSegment] = []
        var offset = 0
        while offset < text.count {
            var piece = base
            let start = max(0, offset - random.below(10))
            let end = min(text.count, offset + 1 + random.below(60))
            piece.sequence = dialogue.initial.client &+ 1 &+ UInt32(start)
            piece.payload = Array(text[start..<end])
            pieces.append(piece)
            if random.chance(percent: 10) { pieces.append(piece) }
            offset = end
        }
        for index in pieces.indices where random.chance(percent: 30) {
            pieces.swapAt(index, min(pieces.count - 1, index + random.below(20)))
        }
        segments += pieces
        let told = assembled(segments.map { $0.packet() }).told
        #expect(told.broken == [])
        #expect(told.streams[0]?.bytes.client == text)
        #expect(told.streams[0]?.missing.client == 0)
        #expect(told.streams[0]?.facts.differingOverlaps == 0)
    }
}
