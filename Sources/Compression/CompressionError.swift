/// Why a coded stream could not be undone.
package enum CompressionError: Error, Sendable, Equatable {
    /// The bytes break the rules of their format. The offset is that of the first input byte that was not consumed,
    /// counted from the beginning of the stream. Bytes.
    case badData(at: Int)
    /// The format asks for something that this reader does not give: a preset dictionary, a window that is too large.
    case unsupported(at: Int)
    /// The library could not get memory.
    case outOfMemory
}
