import COpenSSL
package import Wire

/// What an X.509 certificate (RFC 5280) says of itself. Nothing of it is verified.
package struct CertificateSummary: Sendable, Equatable {
    /// The subject's common name, or the whole subject where it has none.
    package var subject: String
    /// The issuer's.
    package var issuer: String
    /// DNS names and addresses of subjectAltName, in their order, 256 at most.
    package var names: [String]
    /// The first moment of validity.
    package var notBefore: Timestamp?
    /// The last moment of validity.
    package var notAfter: Timestamp?

    /// Reads a certificate in DER; nil when it is none.
    package init?(der: Span<UInt8>) {
        let parsed = der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_X509(nil, &start, bytes.count)
        }
        ERR_clear_error()
        guard let certificate = parsed else { return nil }
        defer { X509_free(certificate) }
        subject = nameText(X509_get_subject_name(certificate))
        issuer = nameText(X509_get_issuer_name(certificate))
        names = alternativeNames(certificate)
        notBefore = timestamp(X509_get0_notBefore(certificate))
        notAfter = timestamp(X509_get0_notAfter(certificate))
        ERR_clear_error()
    }
}

/// Names of one certificate that are read.
private let mostNames: Int32 = 256

/// The last common name, which is the most specific one, or the whole name.
private func nameText(_ name: OpaquePointer?) -> String {
    var place: Int32 = -1
    while true {
        let next = X509_NAME_get_index_by_NID(name, NID_commonName, place)
        guard 0 <= next else { break }
        place = next
    }
    if 0 <= place, let text = text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place))) { return text }
    guard let line = X509_NAME_oneline(name, nil, 0) else { return "" }
    defer { CRYPTO_free(line, nil, 0) }
    return String(cString: line)
}

/// The text of an ASN.1 string, whatever its type.
private func text(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
    var bytes: UnsafeMutablePointer<UInt8>?
    let length = ASN1_STRING_to_UTF8(&bytes, string)
    guard 0 <= length, let bytes else { return nil }
    defer { CRYPTO_free(bytes, nil, 0) }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
}

private func alternativeNames(_ certificate: OpaquePointer) -> [String] {
    guard let names = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let stack = OpaquePointer(names)
    defer { GENERAL_NAMES_free(stack) }
    return (0..<min(max(0, OPENSSL_sk_num(stack)), mostNames)).compactMap { index in
        guard let entry = OPENSSL_sk_value(stack, index) else { return nil }
        var kind: Int32 = 0
        let value = GENERAL_NAME_get0_value(entry.assumingMemoryBound(to: GENERAL_NAME.self), &kind)
        guard let string = value?.assumingMemoryBound(to: ASN1_STRING.self),
            let start = ASN1_STRING_get0_data(string)
        else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: Int(max(0, ASN1_STRING_length(string))))
        switch kind {
        case GEN_DNS: return String(decoding: bytes, as: UTF8.self)
        case GEN_IPADD: return addressText(Array(bytes))
        default: return nil
        }
    }
}

private func addressText(_ bytes: [UInt8]) -> String? {
    let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    switch bytes.count {
    case 4: return Endpoint(ipv4: UInt32(truncatingIfNeeded: number(0..<4)), port: 0).addressText
    case 16: return Endpoint(high: number(0..<8), low: number(8..<16), port: 0).addressText
    default: return nil
    }
}

private func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
    var parts: [Int32] = [0, 0, 0, 0, 0, 0]
    guard let time, wsd_ASN1_TIME_parts(time, &parts) == 1 else { return nil }
    return Timestamp(
        year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]), hour: Int(parts[3]),
        minute: Int(parts[4]), second: Int(parts[5]))
}
