import Case
import Diagnosis
import JSON
import TestSupport
import Testing
import Wire

@testable import Report

/// A report on a conversation, judged.
func report(_ transcript: String, _ change: (inout Report.Options) -> Void = { _ in }) -> Report {
    let file = Transcript.caseFile(transcript)
    var options = Report.Options()
    change(&options)
    var judging = JudgeOptions()
    judging.keepsTrail = options.why
    return Report(version: "0.0.0", file: file, judgements: judge(file, options: judging), options: options)
}

let expired = """
    > GET /live?lang=en HTTP/1.1
    > Authorization: Bearer {jwt exp=11:58:59}
    < HTTP/1.1 401 Unauthorized
    < Date: 12:00:00
    < WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"
    <
    < {"message":"no"}
    """

@Suite("The text report") struct TextReportTests {
    @Test("The cause stands in the first two lines, the server's words before ours") func order() throws {
        let lines = textReport(report(expired)).split(separator: "\n")
        #expect(lines[1].hasPrefix("error[token-expired] "))
        let words = try #require(lines.firstIndex { $0.contains("HTTP/1.1 401 Unauthorized") })
        let reasons = try #require(lines.firstIndex { $0.hasPrefix("  certain ") })
        #expect(words < reasons)
        #expect(lines.last?.hasSuffix("exit 1") == true)
    }

