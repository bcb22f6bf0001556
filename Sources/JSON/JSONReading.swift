package import Wire

extension JSONValue {
    /// Reads one JSON text (RFC 8259). Strict: nothing but white space around the value, no comments, no trailing
    /// commas. A byte order mark in front is passed over; a lone surrogate escape becomes U+FFFD.
    ///
    /// Throws: the first error, with its place; bounds are `limits.jsonBytes`, `jsonDepth` and `jsonValues`.
    package init(reading bytes: Span<UInt8>, limits: Limits = .standard) throws(JSONError) {
        var reader = JSONReader(limits: limits, isLenient: false)
        self = try reader.document(bytes)
    }

    /// What could be read of a text that may have been cut short.
    package struct Prefix: Sendable, Equatable {
        /// The value, with every container closed where the text ends; nil when not even its beginning is there.
        package var value: JSONValue?
        /// Whether the text ends before the value does. A string or number that the end cuts is left out.
        package var isTruncated: Bool
        /// The bytes that belong to the value, from the start of the text.
        package var length: Int
    }

    /// Reads a JSON text that may have been cut short, and gives what came before the cut. Bytes after the value
    /// are left alone, and strings that are not UTF-8 are repaired.
    ///
    /// Throws: an error that is none of the cut's making.
    package static func prefix(_ bytes: Span<UInt8>, limits: Limits = .standard) throws(JSONError) -> Prefix {
        var reader = JSONReader(limits: limits, isLenient: true)
        do throws(JSONError) {
            let value = try reader.document(bytes)
            return Prefix(value: value, isTruncated: false, length: reader.offset)
        } catch {
            guard error.kind == .unexpectedEnd else { throw error }
            return Prefix(value: reader.closeEverything(), isTruncated: true, length: bytes.count)
        }
    }
}
