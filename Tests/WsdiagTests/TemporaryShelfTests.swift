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
}
