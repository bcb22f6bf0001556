import JSON
import Testing
import Wire

@Suite("JSON writer") struct JSONWriterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: [UInt8]
        var expected: String
    }

    static let strings: [Case] = [
        Case(testDescription: "plain text stays", text: Array("abc é 中 😀".utf8), expected: "\"abc é 中 😀\""),
        Case(testDescription: "quote and backslash", text: Array("a\"b\\c".utf8), expected: #""a\"b\\c""#),
        Case(
            testDescription: "short escapes", text: [8, 9, 10, 12, 13], expected: #""\b\t\n\f\r""#),
        Case(testDescription: "NUL and ESC", text: [0, 27, 0x5b], expected: #""\u0000\u001b[""#),
        Case(testDescription: "DEL", text: [0x7f], expected: #""\u007f""#),
        Case(testDescription: "a C1 control", text: [0xc2, 0x9b, 0x41], expected: #""\u009bA""#),
        Case(testDescription: "no-break space is no control", text: [0xc2, 0xa0], expected: "\"\u{a0}\""),
        Case(
            testDescription: "a stray byte is repaired", text: [0x41, 0xff, 0x42], expected: "\"A\u{fffd}B\""),
        Case(testDescription: "a sequence cut short", text: [0xe4, 0xb8], expected: "\"\u{fffd}\u{fffd}\""),
        Case(testDescription: "an overlong slash", text: [0xc0, 0xaf], expected: "\"\u{fffd}\u{fffd}\""),
        Case(
            testDescription: "an encoded surrogate", text: [0xed, 0xa0, 0x80],
            expected: "\"\u{fffd}\u{fffd}\u{fffd}\""),
    ]

    @Test("strings are escaped and repaired", arguments: strings)
    func escapes(_ sample: Case) {
        var json = JSONWriter()
        json.value(text: sample.text.span)
        #expect(String(decoding: json.bytes, as: UTF8.self) == sample.expected)
    }

    private func document(_ style: JSONWriter.Style) -> String {
        var json = JSONWriter(style)
        json.object { json in
            json.member("a", 1)
            json.member("none", nil as String?)
            json.member("list", ["x", "y"])
            json.member("empty") { $0.array { _ in } }
            json.member("nothing") { $0.object { _ in } }
            json.member("number", 1.5)
            json.member("whole", 3600.0 as Double?)
            json.member("yes", true)
            json.member("bad", Double.nan)
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    @Test("compact output has no white space")
    func compact() {
        #expect(
            document(.compact)
                == #"{"a":1,"none":null,"list":["x","y"],"empty":[],"nothing":{},"number":1.5,"whole":3600,"yes":true,"bad":null}"#
        )
    }

    @Test("pretty output has two spaces a level and one member a line")
    func pretty() {
        #expect(
            document(.pretty) == """
                {
                  "a": 1,
                  "none": null,
                  "list": [
                    "x",
                    "y"
                  ],
                  "empty": [],
                  "nothing": {},
                  "number": 1.5,
                  "whole": 3600,
                  "yes": true,
                  "bad": null
                }
                """)
    }

    @Test("top-level values one after the other make JSON lines")
    func lines() {
        var json = JSONWriter()
        for number in 1...3 {
            json.object { $0.member("n", number) }
            json.lineEnd()
        }
        #expect(String(decoding: json.take(), as: UTF8.self) == "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n")
        #expect(json.bytes.isEmpty)
    }
}
