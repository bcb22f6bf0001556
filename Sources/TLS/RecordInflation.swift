import Compression
import Wire

/// Undoes the compression of the records of one direction: one zlib stream over all records since the keys changed.
///
/// Clients stopped offering it in 2012, when it was found to tell secrets; captures of that time have it.
/// Laws: behind a record that is missing nothing can be undone. Source: RFC 3749 §2.
final class RecordInflation {
    /// The method's number in ServerHello.
    static let method = 1
    /// The longest text of a record (RFC 5246 §6.2.2). Bytes.
    private static let longestText = (1 << 14) + 1024

    private var decompressor: Decompressor
    private var sequence: UInt64 = 0
    private var isBroken = false

    init?() {
        guard let decompressor = try? Decompressor(.zlib) else { return nil }
        self.decompressor = decompressor
    }

    /// Puts the text of the record in the place of what was opened, which stands at the end of `plaintext`. Answers
    /// false, with that removed, when it cannot be undone.
    /// - Parameter next: the number of the record behind this one.
    func undo(_ plaintext: inout [UInt8], from start: Int, next: UInt64) -> Bool {
        sequence &+= 1
        let packed = Array(plaintext[start...])
        plaintext.removeSubrange(start...)
        if next != sequence { isBroken = true }
        guard !isBroken else { return false }
        if packed.isEmpty { return true }
        do throws(CompressionError) {
            _ = try decompressor.receive(packed.span) { piece in
                plaintext.append(piece)
                return plaintext.count - start <= Self.longestText
            }
        } catch {
            isBroken = true
        }
        if Self.longestText < plaintext.count - start { isBroken = true }
        if isBroken { plaintext.removeSubrange(start...) }
        return !isBroken
    }
}
