import Crypto
import Wire

/// The code by which a record of SSL 3 to TLS 1.2 proves that it is authentic.
final class RecordCode {
    /// How long it is. Bytes.
    let bytes: Int
    private let method: Method

    private enum Method {
        /// HMAC (RFC 5246 §6.2.3.1).
        case hmac(MessageAuthentication)
        /// What SSL 3 had before (RFC 6101 §5.2.3.1).
        case ssl3(HashAlgorithm, key: [UInt8])
    }

    init(_ hash: HashAlgorithm, key: [UInt8], isSSL3: Bool) {
        bytes = hash.digestBytes
        method = isSSL3 ? .ssl3(hash, key: key) : .hmac(MessageAuthentication(hash, key: key.span))
    }

    /// Whether `found` is the code of `covered`, the text of a record with this number or its ciphertext.
    func fits(_ record: Span<UInt8>, number: UInt64, covered: Span<UInt8>, found: Span<UInt8>) -> Bool {
        let header = additionalData(number, record, length: covered.count)
        let expected: [UInt8]
        switch method {
        case .hmac(let code):
            code.begin()
            code.add(header.span)
            code.add(covered)
            expected = code.finish()
        case .ssl3(let hash, let key):
            // The version is left out.
            let short = (0..<13).filter { $0 != 9 && $0 != 10 }.map { header[$0] }
            expected = ssl3Code(hash, key: key, header: short, covered)
        }
        guard expected.count == found.count else { return false }
        for index in 0..<found.count where found[index] != expected[index] { return false }
        return true
    }
}
