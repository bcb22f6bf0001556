import Wire

/// How comments of our own recordings begin that are not only for people.
package enum RecordingComment {
    /// What the proxy changed in what it passed on follows.
    package static let changed: StaticString = "wsdiag changed: "
}

/// Walks over the comments beside a packet in which a recording of our own tells what was changed on the way. `body` is
/// that of a packet block; others' comments are for people.
func forEachChange(
    in body: Span<UInt8>, optionsAt start: Int, order: ByteOrder, _ each: (Span<UInt8>) -> Void
) {
    var position = start
    while 4 <= body.count - position {
        let code = body.integer16(position, order)
        let length = body.integer16(position + 2, order)
        position += 4
        guard code != 0, length <= body.count - position else { return }
        let value = body.extracting(position..<position + length)
        if code == 1, value.starts(with: RecordingComment.changed) {
            each(value.extracting(RecordingComment.changed.utf8CodeUnitCount..<length))
        }
        position += (length + 3) & ~3
    }
}
