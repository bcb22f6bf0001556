package import Wire

/// Everything that the inputs tell: the one model that every answer is derived from.
///
/// Shape: attempts and exchanges are in time order; ids are 1-based and dense.
package struct CaseFile: Sendable, Equatable {
    /// The inputs in the order they were given.
    package var inputs: [Input]
    /// Every WebSocket handshake seen.
    package var attempts: AttemptList
    /// Ordinary HTTP beside the attempts.
    package var exchanges: [Exchange]
    /// Every distinct credential; `tokens[n - 1].id == n`.
    package var tokens: [Token]
    /// What the inputs cannot show.
    package var limits: [Limit]
    /// What documents tell beside attempts and exchanges: what code does, what programs say.
    package var reported: [ReportedFact] = []
    /// The clients that documents show, as `wsdiag howto` names their sources (`node`, `chrome`), each once.
    package var clients: [String] = []
    /// Connections of every kind that were seen.
    package var connectionCount: Int
    /// Connections whose records are encrypted and stayed so.
    package var encryptedConnectionCount: Int
    /// The last moment the inputs tell of.
    package var endedAt: Timestamp?
    /// The index that `masked` uses (`prepareMask`). Without it every call makes one of its own.
    package var mask: TokenMask?

    /// A case without evidence.
    package init() {
        inputs = []
        attempts = []
        exchanges = []
        tokens = []
        limits = []
        connectionCount = 0
        encryptedConnectionCount = 0
    }

    /// The token of an id, or nil when there is none.
    package func token(_ id: Int) -> Token? {
        1 <= id && id <= tokens.count ? tokens[id - 1] : nil
    }
}

/// One file, or standard input.
package struct Input: Sendable, Equatable {
    /// The name to show: the last component of its path, or `-`.
    package var name: String
    /// What it is: `pcap`, `pcapng`, `keylog`, `har` ….
    package var kind: String
    /// Its size as read, before unpacking. Bytes.
    package var bytes: Int
    /// Its packets, for a capture.
    package var packets: Int?

    /// An input as it was read.
    package init(name: String, kind: String, bytes: Int, packets: Int? = nil) {
        self.name = name
        self.kind = kind
        self.bytes = bytes
        self.packets = packets
    }
}

/// One ordinary HTTP request and its answer.
package struct Exchange: Sendable, Equatable {
    /// Its number in the case, from 1 in time order: `x1`.
    package var id: Int
    /// Index into `CaseFile.inputs`.
    package var input: Int
    /// Wireshark's `tcp.stream`, or -1.
    package var stream: Int
    /// The end that asked.
    package var client: Endpoint?
    /// The end that answered.
    package var server: Endpoint?
    /// Whether it ran over TLS. Nil when unknown.
    package var isSecure: Bool?
    /// Host and port as the client named them.
    package var authority: String
    /// The request.
    package var request: Message
    /// The answer, or nil when none was seen.
    package var response: Message?
    /// Credentials of the request.
    package var credentials: [Credential]
    /// What the answer handed out.
    package var minted: [Minted]
    /// How it is known.
    package var basis: Basis
    /// Which part of the server side answered; nil where no log tells.
    package var answeredBy: AnsweredBy?

    /// An exchange as far as it was seen.
    package init(
        id: Int, input: Int, stream: Int, client: Endpoint?, server: Endpoint?, isSecure: Bool?,
        authority: String, request: Message, response: Message?, credentials: [Credential], minted: [Minted],
        basis: Basis
    ) {
        self.id = id
        self.input = input
        self.stream = stream
        self.client = client
        self.server = server
        self.isSecure = isSecure
        self.authority = authority
        self.request = request
        self.response = response
        self.credentials = credentials
        self.minted = minted
        self.basis = basis
    }

    /// The status of the answer.
    package var status: Int? { response?.head.status }
}

