import Case
import TestSupport
import Testimony
import Testing
import Wire

/// The same six attempts through the browser's own log and through a capture.
@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct NetLogCorpusTests {
    private static let folder = "inputs/netlog/lab-chromium156-"

    static func capture() throws -> CaseFile {
        let packets = try #require(Corpus.bytes("inputs/pcap/lab-chromium156-guest-tls13.pcapng"))
        let keys = try #require(Corpus.bytes("inputs/pcap/lab-chromium156-guest-tls13.keys"))
        return readCase([packets], keyLog: keys)
    }

    static func log(_ name: String) throws -> CaseFile {
        try readDocument([try #require(Corpus.bytes(folder + name + ".json"))])
    }

    /// Connections to the same server on which no request was seen: the browser tries again after a certificate error.
    private func failures(_ file: CaseFile) -> [Int?] {
        file.attempts.filter { $0.request == nil }.map { $0.connection.tls?.alerts.first?.code }
    }

    @Test("A log with raw bytes holds what the capture holds")
    func rawBytes() throws {
        let (log, capture) = (try Self.log("rawbytes"), try Self.capture())
        #expect(seen(log) == seen(capture))
        #expect(log.limits.isEmpty)
        #expect(log.attempts.allSatisfy { $0.request == nil || $0.basis == .observed && $0.unseen.isEmpty })
        // The capture ends three seconds later, with one more connection.
        #expect(failures(log) == failures(capture).dropLast())
        for (told, shown) in zip(log.attempts, capture.attempts) {
            #expect(told.connection.tls?.serverName == shown.connection.tls?.serverName)
            let certificates = shown.connection.tls?.certificates ?? []
            #expect(certificates.isEmpty || told.connection.tls?.certificates == certificates)
            #expect(told.connection.tls?.version == shown.connection.tls?.version)
            #expect(told.connection.tls?.selectedProtocol == shown.connection.tls?.selectedProtocol)
            #expect(told.session?.counts == shown.session?.counts)
            #expect(told.session?.closes.map(\.reason) == shown.session?.closes.map(\.reason))
            #expect(told.response?.body.bytes == shown.response?.body.bytes)
            // Without close_notify the log only tells that the browser closed its end, whoever was first.
            guard shown.request != nil, told.connection.tls?.alerts.isEmpty == false else { continue }
            #expect(told.connection.ending == shown.connection.ending)
        }
    }

    @Test("A log without bytes holds the same attempts, and says what it does not hold")
    func withoutBytes() throws {
        let (log, capture) = (try Self.log("default"), try Self.capture())
        let expected = seen(capture).map { shown in
            var shown = shown
            shown.close = nil
            shown.closer = nil
            return shown
        }
        #expect(seen(log) == expected)
        #expect(failures(log) == failures(capture).dropLast())
        #expect(
            log.limits.map(\.kind) == [
                .browserHidesRefusal, .responseBodyMissing, .notHeld, .valuesRedacted, .notHeld,
                .secretsInside,
            ])
        #expect(!log.limits.contains { $0.text.contains("eyJ") })
        let told = log.attempts.filter { $0.request != nil }
        #expect(told.allSatisfy { $0.basis == .reported })
        #expect(told[0].unseen == [.responseFields, .responseBody, .credentialValues])
        #expect(told[1].unseen == [.responseBody])
        #expect(told[3].unseen == [.frames, .closes])
        let shown = capture.attempts.filter { $0.request != nil }
        for (told, shown) in zip(told, shown) {
            #expect(told.connection.server == shown.connection.server)
            #expect(told.connection.client == shown.connection.client)
            #expect(told.connection.ending == shown.connection.ending)
            #expect(told.handshake == shown.handshake)
            #expect(told.session?.counts.client.frames == shown.session?.counts.client.frames)
            #expect(told.session?.counts.server.text == shown.session?.counts.server.text)
            #expect(told.session?.counts.server.bytes == shown.session?.counts.server.bytes)
            let apart = try #require(told.startedAt).seconds(since: try #require(shown.startedAt))
            #expect(abs(apart) < 0.05)
        }
        #expect(log.exchanges.map { $0.request.head.target } == ["/page", "/favicon.ico"])
    }
}
