import Case
import Diagnosis
import FuzzSupport
import JSON
import Report
import Testimony
import Wire

/// Pasted texts, from bytes to the report: whatever was pasted, nothing is told surer than possible by words alone.
@_cdecl("fuzz_text_main")
public func fuzzText(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let text = bytes(start, count)
        var reader = DocumentFormat.text.reader(named: "fuzz")
        do throws(DocumentError) {
            try reader.receive(text.span)
            let file = try reader.finish()
            let report = Report(version: "0", file: file, judgements: judge(file))
            _ = textReport(report)
            writeJSONReport(report) { json in _ = json.take() }
        } catch {}
        return 0
    }
}
