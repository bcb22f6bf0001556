import Case
import Diagnosis
import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite("What the proxy changed, in its recording")
struct RecordedChangesTests {
    private static let change = "Host was changed from 127.0.0.1:8080 to a.test"

    /// The case that a recording with these changes tells.
    private func recorded(_ changes: [String]) throws -> CaseFile {
        let path = "/tmp/wsdiag-changes-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).pcapng"
        defer { unlink(path) }
        let relay = try RecordedRelay(path)
        relay.open(0)
        relay.changed(Array(changes.prefix(1)), on: 0)
        relay.say(upgrade, .client, on: 0)
        relay.changed(changes, on: 0)
        relay.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", .server, on: 0)
        relay.finish(0, resets: false, attempt: nil)
        relay.recorder.finish(at: relay.now)
        return reading(try #require(TestFile.read(path)), "x")
    }

    @Test("Explained later it is told, once, and stands among the candidates")
    func told() throws {
        let file = try recorded([Self.change])
        #expect(file.limits.filter { $0.kind == .changedOnTheWay } == [.changedOnTheWay(Self.change)])
        let judgement = try #require(judge(file).first)
        #expect(judgement.candidates.contains { $0.cause == "request-changed-on-the-way" })
    }

    @Test("Where nothing was changed nothing is told")
    func untouched() throws {
        let file = try recorded([])
        #expect(!file.limits.contains { $0.kind == .changedOnTheWay })
        let judgement = try #require(judge(file).first)
        #expect(!judgement.candidates.contains { $0.cause == "request-changed-on-the-way" })
    }

    @Test(
        "A comment that is no plain text, or too long, is told nowhere",
        arguments: ["a \u{1b}[2J b", "caf\u{e9}", String(repeating: "x", count: 1500)])
    func hostile(_ change: String) throws {
        #expect(try recorded([change]).limits.allSatisfy { $0.kind != .changedOnTheWay })
    }

    @Test("Of very many changes the first ones are told")
    func bounded() throws {
        let file = try recorded((1...14).map { "line \($0) was changed" })
        #expect(file.limits.count { $0.kind == .changedOnTheWay } == 14)
    }
}
