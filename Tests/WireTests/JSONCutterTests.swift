import JSON
import TestSupport
import Testing
import Wire

/// Large JSON texts, cut into values as they arrive.
struct JSONCutterTests {
    /// What was cut: `pointer = bytes`, `pointer {` and `pointer }`.
    private static func cuts(_ pieces: [[UInt8]], limits: Limits = .standard) -> [String] {
        var cutter = JSONCutter(limits: limits) { path, _ in
            switch path.count {
            case 0: return .open
            case 1: return path[0] == .member("pages") ? .pass : .open
            case 2: return path.last == .element(1) ? .pass : .keep
            default: return .keep
            }
        }
        var found: [String] = []
        do throws(JSONError) {
            for piece in pieces {
                let span = piece.span
                while let event = try cutter.next(span) {
                    switch event {
                    case .opened: found.append("\(cutter.pointer) {")
                    case .closed: found.append("\(cutter.pointer) }")
                    case .tooLong: found.append("\(cutter.pointer) too long")
                    case .value(let range):
                        let bytes = range.map { span.extracting($0).bytes() } ?? cutter.held
                        found.append("\(cutter.pointer) = \(String(decoding: bytes, as: UTF8.self))")
                    }
                }
            }
            if !cutter.isWhole {
                found.append("cut at \(cutter.offset) in \(cutter.pointer), \(cutter.unfinished.count) held")
            }
        } catch {
            found.append("\(error.kind) at \(error.offset), line \(error.line), column \(error.column)")
        }
        return found
    }

    @Test(
        "A document is cut at its chosen places",
        arguments: [
            ("{}", [" {", " }"]),
            (
                #"{"a": [1, {"x": "]}"}, [true, null]]}"#,
                [" {", "/a {", "/a/0 = 1", "/a/2 = [true, null]", "/a }", " }"]
            ),
            (
                "\u{feff} {\"pages\":[{\"deep\":{}}],\n\"e\\u0041~/\":{\"k\":-1.5e3,\"s\":\"a\\\"b\\\\\"}}",
                [" {", "/eA~0~1 {", "/eA~0~1/k = -1.5e3", #"/eA~0~1/s = "a\"b\\""#, "/eA~0~1 }", " }"]
            ),
            (#"{"a":"leaf","b":{}}"#, [" {", "/b {", "/b }", " }"]),
        ])
    func whole(text: String, expected: [String]) {
        let answer = everyWay(Array(text.utf8)) { feed in
            JSONCutterTests.cuts(feed.pieces)
        }
        #expect(answer == expected)
    }

    @Test(
        "What is no JSON between the values is told with its place",
        arguments: [
            ("{\"a\":{\n \"b\":1;}}", ["unexpectedByte(59) at 13, line 2, column 7"]),
            ("{\"a\":{}} x", ["trailingBytes at 9, line 1, column 10"]),
            ("{\"a\" 1}", ["unexpectedByte(49) at 5, line 1, column 6"]),
            ("x", ["unexpectedByte(120) at 0, line 1, column 1"]),
        ])
    func faults(text: String, last: [String]) {
        let answer = everyWay(Array(text.utf8)) { feed in JSONCutterTests.cuts(feed.pieces) }
        #expect(answer.suffix(1) == last)
    }

    @Test("A text that ends too soon says where")
    func cutShort() {
        let text = Array(#"{"a":{"b":"cde"#.utf8)
        let answer = everyWay(text) { feed in JSONCutterTests.cuts(feed.pieces) }
        #expect(answer == [" {", "/a {", "cut at 14 in /a/b, 4 held"])
    }

    @Test("Every text that ends too soon gives the beginning of what the whole one gives")
    func everyCut() {
        let text = Array(#"{"a":[1,2,{"x":"\u00e9\\"}],"pages":[[]],"b":{"k":"v","n":12}}"#.utf8)
        let whole = JSONCutterTests.cuts([text])
        for length in 0..<text.count {
            let part = JSONCutterTests.cuts([Array(text[..<length])])
            #expect(part.dropLast() == whole.prefix(part.count - 1), "cut at \(length)")
        }
    }

    @Test("A kept value that is too long is told, and what follows is read")
    func tooLong() {
        var limits = Limits.standard
        limits.jsonBytes = 8
        let text = Array(#"{"a":{"b":"0123456789","c":"01234567","d":"012345"}}"#.utf8)
        let answer = everyWay(text) { feed in JSONCutterTests.cuts(feed.pieces, limits: limits) }
        #expect(
            answer == [" {", "/a {", "/a/b too long", "/a/c too long", "/a/d = \"012345\"", "/a }", " }"])
    }

    @Test("Deep nesting is passed over without recursion")
    func deep() {
        let text =
            #"{"pages":"# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
            + "}"
        #expect(JSONCutterTests.cuts([Array(text.utf8)]) == [" {", " }"])
    }

    @Test("Flipped bytes never stop the cutter from ending")
    func flipped() {
        let text = Array(#"{"a":[1,2,{"x":"\u00e9\\"}],"pages":[[]],"b":{"k":"v","n":12}}"#.utf8)
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            var damaged = text
            for _ in 0..<1 + random.below(3) { damaged[random.below(text.count)] = UInt8(random.below(256)) }
            let whole = JSONCutterTests.cuts([damaged])
            let parts = JSONCutterTests.cuts(damaged.map { [$0] })
            #expect(whole == parts)
        }
    }
}
