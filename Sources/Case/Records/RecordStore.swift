/// A place outside of memory where bytes can be put aside: a file that has no name, or nothing at all in a test.
package protocol Shelf: AnyObject, Sendable {
    /// Puts bytes behind those that are there; answers where they begin, or nil when there is no room.
    func append(_ bytes: [UInt8]) -> Int?
    /// The bytes of a range that was put aside; fewer when they cannot be read any more.
    func read(_ range: Range<Int>) -> [UInt8]
}

/// Records one after the other: the first ones in memory, the rest on a shelf where one is given.
///
/// Law: memory stays within the budget and one piece, however many records there are, as long as the shelf has room.
package struct RecordStore: Sendable {
    /// Where a record stands.
    package struct Address: Sendable, Equatable {
        /// Index of its piece.
        var piece: UInt32
        /// Its first byte in the piece.
        var offset: UInt32
        /// Its length. Bytes.
        var length: UInt32
    }

    private enum Piece {
        case kept([UInt8])
        /// Where it begins on the shelf.
        case shelved(Int)
    }

    /// Records are put aside in pieces of so many bytes, or of one longer record.
    private static let pieceBytes = 256 << 10

    private let shelf: (any Shelf)?
    private let budget: Int
    private var pieces: [Piece] = []
    private var keptBytes = 0
    private var open: [UInt8] = []

    /// An empty store that keeps `budget` bytes in memory and what goes beyond on the shelf. Without one it keeps all.
    package init(budget: Int, shelf: (any Shelf)?) {
        self.budget = budget
        self.shelf = shelf
    }

    /// Takes a record, 4 GiB at most.
    mutating func append(_ record: [UInt8]) -> Address {
        if !open.isEmpty, Self.pieceBytes < open.count + record.count { seal() }
        if open.isEmpty { open.reserveCapacity(Self.pieceBytes) }
        let address = Address(
            piece: UInt32(truncatingIfNeeded: pieces.count), offset: UInt32(truncatingIfNeeded: open.count),
            length: UInt32(truncatingIfNeeded: record.count))
        open.append(contentsOf: record)
        return address
    }

    private mutating func seal() {
        if let shelf, budget < keptBytes + open.count, let start = shelf.append(open) {
            pieces.append(.shelved(start))
            open.removeAll(keepingCapacity: true)
            return
        }
        keptBytes += open.count
        pieces.append(.kept(open))
        open = []
    }

    /// A reader of one record.
    func reader(at address: Address) -> RecordReader {
        let range = Int(address.offset)..<Int(address.offset) + Int(address.length)
        guard Int(address.piece) < pieces.count else { return RecordReader(open, range) }
        switch pieces[Int(address.piece)] {
        case .kept(let bytes): return RecordReader(bytes, range)
        case .shelved(let start):
            let bytes = shelf?.read(start + range.lowerBound..<start + range.upperBound) ?? []
            return RecordReader(bytes, 0..<bytes.count)
        }
    }
}
