import Case
import Wire

/// The names under which credentials travel, by carrier. Collected from RFC 6750 §2, RFC 6749, the OpenAPI
/// registries and the threads of knowledge/diagnosis.md (AUTH-104), 2026-11-21.
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
        guard 0 < name.count, name.count <= 64 else { return .unknown }
        var folded: [UInt8] = []
        folded.reserveCapacity(name.count)
        for index in name.indices where name[index] != 0x2d && name[index] != 0x5f {
            folded.append(lowered(name[index]))
        }
        let word = String(decoding: folded, as: UTF8.self)
        if never.contains(word) || innocentParts.contains(where: { holds(folded, $0) }) { return .never }
        if sure.contains(word) { return .sure }
        if maybe.contains(word) || maybeEnds.contains(where: word.hasSuffix) { return .maybe }
        return .unknown
    }

    /// Whether `part` stands somewhere in `word`. Bytes: this is asked for every member of every message.
    private static func holds(_ word: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= word.count else { return false }
        return (0...word.count - part.count).contains { start in
            part.indices.allSatisfy { word[start + $0] == part[$0] }
        }
    }

    /// Names that hold a credential whatever the value.
    private static let sure: Set<String> = [
        "token", "accesstoken", "authtoken", "authorizationtoken", "bearertoken", "jwttoken", "jwt",
        "idtoken",
        "refreshtoken", "sessiontoken", "usertoken", "guesttoken", "clienttoken", "authorization",
        "proxyauthorization", "bearer", "apikey", "xapikey", "apitoken", "xauthtoken", "xaccesstoken",
        "xauthorization",
        "password", "passwd", "passcode", "clientsecret", "clientassertion", "assertion", "subjecttoken",
    ]

    /// Names that often hold something else.
    private static let maybe: Set<String> = [
        "auth", "xauth", "key", "ticket", "secret", "pass", "pwd", "sig", "signature", "session", "sessionid",
        "sid",
        "credential", "credentials", "accesskey", "authkey", "appkey", "devicecode", "enc",
    ]

    /// Ends of names that often hold a credential.
    private static let maybeEnds = [
        "token", "apikey", "authkey", "jwt", "subscriptionkey", "secret", "signature",
    ]

    /// Names that look like it and are not.
    private static let never: Set<String> = [
        "secwebsocketkey", "secwebsocketaccept", "ifnonematch", "etag", "dpop", "idempotencykey", "tokentype",
        "pushtoken", "devicetoken", "traceparent", "tracestate", "maxtokens", "routingkey", "cachekey",
        "publickey",
    ]

    /// Parts of names of cross-site request guards, page marks and counters: no credential of the user.
    private static let innocentParts = [
        "csrf", "xsrf", "pagetoken", "nexttoken", "continuationtoken", "nonce",
    ].map { Array($0.utf8) }
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
