/// A credential from the moment it is found. Its description is masked; only code that must compare or decode it
/// opens it.
package struct Secret: Sendable, Equatable, Hashable {
    /// The bytes of the credential as they stood, after the codings of their carrier (percent, base64url) were undone.
    package let bytes: [UInt8]

    /// A secret of these bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A secret of this text.
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The text itself. For decoding, comparing and `--show-secrets` only.
    package var revealed: String { String(decoding: bytes, as: UTF8.self) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The masked form: `eyJh… (212 bytes)`. Fewer than 16 bytes show none of themselves.
    package var description: String {
        guard 16 <= bytes.count else { return "… (\(bytes.count) bytes)" }
        let head = bytes.prefix(4).map { 0x21 <= $0 && $0 < 0x7f ? String(UnicodeScalar($0)) : "?" }.joined()
        return "\(head)… (\(bytes.count) bytes)"
    }

    /// The masked form too: a debugger's or a test's output is an output.
    package var debugDescription: String { description }

    /// No children, so that `dump` and string interpolation of a holder cannot print the bytes.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
