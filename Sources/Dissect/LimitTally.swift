import Capture
import Case
import TLS
import Wire

/// What the report must say about a key log when keys did not fit.
package struct KeyLogFacts: Sendable {
    /// The names of the key logs that were read.
    package var names: [String] = []
    /// Sessions in all of them.
    package var sessions = 0
    /// The first client random of them, hex; empty without one.
    package var firstClientRandom = ""

    /// No key log.
    package init() {}
}

/// Counts of everything that could not be shown, until they become sentences.
struct LimitTally {
    /// Connections that stayed encrypted, by why.
    struct Encrypted {
        var byReason: [TLSSummary.Decryption: Int] = [:]
        var firstClientRandom = ""
        var firstPlace: Place?
        /// The first one without keys, whose client random is told.
        var firstKeyless: Place?
        /// Connections that were decrypted: then the key log is not that of another run.
        var decrypted = 0
        var suites: Set<Int> = []
        var names: Set<String> = []
        var count: Int { byReason.values.reduce(0, +) }
    }

    var encrypted = Encrypted()
    var connectionsWithGaps = 0
    var missingBytes = 0
    var firstGap: Place?
    var connectionsBegunBefore = 0
    var http2Connections = 0
    var http2Place: Place?
    var quicPackets = 0
    var snapCutPackets = 0
    var incompleteDatagrams = 0
    var evictedStreams = 0
    var linkTypes: [Int: Int] = [:]
    var attemptsLeftOut = 0
    var exchangesLeftOut = 0
    var sessionsNotInflated = 0
    /// Limits that a reader told in words of its own.
    var told: [Limit] = []

    /// Counts one connection whose application data could not be read.
    ///
    /// A client that names no server dialled an address, and so that address stands for the name.
    mutating func countEncrypted(_ summary: TLSSummary, _ server: Endpoint?, _ limits: Limits) {
        if let name = summary.serverName?.lowercased() ?? server?.addressText {
            encrypted.names.insert(encrypted.names.count < limits.unreadNames ? name : "*")
        }
        encrypted.byReason[summary.decryption, default: 0] += 1
        if summary.place.isBefore(encrypted.firstPlace) { encrypted.firstPlace = summary.place }
        if summary.decryption == .keysMissing, summary.place.isBefore(encrypted.firstKeyless) {
            encrypted.firstKeyless = summary.place
            encrypted.firstClientRandom = summary.clientRandom
        }
        if summary.decryption == .suiteUnsupported, let suite = summary.cipherSuite {
            encrypted.suites.insert(suite)
        }
    }

    /// Takes what a recording says was changed on the way: each sentence once, and none that is no plain text.
    mutating func tellChange(_ sentence: Span<UInt8>) {
        guard (1...Limit.longestChange).contains(sentence.count),
            sentence.indices.allSatisfy({ 0x20...0x7e ~= sentence[$0] })
        else { return }
        let limit = Limit.changedOnTheWay(String(decoding: sentence.bytes(), as: UTF8.self))
        if told.count(where: { $0.kind == .changedOnTheWay }) < Limit.toldChanges, !told.contains(limit) {
            told.append(limit)
        }
    }

    /// Adds what was counted on other streams of the same inputs. What readers told in words, every shard was told.
    mutating func add(_ other: LimitTally) {
        for (reason, count) in other.encrypted.byReason { encrypted.byReason[reason, default: 0] += count }
        encrypted.suites.formUnion(other.encrypted.suites)
        encrypted.names.formUnion(other.encrypted.names)
        encrypted.decrypted += other.encrypted.decrypted
        if other.encrypted.firstPlace.isBefore(encrypted.firstPlace) {
            encrypted.firstPlace = other.encrypted.firstPlace
        }
        if other.encrypted.firstKeyless.isBefore(encrypted.firstKeyless) {
            encrypted.firstKeyless = other.encrypted.firstKeyless
            encrypted.firstClientRandom = other.encrypted.firstClientRandom
        }
        connectionsWithGaps += other.connectionsWithGaps
        missingBytes += other.missingBytes
        if other.firstGap.isBefore(firstGap) { firstGap = other.firstGap }
        connectionsBegunBefore += other.connectionsBegunBefore
        http2Connections += other.http2Connections
        if other.http2Place.isBefore(http2Place) { http2Place = other.http2Place }
        attemptsLeftOut += other.attemptsLeftOut
        exchangesLeftOut += other.exchangesLeftOut
        sessionsNotInflated += other.sessionsNotInflated
    }

    /// Takes over what was counted on the way from packets to streams.
    mutating func take(_ census: CaptureCensus) {
        quicPackets = census.quicPackets
        snapCutPackets = census.cutPackets
        linkTypes = census.unknownLinkTypes
        incompleteDatagrams = census.incompleteDatagrams
        evictedStreams = census.evictedStreams
    }

    /// The sentences, the weightiest first.
    func limits(keys: KeyLogFacts, inputs: [Input]) -> [Limit] {
        encryptedLimits(keys: keys) + told + packetLimits() + protocolLimits() + boundLimits()
    }

