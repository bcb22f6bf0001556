import Report

/// `wsdiag ls`
func list(_ invocation: Invocation) throws(Failure) -> ExitCode {
    guard let paths = try inputPaths(invocation) else { return .usage }
    let inputs = try Inputs(paths, invocation)
    try requireEvidence(inputs)
    let file = try readCase(inputs, invocation)
    let report = Report(version: Program.version, file: file, judgements: [], options: appearance(invocation))
    let output = try OutputFile(invocation)
    switch outputFormat(invocation, ["text", "json"]) {
    case "json": try writeListJSON(report) { json throws(Failure) in try output.flush(&json) }
    default: try output.write(listText(report))
    }
    return .nothingWrong
}
