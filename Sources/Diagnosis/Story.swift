/// What is said of all attempts of a look, with roles for places and names, and where the names stand.
struct Story {
    let judgement: Judgement
    /// Candidates in whose sentences a name stands.
    let namedCandidates: [Int]
    /// What is ruled out in sentences in which a name stands.
    let namedRuledOut: [Int]
    /// Whether a name stands anywhere else.
    let namesElsewhere: Bool

    /// A story with roles.
    init(_ judgement: Judgement) {
        self.judgement = judgement
        let areNamed = { (statements: [Statement]) in statements.contains { Roles.isNamed($0.text) } }
        namedCandidates = judgement.candidates.indices.filter { index in
            let candidate = judgement.candidates[index]
            return Roles.isNamed(candidate.summary) || areNamed(candidate.evidenceFor)
                || areNamed(candidate.evidenceAgainst)
        }
        namedRuledOut = judgement.ruledOut.indices.filter {
            Roles.isNamed(judgement.ruledOut[$0].because.text)
        }
        namesElsewhere =
            areNamed(judgement.observations)
            || judgement.untested.contains { Roles.isNamed($0.missing) }
            || judgement.next.contains { Roles.isNamed($0.text) }
            || judgement.trail.contains { Roles.isNamed($0.why) }
            || judgement.verdict.map { verdict in
                Roles.isNamed(verdict.summary) || verdict.fixes.contains { Roles.isNamed($0.text) }
            } ?? false
    }
}
