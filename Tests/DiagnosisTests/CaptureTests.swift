import Capture
import Case
import Diagnosis
import Dissect
import JSON
import TestSupport
import Testing
import Wire

/// What is true of a recorded attempt, and what may be said of it.
private struct Label {
    var expected: String?
    var truth: String?
    var atMost: Certainty?
}

private let folder = packageRoot + "/captures"

/// The recorded captures that are labelled.
private let recorded = names(in: folder).filter { bytes(of: "\(folder)/\($0)/label.json") != nil }

/// Every recording, read once.
private let cases: [String: CaseFile] = Dictionary(
    uniqueKeysWithValues: recorded.compactMap { name in dissected(name).map { (name, $0) } })

private func caseFile(_ name: String) throws -> CaseFile { try #require(cases[name]) }

private func dissected(_ name: String) -> CaseFile? {
    guard let content = bytes(of: "\(folder)/\(name)/capture.pcapng") else { return nil }
    var pipeline = Pipeline(seed: 1)
    pipeline.begin("capture.pcapng")
    var damage: CaptureError?
    do { _ = try pipeline.scan(content.span, isLast: true) } catch { damage = error }
    pipeline.end(bytes: content.count, damage: damage)
    return pipeline.finish()
}

private func labels(_ name: String) throws -> (attempts: [Label], mustNotSay: [String], isHealthy: Bool) {
    let content = try #require(bytes(of: "\(folder)/\(name)/label.json"))
    let json = try JSONValue(reading: content.span)
    let attempts = json["attempts"]?.array ?? []
    return (
        attempts.map { label in
            Label(
                expected: label["expect"]?.string, truth: label["cause"]?.string,
                atMost: label["atMost"]?.string.flatMap(Certainty.init(rawValue:)))
        },
        json["mustNotSay"]?.array?.compactMap(\.string) ?? [], json["healthy"]?.bool ?? false
    )
}

@Suite("Verdicts on recorded captures whose truth is known")
struct CaptureTests {
    @Test("nothing is claimed beyond what the label allows", arguments: recorded)
    func claimsAreHonest(_ name: String) throws {
        let file = try caseFile(name)
        let label = try labels(name)
        let judgements = judge(file, options: JudgeOptions())
        try #require(judgements.count == label.attempts.count)
        for (judgement, label) in zip(judgements, label.attempts) {
            let told = "\(name) #\(judgement.attempt): \(judgement.verdict?.summary ?? "healthy")"
            #expect((judgement.verdict == nil) == (label.expected == nil), "\(told)")
            let cause = judgement.verdict.map { $0.cause ?? "undetermined" }
            #expect(cause == label.expected, "\(told)")
            if let verdict = judgement.verdict, verdict.cause != nil, let most = label.atMost {
                #expect(verdict.certainty <= most, "\(told)")
            }
            if label.expected == "undetermined" {
                for candidate in judgement.candidates.prefix(1) where candidate.cause != label.truth {
                    let isGeneric = ["private-close-code", "closed-right-after-upgrade"].contains(
                        candidate.cause)
                    #expect(candidate.certainty == .possible || isGeneric, "\(told): \(candidate.summary)")
                }
            }
        }
    }

    @Test("what a label forbids is not said", arguments: recorded)
    func forbiddenWordsAreAbsent(_ name: String) throws {
        let label = try labels(name)
        for judgement in judge(try caseFile(name), options: JudgeOptions()) {
            var said = judgement.candidates.map(\.summary)
            if let verdict = judgement.verdict { said += [verdict.summary] + verdict.fixes.map(\.text) }
            let text = said.joined(separator: "\n").lowercased()
            for words in label.mustNotSay {
                #expect(!text.contains(words.lowercased()), "\(name) says \"\(words)\": \(text)")
            }
        }
    }

    @Test("healthy recordings are blamed for nothing", arguments: recorded.filter { $0.hasPrefix("healthy") })
    func healthyIsLeftAlone(_ name: String) throws {
        for judgement in judge(try caseFile(name), options: JudgeOptions()) {
            #expect(judgement.verdict == nil && judgement.candidates.isEmpty, "\(name)")
        }
    }
}

/// The verdicts on the examples of all causes: right is the example's own cause.
private func calibratedExamples() -> (
    right: [Certainty: Int], wrong: [String], abstained: Int, beside: Int
) {
    var right: [Certainty: Int] = [:]
    var wrong: [String] = []
    var (abstained, beside) = (0, 0)
    for cause in Catalogue.causes {
        for example in cause.examples {
            guard let judgement = judge(Transcript.caseFile(example.transcript)).last,
                let verdict = judgement.verdict
            else { continue }
            guard let named = verdict.cause else {
                abstained += 1
                continue
            }
            switch example.expectation {
            case .fires where named == cause.slug: right[verdict.certainty, default: 0] += 1
            case .silent where named == cause.slug, .unknown where named == cause.slug:
                wrong.append("\(cause.slug): \(example.name)")
            // Another cause may hold as well; where the example is about this one, it must stand beside it.
            case .fires
            where cause.role != .observation && !judgement.candidates.contains { $0.cause == cause.slug }:
                wrong.append("\(cause.slug): \(example.name): \(named)")
            default: beside += 1
            }
        }
    }
    return (right, wrong, abstained, beside)
}

@Suite("Calibration")
struct CalibrationTests {
    @Test("the table of calibration is fresh: no certain and no likely claim is wrong")
    func calibration() throws {
        var right: [Certainty: Int] = [:]
        var wrong: [Certainty: [String]] = [:]
        var abstained = 0
        var healthy = 0
        for name in recorded {
            let label = try labels(name)
            let judgements = judge(try caseFile(name), options: JudgeOptions())
            try #require(judgements.count == label.attempts.count)
            for (judgement, label) in zip(judgements, label.attempts) {
                guard let verdict = judgement.verdict else {
                    healthy += 1
                    continue
                }
                guard let cause = verdict.cause else {
                    abstained += 1
                    continue
                }
                if cause == label.truth || cause == label.expected {
                    right[verdict.certainty, default: 0] += 1
                } else {
                    wrong[verdict.certainty, default: []].append(name)
                }
            }
        }
        let told = calibratedExamples()
        #expect(wrong[.certain] == nil && wrong[.likely] == nil, "\(wrong)")
        #expect(told.wrong.isEmpty, "\(told.wrong)")
        var lines = [
            "# Calibration", "",
            "Every labelled case, judged: how often a verdict of each tier names what the label allows.",
            "Written by `make calibrate`.", "", "## The captures of `captures/`", "",
            "| tier | right | wrong |", "| --- | --- | --- |",
        ]
        for tier in [Certainty.certain, .likely, .possible] {
            lines.append("| \(tier.rawValue) | \(right[tier] ?? 0) | \(wrong[tier]?.count ?? 0) |")
        }
        lines += [
            "",
            "Undetermined, with ranked candidates: \(abstained). Healthy, blamed for nothing: \(healthy).",
            "", "## The examples of the causes", "", "| tier | right | wrong |", "| --- | --- | --- |",
            "| certain | \(told.right[.certain] ?? 0) | 0 |", "| likely | \(told.right[.likely] ?? 0) | 0 |",
            "",
            "Undetermined: \(told.abstained). Of another cause than the page's, which stands beside it: \(told.beside).",
            "No example in which a cause must stay silent, or cannot be told, blames that cause.",
        ]
        let table = lines.joined(separator: "\n") + "\n"
        let path = packageRoot + "/docs/calibration.md"
        if isCalibrating { print(table) }
        if isRecording || isCalibrating { write(table, to: path) }
        #expect(bytes(of: path).map { String(decoding: $0, as: UTF8.self) } == table, "run make calibrate")
    }
}
