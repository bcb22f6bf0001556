package import Case
package import Diagnosis
package import Wire

/// One relayed connection as observers know it: a client's connection to the proxy, and the proxy's to its server.
package struct RelayedConnection: Sendable, Equatable {
    /// Its number: 0-based in order of acceptance, the `stream` of every place that tells of it.
    package var id: Int
    /// The client's end.
    package var client: Endpoint
    /// The proxy's end of the client's connection.
    package var listener: Endpoint
    /// The server's end; nil until the proxy is connected to it.
    package var server: Endpoint?
    /// `host:port` of the server as it was asked for; empty until that is known.
    package var target = ""
    /// Whether the client speaks TLS to the proxy, and the bytes that are told are what it carried.
    package var isClientSecure = false
    /// Whether the proxy speaks TLS to the server.
    package var isServerSecure = false
    /// Whether the bytes are passed on without being read: a tunnel that is not intercepted.
    package var isTunnelled = false
    /// What the client's ClientHello names; nil without TLS.
    package var serverName: String?
    /// What the proxy changed in what it passed on, a sentence each.
    package var changes: [String] = []

    /// A connection that was just accepted.
    package init(id: Int, client: Endpoint, listener: Endpoint) {
        self.id = id
        self.client = client
        self.listener = listener
    }
}

/// How one side's stream ended.
package enum StreamEnd: String, Sendable, Equatable {
    /// FIN on a connection without TLS.
    case finished
    /// close_notify inside TLS, and then FIN.
    case closeNotify
    /// FIN inside TLS without close_notify (RFC 8446 §6.1).
    case finishedWithoutCloseNotify
    /// RST.
    case reset
}

/// What became of an attempt, with the case that tells it.
package struct AttemptNews: Sendable {
    /// How far it came.
    package enum Stage: String, Sendable, Equatable {
        /// The request's head was passed on.
        case asked
        /// The server answered 101.
        case opened
        /// The server answered otherwise, body included.
        case refused
        /// The connection ended before an answer.
        case failed
        /// The open socket ended.
        case closed
    }

    /// How far it came.
    package var stage: Stage
    /// Its number: from 1 in the order of requests, the same for the whole run.
    package var number: Int
    /// The target with its query's credentials masked: `wss://host/path?token=…`.
    package var url: String
    /// A case that holds it, and whatever of the run bears on it. Nil for `asked`.
    package var file: CaseFile?
    /// Its index in `file.attempts`.
    package var index = 0
    /// What is said of it. Nil for `asked`.
    package var judgement: Judgement?

    /// The attempt in `file`.
    package var attempt: Attempt? { file.map { $0.attempts[index] } }

    /// News without a case.
    package init(stage: Stage, number: Int, url: String) {
        self.stage = stage
        self.number = number
        self.url = url
    }
}

/// What a relay tells its observers. Bytes are told by `RelayObserver.relayed`.
package enum RelayEvent: Sendable {
    /// A client was accepted. Its target is not known yet.
    case opened(RelayedConnection)
    /// More is known of the connection: its server, its TLS, what was changed.
    case updated(RelayedConnection)
    /// One side sends no more.
    case ended(Side, StreamEnd)
    /// Both sides are over.
    case closed(Connection.Ending)
    /// An attempt came further.
    case attempt(AttemptNews)
    /// The TLS handshake with one side failed: `server` names the upstream leg. An alert that was received has its
    /// number (RFC 8446 §6); a client that just closed has none.
    case handshakeFailed(with: Side, alert: Int?, because: String)
    /// The server could not be reached, in words for the user.
    case unreachable(String)
    /// The proxy itself refused what the client sent, with this status.
    case refusedByProxy(status: Int, because: String)
    /// A remark about this connection.
    case note(String)
}

/// Watches a relay: the recorder, the page, the terminal. All calls come on the relay's own thread and must return at
/// once; whatever an observer writes, it writes without waiting.
package protocol RelayObserver: AnyObject {
    /// Takes an event of a connection.
    func take(_ event: RelayEvent, on id: Int, at time: Timestamp)
    /// Takes bytes in order, decrypted, as they were passed on: the client's as the server got them (`changes` tells
    /// what differs from what the client sent), the server's verbatim. Answers that the proxy makes itself are told by
    /// `refusedByProxy` and `unreachable` alone: the server never said them.
    func relayed(_ bytes: Span<UInt8>, on id: Int, from side: Side, at time: Timestamp)
    /// Takes a remark that belongs to no connection: descriptors used up, a listener opened.
    func take(note: String, at time: Timestamp)
    /// The loop is about to wait: what was gathered may be written now.
    func turnEnded(at time: Timestamp)
    /// The relay is over. Nothing follows.
    func finish(at time: Timestamp)
}

extension RelayObserver {
    /// Nothing.
    package func take(note: String, at time: Timestamp) {}
    /// Nothing.
    package func turnEnded(at time: Timestamp) {}
    /// Nothing.
    package func finish(at time: Timestamp) {}
}

/// The observer that writes the capture. It is told of everything first, and places cite its packets.
package protocol RelayRecorder: RelayObserver {
    /// The name of the file, as the report shall call the input.
    var inputName: String { get }
    /// The 1-based number of the last packet that was written; live reports cite it as `frame`.
    var frameNumber: Int { get }
    /// Takes the TLS keys of a connection whose bytes are recorded encrypted: lines of a key log.
    func take(keys: [UInt8], on id: Int)
}
