import Report
import TestSupport
import Testimony
import Testing
import Wire

@testable import wsdiag

@Suite("Inputs") struct InputTests {
    @Test(
        "An input is told from its first bytes",
        arguments: [
            ([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0], InputKind.capture),
            ([0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28], .capture),
            (Array("CLIENT_RANDOM 00 11\n".utf8), .keyLog),
            (Array("# a comment\n\nSERVER_TRAFFIC_SECRET_0 0 1".utf8), .keyLog),
            (Array("eyJhbGciOiJub25lIn0.e30.\n".utf8), .token),
            (Array("Bearer eyJhbGciOiJub25lIn0.e30.".utf8), .token),
            (Array("hello there".utf8), .document(.text)), ([], .empty),
            (Array("[02:46:09.420] 127.0.0.1:1 client connect".utf8), .document(.text)),
            (Array("{\"keys\":[{\"kty\":\"RSA\"}]}".utf8), .keySet),
            ([1, 2, 0xff, 0xfe], .unknown("begins with the bytes 01 02 ff fe")),
        ])
    func kinds(_ bytes: [UInt8], _ kind: InputKind) { #expect(InputKind(bytes.span) == kind) }

    @Test(
        "What is known and not read is named, with what to do",
        arguments: [
            ("{\"a\":1}", "JSON of no kind that is known"), ("-----BEGIN PRIVATE KEY-----", "PEM"),
            ("PK\u{3}\u{4}....", "a ZIP archive"),
        ])
    func refused(_ text: String, _ name: String) {
        guard case .notRead(let what, let advice) = InputKind(Array(text.utf8).span) else {
            Issue.record("\(text) is taken for something else")
            return
        }
        #expect(what == name)
        #expect(!advice.isEmpty)
    }

    @Test("Packets that lie across pieces are put together, whatever the pieces") func buffer() {
        // Packets of one length byte and as many bytes.
        var bytes: [UInt8] = []
        var random = SeededRandom(seed: 7)
        var expected: [[UInt8]] = []
        for _ in 0..<200 {
            let packet = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            expected.append(packet)
            bytes += [UInt8(packet.count)] + packet
        }
        let found = everyWay(bytes) { feed -> [[UInt8]] in
            var buffer = CaptureBuffer()
            var packets: [[UInt8]] = []
            func scan(_ bytes: Span<UInt8>) throws(Never) -> Int {
                var offset = 0
                while offset < bytes.count, offset + 1 + Int(bytes[offset]) <= bytes.count {
                    let length = Int(bytes[offset])
                    packets.append(bytes.extracting(offset + 1..<offset + 1 + length).bytes())
                    offset += 1 + length
                }
                return offset
            }
            feed { piece in buffer.feed(piece, scan) }
            buffer.finish(scan)
            return packets
        }
        #expect(found == expected)
    }

    @Test(
        "Hosts match globs without regard to case and port",
        arguments: [
            ("api.example.org:8443", "api.example.org", true), ("API.example.org", "api.*", true),
            ("api.example.org", "*.example.org", true), ("api.example.org", "*.example.com", false),
            ("a.b.a.b.c", "*a.b.c", true), ("x", "*", true), ("", "*", true), ("api", "", false),
            ("api.example.org:8443", "api.example.org:443", false),
            ("[2001:db8::1]:443", "[2001:db8::1]", true),
        ])
    func globs(_ name: String, _ glob: String, _ isMatch: Bool) {
        #expect(isMeant(name, by: glob) == isMatch)
    }
}

@Suite("Surroundings") struct SurroundingsTests {
    private func look(_ arguments: [String], _ environment: [String: String], isTerminal: Bool) throws
        -> Report.Options
    {
        var surroundings = Surroundings(write: { _ throws(Failure) in }, note: { _ in })
        surroundings.environment = environment
        surroundings.outputIsTerminal = isTerminal
        surroundings.terminalColumns = isTerminal ? 190 : nil
        return appearance(
            try parse(["explain", "x"] + arguments, surroundings: surroundings, table: commandTable))
    }

