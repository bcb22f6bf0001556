import Case
import TestSupport
import Testimony
import Testing

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
}
