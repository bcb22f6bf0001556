import Case
import JSON
import Wire

/// The answer for one attempt: its first candidate where that is at least likely, else "undetermined".
func verdict(of facts: borrowing Facts, _ ranked: [Tried]) -> Verdict {
    if let first = ranked.first, .possible < first.tier, first.role != .contributing {
        if first.role == .generic, facts.stated.contains(where: { $0.slug == "credential-judged" }) {
            let fact = first.brief.fact ?? sentence(first.brief.claim)
            return Verdict(
                cause: nil, code: nil, certainty: .possible,
                summary:
                    "\(fact) Its own words say that a credential was found wanting; why cannot be told from this input.",
                fixes: [])
        }
        let fix = first.brief.fix ?? first.cause.fix
        return Verdict(
            cause: first.slug, code: first.cause.code, certainty: first.tier,
            summary: first.argument.candidate(first, effect: facts.effect).summary, fixes: [fix])
    }
    return Verdict(
        cause: nil, code: nil, certainty: .possible, summary: undetermined(facts, ranked), fixes: [])
}

/// What is known where no cause reaches likely: what happened, what the server said, and what fits.
private func undetermined(_ facts: borrowing Facts, _ ranked: [Tried]) -> String {
    var text = facts.look.family.whatHappened ?? whatHappened(facts)
    facts.look.family.whatHappened = text
    let decisive = decisiveStatement(facts)
    if let decisive { text += " \(decisive)" }
    if let contributing = ranked.first(where: { $0.role == .contributing && $0.tier == .certain }),
        let fact = contributing.brief.fact
    {
        text += " \(fact)"
    }
    text += decisive == nil ? " What caused it cannot be told" : " Why cannot be told"
    switch ranked.count(where: { $0.role == .proximate }) {
    case 0: text += " from this input."
    case 1: text += " from this input; one explanation fits."
    case let count: text += " from this input; \(count) explanations fit."
    }
    return text
}

private func whatHappened(_ facts: borrowing Facts) -> String {
    let authority = facts.authority
    let server = authority.isEmpty ? "The server" : authority
    let place = authority.isEmpty ? "The connection" : "The connection to \(authority)"
    if let status = facts.status {
        let hasReason = facts.words.contains {
            $0.carrier == .body || $0.carrier == .field("www-authenticate")
        }
        let isBodyKnown = facts.response?.body.completeness == .complete && facts.sees(.responseBody)
        let ending =
            hasReason
            ? "."
            : !isBodyKnown
                ? "; its body is not in the input."
                : facts.sees(.responseFields)
                    ? " and gave no reason." : "; its header fields are not in the input."
        return "\(server) refused the upgrade with \(status)\(ending)"
    }
    if let close = facts.close, facts.symptoms.contains(.closed) {
        let code = close.code.map { " with \($0)" } ?? " without a code"
        let reason =
            !close.reason.isEmpty
            ? ", saying \"\(facts.maskedReason)\"." : facts.seesCloseReason ? " and gave no reason." : "."
        return "The \(close.by == .server ? "server" : "client") closed the socket\(code)\(reason)"
    }
    if facts.symptoms.contains(.refused) {
        return "The upgrade was answered with something else than a 101; the status is not in the input."
    }
    if facts.symptoms.contains(.failed) {
        return facts.sees(.status)
            ? "\(place) failed before any HTTP answer."
            : "\(place) failed; whether the server answered, and with what, is not in the input."
    }
    if facts.symptoms.contains(.lost) { return "\(place) ended without a close frame." }
    return authority.isEmpty ? "The session went wrong." : "The session with \(authority) went wrong."
}

/// What other attempts show by differing little, as sentences.
func comparisonStatements(_ facts: borrowing Facts) -> [Statement] {
    var statements: [Statement] = []
    statements.reserveCapacity(4)
    for comparison in facts.comparisons where statements.count < 4 {
        let differences = comparison.differences
        guard !differences.contains(.host), !differences.contains(.path),
            differences.isEmpty || differences.soleName != nil
        else { continue }
        statements.append(
            Statement(
                "Attempt \(facts.file.attempts.id(comparison.other)) \(showing(comparison, facts))",
                at: facts.file.attempts.places(of: comparison.other)))
    }
    if statements.isEmpty, let sibling = siblingStatement(facts) { statements.append(sibling) }
    return statements
}

