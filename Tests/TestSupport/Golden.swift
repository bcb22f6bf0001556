package import Testing

/// Whether expected files are written instead of compared: WSDIAG_RECORD=1.
package let isRecording = TestFile.environment("WSDIAG_RECORD") == "1"

/// Compares `text` with the expected file at `path`, absolute or below the package's folder; writes the file instead
/// when WSDIAG_RECORD=1.
package func expectGolden(
    _ text: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    let path = path.hasPrefix("/") ? path : TestFile.packageRoot + "/" + path
    if isRecording {
        #expect(
            TestFile.write(Array(text.utf8), to: path), "\(path) is written", sourceLocation: sourceLocation)
        return
    }
    guard let expected = TestFile.read(path) else {
        Issue.record("\(path) is absent; WSDIAG_RECORD=1 writes it", sourceLocation: sourceLocation)
        return
    }
    guard expected != Array(text.utf8) else { return }
    let difference = firstDifference(String(decoding: expected, as: UTF8.self), text)
    Issue.record("\(path) differs\n\(difference)\nWSDIAG_RECORD=1 writes it", sourceLocation: sourceLocation)
}

/// The first lines that differ, with three before them.
private func firstDifference(_ expected: String, _ found: String) -> String {
    let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let right = found.split(separator: "\n", omittingEmptySubsequences: false)
    let common = zip(left, right).prefix { $0 == $1 }.count
    var lines = ["line \(common + 1):"]
    lines += left[max(0, common - 3)..<common].map { "    \($0)" }
    lines += left.dropFirst(common).prefix(4).map { "  - \($0)" }
    lines += right.dropFirst(common).prefix(4).map { "  + \($0)" }
    return lines.joined(separator: "\n")
}
