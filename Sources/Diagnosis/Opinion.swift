import Case

/// What one cause says of one attempt.
enum Opinion {
    /// It has nothing to do with this.
    case silent
    /// A fact refutes it.
    case ruledOut(Statement)
    /// A fact that would decide is not in the input.
    case untestable(Gap)
    /// It stands, with what speaks for and against it.
    case stands(Brief)

    /// Refuted by a sentence.
    static func ruledOut(_ text: String, at places: [Place] = []) -> Opinion {
        .ruledOut(Statement(text, at: places))
    }
}

/// What one cause says, ready to be weighed.
enum Answer {
    case silent
    /// Refuted, and whether a name stands in the sentence that is a role (`Roles`).
    case ruledOut(RuledOut, isNamed: Bool)
    case untestable(Untested, isNamed: Bool)
    case stands(Argument)

    /// What the cause at a place in the catalogue says.
    init(_ opinion: Opinion, of order: Int) {
        let cause = Catalogue.entries[order]
        switch opinion {
        case .silent: self = .silent
        case .ruledOut(let because):
            self = .ruledOut(
                RuledOut(cause: cause.slug, code: cause.code, because: because),
                isNamed: Roles.isNamed(because.text))
        case .untestable(let gap):
            self = .untestable(
                Untested(cause: cause.slug, code: cause.code, missing: gap.missing, howToGet: gap.howToGet),
                isNamed: Roles.isNamed(gap.missing))
        case .stands(let brief): self = .stands(Argument(brief))
        }
    }
}

/// A brief with its weight and its words, which are made once.
final class Argument {
    let brief: Brief
    let score: Int
    let contradictions: Int
    /// The tier that the cause may reach by itself.
    let ceiling: Certainty
    /// Whether a name that is a role stands in one of its sentences.
    let isNamed: Bool
    private var told: [(tier: Certainty, candidate: Candidate)] = []

    init(_ brief: Brief) {
        self.brief = brief
        score = brief.score
        contradictions = brief.contradictions
        ceiling = brief.ceiling(score: score)
        isNamed =
            [brief.fact, brief.claim, brief.fix?.text, brief.test?.text].contains { text in
                text.map(Roles.isNamed) ?? false
            } || brief.evidence.contains { Roles.isNamed($0.statement.text) }
    }

    /// The candidate in the words of a tier. What is to be explained is the same wherever this argument is used.
    func candidate(_ tried: Tried, effect: @autoclosure () -> String) -> Candidate {
        if let known = told.first(where: { $0.tier == tried.tier }) { return known.candidate }
        let made = Diagnosis.candidate(tried, effect: effect())
        told.append((tried.tier, made))
        return made
    }
}

/// The case for a cause: what it claims, what speaks for it and against it, and how far it may rise.
struct Brief {
    /// What lifts a cause to certain. Weak signs never add up to it.
    enum Proof {
        /// The responder's own words.
        case stated
        /// Arithmetic of the protocol that is itself the cause.
        case arithmetic
        /// Two attempts that differ in this alone and end differently.
        case differential
    }

    /// What is certain in any tier, as a whole sentence, or nil when the claim is a supposition all through.
    var fact: String?
    /// The claim that "is why", as a clause that starts in lower case and has no full stop.
    var claim: String
    /// What speaks for and against it.
    var evidence: [Evidence] = []
    /// What makes it certain, or nil.
    var proof: Proof?
    /// How far its source lets it rise.
    var cap: Certainty = .certain
    /// Whether it needs nothing but its own message and the clock, so that no other part of the case can refute it.
    var standsAlone = false
    /// Whether other words of the responder would speak against it.
    var isContestable = false
    /// A fix with the user's own values, in place of the page's.
    var fix: Fix?
    /// What would decide it.
    var test: NextStep?

    /// A supposition.
    init(_ claim: String, cap: Certainty = .certain) {
        self.claim = claim
        self.cap = cap
    }

    /// A fact that may or may not be the reason.
    init(fact: String, claim: String, cap: Certainty = .certain) {
        self.fact = fact
        self.claim = claim
        self.cap = cap
    }

    /// Adds a sign that speaks for the cause.
    mutating func speaksFor(
        _ weight: Evidence.Weight, _ group: Evidence.Group, _ text: String, at places: [Place] = [],
        telling: Bool = false, basis: Profiles.Basis? = nil
    ) {
        evidence.append(
            Evidence(
                weight: weight, group: group, isFor: true, isTelling: telling, basis: basis,
                statement: Statement(text, at: places)))
    }

    /// Adds a sign that speaks against it.
    mutating func speaksAgainst(
        _ weight: Evidence.Weight, _ group: Evidence.Group, _ text: String, at places: [Place] = []
    ) {
        evidence.append(
            Evidence(
                weight: weight, group: group, isFor: false, isTelling: false, basis: nil,
                statement: Statement(text, at: places)))
    }
}

/// One sign and its weight in log-odds.
struct Evidence {
    /// How much it shifts the odds. Law: a group counts once, with its strongest sign.
    enum Weight: Int {
        case weak = 1
        case moderate = 3
        case strong = 6
    }

    /// Signs that say the same thing twice: status 401, "Unauthorized" and `"status":401` are one fact.
    enum Group: Int, CaseIterable {
        case status, words, placement, profile, comparison, clock, token, path, origin, timing, frames
        case transport, responder, lineage, handshake, series
    }

    var weight: Weight
    var group: Group
    var isFor: Bool
    /// Whether the rivals do not predict it.
    var isTelling: Bool
    /// Where it comes from when it is not the wire: a profile's fact and how well that is founded.
    var basis: Profiles.Basis?
    var statement: Statement
}

extension Brief {
    /// The log-odds: for each group its strongest sign for, less its strongest sign against.
    var score: Int {
        var sum = 0
        for (place, sign) in evidence.enumerated() {
            // A group counts where its strongest sign stands first.
            let isOutdone = evidence.enumerated().contains { other, rival in
                rival.group == sign.group && rival.isFor == sign.isFor
                    && (sign.weight.rawValue < rival.weight.rawValue
                        || (sign.weight == rival.weight && other < place))
            }
            if !isOutdone { sum += sign.isFor ? sign.weight.rawValue : -sign.weight.rawValue }
        }
        return sum
    }

    /// Signs against it.
    var contradictions: Int {
        var count = 0
        for sign in evidence where !sign.isFor { count += 1 }
        return count
    }

    /// Whether something strong speaks against it.
    var isStronglyContradicted: Bool { evidence.contains { !$0.isFor && $0.weight == .strong } }

    /// Whether a sign is there that the rivals do not predict, and that is better founded than hearsay.
    var isTelling: Bool { evidence.contains { $0.isFor && $0.isTelling && $0.basis != .reported } }

    /// Whether nothing but hearsay and absence speaks for it.
    var restsOnHearsay: Bool {
        !evidence.contains { $0.isFor && $0.basis != .reported && $0.weight != .weak }
    }
}
