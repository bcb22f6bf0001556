import Case
import Wire

/// The credentials found in one message so far.
struct Sightings {
    /// In order of the message.
    private(set) var found: [Credential] = []
    /// Where the message stands.
    let place: Place
    /// Bounds.
    let limits: Limits

    init(place: Place, limits: Limits) {
        self.place = place
        self.limits = limits
    }

    /// Notes a value that its carrier says is a credential.
    mutating func add(
        _ raw: Span<UInt8>, coding: CarrierSpelling.Coding = .plain, in placement: Credential.Placement,
        name: String, scheme: String? = nil, kind: Token.Kind? = nil, defects: [Token.Defect] = [],
        tokens: inout TokenTable
    ) {
        guard found.count < limits.credentialsPerMessage, raw.count <= limits.tokenBytes else { return }
        let spelling = CarrierSpelling(raw, coding: coding)
        let id = tokens.intern(spelling.bytes.span, kind: kind)
        let all = defects + spelling.defects.filter { !defects.contains($0) }
        note(
            Credential(
                token: id, placement: placement, name: name, scheme: scheme, defects: all, place: place))
    }

    /// Notes the exact bytes of a credential.
    mutating func add(
        exactly bytes: [UInt8], in placement: Credential.Placement, name: String, scheme: String? = nil,
        kind: Token.Kind? = nil, defects: [Token.Defect] = [], tokens: inout TokenTable
    ) {
        guard found.count < limits.credentialsPerMessage, bytes.count <= limits.tokenBytes else { return }
        let id = tokens.intern(bytes.span, kind: kind)
        note(
            Credential(
                token: id, placement: placement, name: name, scheme: scheme, defects: defects, place: place))
    }

    private mutating func note(_ credential: Credential) {
        if !found.contains(credential) { found.append(credential) }
    }

    /// Whether a value under that name is to be noted.
    static func isCredential(_ name: CredentialNames.Strength, _ value: Span<UInt8>) -> Bool {
        switch name {
        case .sure: true
        case .maybe: looksOpaque(value) || isCarriedJWT(value)
        case .unknown: isCarriedJWT(value)
        case .never: false
        }
    }
}

/// Whether a value is a JWT, with or without `Bearer ` before it, quotes around it or percent signs in it.
func isCarriedJWT(_ value: Span<UInt8>) -> Bool {
    guard 16 <= value.count else { return false }
    // Most values end here: no JWT begins without an e, wherever its quotes and prefixes are.
    switch value[0] {
    case 0x65: return looksLikeJWT(value)
    case 0x22, 0x27, 0x25, 0x20, 0x42, 0x62:
        return looksLikeJWT(CarrierSpelling(value, coding: .form).bytes.span)
    default: return false
    }
}
