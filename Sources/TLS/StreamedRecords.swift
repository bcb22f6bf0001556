import Crypto
import Wire

/// Records under a stream cipher with an HMAC, of TLS 1.0 to 1.2 (RFC 5246 §6.2.3.1): text and code, encrypted. The key
/// stream runs on from record to record, so that nothing opens behind a record that is missing.
final class StreamedRecords {
    private let cipher: StreamDecryption
    private let code: MessageAuthentication
    private let codeBytes: Int

    init?(key: [UInt8], hash: HashAlgorithm, codeKey: [UInt8]) {
        guard let cipher = StreamDecryption(key: key.span) else { return nil }
        self.cipher = cipher
        code = MessageAuthentication(hash, key: codeKey.span)
        codeBytes = hash.digestBytes
    }

    /// Opens the next record and appends its text. Answers false, with nothing changed, when it is not authentic.
    func open(_ record: Span<UInt8>, number: UInt64, into plaintext: inout [UInt8]) -> Bool {
        let start = plaintext.count
        guard RecordHeader.bytes + codeBytes <= record.count,
            cipher.decrypt(record.extracting(RecordHeader.bytes...), into: &plaintext)
        else { return false }
        let text = start..<plaintext.count - codeBytes
        let header = additionalData(number, record, length: text.count)
        code.begin()
        code.add(header.span)
        code.add(plaintext.span.extracting(text))
        let isAuthentic = code.finish() == Array(plaintext[text.upperBound...])
        plaintext.removeSubrange((isAuthentic ? text.upperBound : start)...)
        if !isAuthentic { cipher.undo() }
        return isAuthentic
    }
}