/// What a comparison shows: what differs, and what came of it.
private func showing(_ comparison: Comparison, _ facts: borrowing Facts) -> String {
    guard let name = comparison.differences.soleName else {
        return "sent the same request and \(ending(comparison, facts))."
    }
    if comparison.isSameOutcome {
        return "differs only in \(name) and ended the same way: \(name) made no difference."
    }
    if comparison.wasAccepted { return "differs only in \(name) and was accepted." }
    let isUpgraded = comparison.wasOpened && facts.outcome == .refused
    return "differs only in \(name) and \(isUpgraded ? "was upgraded" : ending(comparison, facts))."
}

/// The one thing that differs from an attempt that was let in where this one was told that it may not come in: that
/// this is what decides is certain, whatever the reason behind it. What was let in before proves less: an address may
/// serve once.
private func decisiveStatement(_ facts: borrowing Facts) -> String? {
    guard facts.outcome == .refused, facts.isAboutAccess, facts.sees(.partsOfRequest) else { return nil }
    for comparison in facts.comparisons where comparison.wasAccepted {
        guard let name = comparison.differences.soleName, comparison.differences != .path,
            facts.position < comparison.other
        else { continue }
        let id = facts.file.attempts[comparison.other].id
        return "Attempt \(id) differs only in \(name) and was accepted: that decides."
    }
    return nil
}

/// How another attempt ended beside this one. What was not seen of either may differ or not.
private func ending(_ comparison: Comparison, _ facts: borrowing Facts) -> String {
    if comparison.isSameOutcome { return "ended the same way" }
    let own = facts.attempt
    let other = facts.file.attempts[comparison.other]
    guard other.outcome == own.outcome, other.status == own.status,
        other.session?.firstClose?.code == own.session?.firstClose?.code
    else { return "ended otherwise" }
    let parts: Attempt.Unseen = [.status, .responseFields, .responseBody, .frames, .closes]
    let isSeen = own.unseen.isDisjoint(with: parts) && other.unseen.isDisjoint(with: parts)
    return isSeen ? "ended otherwise, with the same status" : "ended alike, as far as that was seen"
}

/// An attempt on another path of this host that was accepted with another token, and what differs in the tokens.
private func siblingStatement(_ facts: borrowing Facts) -> Statement? {
    for comparison in facts.comparisons
    where comparison.wasAccepted && comparison.differences.subtracting([.query, .fields]) == [.path, .token] {
        let other = facts.file.attempts[comparison.other]
        guard let own = facts.sent.first, let theirs = other.credentials.first else { continue }
        var text =
            "Attempt \(other.id) on \(facts.path(ofAttempt: comparison.other)) was accepted with another token, <token \(theirs.token)>"
        if let left = facts.token(of: own)?.jwt?.claims,
            let right = facts.file.token(theirs.token)?.jwt?.claims
        {
            let names = ((left.members ?? []) + (right.members ?? [])).map(\.name)
            var differing: [String] = []
            for name in names where !differing.contains(name) && left[name] != right[name] {
                differing.append(name)
            }
            text += differing.isEmpty ? "; the claims are equal" : "; what differs is \(listed(differing))"
        }
        return Statement(text + ".", at: facts.places(other))
    }
    return nil
}

extension Differences {
    /// The name of the one thing that differs, or nil when several do.
    var soleName: String? {
        switch self {
        case .presence: "whether a credential was sent"
        case .token: "the credential's value"
        case .placement: "the place of the credential"
        case .name: "the credential's name or scheme"
        case .origin: "Origin"
        case .subprotocol: "the subprotocols offered"
        case .query: "the query"
        case .path: "the path"
        case .fields: "other header fields"
        case .cookies: "cookies"
        case .client: "the client's address"
        default: nil
        }
    }
}
