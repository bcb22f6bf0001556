import Case
import TestSupport
import Testimony
import Testing

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

    @Test("A log with raw bytes holds what the capture holds")
    func rawBytes() throws {
        let (log, capture) = (try Self.log("rawbytes"), try Self.capture())
        #expect(seen(log) == seen(capture))
    }
}
