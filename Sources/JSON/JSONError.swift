/// Why a text is not JSON, or not one that is read here, and where.
package struct JSONError: Error, Sendable, Equatable {
    /// What is wrong.
    package enum Kind: Sendable, Equatable {
        /// The text ends where a value, or the rest of one, is due.
        case unexpectedEnd
        /// A byte stands where the grammar has no place for it.
        case unexpectedByte(UInt8)
        /// A backslash before something that is no escape.
        case badEscape
        /// A control character in a string; JSON wants it escaped.
        case controlCharacter(UInt8)
        /// A string, or a name, that is not UTF-8.
        case invalidUTF8
        /// Digits that are no JSON number: `01`, `1.`, `+1`.
        case badNumber
        /// Something follows the value.
        case trailingBytes
        /// More nesting than is followed.
        case tooDeep(limit: Int)
        /// More values than are read.
        case tooManyValues(limit: Int)
        /// A longer text than is read. Bytes.
        case tooLong(limit: Int)
    }

    /// What is wrong.
    package var kind: Kind
    /// The offset of the offending byte. Bytes, from 0.
    package var offset: Int
    /// The line it stands in, from 1.
    package var line: Int
    /// The character within the line, from 1; a character is a Unicode scalar.
    package var column: Int

    /// An error at `offset` of `bytes`.
    init(_ kind: Kind, at offset: Int, of bytes: Span<UInt8>) {
        self.kind = kind
        self.offset = offset
        line = 1
        column = 1
        for index in 0..<min(offset, bytes.count) {
            if bytes[index] == 0x0a {
                line += 1
                column = 1
            } else if bytes[index] & 0xc0 != 0x80 {
                column += 1
            }
        }
    }
}
