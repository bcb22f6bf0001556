import Case
import Diagnosis
import JSON
import Report
package import Testimony
import Wire

/// Reads a document in pieces, to the text and the JSON of the report.
///
/// Shape: where `firstByteCuts`, the first byte tells how large the pieces are and the document follows it.
package func explain(
    _ format: DocumentFormat, _ start: UnsafePointer<UInt8>?, _ count: Int, firstByteCuts: Bool = true
) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let pieceBytes = firstByteCuts ? 1 + 16 * Int(bytes.first ?? 0) : max(1, bytes.count)
    var limits = Limits.standard
    limits.liveSources = 8
    var reader = format.reader(named: "fuzz", limits: limits)
    do throws(DocumentError) {
        var position = firstByteCuts ? 1 : 0
        while position < bytes.count {
            let end = min(bytes.count, position + pieceBytes)
            try reader.receive(bytes.span.extracting(position..<end))
            position = end
        }
        let file = try reader.finish()
        let report = Report(version: "0", file: file, judgements: judge(file))
        _ = textReport(report)
        writeJSONReport(report) { json in _ = json.take() }
    } catch {
        _ = error.text
    }
    return 0
}

/// Reads a document whole and in two pieces: the same case or the same refusal.
package func compareCut(_ format: DocumentFormat, _ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    _ = DocumentFormat(bytes.span)
    let cut = Int(bytes.first ?? 0) % (bytes.count + 1)
    let parts = read(format, [Array(bytes[..<cut]), Array(bytes[cut...])])
    precondition(read(format, [bytes]) == parts, "a cut between pieces must change nothing")
    return 0
}

private func read(_ format: DocumentFormat, _ pieces: [[UInt8]]) -> CaseFile? {
    var reader = format.reader(named: "fuzz")
    do {
        for piece in pieces { try reader.receive(piece.span) }
        return try reader.finish()
    } catch {
        return nil
    }
}
