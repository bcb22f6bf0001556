import Case
import Report

/// A file and the number of an attempt in it: `guest.pcapng#2`.
struct AttemptReference: Equatable {
    var path: String
    var id: Int?

    /// A file whose name ends in `#2` itself is that file.
    init(_ operand: String) {
        path = operand
        guard let mark = operand.lastIndex(of: "#"), !fileExists(operand) else { return }
        let digits = operand[operand.index(after: mark)...]
        guard let number = Int(digits), 0 < number else { return }
        path = String(operand[..<mark])
        id = number
    }
}

/// `wsdiag show FILE#N`
func show(_ invocation: Invocation) throws(Failure) -> ExitCode {
    guard let operands = try inputPaths(invocation) else { return .usage }
    let references = operands.map { AttemptReference($0) }
    let wanted = references.compactMap(\.id)
    guard wanted.count < 2 else {
        throw .usage(
            "show is about one attempt, and \(wanted.count) are named", hint: "To compare two: wsdiag diff")
    }
    let id = wanted.first ?? invocation.number(.attempt) ?? 1
    let paths = references.map(\.path)
    let inputs = try Inputs(paths, invocation)
    try requireEvidence(inputs)
    var file = try readCase(inputs, invocation)
    let attempt = try found(id, in: file, paths)
    // A second reading keeps every frame of the one stream; standard input cannot be read again.
    let canReadAgain = !paths.contains("-") && 0 <= attempt.connection.stream
    if canReadAgain, attempt.session != nil {
        file = try readCase(
            try Inputs(paths, invocation), invocation, keepsFramesOfStream: attempt.connection.stream)
    }
    let report = Report(version: Program.version, file: file, judgements: [], options: appearance(invocation))
    let output = try OutputFile(invocation)
    switch outputFormat(invocation, ["text", "json"]) {
    case "json":
        var json = showJSON(report, attempt: id)
        try output.flush(&json)
    default: try output.write(showText(report, attempt: id, isEveryFrameKept: canReadAgain))
    }
    return .nothingWrong
}

/// The attempt of a number, or a failure that says which there are.
func found(_ id: Int, in file: CaseFile, _ paths: [String]) throws(Failure) -> Attempt {
    if let attempt = file.attempts.first(id: id) { return attempt }
    let name = paths.joined(separator: " ")
    guard !file.attempts.isEmpty else {
        let why = file.limits.first?.text
        throw .input(["no WebSocket attempt can be seen in \(name)"] + (why.map { [$0] } ?? []))
    }
    throw .input([
        "there is no attempt #\(id) in \(name)", "there are #1 to #\(file.attempts.count): wsdiag ls \(name)",
    ])
}
