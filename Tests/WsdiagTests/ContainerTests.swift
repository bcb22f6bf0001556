import TestSupport
import Testing
import Wire

@testable import wsdiag

/// The same capture in other wrappings, through the command's own reading of files.
@Suite("Wrappings of a capture") struct ContainerTests {
    /// The JSON report without what tells of the files.
    private func report(_ paths: [String]) -> [Substring] {
        let (_, output, notes) = running(["explain", "--format", "json"] + paths)
        #expect(notes.isEmpty, "\(notes)")
        return withoutInputs(output)
    }

    private func withoutInputs(_ output: String) -> [Substring] {
        var isInput = false
        return output.split(separator: "\n").filter { line in
            if line == "  \"inputs\": [" { isInput = true }
            defer { if line == "  ]," { isInput = false } }
            return !isInput && !line.contains("\"input\": \"i")
        }
    }

    /// Two pcapng sections in one file; two members of gzip, or frames of zstd, in one file.
    private static let wrappings: [(name: String, wrap: @Sendable ([UInt8]) -> [UInt8])] = [
        ("gzip", { deflated($0, windowBits: 31) }),
        ("zstd", { zstandard($0) }),
        (
            "two members of gzip",
            {
                let half = $0.count / 2
                return deflated(Array($0[..<half]), windowBits: 31)
                    + deflated(Array($0[half...]), windowBits: 31)
            }
        ),
        (
            "two frames of zstd",
            {
                let half = $0.count / 2
                return zstandard(Array($0[..<half])) + zstandard(Array($0[half...]))
            }
        ),
        (
            "a section for each half",
            {
                let content = CaptureContent(reading: $0)
                let (first, second) = content.divided(at: content.packets.count / 2)
                return first.pcapng(order: .big) + second.pcapng(order: .little, nanoseconds: true)
            }
        ),
    ]

    @Test("Every shipped capture gives the same report in every wrapping", arguments: Corpus.shipped)
    func wrapped(_ capture: Corpus.Shipped) {
        let expected = report([capture.path])
        #expect(20 < expected.count)
        for (name, wrap) in Self.wrappings {
            TestFile.temporary { path in
                #expect(TestFile.write(wrap(capture.bytes), to: path))
                #expect(report([path]) == expected, "\(name)")
            }
        }
    }

    @Test(
        "Standard input gives the same report as the file, packed or not, from a file or a pipe",
        .enabled(if: Command.wsdiag != nil, "the program is not built beside the tests"),
        arguments: Corpus.shipped.enumerated().filter { $0.offset % 10 == 0 }.map(\.element))
    func standardInput(_ capture: Corpus.Shipped) throws {
        let program = try #require(Command.wsdiag)
        let expected = report([capture.path])
        let command = [program, "explain", "--format", "json", "-"]
        #expect(withoutInputs(Command(command, input: capture.path).output) == expected)
        let pipe = ["sh", "-c", "cat | exec \"$@\"", "sh"] + command
        #expect(withoutInputs(Command(pipe, input: capture.path).output) == expected)
        TestFile.temporary { path in
            #expect(TestFile.write(deflated(capture.bytes, windowBits: 31), to: path))
            #expect(withoutInputs(Command(pipe, input: path).output) == expected)
        }
    }
}
