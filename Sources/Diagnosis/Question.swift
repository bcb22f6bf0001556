import Case

/// What a cause reads beside the parts of an attempt, and what may be lacking however whole a capture is.
package enum Question: Sendable, CaseIterable {
    /// The claims of a credential: an opaque one has none that anybody else can read.
    case claims
    /// Where the credential comes from: the response that handed it out, or its claims.
    case origin
    /// The response that handed out the credential.
    case mint
    /// The server's Date.
    case serversClock
    /// When the attempt began and ended.
    case times
    /// What the gateway documents.
    case profile

    /// What must be there, in words.
    package var words: String {
        switch self {
        case .claims: "a token that can be read"
        case .origin: "where the token comes from"
        case .mint: "the response that handed out the token"
        case .serversClock: "the server's Date"
        case .times: "the times of begin and end"
        case .profile: "a profile of the gateway"
        }
    }
}

extension Facts {
    /// What is lacking to answer a question, or nil where the input holds it, or where nothing is asked.
    func gap(in question: Question) -> Gap? {
        switch question {
        case .claims: return isOpaque ? .tokenClaims : nil
        case .origin: return isOpaque && !isMintSeen ? .mint : nil
        case .mint: return sentAnywhere.isEmpty || isMintSeen ? nil : .mint
        case .serversClock: return clock?.source == .server ? nil : .serversClock
        case .times:
            let isTimed = outcome == .opened ? ageAtEndSeconds != nil : attempt.startedAt != nil
            return isTimed ? nil : .times
        case .profile: return profiles.isEmpty ? .profile : nil
        }
    }

    /// Whether credentials were sent, and none of them can be read.
    private var isOpaque: Bool { !sentAnywhere.isEmpty && sentJWTs.isEmpty }

    /// Whether the input holds the response that handed out one of the credentials.
    private var isMintSeen: Bool { sentAnywhere.contains { mint(of: $0) != nil } }
}

extension Gap {
    static let times = Gap(
        "when the connection began and ended is not in the input",
        howToGet: "Record a packet capture, or let the log write the time of each line.")
}
