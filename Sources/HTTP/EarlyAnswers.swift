package import Case
package import Wire

/// Bytes of one side that came at one moment and could not be read yet.
package struct HeldBytes: Sendable, Equatable {
    /// The bytes.
    package var bytes: [UInt8]
    /// When they came.
    package var at: Timestamp?
    /// Where they came.
    package var place: Place
}

/// Bytes of the server that came before the request they answer: captures of two directions are not always in order.
///
/// Law: bytes leave in the order they came, each piece with its own moment and place.
struct EarlyAnswers {
    /// Pieces that may wait: what a capture puts in a wrong order is near.
    private static let mostPieces = 16

    private var pieces: [HeldBytes] = []
    private var size = 0
    /// Whether the server ended after these bytes.
    var endsAfter = false

    var isEmpty: Bool { pieces.isEmpty }

    /// Keeps a piece; false when there is no room for it.
    mutating func keep(_ bytes: Span<UInt8>, at time: Timestamp?, place: Place, limits: Limits) -> Bool {
        guard bytes.count <= limits.bodyBytes - size else { return false }
        if let last = pieces.indices.last, pieces[last].at == time, pieces[last].place == place {
            pieces[last].bytes.append(bytes)
            size += bytes.count
            return true
        }
        guard pieces.count < Self.mostPieces else { return false }
        pieces.append(HeldBytes(bytes: bytes.bytes(), at: time, place: place))
        size += bytes.count
        return true
    }

    /// The oldest piece.
    mutating func next() -> HeldBytes? {
        guard !pieces.isEmpty else { return nil }
        let piece = pieces.removeFirst()
        size -= piece.bytes.count
        return piece
    }

    /// Puts back what was not used of the piece that came last from `next`.
    mutating func putBack(_ piece: HeldBytes, from used: Int) {
        var rest = piece
        rest.bytes.removeFirst(used)
        pieces.insert(rest, at: 0)
        size += rest.bytes.count
    }

    /// Everything that is left.
    mutating func takeAll() -> [HeldBytes] {
        defer {
            pieces = []
            size = 0
        }
        return pieces
    }
}
