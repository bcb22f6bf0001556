import Crypto
import Wire

/// Records in block chaining mode with a code, of SSL 3 to TLS 1.2.
///
///     encrypted:  text | code | padding | padding length        code over the text (RFC 5246 §6.2.3.2)
///     or:         encrypted(text | padding | padding length) | code      code over the rest (RFC 7366)
final class ChainedRecords {
    private let cipher: BlockChaining
    private let code: RecordCode
    /// RFC 7366: the code is over the ciphertext.
    private let encryptsFirst: Bool
    /// SSL 3: only the length of the padding counts, and it is less than a block (RFC 6101 §5.2.3.2).
    private let hasAnyPadding: Bool
    /// SSL 3 and TLS 1.0: the vector is the last block of the record before. Nil where each record carries its own.
    private var chainedVector: [UInt8]?

    init(
        cipher: ChainedCipher, key: [UInt8], code: RecordCode, encryptsFirst: Bool, chainedVector: [UInt8]?,
        hasAnyPadding: Bool
    ) {
        self.cipher = BlockChaining(cipher, key: key.span)
        self.code = code
        self.hasAnyPadding = hasAnyPadding
        self.encryptsFirst = encryptsFirst
        self.chainedVector = chainedVector
    }

    /// Opens a record and appends its text. Answers false, with nothing appended, when it is not authentic.
    func open(_ record: Span<UInt8>, number: UInt64, into plaintext: inout [UInt8]) -> Bool {
        let block = cipher.cipher.blockBytes
        var end = record.count
        if encryptsFirst {
            end -= code.bytes
            guard RecordHeader.bytes < end else { return false }
            let covered = record.extracting(RecordHeader.bytes..<end)
            guard code.fits(record, number: number, covered: covered, found: record.extracting(end...)) else {
                return false
            }
        }
        let first = RecordHeader.bytes + (chainedVector == nil ? block : 0)
        guard first + block <= end else { return false }
        let start = plaintext.count
        guard decrypt(record, first..<end, into: &plaintext) else { return false }
        guard let length = textLength(record, number, plaintext.span.extracting(start..<plaintext.count))
        else {
            plaintext.removeSubrange(start...)
            return false
        }
        plaintext.removeSubrange((start + length)...)
        if chainedVector != nil { chainedVector = record.extracting((end - block)..<end).bytes() }
        return true
    }

    private func decrypt(_ record: Span<UInt8>, _ range: Range<Int>, into plaintext: inout [UInt8]) -> Bool {
        let blocks = record.extracting(range)
        if let vector = chainedVector {
            return cipher.decrypt(blocks, vector: vector.span, into: &plaintext)
        }
        let vector = record.extracting(RecordHeader.bytes..<range.lowerBound)
        return cipher.decrypt(blocks, vector: vector, into: &plaintext)
    }

    /// How long the text is before the padding and, where it is inside, the code; nil when either is wrong.
    private func textLength(_ record: Span<UInt8>, _ number: UInt64, _ opened: Span<UInt8>) -> Int? {
        let inside = encryptsFirst ? 0 : code.bytes
        let last = opened[opened.count - 1]
        let length = opened.count - 1 - Int(last) - inside
        guard 0 <= length else { return nil }
        if hasAnyPadding {
            guard Int(last) < cipher.cipher.blockBytes else { return nil }
        } else {
            for index in length + inside..<opened.count where opened[index] != last { return nil }
        }
        if !encryptsFirst {
            let found = opened.extracting(length..<length + inside)
            let text = opened.extracting(0..<length)
            guard code.fits(record, number: number, covered: text, found: found) else { return nil }
        }
        return length
    }
}
