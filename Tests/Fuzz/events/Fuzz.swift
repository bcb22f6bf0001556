import Case
import Diagnosis
import FuzzSupport
import JSON
import Report
import Testimony
import Wire

/// Events of browsers, in pieces of a size that the first byte tells, to the text and the JSON of the report.
@_cdecl("fuzz_events_main")
public func fuzzEvents(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let document = bytes(start, count)
        guard let size = document.first else { return 0 }
        var limits = Limits.standard
        limits.liveSources = 8
        var reader = DocumentFormat.browserEvents.reader(named: "fuzz", limits: limits)
        do throws(DocumentError) {
            var position = 1
            while position < document.count {
                let end = min(document.count, position + 1 + 16 * Int(size))
                try reader.receive(document.span.extracting(position..<end))
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
}
