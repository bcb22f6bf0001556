import Diagnosis
import TestSupport
import Testing

private let folder = packageRoot + "/Sources/Diagnosis/Profiles/gateways"

/// One fault in a profile, and what must be said of it.
private struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var line: Int
    var says: String
    var testDescription: String { name }
}

private func profile(_ behaviours: String, match: String = #"{"hosts":["a.example"]}"#) -> String {
    "{\n\"id\": \"mine\",\n\"title\": \"Mine\",\n\"match\": \(match),\n\"behaviours\": [\n\(behaviours)\n]\n}"
}

private let faults = [
    Fault(
        name: "an unknown member",
        text: profile(
            #"{"kind":"idleTimeout","seconds":1,"second":2,"says":"s","basis":"observed","source":"x","checked":"2026-01-01"}"#
        ),
        line: 6, says: "unknown member \"second\""),
    Fault(
        name: "an unknown kind",
        text: profile(
            "{\n\"kind\":\"idle\",\"says\":\"s\",\"basis\":\"observed\",\"source\":\"x\",\"checked\":\"2026-01-01\"}"
        ), line: 7,
        says: "expected one of credentialChannel"),
    Fault(
        name: "a bad date",
        text: profile(
            #"{"kind":"idleTimeout","seconds":1,"says":"s","basis":"observed","source":"x","checked":"2026-13-01"}"#
        ),
        line: 6, says: "expected a day such as 2026-01-15"),
    Fault(
        name: "no source",
        text: profile(
            #"{"kind":"idleTimeout","seconds":1,"says":"s","basis":"observed","checked":"2026-01-01"}"#),
        line: 6, says: "expected a member \"source\""),
    Fault(name: "no way to recognise it", text: profile("", match: "{}"), line: 4, says: "expected hosts"),
    Fault(name: "no JSON", text: "{\n\"id\": }", line: 2, says: "expected JSON"),
    Fault(
        name: "a number where words belong",
        text: profile(
            #"{"kind":"idleTimeout","seconds":"1","says":"s","basis":"observed","source":"x","checked":"2026-01-01"}"#
        ),
        line: 6, says: "expected a whole number"),
]

@Suite("Profiles of gateways")
struct ProfileTests {
    @Test("every shipped profile is read strictly", arguments: names(in: folder))
    func shippedProfileIsSound(_ name: String) throws {
        let text = try #require(bytes(of: folder + "/" + name))
        let profile = try Profile(file: name, bytes: text)
        #expect(!profile.behaviours.isEmpty)
    }

    @Test("what is embedded is the sum of the files")
    func embeddedIsFresh() throws {
        let texts = try names(in: folder).map { name in
            let text = String(decoding: try #require(bytes(of: folder + "/" + name)), as: UTF8.self)
            return text.last == "\n" ? String(text.dropLast()) : text
        }
        let sum = "[\n" + texts.joined(separator: ",\n") + "\n]\n"
        let path = packageRoot + "/Sources/Diagnosis/Profiles/gateways.json"
        if isRecording { write(sum, to: path) }
        #expect(
            bytes(of: path).map { String(decoding: $0, as: UTF8.self) } == sum,
            "run the tests with WSDIAG_RECORD=1")
        #expect(Profiles.embedded.profiles.count == texts.count)
        #expect(20 < Profiles.embedded.fingerprints.count)
    }

    @Test("host patterns of different profiles do not overlap unless one is a part of the other")
    func hostsDoNotOverlap() {
        var owners: [String: String] = [:]
        for profile in Profiles.embedded.profiles where profile.match.paths.isEmpty {
            for host in profile.match.hosts {
                #expect(owners[host] == nil, "\(host) is claimed by \(profile.id) and \(owners[host] ?? "")")
                owners[host] = profile.id
            }
        }
    }

    @Test("a fault is refused with its line and what was expected", arguments: faults.map(\.name))
    func faultIsNamed(_ name: String) throws {
        let fault = try #require(faults.first { $0.name == name })
        do {
            _ = try Profile(file: "mine.json", bytes: Array(fault.text.utf8))
            Issue.record("the fault was not noticed")
        } catch {
            #expect(error.file == "mine.json")
            #expect(error.line == fault.line, "\(error)")
            #expect(error.expected.contains(fault.says), "\(error)")
        }
    }

    @Test("no name of a vendor stands in Swift code")
    func noVendorInSwift() {
        // Words of the protocols and of this program that are also part of a title.
        let common: Set<String> = [
            "example", "gateway", "program", "pages", "cloud", "message", "messaging", "market", "streams",
            "advanced",
            "trade", "channels", "realtime", "websocket", "websockets", "server", "proxy", "python",
            "transport",
            "application", "balancer", "assistant", "home", "graphql", "load", "spring", "http", "asgi",
            "this", "node",
            "phoenix",
        ]
        var vendors: Set<String> = []
        let titles =
            Profiles.embedded.profiles.flatMap { [$0.id, $0.title] }
            + Profiles.embedded.fingerprints.map(\.name)
        for title in titles {
            for word in title.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber })
            where 3 < word.count && !common.contains(String(word)) { vendors.insert(String(word)) }
        }
        #expect(vendors.contains("nginx"))
        for file in files(under: packageRoot + "/Sources/Diagnosis", ending: ".swift") {
            let text = String(decoding: bytes(of: file) ?? [], as: UTF8.self).lowercased()
            let words = Set(text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init))
            let found = words.intersection(vendors)
            #expect(found.isEmpty, "\(file) names \(found)")
        }
    }
}