    @Test(
        "A token that was sent again and again is told six times and counted", arguments: [6, 7, 64, 65, 90])
    func sightings(_ count: Int) {
        let again = (0..<count).map { _ in
            "=== upgrade\n> GET /live HTTP/1.1\n> Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c\n< HTTP/1.1 403 Forbidden"
        }
        let told = tokenText(report(again.joined(separator: "\n")), at: nil, skewSeconds: 60)
        #expect(told.contains("seen      #1 header Authorization"))
        #expect(told.contains("#6 header Authorization"))
        #expect(!told.contains("#7 header"))
        #expect(told.contains("and \(count - 6) times more") == (6 < count))
        let all = tokenText(
            report(again.joined(separator: "\n")) { $0.all = true }, at: nil, skewSeconds: 60)
        for number in 1...count { #expect(all.contains("#\(number) header Authorization")) }
    }

    @Test(
        "What an answer quotes of a token is masked wherever it is told",
        arguments: [
            ("the reason phrase", "< HTTP/1.1 401 bad token TOKEN"),
            ("the Server field", "< HTTP/1.1 401 Unauthorized\n< Server: gate TOKEN"),
            ("a Location", "< HTTP/1.1 302 Found\n< Location: https://login.example/?next=TOKEN"),
            ("a login page", "< HTTP/1.1 401 Unauthorized\n<\n< <html><b>no</b> TOKEN</html>"),
            ("Via", "< HTTP/1.1 426 Upgrade Required\n< Via: 1.1 TOKEN"),
            ("Retry-After", "< HTTP/1.1 429 Too Many Requests\n< Retry-After: TOKEN"),
            ("a close reason", "< HTTP/1.1 101 Switching Protocols\n<< close 4001 \"no TOKEN\""),
            ("a private close reason", "< HTTP/1.1 101 Switching Protocols\n<< close 1008 \"TOKEN\""),
        ])
    func quoted(_ place: String, _ answer: String) {
        let token = "9f8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c"
        for path in ["/live", "/live/\(token)"] {
            let attempt = "=== upgrade\n> GET \(path) HTTP/1.1\n> Authorization: Bearer TOKEN\n" + answer
            let told = attempt.replacing("TOKEN", with: token)
            let quoted = report([told, told, told, told].joined(separator: "\n")) { $0.why = true }
            var json: [UInt8] = []
            writeJSONReport(quoted) { json += $0.take() }
            for text in [textReport(quoted), markdownReport(quoted), String(decoding: json, as: UTF8.self)] {
                #expect(!text.contains(token), "\(place), \(path)")
                #expect(text.contains("<token 1>"), "\(place), \(path)")
            }
        }
    }

    @Test("The token at fault has carets under it") func carets() throws {
        let lines = textReport(report(expired)).split(separator: "\n").map(String.init)
        let line = try #require(lines.firstIndex { $0.contains("Authorization: Bearer <token 1>") })
        #expect(lines[line + 1] == "  │                       ^^^^^^^^^")
    }

    @Test(
        "No line is wider than asked, in any case",
        arguments: conversations.map(\.text), [40, 60, 80, 132])
    func width(_ text: String, _ width: Int) {
        for ascii in [false, true] {
            let text = textReport(
                report(text) {
                    $0.width = width
                    $0.ascii = ascii
                    $0.why = true
                })
            for line in text.split(separator: "\n") where !line.contains("$ ") {
                #expect(columns(line) <= width, "\(line)")
            }
            if ascii { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
        }
    }

    @Test("Colour is there only when it is wanted") func colour() {
        #expect(!textReport(report(expired)).contains("\u{1b}"))
        let coloured = textReport(report(expired) { $0.colour = true })
        #expect(coloured.contains("\u{1b}[1;31merror[token-expired]\u{1b}[0m"))
        // Without its escape sequences it is the plain report.
        var plain = ""
        var rest = Substring(coloured)
        while let escape = rest.firstIndex(of: "\u{1b}") {
            plain += rest[..<escape]
            rest = rest[escape...].drop { $0 != "m" }.dropFirst()
        }
        #expect(plain + rest == textReport(report(expired)))
    }

    @Test("No format shows a secret unless it is asked to", arguments: conversations.map(\.text))
    func secrets(_ text: String) {
        let hidden = report(text) { $0.why = true }
        let shown = report(text) { $0.showSecrets = true }
        for token in hidden.file.tokens {
            // The last bytes of a JWT are its signature.
            let secret = String(token.secret.revealed.suffix(24))
            for output in [
                textReport(hidden), markdownReport(hidden), String(decoding: jsonText(hidden), as: UTF8.self),
                listText(hidden), showText(hidden, attempt: 1, isEveryFrameKept: true),
                String(decoding: showJSON(hidden, attempt: 1).bytes, as: UTF8.self),
                tokenText(hidden, at: nil, skewSeconds: 60),
                String(decoding: tokenJSON(hidden, at: nil, skewSeconds: 60).bytes, as: UTF8.self),
                diffText(hidden, attempt: 1, hidden, attempt: 1),
            ] { #expect(!output.contains(secret)) }
            #expect(showText(shown, attempt: 1, isEveryFrameKept: true).contains(secret))
        }
    }

    @Test("Many alike are told once and counted") func groups() {
        let one = report(expired)
        var file = one.file
        var judgements: [Judgement] = []
        file.attempts = AttemptList(
            (1...3121).map { number in
                var attempt = one.file.attempts[0]
                attempt.id = number
                var judgement = one.judgements[0]
                judgement.attempt = number
                judgements.append(judgement)
                return attempt
            })
        let text = textReport(Report(version: "0", file: file, judgements: judgements))
        #expect(text.contains("and 3,120 more like #1: #2-#3121"))
        #expect(text.contains("3,121 attempts: 3,121 explained"))
        #expect(text.split(separator: "\n").count < 70)
    }

    @Test("A healthy attempt is one line") func healthy() {
        let text = textReport(report(conversations[1].text))
        #expect(text.contains("ok  #1  "))
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.contains("1 attempt: 1 healthy"))
    }

    @Test("The wire cannot steer the terminal") func control() {
        let text = textReport(
            report(
                """
                > GET /live HTTP/1.1
                < HTTP/1.1 403 \u{1b}[31mNo\u{202e}
                < Server: a\u{7}b
                """))
        #expect(!text.contains("\u{1b}"))
        #expect(!text.contains("\u{7}"))
        #expect(!text.contains("\u{202e}"))
    }

    @Test(
        "Exit codes follow the verdicts",
        arguments: zip(conversations.map(\.text), [1, 0, 4, 1, 4, 0] as [Int32]))
    func exitCodes(_ text: String, _ code: Int32) {
        #expect(report(text).exitCode.rawValue == code, "\(text)")
    }

    @Test("What stayed encrypted is no proof of health") func encrypted() {
        var nothing = report("")
        nothing.file.connectionCount = 2
        nothing.file.encryptedConnectionCount = 2
        #expect(nothing.exitCode == .undetermined)
        #expect(textReport(nothing).contains("Every connection is encrypted"))
    }
}

@Suite("Words of a report") struct WordsTests {
    @Test(
        "Spans of time read like speech",
        arguments: [
            (0.000_02, "20 µs"), (0.0412, "41 ms"), (0.999_9, "1 s"), (6.24, "6.2 s"), (61, "61 s"),
            (3540, "59 min"),
            (3720, "1 h 2 min"), (82_800, "23 h"), (259_200, "3 days"), (31_557_600 * 9.5, "9.5 years"),
            (.infinity, "a very long time"), (-61, "61 s"),
        ])
    func durations(_ seconds: Double, _ words: String) { #expect(durationText(seconds) == words) }

    @Test("Numbers become ranges") func ranges() {
        #expect(rangesText([2, 3, 4, 7, 9, 10]) == "#2-#4, #7, #9-#10")
        #expect(rangesText([1, 3, 5], most: 2) == "#1, #3, …")
    }

    @Test(
        "Numbers get commas", arguments: [(0, "0"), (999, "999"), (3120, "3,120"), (1_234_567, "1,234,567")])
    func commas(_ number: Int, _ text: String) { #expect(grouped(number) == text) }

    @Test("What steers a terminal is spelled out") func visibles() {
        #expect(visible("a\u{1b}[0m\u{9b}b\r\n") == "a\\x1b[0m\\x9bb\\r\\n")
        #expect(visible("grün", ascii: true) == "gr\\u{00fc}n")
        #expect(visible("x\u{202e}y") == "x\\u{202e}y")
    }

    @Test(
        "Width is counted in columns", arguments: [("abc", 3), ("é", 1), ("中", 2), ("e\u{301}", 1), ("👩‍💻", 2)])
    func widths(_ text: String, _ width: Int) { #expect(columns(text) == width) }

    @Test("Paths that differ in numbers are one pattern") func patterns() {
        #expect(pattern(ofPath: "/v2/push/12?x=1") == "/v2/push/*")
        #expect(pattern(ofPath: "/v1/3f2504e0-4f89-11d3-9a0c-0305e82c3301/ws") == "/v1/*/ws")
        #expect(pattern(ofPath: "/live") == "/live")
    }
}
