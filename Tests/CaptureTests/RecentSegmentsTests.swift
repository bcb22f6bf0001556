import Testing
import Wire

@testable import Capture

/// What is remembered of segments that were delivered.
@Suite("Copies of segments that differ") struct RecentSegmentsTests {
    @Test("One byte that differs is noticed wherever it stands, and a copy of another length is none")
    func bytes() {
        for length in 1..<100 {
            var recent = RecentSegments()
            func differs(_ direction: UInt32, _ sequence: UInt32, _ bytes: [UInt8]) -> Bool {
                recent.differs(direction, sequence, bytes.span)
            }
            var segment = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            recent.remember(2, 1000, segment.span)
            #expect(!differs(2, 1000, segment))
            #expect(!differs(3, 1000, segment))
            #expect(!differs(2, 1001, segment))
            for place in segment.indices {
                segment[place] ^= 1
                #expect(differs(2, 1000, segment))
                segment[place] ^= 1
            }
            #expect(!differs(2, 1000, Array(segment.dropLast())))
        }
    }
}
