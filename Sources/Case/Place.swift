/// Where in the input a fact stands: the evidence behind every sentence of a report.
package struct Place: Sendable, Equatable, Hashable {
    /// A position, in the terms of the input's kind.
    package enum Position: Sendable, Equatable, Hashable {
        /// A packet of a capture: its 1-based number in the file, and the 0-based number of its TCP stream as
        /// Wireshark counts them.
        case frame(Int, stream: Int)
        /// A line and column of a text, both 1-based.
        case line(Int, column: Int)
        /// A JSON pointer (RFC 6901) into a document.
        case pointer(String)
    }

    /// Index into `CaseFile.inputs`.
    package var input: Int
    /// Where in that input.
    package var position: Position

    /// A place in an input.
    package init(input: Int, position: Position) {
        self.input = input
        self.position = position
    }

    /// A packet of a capture.
    package static func frame(_ number: Int, stream: Int, input: Int) -> Place {
        Place(input: input, position: .frame(number, stream: stream))
    }
}

/// How a fact is known.
package enum Basis: String, Sendable, Equatable, CaseIterable {
    /// Read from the bytes of the traffic.
    case observed
    /// Told by somebody or by a program that saw it.
    case reported
    /// Concluded from other facts.
    case inferred
}