    private func encryptedLimits(keys: KeyLogFacts) -> [Limit] {
        encrypted.byReason.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
            Limit(
                kind: .tlsKeysMissing, text: encryptedText(reason, count, keys), connections: count,
                place: encrypted.firstPlace, hosts: encrypted.names.sorted())
        }
    }

    private func encryptedText(_ reason: TLSSummary.Decryption, _ count: Int, _ keys: KeyLogFacts) -> String {
        let connections = counted(count, "TLS connection")
        switch reason {
        case .keysMissing where keys.sessions == 0:
            return "\(connections) could not be decrypted: no key log was given and none is embedded. "
                + "Record one with the capture (SSLKEYLOGFILE, or node --tls-keylog=FILE) and name it beside it."
        case .keysMissing:
            let log = keys.names.isEmpty ? "the capture's own key log" : keys.names.joined(separator: ", ")
            guard encrypted.decrypted == 0 else {
                return
                    "\(connections) could not be decrypted: \(log) has no keys for them "
                    + "(\(counted(keys.sessions, "session")); the first client random that it lacks is "
                    + "\(encrypted.firstClientRandom.prefix(8))…)."
            }
            return
                "\(connections) could not be decrypted: none of the \(counted(keys.sessions, "session")) in "
                + "\(log) matches. The first client random of the key log is "
                + "\(keys.firstClientRandom.prefix(8))…, the capture's is "
                + "\(encrypted.firstClientRandom.prefix(8))…: likely another run."
        case .keysDoNotFit:
            return "\(connections) could not be decrypted: the key log knows the client random, "
                + "but its secrets do not open the records."
        case .suiteUnsupported:
            let names = encrypted.suites.sorted().map { cipherSuiteName($0) }
            let sentence =
                "\(connections) could not be decrypted: the cipher suite is not implemented "
                + "(\(names.joined(separator: ", ")))."
            guard encrypted.suites.contains(where: libraryLacksCipher(ofSuite:)) else { return sentence }
            return sentence + " OpenSSL on this machine was built without the cipher."
        case .handshakeMissing:
            return "\(connections) could not be decrypted: the TLS handshake is not in the capture. "
                + "Start the capture before the client connects."
        case .decrypted, .nothingToDecrypt:
            return "\(connections) stayed encrypted."
        }
    }

    private func packetLimits() -> [Limit] {
        var limits: [Limit] = []
        if 0 < connectionsWithGaps {
            limits.append(
                Limit(
                    kind: .packetsMissing,
                    text: "\(counted(missingBytes, "byte")) of \(counted(connectionsWithGaps, "connection")) "
                        + "are missing from the capture; what they held is unknown.",
                    connections: connectionsWithGaps, place: firstGap))
        }
        if 0 < snapCutPackets {
            limits.append(
                Limit(
                    kind: .packetsMissing,
                    text: "\(counted(snapCutPackets, "packet")) were cut to the snapshot length. "
                        + "Capture again with the whole packet (tcpdump -s 0)."))
        }
        if 0 < incompleteDatagrams {
            limits.append(
                Limit(
                    kind: .packetsMissing,
                    text:
                        "\(counted(incompleteDatagrams, "fragmented IP packet")) could not be put together: "
                        + "fragments are missing."))
        }
        if 0 < connectionsBegunBefore {
            limits.append(
                Limit(
                    kind: .packetsMissing,
                    text: "\(counted(connectionsBegunBefore, "connection")) began before the capture did.",
                    connections: connectionsBegunBefore))
        }
        return limits
    }

    private func protocolLimits() -> [Limit] {
        var limits: [Limit] = []
        if 0 < http2Connections {
            limits.append(
                Limit(
                    kind: .notDecoded,
                    text: "\(counted(http2Connections, "HTTP/2 connection")) seen, not decoded.",
                    connections: http2Connections, place: http2Place))
        }
        if 0 < quicPackets {
            limits.append(
                Limit(
                    kind: .notDecoded,
                    text: "\(counted(quicPackets, "QUIC packet")) (HTTP/3) seen, not decoded."))
        }
        for (type, count) in linkTypes.sorted(by: { $0.key < $1.key }) {
            limits.append(
                Limit(
                    kind: .notDecoded,
                    text: "\(counted(count, "packet")) of link type \(type) seen, not decoded: "
                        + "that link layer is not implemented."))
        }
        return limits
    }

    private func boundLimits() -> [Limit] {
        var limits: [Limit] = []
        if 0 < attemptsLeftOut {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(attemptsLeftOut, "attempt")) beyond the bound were counted and not kept."
                ))
        }
        if 0 < evictedStreams {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text:
                        "\(counted(evictedStreams, "connection")) were let go before their end: more were open "
                        + "at one time than are followed.",
                    connections: evictedStreams))
        }
        if 0 < exchangesLeftOut {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(exchangesLeftOut, "HTTP exchange")) beyond the bound were not kept."))
        }
        if 0 < sessionsNotInflated {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text:
                        "\(counted(sessionsNotInflated, "WebSocket")) sent compressed messages that unfold without "
                        + "measure: from there on they were not unfolded.",
                    connections: sessionsNotInflated))
        }
        return limits
    }
}

extension Place? {
    /// Whether this place is known and stands before the other one, or the other is unknown.
    func isBefore(_ other: Place?) -> Bool {
        guard case .frame(let own, _)? = self?.position else { return self != nil && other == nil }
        guard case .frame(let its, _)? = other?.position, let left = self?.input, let right = other?.input
        else {
            return true
        }
        return (left, own) < (right, its)
    }
}