    @Test(
        "Colour goes to terminals, and obeys the option before the environment",
        arguments: [
            ([], [:], true, true), ([], [:], false, false), ([], ["NO_COLOR": "1"], true, false),
            ([], ["NO_COLOR": ""], true, true), ([], ["CLICOLOR": "0"], true, false),
            ([], ["CLICOLOR_FORCE": "1"], false, true),
            ([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false),
            ([], ["TERM": "dumb"], true, false), (["--color", "always"], ["NO_COLOR": "1"], false, true),
            (["--color=never"], ["CLICOLOR_FORCE": "1"], true, false), (["-o", "f"], [:], true, false),
        ] as [([String], [String: String], Bool, Bool)])
    func colour(_ arguments: [String], _ environment: [String: String], _ isTerminal: Bool, _ wanted: Bool)
        throws
    {
        #expect(try look(arguments, environment, isTerminal: isTerminal).colour == wanted)
    }

    @Test("The width is the option's, the environment's, the terminal's, 80; within bounds") func width()
        throws
    {
        #expect(try look(["--width", "60"], ["COLUMNS": "90"], isTerminal: true).width == 60)
        #expect(try look([], ["COLUMNS": "90"], isTerminal: true).width == 90)
        #expect(try look([], [:], isTerminal: true).width == 100)
        #expect(try look([], [:], isTerminal: false).width == 80)
        #expect(try look(["--width", "3"], [:], isTerminal: false).width == 40)
    }

    @Test("ASCII is drawn where the locale is none of UTF-8") func ascii() throws {
        #expect(try look([], ["LANG": "de_DE.ISO-8859-1"], isTerminal: true).ascii)
        #expect(try look([], ["LC_ALL": "C", "LANG": "de_DE.UTF-8"], isTerminal: true).ascii)
        #expect(try !look([], ["LANG": "C.utf8"], isTerminal: true).ascii)
        #expect(try !look([], [:], isTerminal: false).ascii)
        #expect(try look(["--ascii"], [:], isTerminal: false).ascii)
    }

    @Test(
        "Moments are UTC dates or seconds",
        arguments: [
            ("2026-11-21T02:42:13Z", 1_795_228_933), ("2026-11-21 02:42:13", 1_795_228_933),
            ("1795228933", 1_795_228_933),
            ("2026-11-21", 1_795_219_200), ("2026-11-21T02:42:13.5Z", 1_795_228_933),
        ] as [(String, Int64)])
    func moments(_ text: String, _ seconds: Int64) throws {
        let surroundings = Surroundings(write: { _ throws(Failure) in }, note: { _ in })
        let call = try parse(["explain", "--at", text, "x"], surroundings: surroundings, table: commandTable)
        #expect(try moment(call)?.seconds == seconds)
    }

    @Test(
        "What is no moment is refused", arguments: ["soon", "2026-13-01", "12", "-5", "2026-11-21T25:00:00Z"])
    func noMoments(_ text: String) {
        let (code, _, notes) = running(["explain", "--at", text, "nothing-here.pcap"])
        #expect(code == (text == "12" ? .input : .usage), "\(notes)")
    }

    @Test(
        "Something else than a capture gets the answer that was wanted",
        arguments: [
            (["explain", "wss://api.example.org/x"], 2, "sends nothing"),
            (["explain", "nothing-here.pcap"], 3, "No such file"),
            (["explain", "/"], 3, "is a folder"),
            (["explain", "--filter", "hast x", "/dev/null"], 3, "is empty"),
            (["explain", "-", "-"], 2, "standard input"),
            (["rules", "token-expird"], 2, "Did you mean 'token-expired'?"),
            (["token", "abc.def"], 3, "neither a file nor a token"),
        ] as [([String], Int32, String)])
    func answers(_ arguments: [String], _ code: Int32, _ words: String) {
        let (found, _, notes) = running(arguments)
        #expect(found.rawValue == code)
        #expect(notes.contains(words), "\(notes)")
    }

    @Test("A finding in the place of a file shows its page") func findings() {
        for word in ["token-expired", "TOKEN-101", "token-101"] {
            let (code, output, notes) = running(["explain", word])
            #expect(code == .nothingWrong)
            #expect(output.contains("token-expired (TOKEN-101)"))
            #expect(notes.contains("wsdiag rules"))
        }
    }

    @Test("A token is judged only at a given moment, and never shown whole") func tokens() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3Njg0Nzg0MDB9." + String(repeating: "Q", count: 43)
        let (_, output, notes) = running(["token", token])
        #expect(output.contains("not judged"))
        #expect(output.contains("not verified (no key given)"))
        #expect(notes.contains("shell's history"))
        #expect(!output.contains("QQQQ"))
        let (_, later, _) = running(["token", "--at", "2026-01-15T12:02:00Z", token])
        #expect(later.contains("expired 2 min before"))
        let (_, soon, _) = running(["token", "--width", "200", "--at", "2026-01-15T12:00:30Z", token])
        #expect(soon.contains("within the leeway of 60 s"))
        #expect(!soon.contains("lifetime  expired"))
    }
}
