package import Case
import Crypto
package import Wire

/// Facts of TLS that a program wrote down of its own handshakes, without the records around them.
extension TLSConnection {
    /// Takes handshake messages in plaintext, whole ones.
    package mutating func receive(
        toldMessages messages: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place
    ) {
        self.time = time
        self.place = place
        receiveContent(ContentType.handshake, messages, side, KeyLog())
    }

    /// Takes an alert in plaintext: level and description.
    package mutating func receive(
        toldAlert alert: Span<UInt8>, from side: Side, at time: Timestamp?, place: Place
    ) {
        self.time = time
        self.place = place
        receiveContent(ContentType.alert, alert, side, KeyLog())
    }

    /// Takes the server's certificates in DER, leaf first, where no message told them.
    package mutating func receive(toldCertificates certificates: [[UInt8]]) {
        guard known.certificates.isEmpty else { return }
        known.certificates = certificates.prefix(TLSNotes.mostCertificates).compactMap {
            TLSSummary.Certificate(der: $0.span)
        }
    }
}

extension TLSSummary.Certificate {
    /// What a certificate in DER says of itself; nil when it is none.
    init?(der: Span<UInt8>) {
        guard let summary = CertificateSummary(der: der) else { return nil }
        self.init(
            subject: summary.subject, issuer: summary.issuer, names: summary.names,
            notBefore: summary.notBefore, notAfter: summary.notAfter)
    }
}
