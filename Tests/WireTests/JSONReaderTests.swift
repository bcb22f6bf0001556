import JSON
import Testing
import Wire

@Suite("JSON reader") struct JSONReaderTests {
    /// What a text must read as, written compactly again; or the error.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var expected: String

        init(_ testDescription: String, _ text: String, _ expected: String) {
            self.testDescription = testDescription
            self.text = text
            self.expected = expected
        }
    }

    private func rewritten(_ value: JSONValue) -> String {
        var json = JSONWriter()
        json.value(value)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func outcome(_ text: [UInt8], limits: Limits = .standard) -> String {
        do throws(JSONError) {
            return rewritten(try JSONValue(reading: text.span, limits: limits))
        } catch {
            return "\(error.kind) at \(error.offset), \(error.line):\(error.column)"
        }
    }

    static let accepted: [Case] = [
        Case("an empty object", "{}", "{}"),
        Case("an empty array with space", " [ \n] ", "[]"),
        Case("scalars", "[null,true,false,0,-0,1e3,1.50,\"\"]", "[null,true,false,0,-0,1e3,1.50,\"\"]"),
        Case("a repeated name stays twice", #"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
        Case("order stays", #"{"b":1,"a":{"d":[],"c":{}}}"#, #"{"b":1,"a":{"d":[],"c":{}}}"#),
        Case("a top-level string", #""x""#, #""x""#),
        Case("a top-level number", "42", "42"),
        Case("escapes", #""\"\\\/\b\f\n\r\t\u0041""#, #""\"\\/\b\f\n\r\tA""#),
        Case("a surrogate pair", #""\ud83d\ude00""#, "\"😀\""),
        Case("a lone high surrogate", #""\ud83dx""#, "\"\u{fffd}x\""),
        Case("a lone low surrogate", #""\ude00""#, "\"\u{fffd}\""),
        Case("two high surrogates", #""\ud83d\ud83d\ude00""#, "\"\u{fffd}😀\""),
        Case("an escaped NUL", #""\u0000""#, #""\u0000""#),
        Case("a byte order mark", "\u{feff}[1]", "[1]"),
        Case(
            "a number of thirty digits", "[123456789012345678901234567890]",
            "[123456789012345678901234567890]"),
        Case("a number beyond a double", "[1e999]", "[1e999]"),
    ]

    @Test("what is JSON is read", arguments: accepted)
    func accepts(_ sample: Case) { #expect(outcome(Array(sample.text.utf8)) == sample.expected) }

    static let refused: [Case] = [
        Case("nothing", "", "unexpectedEnd at 0, 1:1"),
        Case("only space", "  \n ", "unexpectedEnd at 4, 2:2"),
        Case("a trailing comma", "[1,]", "unexpectedByte(93) at 3, 1:4"),
        Case("a trailing comma in an object", #"{"a":1,}"#, "unexpectedByte(125) at 7, 1:8"),
        Case("a leading zero", "[01]", "badNumber at 1, 1:2"),
        Case("a plus sign", "[+1]", "badNumber at 1, 1:2"),
        Case("a bare point", "[1.]", "badNumber at 3, 1:4"),
        Case("a bare exponent", "[1e]", "badNumber at 3, 1:4"),
        Case("a lone minus", "-", "unexpectedEnd at 1, 1:2"),
        Case("single quotes", "{'a':1}", "unexpectedByte(39) at 1, 1:2"),
        Case("a name without quotes", "{\n  a:1}", "unexpectedByte(97) at 4, 2:3"),
        Case("a missing colon", #"{"a" 1}"#, "unexpectedByte(49) at 5, 1:6"),
        Case("a missing comma", "[1 2]", "unexpectedByte(50) at 3, 1:4"),
        Case("the wrong bracket", "[1}", "unexpectedByte(125) at 2, 1:3"),
        Case("two values", "{} {}", "trailingBytes at 3, 1:4"),
        Case("an unknown escape", #""a\x""#, "badEscape at 2, 1:3"),
        Case("a short unicode escape", #""\u12g4""#, "badEscape at 1, 1:2"),
        Case("a raw tab in a string", "\"a\tb\"", "controlCharacter(9) at 2, 1:3"),
        Case("a misspelled literal", "[nul]", "unexpectedByte(110) at 1, 1:2"),
        Case("NaN", "[NaN]", "unexpectedByte(78) at 1, 1:2"),
        Case("a comment", "[1 // one\n]", "unexpectedByte(47) at 3, 1:4"),
        Case("columns count characters", "[\"é中😀\" x]", "unexpectedByte(120) at 13, 1:8"),
        Case("an open string", "[\"abc", "unexpectedEnd at 5, 1:6"),
        Case("an open object", #"{"a":1"#, "unexpectedEnd at 6, 1:7"),
    ]

    @Test("what is not JSON is refused at its place", arguments: refused)
    func refuses(_ sample: Case) { #expect(outcome(Array(sample.text.utf8)) == sample.expected) }

    @Test("bytes that are not UTF-8 are refused, and repaired where a cut is allowed")
    func invalidUTF8() throws {
        let text: [UInt8] = [0x5b, 0x22, 0x41, 0xff, 0x22, 0x5d]
        #expect(outcome(text) == "invalidUTF8 at 2, 1:3")
        #expect(try JSONValue.prefix(text.span).value == .array([.string("A\u{fffd}")]))
    }

    @Test("nesting, values and bytes are bounded, each at its limit")
    func bounds() {
        var limits = Limits()
        limits.jsonDepth = 3
        limits.jsonValues = 4
        limits.jsonBytes = 20
        #expect(outcome(Array("[[[]]]".utf8), limits: limits) == "[[[]]]")
        #expect(outcome(Array("[[[[]]]]".utf8), limits: limits) == "tooDeep(limit: 3) at 3, 1:4")
        #expect(outcome(Array("[1,2,3]".utf8), limits: limits) == "[1,2,3]")
        #expect(outcome(Array("[1,2,3,4]".utf8), limits: limits) == "tooManyValues(limit: 4) at 7, 1:8")
        let long = [UInt8](repeating: 0x20, count: 21)
        #expect(outcome(long, limits: limits) == "tooLong(limit: 20) at 20, 1:21")
    }

    @Test("a million open brackets are an error and no crash")
    func deepNesting() {
        var limits = Limits()
        limits.jsonDepth = .max
        let text = [UInt8](repeating: 0x5b, count: 1_000_000)
        #expect(outcome(text, limits: limits) == "tooDeep(limit: 1000) at 1000, 1:1001")
    }

    static let cut: [Case] = [
        Case("inside a string", #"{"a":1,"token":"eyJ"#, #"{"a":1}"#),
        Case("inside a name", #"{"a":1,"tok"#, #"{"a":1}"#),
        Case("after a name", #"{"a":1,"token""#, #"{"a":1}"#),
        Case("after a colon", #"{"a":1,"token":"#, #"{"a":1}"#),
        Case("after a comma", #"{"a":1,"#, #"{"a":1}"#),
        Case("inside a number", #"{"a":1,"exp":17"#, #"{"a":1}"#),
        Case("inside a literal", #"{"a":1,"b":tr"#, #"{"a":1}"#),
        Case("inside an escape", #"{"a":1,"b":"x\u00"#, #"{"a":1}"#),
        Case("deep inside", #"[{"a":[1,{"b":"c","#, #"[{"a":[1,{"b":"c"}]}]"#),
        Case("right after the brace", "{", "{}"),
    ]

    @Test("a text cut short gives what came before the cut", arguments: cut)
    func lenient(_ sample: Case) throws {
        let found = try JSONValue.prefix(Array(sample.text.utf8).span)
        #expect(found.isTruncated)
        #expect(found.value.map(rewritten) == sample.expected)
    }

    @Test("every cut of a text gives a beginning of it and never an error")
    func everyCut() throws {
        let text = Array(#" {"a":[1,-2.5e3,"x\n\ud83d\ude00é",{"b":null,"c":true}],"d":"" } "#.utf8)
        for length in 0..<text.count - 2 {
            let found = try JSONValue.prefix(text.span.extracting(0..<length))
            #expect(found.isTruncated)
            #expect(outcome(Array(text[..<length])).hasPrefix("unexpectedEnd"))
        }
        let whole = try JSONValue.prefix(text.span)
        #expect(!whole.isTruncated)
        #expect(whole.length == text.count - 1)
        let withMore = try JSONValue.prefix((text + Array("{}x".utf8)).span)
        #expect(withMore.value == whole.value)
    }

    @Test("flipped bytes never trap")
    func flippedBytes() {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\ud83d\ude00é",{"b":null,"c":true}],"d":""}"#.utf8)
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        for _ in 0..<5000 {
            var damaged = text
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            damaged[Int(state >> 33) % text.count] = UInt8(truncatingIfNeeded: state >> 20)
            _ = outcome(damaged)
            _ = try? JSONValue.prefix(damaged.span)
        }
    }
}
