import Case
import Testing
import TestSupport

@Suite("Several readers of one capture")
struct ShardTests {
    /// Every shipped capture, as one timeline: hundreds of streams in one case.
    private static let captures: [[UInt8]] = {
        let folder = TestFile.packageRoot + "/captures"
        return TestFile.names(in: folder).compactMap { TestFile.read("\(folder)/\($0)/capture.pcapng") }
    }()

    @Test("Two and three readers see what one sees", arguments: [2, 3])
    func sameCase(shards: Int) {
        let alone = readCase(Self.captures)
        let shared = readCase(Self.captures, shards: shards)
        #expect(100 < alone.attempts.count)
        #expect(shared.attempts == alone.attempts)
        #expect(shared.exchanges == alone.exchanges)
        #expect(shared.tokens == alone.tokens)
        #expect(shared.limits == alone.limits)
        #expect(shared == alone)
    }
}
