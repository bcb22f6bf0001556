import Case
import Wire

/// The bytes of a token with what its carrier added taken off, and what was odd about the carrier's spelling.
struct CarrierSpelling: Equatable {
    /// What a carrier undoes by itself.
    enum Coding: Equatable {
        /// Nothing: a field value, a subprotocol, a member of JSON.
        case plain
        /// One layer of percent-encoding, and `+` for a space: a query, a form.
        case form
    }

    /// The bytes of the token.
    var bytes: [UInt8]
    /// What the spelling in this carrier has wrong.
    var defects: [Token.Defect]

    /// Undoes the carrier's coding and takes off stray edges, `Bearer ` and further layers of percent-encoding.
    init(_ raw: Span<UInt8>, coding: Coding) {
        defects = []
        if isBare(raw) {
            bytes = raw.bytes()
            return
        }
        bytes = coding == .form ? percentDecoded(raw) : raw.bytes()
        let spacesFromPlus = coding == .form && raw.firstIndex(of: 0x2b) != nil
        // Four rounds undo what anybody has been seen to stack; a bomb of %25 ends there.
        for _ in 0..<4 {
            let before = bytes.count
            trimEdges()
            takeOffBearer()
            undoPercent(coding)
            if bytes.count == before { break }
        }
        // A plus sign that is still there is a space to everyone who reads forms.
        if spacesFromPlus, bytes.contains(0x2b) { note(.spaceInside) }
    }

    private mutating func note(_ defect: Token.Defect) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    private mutating func trimEdges() {
        let bare = withoutEdges(bytes.span)
        guard bare.count < bytes.count, !bare.isEmpty else { return }
        bytes = Array(bytes[bare])
        note(.strayEdges)
    }

    private mutating func takeOffBearer() {
        guard 7 < bytes.count, isBearer(bytes.span) else { return }
        bytes.removeFirst(7)
        note(.bearerPrefix)
    }

    private mutating func undoPercent(_ coding: Coding) {
        guard bytes.contains(0x25) else { return }
        let decoded = percentDecoded(bytes.span)
        guard decoded.count < bytes.count else { return }
        // A percent sign may belong to an opaque token; in what becomes a token's ordinary letters it does not.
        guard looksLikeJWT(decoded.span) || isBearer(decoded.span) || decoded.allSatisfy(isTokenLetter) else {
            return
        }
        bytes = decoded
        note(coding == .form ? .percentEncodedTwice : .percentEncoded)
    }
}

/// Whether nothing in the bytes could be a carrier's coding.
private func isBare(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices {
        switch bytes[index] {
        case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: continue
        default: return false
        }
    }
    return true
}

/// `Bearer` and one of space, plus, colon, equals.
func isBearer(_ bytes: Span<UInt8>) -> Bool {
    guard 7 <= bytes.count, equalsIgnoringCase(bytes.extracting(0..<6), "bearer") else { return false }
    switch bytes[6] {
    case 0x20, 0x2b, 0x3a, 0x3d: return true
    default: return false
    }
}

/// The letters of base64, base64url, hexadecimal and the dots between: what tokens are mostly made of.
func isTokenLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e, 0x2b, 0x2f, 0x3d: true
    default: false
    }
}

/// Whether ASCII bytes equal `word`, which is lower case, without regard to case.
func equalsIgnoringCase(_ bytes: Span<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { wanted in
        for index in bytes.indices where unsafe wanted[index] != lowered(bytes[index]) { return false }
        return true
    }
}

/// A letter of ASCII in lower case; any other byte as it is.
@inline(__always) func lowered(_ byte: UInt8) -> UInt8 {
    0x41 <= byte && byte <= 0x5a ? byte | 0x20 : byte
}
