import Capture
import Case
import Diagnosis
import Dissect
import FuzzSupport
import JSON
import Report
import Wire

/// Whole captures, from packets to the text and the JSON of the report.
@_cdecl("fuzz_pipeline_main")
public func fuzzPipeline(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let capture = bytes(start, count)
        var pipeline = Pipeline(seed: 1)
        pipeline.begin("fuzz")
        do throws(CaptureError) {
            _ = try pipeline.scan(capture.span, isLast: true)
            pipeline.end(bytes: count, damage: nil)
        } catch {
            pipeline.end(bytes: count, damage: error)
        }
        let file = pipeline.finish()
        let report = Report(version: "0", file: file, judgements: judge(file))
        _ = textReport(report)
        writeJSONReport(report) { json in _ = json.take() }
        return 0
    }
}
