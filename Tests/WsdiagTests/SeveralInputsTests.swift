import Report
import TestSupport
import Testing

@testable import wsdiag

@Suite("Several inputs of one command") struct SeveralInputsTests {
    @Test("Parts of a capture are one timeline, whatever order they are given in") func parts() throws {
        let shipped = try #require(Corpus.shipped.first { $0.name == "403-reconnect-with-old-token" })
        let content = CaptureContent(reading: shipped.bytes)
        let (first, second) = content.divided(at: content.packets.count / 2)
        TestFile.temporary { early in
            TestFile.temporary { late in
                #expect(TestFile.write(first.pcapng(), to: early))
                #expect(TestFile.write(second.pcapng(), to: late))
                let (code, output, _) = running(["explain", "--format", "json", early, late])
                let (otherCode, other, _) = running(["explain", "--format", "json", late, early])
                #expect(code == .explained && otherCode == code)
                #expect(output == other)
            }
        }
    }

    @Test("A text that tells of no handshake is refused with what to paste") func nothingTold() {
        TestFile.temporary { path in
            #expect(TestFile.write(Array("good morning\n".utf8), to: path))
            let (code, _, notes) = running(["explain", path])
            #expect(code == .input)
            #expect(notes.contains("nothing in it tells of a WebSocket handshake"))
        }
    }

    @Test("A token or a key set without traffic is refused with what to do") func alone() {
        TestFile.temporary { path in
            #expect(TestFile.write(Array("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}".utf8), to: path))
            let (code, _, notes) = running(["explain", path])
            #expect(code == .input)
            #expect(notes.contains("a JSON Web Key Set"))
        }
    }
}
