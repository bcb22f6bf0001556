import Crypto
import Wire

/// The password that Java's own store of trusted certificates has. It guards nothing: there is no key in it.
package let javaKeyStorePassword = "changeit"

/// Certificates as a key store that every Java reads.
///
///     FEEDFEED  version 2  count
///     tag 2  alias  milliseconds  "X.509"  length  DER        for each certificate
///     SHA-1 of password (UTF-16), "Mighty Aphrodite" and all of the above
///
/// Source: the format JKS, version 2, of OpenJDK's JavaKeyStore.
func javaKeyStore(certificates: [[UInt8]], madeAt: Timestamp) -> [UInt8] {
    var store: [UInt8] = []
    func append(_ value: Int, width: Int) {
        for shift in (0..<width).reversed() { store.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }
    func append(_ text: String) {
        append(text.utf8.count, width: 2)
        store += text.utf8
    }
    append(0xfeed_feed, width: 4)
    append(2, width: 4)
    append(certificates.count, width: 4)
    for (index, certificate) in certificates.enumerated() {
        append(2, width: 4)
        append("certificate-\(index + 1)")
        append(Int(madeAt.seconds) * 1000, width: 8)
        append("X.509")
        append(certificate.count, width: 4)
        store += certificate
    }
    let password = javaKeyStorePassword.utf16.flatMap {
        [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
    }
    let signed = password + Array("Mighty Aphrodite".utf8) + store
    return store + digest(.sha1, signed.span)
}
