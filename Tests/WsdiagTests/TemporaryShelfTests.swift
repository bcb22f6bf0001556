import TestSupport
import Testing

@testable import wsdiag

/// The file without a name.
@Suite("Temporary file") struct TemporaryShelfTests {
    @Test("What was put aside comes back, wherever it stands") func pieces() throws {
        let shelf = TemporaryShelf()
        #expect(shelf.read(0..<4).isEmpty)
        let first = try #require(shelf.append([1, 2, 3]))
        let second = try #require(shelf.append([UInt8](repeating: 7, count: 300_000)))
        let third = try #require(shelf.append([9]))
        #expect(shelf.read(first + 1..<first + 3) == [2, 3])
        #expect(shelf.read(second..<third) == [UInt8](repeating: 7, count: 300_000))
        #expect(shelf.read(third..<third + 1) == [9])
        #expect(shelf.read(third..<third).isEmpty)
    }

    @Test("Two walks side by side, jumps and pieces across blocks read what was put there") func walks()
        throws
    {
        let shelf = TemporaryShelf()
        var random = SeededRandom(seed: 3)
        let all = (0..<1_000_000).map { _ in UInt8(random.below(256)) }
        for start in stride(from: 0, to: all.count, by: 250_000) {
            _ = try #require(shelf.append(Array(all[start..<start + 250_000])))
        }
        var (near, far) = (0, 600_000)
        for _ in 0..<4000 {
            let count = random.below(300)
            let starts = [near, far, random.below(all.count - 300)]
            for start in starts where start + count <= all.count {
                #expect(shelf.read(start..<start + count) == Array(all[start..<start + count]))
            }
            near += count
            far += random.below(200)
        }
        #expect(shelf.read(0..<all.count) == all)
    }
}
