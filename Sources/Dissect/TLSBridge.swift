import Case
import TLS
import Wire

/// What the TLS layers of a connection mean for its facts and for the limits of the answer.
extension ConnectionDissector {
    /// Brings the connection's TLS facts up to date. The innermost layer is the one that attempts ran on.
    mutating func refreshTLS() {
        if let level = innermost({ $0.tls != nil }) { connection.tls = layers[level].tls?.summary }
    }

    /// Settles the TLS layers at the end; a connection that stayed encrypted is counted.
    mutating func finishTLS(_ context: inout DissectContext) {
        guard innermost({ $0.tls != nil }) != nil else { return }
        refreshTLS()
        if connection.tls?.decryption == .decrypted { context.builder.tally.encrypted.decrypted += 1 }
        guard let summary = connection.tls, !sawRequest else { return }
        switch summary.decryption {
        case .keysMissing, .keysDoNotFit, .suiteUnsupported, .handshakeMissing:
            // A handshake that failed carries nothing that keys would show.
            guard summary.established else { return }
            context.builder.tally.countEncrypted(summary, connection.server, context.limits)
        case .decrypted, .nothingToDecrypt: break
        }
    }
}
