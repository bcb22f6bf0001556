package import Case
package import Wire

/// One request and its answer, as far as they were seen.
package struct HTTPExchange: Sendable, Equatable {
    /// The request; nil when its answer was seen alone.
    package var request: Message?
    /// The final answer; nil when none was seen.
    package var response: Message?
    /// Informational statuses before the answer, 101 left out.
    package var interimStatuses: [Int]

    /// An exchange as far as it was seen.
    package init(request: Message?, response: Message?, interimStatuses: [Int] = []) {
        self.request = request
        self.response = response
        self.interimStatuses = interimStatuses
    }
}

/// What bytes are that stand where a message should begin.
package enum NotHTTP: Sendable, Equatable {
    /// The connection preface of HTTP/2 (RFC 9113 §3.4).
    case http2
    /// A TLS record.
    case tls
    /// Anything else.
    case other
}

/// What a connection's bytes led to.
package enum HTTPEvent: Sendable, Equatable {
    /// An exchange is complete, or will never be.
    case finished(HTTPExchange)
    /// A 101, or a 2xx to CONNECT: what follows on the connection is another protocol.
    case switched(HTTPExchange)
    /// A side does not speak HTTP/1; nothing more is read.
    case notHTTP(Side, NotHTTP)
}
