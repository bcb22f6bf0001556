import COpenSSL
package import Wire

/// What a certificate says of itself (RFC 5280 §4.1).
package struct CertificateSummary: Sendable, Equatable {
    /// The subject's common name, or all of the subject where it has none.
    package var subject: String
    /// The issuer's.
    package var issuer: String
    /// DNS names and addresses of subjectAltName.
    package var names: [String]
    /// The first moment of validity.
    package var notBefore: Timestamp?
    /// The last moment of validity.
    package var notAfter: Timestamp?

    /// Reads a certificate; nil when the DER is none.
    package init?(der: Span<UInt8>) {
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var position = bytes.baseAddress
            return d2i_X509(nil, &position, bytes.count)
        }
        guard let certificate = parsed else { return nil }
        defer { X509_free(certificate) }
        subject = commonName(X509_get_subject_name(certificate))
        issuer = commonName(X509_get_issuer_name(certificate))
        names = alternativeNames(certificate)
        notBefore = timestamp(X509_get0_notBefore(certificate))
        notAfter = timestamp(X509_get0_notAfter(certificate))
    }
}

private func commonName(_ name: OpaquePointer?) -> String {
    guard let name else { return "" }
    var buffer = [CChar](repeating: 0, count: 256)
    let length = X509_NAME_get_text_by_NID(name, NID_commonName, &buffer, Int32(buffer.count))
    if 0 <= length { return text(buffer) }
    X509_NAME_oneline(name, &buffer, Int32(buffer.count))
    return text(buffer)
}

private func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func alternativeNames(_ certificate: OpaquePointer) -> [String] {
    guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let stack = OpaquePointer(raw)
    defer { wsdiag_general_names_free(stack) }
    // A certificate with more names than this is no server's.
    let count = min(max(wsdiag_general_names_count(stack), 0), 1000)
    return (0..<count).compactMap { index in
        guard let name = wsdiag_general_name(stack, index)?.pointee, let value = name.d.ia5 else {
            return nil
        }
        let bytes = Array(
            UnsafeBufferPointer(start: value.pointee.data, count: Int(max(value.pointee.length, 0))))
        switch (name.type, bytes.count) {
        case (GEN_DNS, _): return String(decoding: bytes, as: UTF8.self)
        case (GEN_IPADD, 4): return bytes.map { String($0) }.joined(separator: ".")
        case (GEN_IPADD, 16):
            let span = bytes.span
            let high = span.integer(at: 0, width: 8) ?? 0
            return Endpoint(high: high, low: span.integer(at: 8, width: 8) ?? 0, port: 0).addressText
        default: return nil
        }
    }
}

private func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return Timestamp(
        year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
        hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
}
