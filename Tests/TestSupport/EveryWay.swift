package import Testing

/// Bytes as they may arrive: in pieces.
package struct Feed: CustomStringConvertible {
    /// How the bytes were cut, in words.
    package let description: String
    /// The bytes, in order; their sum is always the whole.
    package let pieces: [[UInt8]]

    /// Hands each piece to `receive`.
    package func callAsFunction(_ receive: (Span<UInt8>) throws -> Void) rethrows {
        for piece in pieces { try receive(piece.span) }
    }
}

/// Reads `bytes` whole, one byte at a time, in halves, and in random pieces; every way must give the same answer, which
/// is returned. Where `trailing` is given, the bytes followed by it must give that answer too.
///
/// Shape: `read` makes a new reader each time, feeds it, and answers what it found.
@discardableResult
package func everyWay<Answer: Equatable>(
    _ bytes: [UInt8], trailing: [UInt8] = [], seed: UInt64 = 1,
    sourceLocation: SourceLocation = #_sourceLocation, _ read: (Feed) throws -> Answer
) rethrows -> Answer {
    let whole = try read(Feed(description: "whole", pieces: [bytes]))
    for feed in feeds(bytes, trailing: trailing, seed: seed) {
        let answer = try read(feed)
        #expect(answer == whole, "read \(feed) it differs from whole", sourceLocation: sourceLocation)
    }
    return whole
}

/// The ways beside "whole".
private func feeds(_ bytes: [UInt8], trailing: [UInt8], seed: UInt64) -> [Feed] {
    var feeds = [
        Feed(description: "one byte at a time", pieces: bytes.map { [$0] }),
        Feed(description: "in halves", pieces: cut(bytes, at: [bytes.count / 2])),
        Feed(description: "with empty pieces between", pieces: [[], bytes, []]),
    ]
    var random = SeededRandom(seed: seed)
    for longest in [3, 17, 100, 1460] where 1 < bytes.count {
        var places: [Int] = []
        var place = 1 + random.below(longest)
        while place < bytes.count {
            places.append(place)
            place += 1 + random.below(longest)
        }
        feeds.append(
            Feed(description: "in pieces of at most \(longest) bytes", pieces: cut(bytes, at: places)))
    }
    if !trailing.isEmpty {
        feeds.append(Feed(description: "with trailing bytes in the same piece", pieces: [bytes + trailing]))
        feeds.append(Feed(description: "with trailing bytes after it", pieces: [bytes, trailing]))
    }
    return feeds
}

/// The pieces between the places, which ascend.
private func cut(_ bytes: [UInt8], at places: [Int]) -> [[UInt8]] {
    let edges = [0] + places + [bytes.count]
    return zip(edges, edges.dropFirst()).map { Array(bytes[$0..<$1]) }
}
