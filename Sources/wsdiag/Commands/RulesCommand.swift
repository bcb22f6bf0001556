import Diagnosis
import JSON
import Report

/// `wsdiag rules [SLUG|CODE]`
func rules(_ invocation: Invocation) throws(Failure) -> ExitCode {
    var options = appearance(invocation)
    if invocation.value(.width) == nil { options.width = min(options.width, 100) }
    let output = try OutputFile(invocation)
    let format = outputFormat(invocation, ["text", "md", "json"])
    guard let word = invocation.operands.first else {
        switch format {
        case "json":
            var json = causeJSON(Catalogue.causes)
            try output.flush(&json)
        case "md": try output.write(causeListMarkdown())
        default: try output.write(causeList(options))
        }
        return .nothingWrong
    }
    guard let cause = cause(named: word) else {
        if let unjudged = Catalogue.notYetJudged.first(where: {
            $0.slug == word.lowercased() || $0.code == word.uppercased()
        }) {
            try output.write(
                "\(unjudged.slug) (\(unjudged.code)): \(unjudged.title).\nIt is known and not yet judged: no verdict names it.\n"
            )
            return .nothingWrong
        }
        let near =
            nearest(to: word, among: Catalogue.causes.map(\.slug)).map { ". Did you mean '\($0)'?" } ?? ""
        throw .usage("there is no finding '\(word)'" + near, hint: "All of them: wsdiag rules")
    }
    switch format {
    case "json":
        var json = causeJSON([cause])
        try output.flush(&json)
    case "md": try output.write(causeMarkdown(cause))
    default: try output.write(causeText(cause, options))
    }
    return .nothingWrong
}

/// The cause of a slug or of a code, in any case.
func cause(named word: String) -> Cause? {
    Catalogue.causes.first { $0.slug == word.lowercased() || $0.code == word.uppercased() }
}
