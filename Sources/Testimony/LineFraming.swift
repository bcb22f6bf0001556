import Wire

/// Cuts a text into lines, whatever the pieces it comes in.
struct LineFraming {
    /// A line without its end.
    struct Line {
        var bytes: [UInt8]
        /// From 1.
        var number: Int
    }

    private let longest: Int
    private var held: [UInt8] = []
    private var number = 1
    private var isSkipping = false
    /// Lines that were longer than any that is read.
    private(set) var tooLong = 0

    init(longest: Int) { self.longest = longest }

    /// The next line that ends in this piece, from `position` on; nil when the piece is used up, its rest held.
    mutating func next(_ piece: Span<UInt8>, from position: inout Int) -> Line? {
        while position < piece.count {
            guard let end = piece.firstIndex(of: 0x0a, from: position) else {
                hold(piece.extracting(position...))
                position = piece.count
                return nil
            }
            hold(piece.extracting(position..<end))
            position = end + 1
            if let line = cut() { return line }
        }
        return nil
    }

    /// What stands after the last line end; nil when that is nothing.
    mutating func last() -> Line? { held.isEmpty ? nil : cut() }

    private mutating func hold(_ part: Span<UInt8>) {
        guard !isSkipping else { return }
        guard held.count + part.count <= longest else {
            isSkipping = true
            tooLong += 1
            held = []
            return
        }
        held.append(part)
    }

    private mutating func cut() -> Line? {
        defer {
            number += 1
            isSkipping = false
        }
        guard !isSkipping else { return nil }
        var line: [UInt8] = []
        swap(&line, &held)
        return Line(bytes: line, number: number)
    }
}
