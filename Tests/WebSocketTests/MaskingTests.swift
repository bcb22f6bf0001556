import Case
import Testing
import Wire

@testable import WebSocket

/// What is done to many bytes at a time gives what is done to one.
@Suite("Masks and text, many bytes at a time") struct MaskingTests {
    private let key: UInt32 = 0x9a01_fe37

    private func masked(_ bytes: [UInt8], _ phase: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            byte ^ UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32((index + phase) & 3)))
        }
    }

    private func looksASCII(_ plain: [UInt8], _ phase: Int) -> Bool {
        isASCII(masked(plain, phase).span, key: key, phase: UInt64(phase))
    }

    @Test("A mask is undone at every length and phase") func unmasking() {
        var output: [UInt8] = []
        for length in 0..<140 {
            let plain = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            for phase in 0..<4 {
                unmask(masked(plain, phase).span, key: key, phase: UInt64(phase), into: &output)
                #expect(output == plain)
            }
        }
    }

    @Test("A byte that is not ASCII is seen wherever it stands under its mask") func ascii() {
        for length in 0..<140 {
            var plain = [UInt8](repeating: 0x7f, count: length)
            for phase in 0..<4 {
                #expect(looksASCII(plain, phase))
                for place in plain.indices {
                    plain[place] = 0x80
                    #expect(!looksASCII(plain, phase))
                    plain[place] = 0x7f
                }
            }
        }
    }

    @Test("Text that is checked in many bytes ends at the byte that a check of each ends at") func text() {
        for length in 1..<140 {
            var bytes = [UInt8](repeating: 0x61, count: length)
            for place in bytes.indices {
                bytes[place] = 0xff
                var check = UTF8Check()
                check.receive(bytes.span)
                #expect(!check.isWhole)
                bytes[place] = 0x61
            }
        }
    }

    @Test("Of a side that is barely kept stays what the essentials of a session hold") func barelyKept() {
        let limits = Limits.standard
        func session(barelyKept: Side?) -> Session {
            var reader = SessionReader(
                response: nil, keepsEveryFrame: false, barelyKept: barelyKept,
                sharing: SessionScratch(limits: limits))
            for number in 0..<9 {
                let text = [UInt8](repeating: 0x61 + UInt8(number), count: 600)
                let frame = [0x81, 126, 0x02, 0x58] + text
                reader.receive(
                    frame.span, from: .server, at: nil, place: .frame(number, stream: 0, input: 0))
            }
            return reader.end().session
        }
        var whole = session(barelyKept: nil)
        let barely = session(barelyKept: .server)
        #expect(whole.firstFrames.count == barely.firstFrames.count)
        #expect(whole.lastFrames == barely.lastFrames)
        #expect(whole.firstFrames.allSatisfy { $0.preview.count == 600 })
        #expect(barely.firstFrames.allSatisfy { $0.preview.count <= limits.keptPreviewBytes })
        var kept = barely
        whole.keepEssentials(limits)
        kept.keepEssentials(limits)
        #expect(whole == kept)
    }
}
