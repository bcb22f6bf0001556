import Case
import Credentials
import Diagnosis
import Dissect
import Report
import Testimony
import Wire

/// `wsdiag explain`: inputs, case, judgements, report.
func explain(_ invocation: Invocation) throws(Failure) -> ExitCode {
    if let answer = try kindAnswer(invocation) { return answer }
    guard let paths = try inputPaths(invocation) else { return .usage }
    var options = JudgeOptions()
    options.skewSeconds = invocation.number(.skew) ?? 60
    options.now = try moment(invocation)
    options.keepsTrail = invocation.has(.why)
    if let folder = invocation.value(.profiles) {
        options.profiles = try profiles(in: folder, beside: .embedded)
    }
    let inputs = try Inputs(paths, invocation)
    try requireEvidence(inputs)
    let keys = try verificationKeys(invocation, [.jwks], beside: inputs.keySets)
    var file = try readCase(inputs, invocation)
    try requireTestimony(file, inputs)
    verify(&file, with: keys)
    file.prepareMask()
    let report = Report(
        version: Program.version, file: file, judge: Judge(file, options: options),
        options: appearance(invocation))
    let output = try OutputFile(invocation)
    switch outputFormat(invocation, ["text", "json", "md"]) {
    case "json":
        return report.exitCode(
            try writeJSONReport(report) { json throws(Failure) in try output.flush(&json) })
    case let format:
        let told = format == "md" ? toldMarkdown(report) : toldReport(report)
        try output.write(told.text)
        return report.exitCode(told.tally)
    }
}

/// Something else than an input gets the answer that was probably wanted.
private func kindAnswer(_ invocation: Invocation) throws(Failure) -> ExitCode? {
    guard let word = invocation.operands.first, invocation.operands.count == 1, !fileExists(word) else {
        return nil
    }
    if cause(named: word) != nil {
        invocation.surroundings.note("'\(word)' is a finding; this is its page: wsdiag rules \(word)\n\n")
        return try rules(invocation)
    }
    for scheme in ["ws://", "wss://", "http://", "https://"] where word.lowercased().hasPrefix(scheme) {
        throw .usage(
            "'\(word)' is a live address, and explain sends nothing: it reads captures",
            hint: "Record the attempt with its TLS keys, then: wsdiag explain capture.pcapng keys.log")
    }
    if word.hasPrefix("eyJ") {
        invocation.surroundings.note("this is a token; this is what 'wsdiag token' says of it\n\n")
        return try token(invocation)
    }
    return nil
}

/// What is to be read: the operands, or standard input where something is piped into it. Nil after help was shown.
func inputPaths(_ invocation: Invocation) throws(Failure) -> [String]? {
    if !invocation.operands.isEmpty { return invocation.operands }
    guard invocation.surroundings.inputIsTerminal else { return ["-"] }
    try invocation.surroundings.print(helpText(invocation.command, width: invocation.surroundings.textWidth))
    return nil
}

/// A key log, a token or a key set alone explains nothing.
func requireEvidence(_ inputs: Inputs) throws(Failure) {
    guard inputs.captures.isEmpty, inputs.documents.isEmpty else { return }
    if let source = inputs.tokens.first {
        throw .input([
            "\(source.title) is a token, and there is no traffic beside it",
            "to read it: wsdiag token \(shellQuoted(source.path))",
        ])
    }
    if let source = inputs.keySets.first {
        throw .input([
            "\(source.title) is a JSON Web Key Set, and there is no traffic beside it",
            "give both: wsdiag explain CAPTURE \(shellQuoted(source.path))",
        ])
    }
    let name = inputs.keyLogs.first?.path ?? "-"
    throw .input([
        "\(name) is a TLS key log, and there is no capture beside it",
        "give both: wsdiag explain CAPTURE \(shellQuoted(name))",
    ])
}

/// A text that tells of nothing that could be judged is as good as a file that is not recognised.
private func requireTestimony(_ file: CaseFile, _ inputs: Inputs) throws(Failure) {
    guard inputs.captures.isEmpty, inputs.documents.allSatisfy({ $0.format == .text }),
        file.attempts.isEmpty, file.exchanges.isEmpty, file.reported.isEmpty, file.limits.isEmpty,
        let source = inputs.documents.first?.source
    else { return }
    throw .input([
        "\(source.title) is text, and nothing in it tells of a WebSocket handshake",
        "Paste the error line, the URL, the code that dials, or the output of curl -v. See 'wsdiag howto'",
    ])
}

/// `--at`: a time in UTC, seconds since 1970, or `now`.
func moment(_ invocation: Invocation) throws(Failure) -> Timestamp? {
    guard let text = invocation.value(.at) else { return nil }
    if text == "now" { return currentTime() }
    if let seconds = Int64(text), 0 <= seconds { return Timestamp(seconds: seconds) }
    let parts = text.split { "-T: Z".contains($0) }.map { Int($0.prefix { $0 != "." }) }
    guard 3 <= parts.count, parts.count <= 6, parts.allSatisfy({ $0 != nil }) else { throw noMoment(text) }
    let numbers = parts.compactMap { $0 } + [0, 0, 0]
    guard
        let moment = Timestamp(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers[5])
    else { throw noMoment(text) }
    return moment
}

private func noMoment(_ text: String) -> Failure {
    .usage(
        "--at '\(text)' is no moment",
        hint: "Write it in UTC as 2026-11-21T02:42:13Z, in seconds since 1970, or as now")
}
