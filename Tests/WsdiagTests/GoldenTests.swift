import Report
import TestSupport
import Testing

@testable import wsdiag

/// The reports on the shipped captures, as they stand beside them. WSDIAG_RECORD=1 writes them anew; read the
/// difference before committing it.
@Suite("Expected reports") struct GoldenTests {
    @Test("Text is as expected", arguments: Corpus.shipped) func text(_ capture: Corpus.Shipped) {
        let (_, output, notes) = running(["explain", capture.path])
        #expect(notes.isEmpty)
        expectGolden(output, at: capture.folder + "/expected.txt")
        for line in output.split(separator: "\n") where !line.contains("$ ") {
            #expect(line.count <= 80, "\(capture): \(line)")
        }
    }

    @Test("JSON is as expected", arguments: Corpus.shipped) func json(_ capture: Corpus.Shipped) {
        let (code, output, _) = running(["explain", "--format", "json", capture.path])
        expectGolden(output, at: capture.folder + "/expected.json")
        #expect(output.contains("\"exitCode\": \(code.rawValue)\n"))
    }

    @Test(
        "Healthy sessions are blamed for nothing",
        arguments: Corpus.shipped.filter { $0.name.hasPrefix("healthy-") })
    func healthy(_ capture: Corpus.Shipped) {
        let (code, output, _) = running(["explain", capture.path])
        #expect(code == .nothingWrong)
        #expect(!output.contains("error["))
    }
}
