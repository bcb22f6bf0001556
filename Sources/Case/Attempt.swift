package import Wire

/// One WebSocket handshake, and the session after it.
package struct Attempt: Sendable, Equatable {
    /// How far it came.
    package enum Outcome: String, Sendable, Equatable, CaseIterable {
        /// A 101 was received.
        case opened
        /// Another final status was received.
        case refused
        /// The connection failed before any HTTP answer.
        case failed
        /// The input ends before the outcome.
        case incomplete
    }

    /// What the input cannot show of this attempt. A fact whose carrier is listed is unknown, never absent.
    package struct Unseen: OptionSet, Sendable, Equatable {
        /// The bits.
        package var rawValue: UInt16
        /// From bits.
        package init(rawValue: UInt16) { self.rawValue = rawValue }
        /// The request's field lines, or some of them.
        package static let requestFields = Unseen(rawValue: 1)
        /// Whether there was an answer, and its status.
        package static let status = Unseen(rawValue: 2)
        /// The response's field lines, or some of them.
        package static let responseFields = Unseen(rawValue: 4)
        /// The response's body, or a part of it.
        package static let responseBody = Unseen(rawValue: 8)
        /// Frames, or some of them.
        package static let frames = Unseen(rawValue: 16)
        /// Close frames.
        package static let closes = Unseen(rawValue: 32)
        /// The transport: TCP and TLS.
        package static let transport = Unseen(rawValue: 64)
        /// The query of the target, or values in it.
        package static let query = Unseen(rawValue: 128)
        /// Credential values: their places are seen, their bytes were replaced.
        package static let credentialValues = Unseen(rawValue: 256)
        /// What was sent before the input begins.
        package static let beginning = Unseen(rawValue: 512)
    }

    /// Its number in the case, from 1 in time order.
    package var id: Int
    /// Index into `CaseFile.inputs`.
    package var input: Int
    /// The transport it ran on.
    @Boxed package var connection: Connection
    /// When its request was sent, or the connection began where no request was.
    package var startedAt: Timestamp?
    /// How it is known.
    package var basis: Basis
    /// Whether it ran over TLS: `wss` or `ws`. Nil when unknown.
    package var isSecure: Bool?
    /// Host and port as the client named them: Host, else SNI, else the tunnel's target, else the address.
    package var authority: String
    /// The upgrade request; nil when the connection failed before one, or none was seen.
    @Boxed package var request: Message?
    /// The final answer; nil when there was none or it was not seen.
    @Boxed package var response: Message?
    /// Informational statuses other than 101 that came before the answer.
    package var interimStatuses: [Int]
    /// The rules of RFC 6455 §4 for this request and answer.
    @Boxed package var handshake: HandshakeCheck
    /// Credentials of the request.
    package var credentials: [Credential]
    /// The open socket; nil unless the outcome is `opened`.
    @Boxed package var session: Session?
    /// How far it came.
    package var outcome: Outcome
    /// What the input cannot show.
    package var unseen: Unseen
    /// Where other inputs tell of the same attempt; empty for all but merged ones.
    package var seenAlso: [Place] = []
    /// Which part of the server side answered; nil where no log tells.
    package var answeredBy: AnsweredBy?

    /// An attempt as far as it was seen.
    package init(
        id: Int, input: Int, connection: Connection, startedAt: Timestamp?, basis: Basis, isSecure: Bool?,
        authority: String, request: Message?, response: Message?, interimStatuses: [Int] = [],
        handshake: HandshakeCheck, credentials: [Credential], session: Session?, outcome: Outcome,
        unseen: Unseen = []
    ) {
        self.id = id
        self.input = input
        self.connection = connection
        self.startedAt = startedAt
        self.basis = basis
        self.isSecure = isSecure
        self.authority = authority
        self.request = request
        self.response = response
        self.interimStatuses = interimStatuses
        self.handshake = handshake
        self.credentials = credentials
        self.session = session
        self.outcome = outcome
        self.unseen = unseen
    }

    /// The status of the answer.
    package var status: Int? { response?.head.status }

    /// Credentials of the request and of the messages after it.
    package var allCredentials: [Credential] { credentials + (session?.credentials ?? []) }
}

/// What RFC 6455 §4 says of a request and its answer: facts, no judgement. Nil is "cannot be told".
package struct HandshakeCheck: Sendable, Equatable {
    /// What Sec-WebSocket-Key holds.
    package enum Key: Sendable, Equatable {
        /// There is no such field line.
        case missing
        /// Standard base64 of 16 bytes.
        case valid
        /// Base64 of another number of bytes.
        case wrongLength(Int)
        /// No base64.
        case notBase64
        /// More than one line.
        case repeated(Int)
    }

    /// What Sec-WebSocket-Accept of a 101 holds (RFC 6455 §4.2.2 item 5.4).
    package enum Accept: Sendable, Equatable, CaseIterable {
        /// There is no such field line.
        case missing
        /// The hash of this request's key.
        case valid
        /// Something else.
        case wrong
        /// The key is unknown or malformed, so nothing can be computed.
        case notComputable
    }

    /// Sec-WebSocket-Key of the request.
    package var key: Key?
    /// Whether Upgrade of the request lists `websocket`.
    package var requestUpgrade: Bool?
    /// Whether Connection of the request lists `Upgrade`.
    package var requestConnection: Bool?
    /// Sec-WebSocket-Version values of the request.
    package var versions: [String]
    /// Subprotocols offered, in order.
    package var offeredSubprotocols: [String]
    /// Offered subprotocols that are no token (RFC 9110 §5.6.2), as indices into the offer.
    package var illegalSubprotocols: [Int]
    /// Subprotocols of the 101, in order; one at most is legal.
    package var selectedSubprotocols: [String]
    /// Extensions offered, as spelled.
    package var offeredExtensions: [String]
    /// Extensions of the 101, as spelled.
    package var selectedExtensions: [String]
    /// Sec-WebSocket-Accept of the 101; nil without a 101.
    package var accept: Accept?
    /// Whether Upgrade of the 101 is `websocket`; nil without a 101.
    package var responseUpgrade: Bool?
    /// Whether Connection of the 101 lists `Upgrade`; nil without a 101.
    package var responseConnection: Bool?
    /// Whether the 101 uses an extension or a parameter that was not offered; nil without a 101.
    package var extensionsAgree: Bool?

    /// Nothing is known.
    package init() {
        versions = []
        offeredSubprotocols = []
        illegalSubprotocols = []
        selectedSubprotocols = []
        offeredExtensions = []
        selectedExtensions = []
    }

    /// The subprotocol that the server selected.
    package var selectedSubprotocol: String? { selectedSubprotocols.first }
}
