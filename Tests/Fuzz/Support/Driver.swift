package import Wire

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Gives the process to libFuzzer. The package manager links with `--defsym main=<module>_main`, so each target
/// defines that symbol and calls this.
package func fuzz(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, body)
}

/// The bytes that libFuzzer hands over.
package func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// Cuts bytes into messages of a conversation: each begins with a byte that tells the side (bit 7) and the length of
/// what follows (the other bits; 127 takes all that is left).
package struct Conversation: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    /// A conversation out of a fuzzer's bytes.
    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next piece and who sends it.
    package mutating func next() -> (side: Side, bytes: [UInt8])? {
        guard let head = rest.popFirst() else { return nil }
        let length = head & 0x7f == 0x7f ? rest.count : Swift.min(rest.count, Int(head & 0x7f))
        defer { rest = rest.dropFirst(length) }
        return (head & 0x80 == 0 ? .client : .server, Array(rest.prefix(length)))
    }
}
