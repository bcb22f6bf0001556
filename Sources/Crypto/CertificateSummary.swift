package import Wire

/// What an X.509 certificate says of itself. Nothing of it is verified.
///
/// Read here and not by the library, which decodes the public key too: that took a third of the whole time of a large
/// decrypted capture.
/// Source: RFC 5280 §4.1.
package struct CertificateSummary: Sendable, Equatable {
    /// The subject's common name, or the whole subject where it has none.
    package var subject = ""
    /// The issuer's.
    package var issuer = ""
    /// DNS names and addresses of subjectAltName, in their order, 256 at most.
    package var names: [String] = []
    /// The first moment of validity.
    package var notBefore: Timestamp?
    /// The last moment of validity.
    package var notAfter: Timestamp?

    /// Reads a certificate in DER; nil when it is none.
    package init?(der: Span<UInt8>) {
        guard let certificate = DERElement(der, at: 0, limit: der.count),
            certificate.tag == DERElement.sequence,
            let signed = certificate.children(der).first, signed.tag == DERElement.sequence
        else { return nil }
        // The version is left out in version 1.
        let all = signed.children(der)
        let fields = all.first?.tag == 0xa0 ? all.dropFirst() : all[...]
        guard 6 <= fields.count else { return nil }
        let first = fields.startIndex
        let validity = fields[first + 3].children(der)
        guard fields[first + 2].tag == DERElement.sequence, fields[first + 4].tag == DERElement.sequence,
            validity.count == 2
        else { return nil }
        issuer = nameText(fields[first + 2], der)
        subject = nameText(fields[first + 4], der)
        notBefore = validity[0].moment(der)
        notAfter = validity[1].moment(der)
        if let extensions = fields.first(where: { $0.tag == 0xa3 }) {
            names = alternativeNames(extensions, der)
        }
    }
}

/// Names of one certificate that are read.
private let mostNames = 256

/// Attributes of names, by the last byte of their identifier under 2.5.4 (RFC 4519 §2).
private let attributeNames: [UInt8: String] = [
    3: "CN", 4: "SN", 5: "serialNumber", 6: "C", 7: "L", 8: "ST", 9: "street", 10: "O", 11: "OU", 12: "title",
]

/// The last common name, which is the most specific one, or the whole name.
private func nameText(_ name: DERElement, _ der: Span<UInt8>) -> String {
    var commonName: String?
    var parts: [String] = []
    for set in name.children(der) {
        for attribute in set.children(der) {
            let pair = attribute.children(der)
            guard pair.count == 2, pair[0].tag == DERElement.objectIdentifier, pair[0].content.count == 3,
                der[pair[0].content.lowerBound] == 0x55, der[pair[0].content.lowerBound + 1] == 4,
                let label = attributeNames[der[pair[0].content.upperBound - 1]], let text = pair[1].text(der)
            else { continue }
            if label == "CN" { commonName = text }
            parts.append("\(label)=\(text)")
        }
    }
    return commonName ?? parts.joined(separator: ", ")
}

/// The names of the extension subjectAltName, 2.5.29.17 (RFC 5280 §4.2.1.6).
private func alternativeNames(_ extensions: DERElement, _ der: Span<UInt8>) -> [String] {
    for entry in extensions.children(der).first?.children(der) ?? [] {
        let fields = entry.children(der)
        guard let identifier = fields.first, identifier.isIdentifier([0x55, 0x1d, 0x11], der),
            let value = fields.last, value.tag == DERElement.octetString,
            let list = DERElement(der, at: value.content.lowerBound, limit: value.content.upperBound)
        else { continue }
        return list.children(der).prefix(mostNames).compactMap { name in
            let bytes = der.extracting(name.content).bytes()
            switch name.tag {
            case 0x82: return String(decoding: bytes, as: UTF8.self)
            case 0x87: return addressText(bytes)
            default: return nil
            }
        }
    }
    return []
}

private func addressText(_ bytes: [UInt8]) -> String? {
    let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    switch bytes.count {
    case 4: return Endpoint(ipv4: UInt32(truncatingIfNeeded: number(0..<4)), port: 0).addressText
    case 16: return Endpoint(high: number(0..<8), low: number(8..<16), port: 0).addressText
    default: return nil
    }
}
