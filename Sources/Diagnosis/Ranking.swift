import Case

/// The score that a cause needs to be likely: one moderate sign and something that agrees with it.
private let likelyScore = 4

/// The lead over the next rival that a cause needs to be likely.
private let likelyMargin = 2

/// Gives every cause its tier and puts them in order (knowledge: "Ranking hypotheses honestly").
///
/// *Certain* comes from a proof and nothing else. *Likely* needs the score, a sign that the rivals do not predict,
/// the lead, and no strong sign against it. Everything else that stands is *possible*; and so is everything that what
/// was not seen may refute (`Wholeness`). A cause that explains another one further is no rival of it, and stands
/// before it where it is at least likely.
func rank(_ standing: [Tried], _ wholeness: Wholeness) -> [Tried] {
    var tried = standing
    for index in tried.indices {
        tried[index].tier = min(tried[index].argument.ceiling, wholeness.ceiling(of: tried[index]))
    }
    guard tried.contains(where: { $0.tier == .likely && $0.role == .proximate }) else {
        return inOrder(tried)
    }
    let rivals = tried.filter { $0.role == .proximate && $0.brief.proof == nil }
    for index in tried.indices where tried[index].tier == .likely && tried[index].role == .proximate {
        let own = tried[index]
        let best = rivals.filter { $0.isRival(of: own) }.map(\.score).max() ?? 0
        if own.brief.proof == nil, own.score - best < likelyMargin { tried[index].tier = .possible }
    }
    return inOrder(tried)
}

private func inOrder(_ standing: [Tried]) -> [Tried] {
    var tried = standing.sorted(by: isBefore)
    putRefinementsFirst(&tried)
    return tried
}

extension Tried {
    /// Whether the two cannot both hold.
    fileprivate func isRival(of other: Tried) -> Bool {
        slug != other.slug && !cause.refines.contains(other.slug) && !other.cause.refines.contains(slug)
    }
}

/// Moves each cause that is at least likely before the ones that it explains further.
private func putRefinementsFirst(_ tried: inout [Tried]) {
    for index in tried.indices where .possible < tried[index].tier && !tried[index].cause.refines.isEmpty {
        let refinement = tried[index]
        guard let base = tried[..<index].firstIndex(where: { refinement.cause.refines.contains($0.slug) })
        else { continue }
        tried.remove(at: index)
        tried.insert(refinement, at: base)
    }
}

extension Brief {
    /// The tier that the cause may reach by itself.
    func ceiling(score: Int) -> Certainty {
        if proof != nil { return min(isStronglyContradicted ? .possible : .certain, cap) }
        guard likelyScore <= score, isTelling, !isStronglyContradicted, !restsOnHearsay else {
            return .possible
        }
        return min(.likely, cap)
    }
}

/// Explanations that are at least likely, then names of what happened, then the rest; within these by tier, then by
/// what contradicts them, then by score.
private func isBefore(_ left: Tried, _ right: Tried) -> Bool {
    if rankClass(left) != rankClass(right) { return rankClass(left) < rankClass(right) }
    if left.tier != right.tier { return right.tier < left.tier }
    let leftAgainst = left.argument.contradictions
    let rightAgainst = right.argument.contradictions
    if leftAgainst != rightAgainst { return leftAgainst < rightAgainst }
    if left.score != right.score { return right.score < left.score }
    return left.order < right.order
}

private func rankClass(_ tried: Tried) -> Int {
    switch (tried.role, tried.tier) {
    case (.proximate, .certain), (.proximate, .likely): 0
    case (.generic, .certain), (.generic, .likely): 1
    case (.contributing, .certain), (.contributing, .likely): 2
    case (.proximate, .possible): 3
    case (.contributing, .possible): 4
    case (.generic, .possible): 5
    case (.observation, _): 6
    }
}

/// The sentence of a candidate in the words of its tier. Law: "why" stands only where the tier is likely or better;
/// below that a claim "would explain".
func summary(of tried: Tried, effect: String) -> String {
    let brief = tried.brief
    switch (brief.fact, tried.tier) {
    case (let fact?, .certain):
        return brief.claim.isEmpty ? fact : "\(fact) \(sentence(brief.claim))"
    case (let fact?, .likely):
        return "\(fact) That is likely why: \(brief.claim)."
    case (let fact?, .possible):
        return "\(fact) That would explain \(effect), and nothing here proves it."
    case (nil, .certain):
        return sentence(brief.claim)
    case (nil, .likely):
        return "Likely \(brief.claim)."
    case (nil, .possible):
        return "Possibly \(brief.claim); nothing here proves it."
    }
}

/// A clause as a sentence.
func sentence(_ clause: String) -> String {
    guard let first = clause.first else { return "" }
    // A host or a path is spelled as it is.
    let isName = clause.prefix { $0 != " " }.dropLast().contains { $0 == "." || $0 == "/" || $0 == ":" }
    return (isName ? String(first) : first.uppercased()) + clause.dropFirst()
        + (clause.hasSuffix(".") ? "" : ".")
}
