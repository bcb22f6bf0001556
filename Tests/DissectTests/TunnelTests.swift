import Case
import Diagnosis
import TestSupport
import Testing
import Wire

/// What is said before a tunnel through a forward proxy is there.
private struct Opening: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var client: [UInt8]
    var server: [UInt8]

    static let all = [
        Opening(
            testDescription: "CONNECT",
            client: Array(
                "CONNECT chat.example.test:443 HTTP/1.1\r\nHost: chat.example.test:443\r\n\r\n".utf8),
            server: Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)),
        Opening(
            testDescription: "SOCKS 4a",
            client: [4, 1, 1, 0xbb, 0, 0, 0, 1, 0] + Array("chat.example.test".utf8) + [0],
            server: [0, 90, 0, 0, 0, 0, 0, 0]),
    ]
}

@Suite("Captures between a client and its forward proxy")
struct TunnelTests {
    /// What is judged, attempt by attempt.
    private func verdicts(_ content: CaptureContent) -> [String] {
        let file = readCase([content.pcapng()])
        return zip(Array(file.attempts), judge(file)).map { attempt, judgement in
            "\(attempt.outcome) \(attempt.response?.head.status ?? 0) \(attempt.connection.tls?.decryption.rawValue ?? "plain") "
                + "\(judgement.verdict?.cause ?? "healthy")"
        }
    }

    private static let some = Corpus.shipped.enumerated().filter { $0.offset % 6 == 0 }.map(\.element)

    @Test("The tunnel's inside is read as if there were none, TLS too", arguments: Opening.all, some)
    fileprivate func inside(_ opening: Opening, _ capture: Corpus.Shipped) {
        let content = CaptureContent(reading: capture.bytes)
        // Where no side says anything there is no tunnel either.
        guard content.packets.contains(where: { TestSegment($0).map { !$0.payload.isEmpty } ?? false }) else {
            return
        }
        let tunnelled = content.tunnelled(client: opening.client, server: opening.server)
        let (found, expected) = (verdicts(tunnelled), verdicts(content))
        #expect(found == expected)
        #expect(verdicts(tunnelled.split(size: 11)) == expected)
        let attempts = Array(readCase([tunnelled.pcapng()]).attempts)
        #expect(attempts.allSatisfy { $0.connection.tunnel != nil || $0.request == nil })
    }

    @Test(
        "A tunnel cut after any packet, at any byte or with flipped bytes is no trap", arguments: Opening.all)
    fileprivate func damage(_ opening: Opening) throws {
        let capture = try #require(Corpus.shipped.first { $0.name == "401-token-expired" })
        let content = CaptureContent(reading: capture.bytes).tunnelled(
            client: opening.client, server: opening.server)
        for count in content.packets.indices {
            _ = verdicts(CaptureContent(packets: Array(content.packets[..<count]), keyLog: content.keyLog))
        }
        for copy in damaged(content.pcapng(), copies: 100, seed: 12) { _ = Essence(readCase([copy])) }
        for index in content.packets.indices {
            var changed = content
            for copy in damaged(content.packets[index].bytes, copies: 4, seed: UInt64(index)) {
                changed.packets[index].bytes = copy
                _ = verdicts(changed)
            }
        }
    }
}
