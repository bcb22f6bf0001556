import Wire

/// A key that signatures can be checked with.
package enum SignatureKey: Sendable, Equatable {
    /// A shared secret, for HMAC.
    case secret([UInt8])
    /// A public key, as DER of SubjectPublicKeyInfo (RFC 5280 §4.1).
    case publicKey([UInt8])
    /// A certificate, DER: its public key.
    case certificate([UInt8])
    /// A private key, DER in any of the usual forms: its public half.
    case privateKey([UInt8])

    /// The curves of JSON Web Keys (RFC 7518 §6.2.1.1, RFC 8037 §2, RFC 8812 §3.1), by their names there.
    package enum Curve: String, Sendable, CaseIterable {
        case p256 = "P-256"
        case p384 = "P-384"
        case p521 = "P-521"
        case secp256k1
        case ed25519 = "Ed25519"
    }

    /// An RSA public key from its big-endian numbers (RFC 8017 §3.1).
    package static func rsa(modulus: [UInt8], exponent: [UInt8]) -> SignatureKey {
        let key = DER.sequence(DER.integer(modulus) + DER.integer(exponent))
        return .publicKey(DER.subjectPublicKeyInfo(algorithm: DER.rsaEncryption + [0x05, 0x00], key: key))
    }

    /// A public key on a curve from its coordinates, shorter ones filled up; `y` is ignored for Ed25519.
    package static func curve(_ curve: Curve, x: [UInt8], y: [UInt8]) -> SignatureKey {
        guard curve != .ed25519 else {
            return .publicKey(DER.subjectPublicKeyInfo(algorithm: [0x06, 0x03, 0x2b, 0x65, 0x70], key: x))
        }
        let length = curve == .p521 ? 66 : curve == .p384 ? 48 : 32
        let point = [0x04] + filled(x, length) + filled(y, length)
        let algorithm = DER.ellipticCurve + DER.curveIdentifier(curve)
        return .publicKey(DER.subjectPublicKeyInfo(algorithm: algorithm, key: point))
    }

    /// The keys of a PEM document (RFC 7468), in order; blocks of other sorts are left out.
    package static func keys(inPEM text: Span<UInt8>) -> [SignatureKey] {
        var found: [SignatureKey] = []
        var position = 0
        while found.count < 1000, let block = PEMBlock(text, from: &position) {
            switch block.label {
            case "PUBLIC KEY": found.append(.publicKey(block.bytes))
            case "RSA PUBLIC KEY":
                let algorithm = DER.rsaEncryption + [0x05, 0x00]
                found.append(.publicKey(DER.subjectPublicKeyInfo(algorithm: algorithm, key: block.bytes)))
            case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
                found.append(.certificate(block.bytes))
            case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY": found.append(.privateKey(block.bytes))
            default: continue
            }
        }
        return found
    }

    /// The number with leading zeros up to `length` bytes.
    private static func filled(_ number: [UInt8], _ length: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: max(0, length - number.count)) + number
    }
}

/// One block between `-----BEGIN x-----` and `-----END x-----`.
private struct PEMBlock {
    var label: String
    var bytes: [UInt8]

    /// The next block at or after `position`, which moves behind it; nil when there is none.
    init?(_ text: Span<UInt8>, from position: inout Int) {
        guard let begin = text.offset(of: "-----BEGIN ", from: position) else { return nil }
        let labelStart = begin + 11
        guard let labelEnd = text.offset(of: "-----", from: labelStart), labelEnd - labelStart <= 64,
            let end = text.offset(of: "-----END ", from: labelEnd + 5)
        else { return nil }
        position = end + 9
        label = String(decoding: text.extracting(labelStart..<labelEnd).bytes(), as: UTF8.self)
        var letters: [UInt8] = []
        let content = text.extracting(labelEnd + 5..<end)
        for index in content.indices where 0x20 < content[index] { letters.append(content[index]) }
        bytes = Base64Decoding(letters.span).bytes
    }
}

extension Span where Element == UInt8 {
    /// The offset of the first `mark` at or after `start`.
    fileprivate func offset(of mark: StaticString, from start: Int) -> Int? {
        var index = start
        let length = mark.utf8CodeUnitCount
        while index + length <= count {
            if extracting(index..<index + length).starts(with: mark) { return index }
            index += 1
        }
        return nil
    }
}

/// The few pieces of DER (X.690) that keys and signatures are wrapped in.
enum DER {
    static let rsaEncryption: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
    static let ellipticCurve: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]

    static func curveIdentifier(_ curve: SignatureKey.Curve) -> [UInt8] {
        switch curve {
        case .p256: [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
        case .p384: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
        case .p521: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]
        case .secp256k1: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a]
        case .ed25519: []
        }
    }

    static func sequence(_ content: [UInt8]) -> [UInt8] { tagged(0x30, content) }

    /// A non-negative integer from big-endian bytes.
    static func integer(_ number: [UInt8]) -> [UInt8] {
        let significant = Array(number.drop { $0 == 0 })
        let isHigh = significant.first.map { 0x80 <= $0 } ?? true
        return tagged(0x02, isHigh ? [0] + significant : significant)
    }

    static func subjectPublicKeyInfo(algorithm: [UInt8], key: [UInt8]) -> [UInt8] {
        sequence(sequence(algorithm) + tagged(0x03, [0] + key))
    }

    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        let lengthBytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }.drop { $0 == 0 }
        return [tag, 0x80 | UInt8(lengthBytes.count)] + lengthBytes + content
    }
}
