import Case
import Diagnosis
import TestSupport
import Testing

@testable import Report

/// A report on a conversation, judged.
func report(_ transcript: String, _ change: (inout Report.Options) -> Void = { _ in }) -> Report {
    let file = Transcript.caseFile(transcript)
    var options = Report.Options()
    change(&options)
    var judging = JudgeOptions()
    judging.keepsTrail = options.why
    return Report(version: "0.0.0", file: file, judgements: judge(file, options: judging), options: options)
}

let expired = """
    > GET /live?lang=en HTTP/1.1
    > Authorization: Bearer {jwt exp=11:58:59}
    < HTTP/1.1 401 Unauthorized
    < Date: 12:00:00
    < WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"
    <
    < {"message":"no"}
    """

@Suite("The text report") struct TextReportTests {
    @Test("look") func look() {
        print(textReport(report(expired)))
        print(
            textReport(
                report(expired) {
                    $0.why = true; $0.ascii = true
                }))
        print(markdownReport(report(expired)))
    }
}
