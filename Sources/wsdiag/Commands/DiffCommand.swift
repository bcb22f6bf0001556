import Case
import Report

/// `wsdiag diff A#N B#M`
func diff(_ invocation: Invocation) throws(Failure) -> ExitCode {
    var references: [AttemptReference] = []
    var shared: [String] = []
    for operand in invocation.operands {
        let reference = AttemptReference(operand)
        guard reference.id == nil, try InputSource(reference.path).kind == .keyLog else {
            references.append(reference)
            continue
        }
        shared.append(reference.path)
    }
    guard references.count == 2 else {
        throw .usage(
            "diff compares two attempts, and \(references.count == 0 ? "none" : String(references.count)) given",
            hint: "For example: wsdiag diff \(shellQuoted((references.first?.path ?? "a.pcapng") + "#1")) "
                + shellQuoted((references.last?.path ?? "a.pcapng") + "#2"))
    }
    let left = try readReport(references[0], shared, invocation)
    let isSameFile = references[0].path == references[1].path
    let right = isSameFile ? left : try readReport(references[1], shared, invocation)
    // Of one file without numbers, the first two.
    let leftID = references[0].id ?? 1
    let rightID = references[1].id ?? (isSameFile ? 2 : 1)
    _ = try found(leftID, in: left.file, [references[0].path])
    _ = try found(rightID, in: right.file, [references[1].path])
    let output = try OutputFile(invocation)
    switch outputFormat(invocation, ["text", "json"]) {
    case "json":
        var json = diffJSON(left, attempt: leftID, right, attempt: rightID)
        try output.flush(&json)
    default: try output.write(diffText(left, attempt: leftID, right, attempt: rightID))
    }
    return .nothingWrong
}

private func readReport(
    _ reference: AttemptReference, _ shared: [String], _ invocation: Invocation
) throws(Failure) -> Report {
    let inputs = try Inputs([reference.path] + shared, invocation)
    try requireEvidence(inputs)
    let file = try readCase(inputs, invocation)
    return Report(version: Program.version, file: file, judgements: [], options: appearance(invocation))
}
