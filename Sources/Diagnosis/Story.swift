/// What is said of all attempts of a look, with roles for places and names, and where the names stand.
struct Story {
    var judgement = Judgement(attempt: 0)
    /// Candidates in whose sentences a name stands.
    var namedCandidates: [Int] = []
    /// What is ruled out in sentences in which a name stands.
    var namedRuledOut: [Int] = []
    /// Whether a name may stand anywhere else.
    var namesElsewhere = false
}
