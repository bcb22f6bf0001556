/// One credential in one message: which token, and where it travelled.
package struct Credential: Sendable, Equatable {
    /// The carrier.
    package enum Placement: String, Sendable, Equatable, CaseIterable {
        /// A header field line.
        case header
        /// A query parameter of the target.
        case query
        /// The user information of a URL.
        case userinfo
        /// An element of Sec-WebSocket-Protocol.
        case subprotocol
        /// A cookie.
        case cookie
        /// A message of the open socket.
        case message
        /// The body of a request.
        case body
        /// The path of the target.
        case path
    }

    /// The token's number: `Token.id`.
    package var token: Int
    /// The carrier.
    package var placement: Placement
    /// The carrier's name: the field name as it was spelled, the query parameter, the cookie, the leading
    /// subprotocol, the JSON pointer inside a message.
    package var name: String
    /// The authentication scheme of a header (`Bearer`), or the wrapping of a subprotocol.
    package var scheme: String?
    /// What is wrong with this carrier's spelling of it; the token's own defects are in `Token.defects`.
    package var defects: [Token.Defect]
    /// Where it was seen.
    package var place: Place

    /// A sighting of a token.
    package init(
        token: Int, placement: Placement, name: String, scheme: String? = nil, defects: [Token.Defect] = [],
        place: Place
    ) {
        self.token = token
        self.placement = placement
        self.name = name
        self.scheme = scheme
        self.defects = defects
        self.place = place
    }
}

/// Something a response handed out: a token, or a URL to dial.
package struct Minted: Sendable, Equatable {
    /// What was handed out.
    package enum Value: Sendable, Equatable {
        /// A token: `Token.id`.
        case token(Int)
        /// A URL as it was spelled. It may itself be a credential and is masked like one.
        case url(Secret)
    }

    /// The JSON member that held it: `access_token`, `connectUri`.
    package var member: String
    /// What was handed out.
    package var value: Value
    /// Seconds of life that the response promised beside it (`expires_in`), or nil.
    package var lifetimeSeconds: Int?
    /// Where it was seen.
    package var place: Place

    /// Something a response handed out.
    package init(member: String, value: Value, lifetimeSeconds: Int?, place: Place) {
        self.member = member
        self.value = value
        self.lifetimeSeconds = lifetimeSeconds
        self.place = place
    }
}
