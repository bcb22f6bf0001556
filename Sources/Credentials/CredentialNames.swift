import Case
import Wire

/// The names under which credentials travel, by carrier. Collected from RFC 6750 §2, RFC 6749, the OpenAPI
/// registries and public client code, 2026-11-21.
enum CredentialNames {
    /// How much a name says about its value.
    enum Strength: Equatable {
        /// The name says it: any value counts, an empty one and a placeholder too.
        case sure
        /// The name says it where the value looks like a credential.
        case maybe
        /// The name says that the value is none, whatever it looks like.
        case never
        /// The name says nothing: only a JWT counts.
        case unknown
    }

    /// What a name says: of a field, a query parameter, a form field, a cookie, or a member of JSON.
    ///
    /// Case, `-` and `_` make no difference: `access_token`, `accessToken` and `Access-Token` are one name.
    static func strength(_ name: Span<UInt8>) -> Strength {
        let folded = FoldedName(name)
        guard 0 < folded.count else { return .unknown }
        if folded.hasInnocentPart { return .never }
        if let known = known[folded.hash] { return known }
        return folded.hasCredentialEnd ? .maybe : .unknown
    }

    /// The strength of every name that is known whole, by its hash.
    private static let known: [UInt64: Strength] = {
        var table: [UInt64: Strength] = [:]
        for (names, strength) in [(sure, Strength.sure), (maybe, .maybe), (never, .never)] {
            for name in names { table[FoldedName(name.utf8.span).hash] = strength }
        }
        return table
    }()

    /// Names that hold a credential whatever the value.
    private static let sure = [
        "token", "accesstoken", "authtoken", "authorizationtoken", "bearertoken", "jwttoken", "jwt",
        "idtoken",
        "refreshtoken", "sessiontoken", "usertoken", "guesttoken", "clienttoken", "authorization",
        "proxyauthorization", "bearer", "apikey", "xapikey", "apitoken", "xauthtoken", "xaccesstoken",
        "xauthorization",
        "password", "passwd", "passcode", "clientsecret", "clientassertion", "assertion", "subjecttoken",
    ]

    /// Names that often hold something else.
    private static let maybe = [
        "auth", "xauth", "key", "ticket", "secret", "pass", "pwd", "sig", "signature", "session", "sessionid",
        "sid",
        "credential", "credentials", "accesskey", "authkey", "appkey", "devicecode", "enc",
    ]

    /// Names that look like it and are not.
    private static let never = [
        "secwebsocketkey", "secwebsocketaccept", "ifnonematch", "etag", "dpop", "idempotencykey", "tokentype",
        "pushtoken", "devicetoken", "traceparent", "tracestate", "maxtokens", "routingkey", "cachekey",
        "publickey",
    ]
}

/// A name in lower case without `-` and `_`: 64 letters at most, of which nothing is allocated.
private struct FoldedName {
    private var letters: InlineArray<64, UInt8>
    /// Its length; 0 for a longer name, which is nobody's.
    private(set) var count = 0
    /// FNV-1a of the letters.
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ name: Span<UInt8>) {
        letters = InlineArray(repeating: 0)
        guard name.count <= 64 else { return }
        for index in name.indices where name[index] != 0x2d && name[index] != 0x5f {
            let letter = lowered(name[index])
            letters[count] = letter
            count += 1
            hash = (hash ^ UInt64(letter)) &* 0x100_0000_01b3
        }
    }

    /// Whether the name ends like many names of credentials do.
    var hasCredentialEnd: Bool {
        guard 3 <= count else { return false }
        switch letters[count - 1] {
        case 0x6e: return ends("token")
        case 0x79: return ends("apikey") || ends("authkey") || ends("subscriptionkey")
        case 0x74: return ends("jwt") || ends("secret")
        case 0x65: return ends("signature")
        default: return false
        }
    }

    /// Whether the name is one of cross-site request guards, page marks and the like: no credential of the user.
    var hasInnocentPart: Bool {
        for index in 0..<count {
            switch letters[index] {
            case 0x63: if has("csrf", at: index) || has("continuationtoken", at: index) { return true }
            case 0x78: if has("xsrf", at: index) { return true }
            case 0x70: if has("pagetoken", at: index) { return true }
            case 0x6e: if has("nexttoken", at: index) || has("nonce", at: index) { return true }
            default: continue
            }
        }
        return false
    }

    private func ends(_ word: StaticString) -> Bool { has(word, at: count - word.utf8CodeUnitCount) }

    private func has(_ word: StaticString, at start: Int) -> Bool {
        let length = word.utf8CodeUnitCount
        guard 0 <= start, start + length <= count else { return false }
        return word.withUTF8Buffer { wanted in
            for index in 0..<length where unsafe wanted[index] != letters[start + index] { return false }
            return true
        }
    }
}

/// Whether a value could be a credential that nobody can guess: 16 bytes or more without a space, letters and
/// digits mixed. `production-eu`, `1700000000` and `en_US` are none.
func looksOpaque(_ bytes: Span<UInt8>, atLeast length: Int = 16) -> Bool {
    guard length <= bytes.count else { return false }
    if looksLikeJWT(bytes) { return true }
    var digits = 0
    var letters = 0
    var changes = 0
    var previous: UInt8 = 0
    for index in bytes.indices {
        let byte = bytes[index]
        guard isTokenLetter(byte) || byte == 0x25 || byte == 0x3a || byte == 0x21 else { return false }
        let sort: UInt8
        switch byte {
        case 0x30...0x39: sort = 1
        case 0x61...0x7a: sort = 2
        case 0x41...0x5a: sort = 3
        default: sort = 4
        }
        if sort == 1 { digits += 1 }
        if sort == 2 || sort == 3 { letters += 1 }
        // Hyphens between words are no sign of chance.
        guard sort != 4 else { continue }
        if sort != previous { changes += 1 }
        previous = sort
    }
    return 0 < letters && (2 < digits && 3 < changes || 6 < changes) && bytes.count <= changes * 6
}
