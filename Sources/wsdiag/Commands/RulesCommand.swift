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
        if let notice = notice(on: word) {
            switch format {
            case "json":
                var json = noticeJSON(notice.slug, notice.code, notice.sentences)
                try output.flush(&json)
            case "md": try output.write(noticeMarkdown(notice.slug, notice.code, notice.sentences))
            default: try output.write(noticeText(notice.slug, notice.code, notice.sentences, options))
            }
            return .nothingWrong
        }
        let names = Catalogue.causes.map(\.slug) + Catalogue.limits.map(\.slug)
        let near = nearest(to: word, among: names).map { ". Did you mean '\($0)'?" } ?? ""
        throw .usage(
            "there is no finding '\(word)'" + near, hint: number(word) ?? "All of them: wsdiag rules")
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

/// What has a name and no page of its own: causes that are not yet judged, and limits.
private func notice(on word: String) -> (slug: String, code: String, sentences: [String])? {
    if let limit = Catalogue.limit(named: word) {
        return (
            limit.slug, limit.code, ["\(limit.title). A limit of an input, never a cause.", limit.remedy]
        )
    }
    let unjudged = Catalogue.notYetJudged.first {
        $0.slug == word.lowercased() || $0.code == word.uppercased()
    }
    return unjudged.map {
        ($0.slug, $0.code, ["\($0.title).", "It is known and not yet judged: no verdict names it."])
    }
}

/// Where to read on about a number: people look up what they saw.
private func number(_ word: String) -> String? {
    guard let number = Int(word) else { return nil }
    let slug: String
    switch number {
    case 1000: slug = "closed-normally"
    case 1001: slug = "server-going-away"
    case 1002: slug = "framing-rule-broken"
    case 1003: slug = "envelope-rejected"
    case 1005, 1006: slug = "connection-lost"
    case 1007: slug = "invalid-utf8"
    case 1008: slug = "policy-violation"
    case 1009: slug = "message-too-big"
    case 1011...1014: slug = "server-error-close"
    case 4000..<5000: slug = "private-close-code"
    case 404: slug = "path-not-found"
    case 429: slug = "rate-limited"
    case 502...504: slug = "gateway-upstream-error"
    case 400..<600:
        return "A status alone is no finding: wsdiag explain FILE says what fits. All of them: wsdiag rules"
    default: return nil
    }
    return "About \(number): wsdiag rules \(slug)"
}
