import Case
import Testing
import TestSupport
import Wire

/// A way to capture the same conversation.
private struct Rewriting: Sendable {
    /// What is done to the packets.
    var name: String
    /// The files, and the keys where no file holds them.
    var apply: @Sendable (CaptureContent) -> (files: [[UInt8]], keyLog: [UInt8])

    /// One pcapng file of changed packets.
    init(_ name: String, _ change: @escaping @Sendable (CaptureContent) -> CaptureContent) {
        self.name = name
        apply = { ([change($0).pcapng()], []) }
    }

    /// Files of another format.
    init(_ name: String, files: @escaping @Sendable (CaptureContent) -> [[UInt8]]) {
        self.name = name
        apply = { (files($0), $0.keyLog) }
    }
}

private let rewritings = [
    Rewriting("as it is") { $0 },
    Rewriting("in segments of 100 bytes") { $0.split(size: 100) },
    Rewriting("in segments of 7 bytes") { $0.split(size: 7) },
    Rewriting("in small segments, every second pair swapped") { $0.split(size: 50).swapped },
    Rewriting("every packet twice") { $0.duplicated },
    Rewriting("every segment repeating 20 bytes of the one before") {
        $0.split(size: 64).overlapping(by: 20)
    },
    Rewriting("in IP fragments of 64 bytes") { $0.fragmented(size: 64) },
    Rewriting("in IP fragments of 24 bytes, the last one first") {
        $0.fragmented(size: 24, isReversed: true)
    },
    Rewriting("over IPv6") { $0.asIPv6 },
    Rewriting("over IPv6, in fragments") { $0.asIPv6.fragmented(size: 48) },
    Rewriting("as pcap", files: { [$0.pcap()] }),
    Rewriting("as big-endian pcap", files: { [$0.pcap(order: .big)] }),
    Rewriting("as nanosecond pcap", files: { [$0.pcap(nanoseconds: true)] }),
    Rewriting("as big-endian nanosecond pcapng", files: { [$0.pcapng(order: .big, nanoseconds: true)] }),
    Rewriting("in two files") {
        let (first, second) = $0.divided(at: $0.packets.count / 2)
        return [first.pcapng(), second.pcapng()]
    },
]

@Suite("The same conversation, captured otherwise")
struct RewritingTests {
    @Test(
        "every shipped capture gives the same report however its packets were captured",
        arguments: Corpus.shipped)
    func rewritten(_ capture: Corpus.Shipped) {
        let content = CaptureContent(reading: capture.bytes)
        guard content.isWhole else { return }
        let expected = Essence(readCase([capture.bytes]))
        for rewriting in rewritings {
            let (files, keyLog) = rewriting.apply(content)
            let found = Essence(readCase(files, keyLog: keyLog))
            #expect(found == expected, "\(rewriting.name): \(expected.difference(from: found))")
        }
    }

    @Test("every link layer and tunnel gives the same report", arguments: TestLink.allCases)
    func relinked(_ link: TestLink) {
        // Each layer meets some captures, and each capture some layers; with WSDIAG_THOROUGH=1 each meets all.
        let isThorough = TestFile.environment("WSDIAG_THOROUGH") == "1"
        let index = TestLink.allCases.firstIndex(of: link) ?? 0
        for (number, capture) in Corpus.shipped.enumerated() where isThorough || number % 9 == index % 9 {
            let content = CaptureContent(reading: capture.bytes)
            guard content.isWhole else { continue }
            let expected = Essence(readCase([capture.bytes]))
            for version in [content, content.asIPv6] {
                let found = Essence(readCase([version.relinked(link).pcapng()]))
                #expect(found == expected, "\(capture) in \(link): \(expected.difference(from: found))")
            }
        }
    }

    @Test("bytes of a file that arrive a few at a time make the same case", arguments: Corpus.shipped)
    func inPieces(_ capture: Corpus.Shipped) {
        let whole = Essence(readCase([capture.bytes]))
        for pieceBytes in [61, 1000] {
            let found = Essence(readCase([capture.bytes], pieceBytes: pieceBytes))
            #expect(found == whole, "\(pieceBytes) at a time: \(whole.difference(from: found))")
        }
    }
}

extension CaptureContent {
    /// Whether no packet was cut by a snap length; one that was cannot be wrapped anew.
    fileprivate var isWhole: Bool { packets.allSatisfy { $0.wireLength == nil } }
}
