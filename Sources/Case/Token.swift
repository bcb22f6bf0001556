package import JSON
package import Wire

/// One distinct credential of the case: the same bytes are the same token, wherever they were seen.
package struct Token: Sendable, Equatable {
    /// What form the bytes have.
    package enum Kind: String, Sendable, Equatable {
        /// A JSON Web Signature in compact form: three base64url parts (RFC 7515 §3.1).
        case jwt
        /// A JSON Web Encryption in compact form: five parts (RFC 7516 §3.1). Its claims cannot be read.
        case jwe
        /// Looks like a JWT and is not one; `defects` says why.
        case brokenJWT = "broken-jwt"
        /// Any other bytes.
        case opaque
        /// A stand-in that nobody replaced: `YOUR_TOKEN`, `undefined`, `<token>`.
        case placeholder
        /// User name and password (RFC 7617).
        case basic
        /// An AWS Signature Version 4 signature.
        case sigv4
    }

    /// What is wrong with, or noteworthy about, the spelling of the bytes.
    package enum Defect: String, Sendable, Equatable, CaseIterable {
        /// A JWT with fewer parts than three, or a signature of a length its alg cannot have.
        case truncated
        /// Ends in an ellipsis.
        case ellipsis
        /// Base64url with `=` padding, which JWS forbids.
        case padded
        /// Standard base64 letters `+` or `/` where base64url is required.
        case standardAlphabet
        /// A letter outside base64url inside a part.
        case illegalCharacter
        /// Percent-encoded once more than its carrier undoes.
        case percentEncodedTwice
        /// Percent signs where the carrier undoes none (a header, a subprotocol).
        case percentEncoded
        /// Begins with `Bearer ` inside a place that takes the bare token.
        case bearerPrefix
        /// A space inside, where a plus sign may have been.
        case spaceInside
        /// White space, a line end or quotes around it.
        case strayEdges
        /// `undefined`, `null`, `[object Object]`, `${token}` and their kin.
        case literalNonValue
        /// `YOUR_TOKEN`, `<token>`, `xxxx`.
        case placeholder
        /// A byte above 0x7E.
        case nonASCII
        /// The header or the claims do not decode to a JSON object.
        case notJSON
        /// A variable of pasted code stands for it: its bytes are not told.
        case codeVariable
    }

    /// Its number in the case, from 1 in order of first sight: `t1`, `<token 1>`.
    package var id: Int
    /// The bytes.
    package var secret: Secret
    /// Their form.
    package var kind: Kind
    /// What is wrong with the spelling.
    package var defects: [Defect]
    /// A decoded form that was given, in place of the one that the bytes hold.
    private var givenJWT: [JWT]
    /// Whether a signature was checked, and with what result.
    package var verification: Verification

    /// A token as it was found.
    package init(
        id: Int, secret: Secret, kind: Kind, defects: [Defect] = [], jwt: JWT? = nil,
        verification: Verification = .noKey
    ) {
        self.id = id
        self.secret = secret
        self.kind = kind
        self.defects = defects
        givenJWT = jwt.map { [$0] } ?? []
        self.verification = verification
    }

    /// The decoded form of a JWT, of a broken one as far as it goes; of a JWE only the header.
    ///
    /// Decoded anew at each call, some microseconds: hold on to the answer. Forty thousand decoded tokens would take
    /// more memory than everything else in a case.
    package var jwt: JWT? {
        if let given = givenJWT.first { return given }
        switch kind {
        case .jwt, .jwe, .brokenJWT: return TokenForm(of: secret.bytes.span).jwt
        case .opaque, .placeholder, .basic, .sigv4: return nil
        }
    }
}

/// The outcome of checking a signature.
package enum Verification: String, Sendable, Equatable {
    /// No key was given: nothing is known.
    case noKey = "no-key"
    /// The signature verifies with a given key.
    case valid
    /// The signature does not verify with the key its header names.
    case invalid
    /// None of the given keys has the header's `kid` or fits its `alg`.
    case keyUnknown = "key-unknown"
    /// The token is not signed, or not in a form that can be checked.
    case notApplicable = "not-applicable"
}

/// A decoded JSON Web Token (RFC 7519). Decoded is not verified.
package struct JWT: Sendable, Equatable {
    /// The JOSE header.
    package var header: JSONValue
    /// The claims; nil for a JWE.
    package var claims: JSONValue?
    /// The length of the signature. Bytes.
    package var signatureLength: Int

    /// A token from its decoded parts.
    package init(header: JSONValue, claims: JSONValue?, signatureLength: Int) {
        self.header = header
        self.claims = claims
        self.signatureLength = signatureLength
    }

    /// The `alg` of the header.
    package var algorithm: String? { header["alg"]?.string }
    /// The `kid` of the header.
    package var keyID: String? { header["kid"]?.string }
    /// The `typ` of the header.
    package var type: String? { header["typ"]?.string }
    /// `iss`.
    package var issuer: String? { claims?["iss"]?.string }
    /// `sub`.
    package var subject: String? { claims?["sub"]?.string }
    /// `aud`, one or several; empty when the claim is absent.
    package var audiences: [String] {
        guard let audience = claims?["aud"] else { return [] }
        return audience.string.map { [$0] } ?? audience.array?.compactMap(\.string) ?? []
    }
    /// `exp` as a moment; nil when absent or no NumericDate in seconds.
    package var expiresAt: Timestamp? { date("exp") }
    /// `nbf` as a moment.
    package var notBefore: Timestamp? { date("nbf") }
    /// `iat` as a moment.
    package var issuedAt: Timestamp? { date("iat") }

    /// The names granted by `scope`, `scp`, `roles`, `permissions`, `authorities` and `realm_access.roles`, in that
    /// order and without repeats; nil when none of these claims is there.
    package var scopes: [String]? {
        guard let claims else { return nil }
        let holders = [
            claims["scope"], claims["scp"], claims["roles"], claims["permissions"], claims["authorities"],
            claims["realm_access"]?["roles"],
        ].compactMap { $0 }
        guard !holders.isEmpty else { return nil }
        var names: [String] = []
        for holder in holders {
            let found =
                holder.string?.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x2c }).compactMap(
                    String.init)
                ?? holder.array?.compactMap(\.string) ?? []
            for name in found where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// A NumericDate (RFC 7519 §2): seconds, possibly with a fraction. A value beyond the year 9999 is no date in
    /// seconds (usually milliseconds) and gives nil.
    private func date(_ claim: String) -> Timestamp? {
        guard let seconds = claims?[claim]?.number, 0 <= seconds, seconds < 253_402_300_800 else {
            return nil
        }
        return Timestamp(nanoseconds: Int64(min(seconds, 9_000_000_000) * 1_000_000_000))
    }
}
