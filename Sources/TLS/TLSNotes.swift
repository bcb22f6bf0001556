/// What a TLS connection told beside its `TLSSummary`.
package struct TLSNotes: Sendable, Equatable {
    /// Versions that the client offers, in its order: 0x0304 is TLS 1.3.
    package var offeredVersions: [Int] = []
    /// Whether a session was resumed, by session ID, ticket or pre-shared key.
    package var isResumed = false
    /// Whether the server asked for another ClientHello.
    package var helloRetried = false
    /// Whether the client offered early data (0-RTT).
    package var offeredEarlyData = false
    /// KeyUpdate messages of both sides that were read.
    package var keyUpdates = 0
    /// Handshakes after the first on this connection (RFC 5246 §7.4.1.1).
    package var renegotiations = 0
    /// Records that held or may have held application data and were not opened.
    package var recordsNotOpened = 0
    /// Gaps after which the records could be opened again.
    package var resumedAfterGap = 0
    /// Whether after a gap, or after bytes that are no record, the records of a side were never found again.
    package var lostAfterGap = false

    /// Nothing known yet.
    package init() {}

    /// Alerts that are kept.
    static let mostAlerts = 16
    /// Certificates that are read.
    static let mostCertificates = 10
}
