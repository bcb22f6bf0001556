package import Wire

/// The transport under an attempt or an exchange: one TCP connection and the TLS on it.
package struct Connection: Sendable, Equatable {
    /// How it ended.
    package enum Ending: Sendable, Equatable {
        /// The input ended first.
        case open
        /// A side sent FIN first.
        case finished(by: Side)
        /// A side sent RST.
        case reset(by: Side)
        /// The SYN was answered by RST: nothing listens there.
        case refused
        /// SYNs or a request went out and nothing ever came back.
        case unanswered
    }

    /// Wireshark's `tcp.stream`: 0-based in order of first packet. -1 where the input has no streams.
    package var stream: Int
    /// The end that opened it. Nil where the input does not say.
    package var client: Endpoint?
    /// The end that accepted it.
    package var server: Endpoint?
    /// The first packet seen.
    package var startedAt: Timestamp?
    /// When the TCP handshake was complete; nil when it was not seen.
    package var establishedAt: Timestamp?
    /// How it ended.
    package var ending: Ending
    /// When it ended.
    package var endedAt: Timestamp?
    /// Where the packet stands that ended it.
    package var endedPlace: Place?
    /// Bytes of the stream that are missing from the input, both directions.
    package var missingBytes: Int
    /// Segments whose bytes differ from an earlier copy of the same sequence numbers.
    package var differingOverlaps: Int
    /// SYN packets from the client, retransmissions included.
    package var synCount: Int
    /// A proxy that was asked for a tunnel, as `host:port` of the target; nil without one.
    package var tunnel: Tunnel?
    /// TLS on it, or nil.
    package var tls: TLSSummary?
    /// What the first bytes of each side are, where they are not what was expected.
    package var protocolMismatch: ProtocolMismatch?

    /// A connection of which nothing is known yet.
    package init(stream: Int) {
        self.stream = stream
        ending = .open
        missingBytes = 0
        differingOverlaps = 0
        synCount = 0
    }
}

/// A tunnel through a forward proxy.
package struct Tunnel: Sendable, Equatable {
    /// How the proxy was asked.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// HTTP CONNECT (RFC 9110 §9.3.6).
        case connect = "CONNECT"
        /// SOCKS 4 or 4a.
        case socks4 = "SOCKS4"
        /// SOCKS 5 (RFC 1928).
        case socks5 = "SOCKS5"
    }

    /// How.
    package var kind: Kind
    /// The target as it was asked for: `host:port`.
    package var target: String
    /// The proxy's answer: an HTTP status, or a SOCKS reply code. Nil while unanswered.
    package var answer: Int?
    /// Where the answer stands.
    package var place: Place?

    /// A tunnel that was asked for.
    package init(kind: Kind, target: String, answer: Int? = nil, place: Place? = nil) {
        self.kind = kind
        self.target = target
        self.answer = answer
        self.place = place
    }

    /// Whether the proxy opened it.
    package var isOpen: Bool {
        switch kind {
        case .connect: answer.map { 200..<300 ~= $0 } ?? false
        case .socks4: answer == 90
        case .socks5: answer == 0
        }
    }
}

/// Bytes of one protocol sent to a port that speaks another.
package enum ProtocolMismatch: String, Sendable, Equatable, CaseIterable {
    /// The client began with HTTP, the server answered with TLS, or said that it wants TLS.
    case plaintextToTLSPort
    /// The client began with TLS, the server answered with something that is not TLS.
    case tlsToPlaintextPort
}

/// What a TLS connection told, decrypted or not.
package struct TLSSummary: Sendable, Equatable {
    /// Whether its records could be decrypted.
    package enum Decryption: String, Sendable, Equatable, CaseIterable {
        /// Application data was decrypted.
        case decrypted
        /// No key log had this connection's client random.
        case keysMissing
        /// Keys were found and did not open the records.
        case keysDoNotFit
        /// The cipher suite is not one that is implemented.
        case suiteUnsupported
        /// The handshake is not in the input, so that keys cannot be found.
        case handshakeMissing
        /// There was no application data to decrypt.
        case nothingToDecrypt
    }

    /// An alert (RFC 8446 §6).
    package struct Alert: Sendable, Equatable {
        /// Who sent it.
        package var by: Side
        /// 1 warning, 2 fatal.
        package var level: Int
        /// The description: 48 is unknown_ca.
        package var code: Int
        /// When.
        package var at: Timestamp?
        /// Where.
        package var place: Place

        /// An alert as it was read.
        package init(by: Side, level: Int, code: Int, at: Timestamp?, place: Place) {
            self.by = by
            self.level = level
            self.code = code
            self.at = at
            self.place = place
        }
    }

    /// What a certificate says of itself.
    package struct Certificate: Sendable, Equatable {
        /// The subject's common name, or the whole subject.
        package var subject: String
        /// The issuer's.
        package var issuer: String
        /// DNS names and addresses of subjectAltName.
        package var names: [String]
        /// The first moment of validity.
        package var notBefore: Timestamp?
        /// The last moment of validity.
        package var notAfter: Timestamp?

        /// A certificate as it was read.
        package init(
            subject: String, issuer: String, names: [String], notBefore: Timestamp?, notAfter: Timestamp?
        ) {
            self.subject = subject
            self.issuer = issuer
            self.names = names
            self.notBefore = notBefore
            self.notAfter = notAfter
        }
    }

    /// The client random, hex; empty when no ClientHello was seen.
    package var clientRandom: String
    /// server_name of the ClientHello.
    package var serverName: String?
    /// ALPN protocols offered.
    package var offeredProtocols: [String]
    /// ALPN protocol selected, where it is readable.
    package var selectedProtocol: String?
    /// The negotiated version: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3. Nil before ServerHello.
    package var version: Int?
    /// The negotiated cipher suite's number. Nil before ServerHello.
    package var cipherSuite: Int?
    /// The server's certificates, leaf first, where they are readable.
    package var certificates: [Certificate]
    /// Whether the server asked for a client certificate, where that is readable.
    package var clientCertificateRequested: Bool?
    /// Whether the client answered that request with an empty certificate list.
    package var clientCertificateEmpty: Bool?
    /// Alerts in order.
    package var alerts: [Alert]
    /// Whether both Finished messages were seen, or application data flowed both ways.
    package var established: Bool
    /// Whether records were decrypted.
    package var decryption: Decryption
    /// Where the ClientHello stands.
    package var place: Place?

    /// TLS of which nothing is known yet.
    package init() {
        clientRandom = ""
        offeredProtocols = []
        certificates = []
        alerts = []
        established = false
        decryption = .nothingToDecrypt
    }
}
