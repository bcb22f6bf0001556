package import Case
import TLS
package import Wire

/// The TLS of a connection as the program at one end wrote it down: messages and alerts, no records.
package struct ToldTLS {
    private var connection: TLSConnection

    /// TLS of which nothing was told yet.
    package init(limits: Limits) { connection = TLSConnection(limits: limits) }

    /// Takes handshake messages, whole ones.
    package mutating func messages(_ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place) {
        connection.receive(toldMessages: bytes, from: side, at: time, place: place)
    }

    /// Takes an alert: level and description.
    package mutating func alert(_ bytes: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place) {
        connection.receive(toldAlert: bytes, from: side, at: time, place: place)
    }

    /// Takes the server's certificates in DER, leaf first, where no message told them.
    package mutating func certificates(_ certificates: [[UInt8]]) {
        connection.receive(toldCertificates: certificates)
    }

    /// What is known.
    package var summary: TLSSummary { connection.summary }
}
