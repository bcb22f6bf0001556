import Crypto
import Wire

/// Records under a stream cipher, or under none, with a code, of SSL 3 to TLS 1.2 (RFC 5246 §6.2.3.1): text and code,
/// encrypted. The key stream runs on from record to record, so that nothing opens behind a record that is missing.
final class StreamedRecords {
    /// Nil where the suite does not encrypt.
    private let cipher: StreamDecryption?
    private let code: RecordCode

    init(cipher: StreamDecryption?, code: RecordCode) {
        self.cipher = cipher
        self.code = code
    }

    /// Opens the next record and appends its text. Answers false, with nothing changed, when it is not authentic.
    func open(_ record: Span<UInt8>, number: UInt64, into plaintext: inout [UInt8]) -> Bool {
        let start = plaintext.count
        guard RecordHeader.bytes + code.bytes <= record.count else { return false }
        let body = record.extracting(RecordHeader.bytes...)
        if let cipher {
            guard cipher.decrypt(body, into: &plaintext) else { return false }
        } else {
            plaintext.append(body)
        }
        let text = start..<plaintext.count - code.bytes
        let isAuthentic = code.fits(
            record, number: number, covered: plaintext.span.extracting(text),
            found: plaintext.span.extracting(text.upperBound...))
        plaintext.removeSubrange((isAuthentic ? text.upperBound : start)...)
        if !isAuthentic { cipher?.undo() }
        return isAuthentic
    }
}
