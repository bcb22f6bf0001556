import Case
import Diagnosis
import TestSupport
import Testing

/// One example of one cause.
struct ExampleOfCause: Sendable, CustomTestStringConvertible {
    var cause: Cause
    var example: Example
    var testDescription: String { "\(cause.slug): \(example.name)" }
}

private let examples = Catalogue.causes.flatMap { cause in
    cause.examples.map { ExampleOfCause(cause: cause, example: $0) }
}

@Test("each example of each cause is judged as it says", arguments: examples)
func exampleIsJudged(_ item: ExampleOfCause) {
    expect(item, in: Transcript.caseFile(item.example.transcript))
}

@Test("and so it is when its bytes are read like those of a connection", arguments: examples)
func exampleIsJudgedFromBytes(_ item: ExampleOfCause) {
    guard let file = Transcript.caseFromBytes(item.example.transcript) else { return }
    expect(item, in: file)
}

@Test("most examples that can be told are read from bytes")
func mostExamplesAreBytes() {
    let told = examples.filter { $0.example.expectation != .unknown }
    let read = told.count { Transcript.caseFromBytes($0.example.transcript) != nil }
    #expect(told.count * 3 / 4 < read, "\(read) of \(told.count)")
}

@Test("an example that hides a part is told apart by that part alone", arguments: examples)
func hiddenPartIsWhatLacks(_ item: ExampleOfCause) {
    // A code that is not told stands in no line of its own.
    let lines = item.example.transcript.split(separator: "\n", omittingEmptySubsequences: false)
    guard let gap = item.example.gap, !item.example.transcript.contains("close - "),
        lines.contains(where: { $0.hasPrefix("??") })
    else { return }
    var options = JudgeOptions()
    options.keepsTrail = true
    // Whoever tells of something without having seen it still does.
    let shown = lines.map { !$0.hasPrefix("??") ? $0 : $0.contains("reported") ? "?? reported" : "" }
    let file = Transcript.caseFile(shown.joined(separator: "\n"))
    let trial = judge(file, options: options).last?.trail.first { $0.cause == item.cause.slug }
    #expect(trial?.why != gap.missing)
}

private func expect(_ item: ExampleOfCause, in file: CaseFile) {
    // The last attempt of an example is the one it is about.
    var options = JudgeOptions()
    options.keepsTrail = true
    guard let judgement = judge(file, options: options).last else {
        Issue.record("the example holds no attempt")
        return
    }
    let candidate = judgement.candidates.first { $0.cause == item.cause.slug }
    let told = judgement.candidates.map { "\($0.cause) \($0.certainty.rawValue): \($0.summary)" }.joined(
        separator: "\n")
    switch item.example.expectation {
    case .fires(let tier):
        if item.cause.role == .observation {
            #expect(!judgement.observations.isEmpty, "\(told)")
        } else {
            #expect(candidate?.certainty == tier, "\(told)")
        }
    case .silent:
        #expect(candidate == nil, "\(told)")
    case .unknown:
        let trial = judgement.trail.first { $0.cause == item.cause.slug }
        #expect(
            trial?.outcome == "not tested", "\(trial?.outcome ?? "no trial"): \(trial?.why ?? "") \(told)")
        #expect(trial?.why == item.example.gap?.missing)
        #expect(candidate == nil, "\(told)")
    }
}