@Suite("Profiles that a user adds")
struct AddedProfileTests {
    private func text(_ id: String, host: String, seconds: Int = 5) -> [UInt8] {
        let fact =
            #"{"kind":"idleTimeout","seconds":\#(seconds),"says":"s","basis":"observed","source":"x","checked":"2026-01-01"}"#
        return Array(
            "{\n\"id\": \"\(id)\",\n\"title\": \"T\",\n\"match\": {\"hosts\":[\"\(host)\"]},\n\"behaviours\": [\(fact)]\n}"
                .utf8)
    }

    @Test("a profile of the same id replaces the old one")
    func sameIDReplaces() throws {
        var profiles = Profiles()
        try profiles.add(file: "a.json", bytes: text("a", host: "a.example"))
        try profiles.add(file: "a.json", bytes: text("a", host: "a.example", seconds: 9))
        #expect(profiles.profiles.count == 1)
        #expect(profiles.profiles.first?.behaviours.first?.fact == .idleTimeout(9))
    }

    @Test("a host pattern that another profile has is refused with file and line")
    func overlapIsRefused() throws {
        var profiles = Profiles()
        try profiles.add(file: "a.json", bytes: text("a", host: "a.example"))
        do {
            try profiles.add(file: "b.json", bytes: text("b", host: "a.example"))
            Issue.record("the overlap was not noticed")
        } catch {
            #expect(error.description.hasPrefix("b.json:4: expected host patterns of its own"))
        }
    }

    @Test(
        "host patterns that one host may fit are refused, and those that only look alike are not",
        arguments: [
            ("api.a.example", "*.a.example", false), ("*.a.example", "api.a.example", false),
            ("chat-*.a.example", "*-eu.a.example", false), ("*.a.example", "*.b.example", true),
            ("*.org.example", "chat.*", true), ("chat.*", "chat.a.example", false),
            ("a.example", "b.a.example", true),
        ])
    func overlapIsTold(_ first: String, _ second: String, _ isAllowed: Bool) throws {
        var profiles = Profiles()
        try profiles.add(file: "a.json", bytes: text("a", host: first))
        let added: Bool
        do {
            try profiles.add(file: "b.json", bytes: text("b", host: second))
            added = true
        } catch {
            added = false
            #expect(error.line == 4 && error.expected.contains("a"))
        }
        #expect(added == isAllowed)
        // A profile may always be replaced by one of its own id.
        try profiles.add(file: "a.json", bytes: text("a", host: first))
    }

    @Test("each shipped profile can be replaced by itself", arguments: names(in: folder))
    func shippedIsReplaced(_ name: String) throws {
        var profiles = Profiles.embedded
        try profiles.add(file: name, bytes: try #require(bytes(of: folder + "/" + name)))
        #expect(profiles.profiles.count == Profiles.embedded.profiles.count)
    }

    @Test("a reported fact lifts nothing above possible")
    func reportedIsCapped() throws {
        var options = JudgeOptions()
        let fact =
            #"{"kind":"credentialChannel","channel":"header","isRead":false,"says":"It ignores Authorization.","basis":"reported","source":"a forum","checked":"2026-01-01"}"#
        try options.profiles.add(
            file: "a.json",
            bytes: Array(
                #"{"id":"a","title":"A","match":{"hosts":["api.example.org"]},"behaviours":[\#(fact)]}"#.utf8)
        )
        let file = Transcript.caseFile(
            """
            > GET /live HTTP/1.1
            > Authorization: Bearer 9f8a7c6b5d4e3f2a1b0c9d8e7f
            < HTTP/1.1 401 Unauthorized
            """)
        let judgement = judge(file, options: options)[0]
        #expect(judgement.isUndetermined)
        #expect(
            judgement.candidates.first { $0.cause == "credential-in-ignored-header" }?.certainty == .possible)
    }
}
