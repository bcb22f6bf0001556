import Case
import TestSupport
import Testimony
import Testing
import Wire

/// The same six attempts through the HARs of several programs and through a capture.
@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct HARCorpusTests {
    static func har(_ name: String) throws -> CaseFile {
        try readDocument([try #require(Corpus.bytes("inputs/har/\(name).har"))])
    }

    /// What a capture shows, without what a HAR of that program has no place for.
    private func expected(_ change: (inout Seen) -> Void) throws -> [Seen] {
        seen(try NetLogCorpusTests.capture()).map { shown in
            var shown = shown
            shown.close = nil
            shown.closer = nil
            change(&shown)
            return shown
        }
    }

    @Test("DevTools' export with sensitive data holds the attempts of the capture, but for close frames")
    func devToolsSensitive() throws {
        let file = try Self.har("lab-chrome156-devtools-sensitive")
        #expect(try seen(file) == expected { _ in })
        let refused = file.attempts.filter { $0.outcome == .refused }
        #expect(refused.map(\.status) == [403, 401, 401])
        #expect(refused.allSatisfy { $0.unseen == [.responseFields, .responseBody, .transport] })
        #expect(file.attempts.allSatisfy { $0.basis == .reported })
        #expect(file.limits.map(\.kind) == [.browserHidesRefusal, .notHeld])
        #expect(
            file.limits[0].place == Place(input: 0, position: .pointer("/log/entries/1")))
    }

    @Test("DevTools' sanitized export lacks cookies, says so, and warns of the tokens inside")
    func devToolsSanitized() throws {
        let file = try Self.har("lab-chrome156-devtools-sanitized")
        #expect(
            try seen(file)
                == expected { shown in shown.credentials.removeAll { $0.hasPrefix("cookie") } })
        #expect(file.attempts.allSatisfy { $0.unseen.contains(.requestFields) })
        #expect(
            file.limits.map(\.kind) == [.browserHidesRefusal, .notHeld, .valuesRedacted, .secretsInside])
        #expect(!file.limits.contains { $0.text.contains("eyJ") })
    }

    @Test("Playwright's HAR holds the attempts of the capture, but for close frames")
    func playwright() throws {
        let file = try Self.har("lab-playwright165-chromium156")
        #expect(try seen(file) == expected { _ in })
        #expect(file.limits.map(\.kind) == [.browserHidesRefusal, .notHeld])
        let messages = file.attempts.compactMap(\.session).map(\.counts)
        #expect(messages.map(\.server.text) == [3, 0])
        #expect(file.attempts.last?.session?.firstFrames.first?.at?.rfc3339 == "2026-11-21T02:42:13.825690Z")
    }

    @Test("Firefox's HAR holds status and fields of each answer, and neither bodies nor messages")
    func firefox() throws {
        let file = try Self.har("lab-firefox153-autoexport-ws-cleartext")
        let shown = try expected { shown in
            shown.authority = "localhost:18080"
        }
        #expect(seen(file) == shown)
        #expect(file.attempts.prefix(3).allSatisfy { $0.unseen == [.responseBody, .transport] })
        #expect(file.attempts.suffix(2).allSatisfy { $0.unseen == [.frames, .closes, .transport] })
        #expect(file.attempts[0].response?.head.first("x-amzn-errortype") == "ForbiddenException")
        #expect(file.attempts.allSatisfy { $0.handshake.key == .valid })
        #expect(file.attempts.suffix(2).allSatisfy { $0.handshake.accept == .valid })
    }

    @Test("mitmproxy's HAR holds all but close frames, and is told by the Upgrade field")
    func mitmproxy() throws {
        let file = try Self.har("lab-mitmproxy11-hardump")
        #expect(file.attempts.map(\.status) == [403, 401, 401, 101, 101, 101, 101])
        #expect(file.attempts.prefix(3).allSatisfy { $0.unseen == .transport })
        #expect(file.attempts[2].response?.body.text.contains("Token expired") == true)
        #expect(file.attempts.suffix(4).allSatisfy { $0.unseen == [.closes, .transport] })
        #expect(file.attempts.allSatisfy { $0.isSecure == true })
        #expect(file.exchanges.isEmpty)
        #expect(try Self.har("mitmproxy-websocket").attempts.map { account($0) }.count == 3)
    }

    @Test(
        "Other programs' HARs are read, byte order marks and all",
        arguments: [("mitmproxy-with-bom", 1), ("mitmproxy-charles", 4), ("mitmproxy-insomnia", 1)])
    func others(name: String, exchanges: Int) throws {
        let file = try Self.har(name)
        #expect(file.attempts.isEmpty)
        #expect(file.exchanges.count <= exchanges && 0 < file.exchanges.count)
    }

    @Test("A broken HAR is told as one, with line and pointer")
    func broken() {
        #expect {
            try Self.har("mitmproxy-brokenfile")
        } throws: { error in
            (error as? DocumentError)?.text.contains("line 5, column 1, at /log") == true
        }
    }
}
