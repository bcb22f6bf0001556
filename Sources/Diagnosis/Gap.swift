import Case

/// Something that the input does not show, and how to get it.
package struct Gap: Sendable, Equatable {
    /// What is missing, as the end of "Could not be tested: …".
    package var missing: String
    /// How to get it; one sentence in the imperative.
    package var howToGet: String?

    /// A gap of the input.
    package init(_ missing: String, howToGet: String? = nil) {
        self.missing = missing
        self.howToGet = howToGet
    }
}

extension Gap {
    static let requestFields = Gap(
        "the request's header fields are not in the input",
        howToGet: "Record a packet capture with the TLS keys, or export the HAR with sensitive data.")
    static let responseFields = Gap(
        "the answer's header fields are not in the input",
        howToGet: "Record a packet capture with the TLS keys: browsers hide the answer of a refused upgrade.")
    static let responseBody = Gap(
        "the answer's body was not captured whole",
        howToGet: "Capture with a snap length of 0 and stop only after the connection has closed.")
    static let frames = Gap(
        "the frames of the socket are not in the input",
        howToGet: "Record a packet capture with the TLS keys; it holds every frame.")
    static let closes = Gap(
        "how the socket ended is not in the input",
        howToGet: "Keep the capture running until the connection has closed.")
    static let closeCode = Gap(
        "the code of the close is not in the input",
        howToGet: "Let the client log the code and the reason of its close event, or record a packet capture."
    )
    static let transport = Gap(
        "the TCP and TLS layers are not in the input",
        howToGet: "Record a packet capture beside this.")
    static let query = Gap(
        "the query of the URL is not in the input",
        howToGet: "Record a packet capture with the TLS keys; logs often cut the query off.")
    static let credentialValues = Gap(
        "the credential values were replaced, so that they cannot be read or compared",
        howToGet: "Let wsdiag read the original where it was recorded; its report masks every secret.")
    static let clock = Gap(
        "no Date field and no clock tell the time of the answer",
        howToGet: "Give the moment with --at, or record a packet capture.")
    static func leeway(_ margin: Double, _ seconds: Int) -> Gap {
        Gap(
            "exp lies \(durationText(abs(margin))) before the answer, which is within the leeway between clocks (\(seconds) s)",
            howToGet: "Judge without leeway, --skew 0, if the server allows none.")
    }
    static let tokenClaims = Gap(
        "the token is opaque, so its claims are unknown",
        howToGet: "Ask the issuer's introspection endpoint what the token holds.")
    static let mint = Gap(
        "the response that handed out the token is not in the input",
        howToGet: "Start the capture before the client logs in.")
    static let profile = Gap(
        "no profile says what this gateway expects",
        howToGet: "Add a profile for this host with --profiles.")
    static let key = Gap(
        "no key was given to verify the signature with",
        howToGet: "Give the issuer's key set with --jwks.")
}

extension Facts {
    /// Why the silence of a cause says nothing here, or nil where it was looked for and not found.
    func gap(of cause: Cause) -> Gap? {
        // Whoever was not shown the status was not shown how the server refused.
        let parts = symptoms.contains(.refused) ? cause.needs.union(.status) : cause.needs
        if let gap = gap(in: parts) { return gap }
        // What is only told of a close may be its words alone.
        if cause.needs == .closes, basis == .reported, let close, close.code == nil { return .closeCode }
        for question in cause.asks { if let gap = gap(in: question) { return gap } }
        return nil
    }

    /// The first of these parts that was not seen.
    func gap(in parts: Attempt.Unseen) -> Gap? {
        Gap.parts.first { parts.contains($0.part) && !sees($0.part) }?.gap
    }
}

extension Gap {
    fileprivate static let parts: [(part: Attempt.Unseen, gap: Gap)] = [
        (.status, .status), (.requestFields, .requestFields), (.query, .query),
        (.credentialValues, .credentialValues), (.responseFields, .responseFields),
        (.responseBody, .responseBody), (.frames, .frames), (.closes, .closes), (.transport, .transport),
    ]
    static let earlierCredential = Gap(
        "what the attempt before this one had sent is not in the input",
        howToGet: "Record both connects with all their fields.")
    static let serversClock = Gap(
        "the server's Date is not in the input, and its clock is the one that counts",
        howToGet: "Record a packet capture with the TLS keys; it holds the answer's Date.")
    static let status = Gap(
        "the status of the answer is not in the input",
        howToGet: "Record a packet capture with the TLS keys: browsers hide the answer of a refused upgrade.")
}

extension Cause {
    /// What must have been seen for it to be told, in words.
    package var needsInWords: [String] {
        let names: [(Attempt.Unseen, String)] = [
            (.status, "the answer's status"), (.requestFields, "the request's fields"),
            (.query, "the query of the URL"), (.credentialValues, "the credential as it was sent"),
            (.responseFields, "the answer's fields"), (.responseBody, "the answer's body"),
            (.frames, "the frames"), (.closes, "how the socket ended"), (.transport, "TCP and TLS"),
        ]
        return names.filter { needs.contains($0.0) }.map(\.1)
    }

    /// What it reads beside that, in words.
    package var asksInWords: [String] { asks.map(\.words) }
}
