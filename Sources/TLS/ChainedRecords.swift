import Crypto
import Wire

/// Records in block chaining mode with an HMAC, of TLS 1.0 to 1.2.
///
///     encrypted:  text | code | padding | padding length        code over the text (RFC 5246 §6.2.3.2)
///     or:         encrypted(text | padding | padding length) | code      code over the rest (RFC 7366)
final class ChainedRecords {
    private let cipher: BlockChaining
    private let code: MessageAuthentication
    private let codeBytes: Int
    /// RFC 7366: the code is over the ciphertext.
    private let encryptsFirst: Bool
    /// TLS 1.0: the vector is the last block of the record before. Nil where each record carries its own.
    private var chainedVector: [UInt8]?

    init(
        cipher: ChainedCipher, key: [UInt8], hash: HashAlgorithm, codeKey: [UInt8], encryptsFirst: Bool,
        chainedVector: [UInt8]?
    ) {
        self.cipher = BlockChaining(cipher, key: key.span)
        code = MessageAuthentication(hash, key: codeKey.span)
        codeBytes = hash.digestBytes
        self.encryptsFirst = encryptsFirst
        self.chainedVector = chainedVector
    }

    /// Opens a record and appends its text. Answers false, with nothing appended, when it is not authentic.
    func open(_ record: Span<UInt8>, number: UInt64, into plaintext: inout [UInt8]) -> Bool {
        let block = cipher.cipher.blockBytes
        var end = record.count
        if encryptsFirst {
            end -= codeBytes
            guard RecordHeader.bytes < end else { return false }
            let covered = record.extracting(RecordHeader.bytes..<end)
            guard isAuthentic(record, number, covered, record.extracting(end...)) else { return false }
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
        let inside = encryptsFirst ? 0 : codeBytes
        let last = opened[opened.count - 1]
        let length = opened.count - 1 - Int(last) - inside
        guard 0 <= length else { return nil }
        for index in length + inside..<opened.count where opened[index] != last { return nil }
        if !encryptsFirst {
            let found = opened.extracting(length..<length + inside)
            guard isAuthentic(record, number, opened.extracting(0..<length), found) else { return nil }
        }
        return length
    }

    private func isAuthentic(
        _ record: Span<UInt8>, _ number: UInt64, _ covered: Span<UInt8>, _ found: Span<UInt8>
    ) -> Bool {
        let header = additionalData(number, record, length: covered.count)
        code.begin()
        code.add(header.span)
        code.add(covered)
        let expected = code.finish()
        guard expected.count == found.count else { return false }
        for index in 0..<found.count where found[index] != expected[index] { return false }
        return true
    }
}
