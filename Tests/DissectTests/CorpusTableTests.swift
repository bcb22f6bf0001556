import Case
import TestSupport
import Testing
import Wire

/// One line of a table of expected facts, made by another program.
private struct Row: Sendable, CustomTestStringConvertible {
    var capture: String
    var cells: [String]
    var testDescription: String { capture }

    /// The lines of a table, comments and heading left out.
    static func all(_ table: String) -> [Row] {
        guard let bytes = Corpus.bytes(table) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return line.hasPrefix("#") || cells[0] == "capture" ? nil : Row(capture: cells[0], cells: cells)
        }
    }

    /// The case that the capture makes.
    func read() throws -> CaseFile { readCase([try #require(Corpus.unpacked(capture))]) }
}

/// Frames by opcode, as the table writes them: `bin=1 text+=2`, the plus for FIN 0.
private func written(_ counts: Session.Counts) -> String {
    let kinds = [
        ("bin", counts.binary), ("bin+", counts.binaryFragmented),
        ("close", counts.close), ("cont", counts.continuation), ("ping", counts.ping), ("pong", counts.pong),
        ("text", counts.text), ("text+", counts.textFragmented),
    ]
    let told = kinds.filter { 0 < $0.1 }.map { "\($0.0)=\($0.1)" }
    return told.isEmpty ? "-" : told.joined(separator: " ")
}

@Suite("The tables of the corpus", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
struct CorpusTableTests {
    /// Packets of a netlink socket, a link layer that is named and not decoded.
    private static let notDecoded = ["/netlink-nflog.pcap", "/netlink-conntrack.pcap"]

    @Test(
        "WebSocket: upgrades, statuses, frames each way by opcode",
        arguments: Row.all("expected-websocket.tsv"))
    fileprivate func sockets(_ row: Row) throws {
        let attempts = Array(try row.read().attempts)
        #expect(attempts.count == Int(row.cells[2]))
        let session = try #require(attempts.first?.session)
        #expect(written(session.counts.client) == row.cells[4])
        #expect(written(session.counts.server) == row.cells[5])
        #expect(session.counts.client.compressed + session.counts.server.compressed == Int(row.cells[6]))
    }

    @Test("HTTP: requests and their statuses", arguments: Row.all("expected-http.tsv"))
    fileprivate func exchanges(_ row: Row) throws {
        let file = try row.read()
        let statuses = file.exchanges.map(\.status) + Array(file.attempts).map { $0.response?.head.status }
        let expected = row.cells[4].split(separator: ",").compactMap { Int($0) }
        guard !Self.notDecoded.contains(where: row.capture.hasSuffix) else {
            #expect(file.limits.contains { $0.kind == .notDecoded })
            return
        }
        guard !row.capture.hasSuffix("tls2/dsb-dump.pcapng") else {
            // The table's 70 but one, which is IDEA: OpenSSL on the machine may lack it.
            #expect(69 <= statuses.count)
            return
        }
        #expect(statuses.count == Int(row.cells[1]))
        // Only the first twenty statuses stand in the table.
        #expect(Array(statuses.compactMap { $0 }.prefix(20)) == Array(expected.prefix(20)))
    }
}