/// Something that the input cannot show, or that was left out, and what it costs the answer.
package struct Limit: Sendable, Equatable {
    /// The kinds, with slug and code of the causes table, or a slug of its own for bounds of the reader.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// TLS could not be decrypted (CAP-001).
        case tlsKeysMissing = "tls-keys-missing"
        /// Packets are cut or lost (CAP-002).
        case packetsMissing = "packets-missing"
        /// Only one leg of a proxied path was captured (CAP-003).
        case oneLegOnly = "one-leg-only"
        /// The browser's export does not hold status, headers or body (CAP-004).
        case browserHidesRefusal = "browser-hides-refusal"
        /// The response body was not captured (CAP-005).
        case responseBodyMissing = "response-body-missing"
        /// The token is opaque or encrypted (CAP-006).
        case tokenUnreadable = "token-unreadable"
        /// No successful handshake to compare with (CAP-007).
        case noControlSample = "no-control-sample"
        /// The minting of the token was not captured (CAP-008).
        case mintMissing = "mint-missing"
        /// Values are redacted, so equality is unknown (CAP-009).
        case valuesRedacted = "values-redacted"
        /// The input ends in the middle of something, or is damaged.
        case inputCutShort = "input-cut-short"
        /// A protocol was recognised and is not decoded (HTTP/2, QUIC, a link type).
        case notDecoded = "not-decoded"
        /// A bound of the reader was reached.
        case boundReached = "bound-reached"
        /// The form of the input has no place for it: close frames in a HAR, bodies in a log.
        case notHeld = "not-held"
        /// An input that looks sanitized still holds credentials.
        case secretsInside = "secrets-inside"
        /// Two accounts of one thing contradict each other.
        case accountsDiffer = "accounts-differ"
        /// Statements that were read and not taken as facts: answers of others.
        case hearsay
        /// What was relayed was changed on the way: the server saw something else than the client sent.
        case changedOnTheWay = "changed-on-the-way"
    }

    /// The kind.
    package var kind: Kind
    /// One sentence for the reader: what, where, what to do.
    package var text: String
    /// Connections concerned, 0 when it is about the input as a whole.
    package var connections: Int
    /// Where it was first met.
    package var place: Place?
    /// Hosts concerned, where they are known; `*` stands for all.
    package var hosts: [String]

    /// A limit of the answer.
    package init(
        kind: Kind, text: String, connections: Int = 0, place: Place? = nil, hosts: [String] = []
    ) {
        self.hosts = hosts
        self.kind = kind
        self.text = text
        self.connections = connections
        self.place = place
    }

    /// The code of the causes table; `CAP-0xx`, or `READ-00x` for bounds of the reader.
    package var code: String {
        switch kind {
        case .tlsKeysMissing: "CAP-001"
        case .packetsMissing: "CAP-002"
        case .oneLegOnly: "CAP-003"
        case .browserHidesRefusal: "CAP-004"
        case .responseBodyMissing: "CAP-005"
        case .tokenUnreadable: "CAP-006"
        case .noControlSample: "CAP-007"
        case .mintMissing: "CAP-008"
        case .valuesRedacted: "CAP-009"
        case .inputCutShort: "READ-001"
        case .notDecoded: "READ-002"
        case .boundReached: "READ-003"
        case .notHeld: "READ-004"
        case .secretsInside: "READ-005"
        case .accountsDiffer: "READ-006"
        case .hearsay: "READ-007"
        case .changedOnTheWay: "READ-008"
        }
    }
}

extension Limit {
    /// The longest sentence about a change that is believed. Bytes.
    package static let longestChange = 1024
    /// So many changes of one recording are told.
    package static let toldChanges = 16

    /// Something was changed on the way: a clause, such as "Host was changed from a.test to b.test".
    package static func changedOnTheWay(_ change: String) -> Limit {
        Limit(
            kind: .changedOnTheWay,
            text: "The proxy changed what it passed on: \(change). The server judged the changed request.",
            connections: 1)
    }
}
