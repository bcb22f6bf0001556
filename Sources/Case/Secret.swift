/// A credential from the moment it is found. Its description is masked; only code that must compare or decode it
/// opens it.
package struct Secret: Sendable, Equatable, Hashable {
    private enum Holder: Sendable {
        case kept([UInt8])
        /// Where it begins on a shelf, and its length. Bytes.
        case shelved(any Shelf, start: Int, count: Int)
    }

    private let holder: Holder

    /// The bytes of the credential as they stood, after the codings of their carrier (percent, base64url) were undone.
    ///
    /// Hold on to them where they are used twice: those of a large case are read from a file at each call.
    package var bytes: [UInt8] {
        switch holder {
        case .kept(let bytes): bytes
        case .shelved(let shelf, let start, let count): shelf.read(start..<start + count)
        }
    }

    /// How many bytes it has.
    package var count: Int {
        switch holder {
        case .kept(let bytes): bytes.count
        case .shelved(_, _, let count): count
        }
    }

    /// A secret of these bytes.
    package init(_ bytes: [UInt8]) { holder = .kept(bytes) }

    /// A secret of this text.
    package init(_ text: String) { holder = .kept(Array(text.utf8)) }

    /// A secret whose bytes stand on a shelf.
    package init(on shelf: any Shelf, from start: Int, count: Int) {
        holder = .shelved(shelf, start: start, count: count)
    }

    /// The text itself. For decoding, comparing and `--show-secrets` only.
    package var revealed: String { String(decoding: bytes, as: UTF8.self) }

    package static func == (left: Secret, right: Secret) -> Bool {
        left.count == right.count && left.bytes == right.bytes
    }

    /// Of the bytes, wherever they are.
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The masked form: `eyJh… (212 bytes)`. Fewer than 16 bytes show none of themselves.
    package var description: String {
        let bytes = bytes
        guard 16 <= bytes.count else { return "… (\(bytes.count) bytes)" }
        let head = bytes.prefix(4).map { 0x21 <= $0 && $0 < 0x7f ? String(UnicodeScalar($0)) : "?" }.joined()
        return "\(head)… (\(bytes.count) bytes)"
    }

    /// The masked form too: a debugger's or a test's output is an output.
    package var debugDescription: String { description }

    /// No children, so that `dump` and string interpolation of a holder cannot print the bytes.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
