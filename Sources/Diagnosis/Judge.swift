package import Case
import Wire

/// Says of every attempt of a case what is wrong with it, if anything, and how sure that is.
///
/// Shape: one judgement for each attempt, in the same order; a healthy attempt's is empty.
package func judge(_ file: CaseFile, options: JudgeOptions = JudgeOptions()) -> [Judgement] {
    let judge = Judge(file, options: options)
    let memory = JudgeMemory()
    return file.attempts.indices.map { judge.judgement(at: $0, memory) }
}

/// Judges the attempts of a case one by one, for reports that never hold all of them.
package struct Judge: Sendable {
    private let attempts: AttemptList
    /// Nil where nothing is wrong with any of them.
    private let ground: Ground?

    /// Looks at every attempt once and compares them.
    package init(_ file: CaseFile, options: JudgeOptions = JudgeOptions()) {
        attempts = file.attempts
        ground = Ground(file, options)
    }

    /// How often two attempts were compared before the first was judged.
    package var comparedCount: Int { ground?.index.comparedCount ?? 0 }

    /// What is wrong with the attempt at an index. Walks over many attempts share one memory.
    package func judgement(at position: Int, _ memory: JudgeMemory) -> Judgement {
        let id = attempts.id(position)
        guard let ground, !ground.index.symptoms[position].isEmpty else { return Judgement(attempt: id) }
        return Diagnosis.judgement(of: Facts(ground, position: position, memory), id, memory)
    }
}

/// Says it of one attempt of a case; the others are only what it is compared with.
package func judge(_ file: CaseFile, at position: Int, options: JudgeOptions) -> Judgement {
    guard !symptoms(of: file.attempts[position], tokens: file.tokens).isEmpty else {
        return Judgement(attempt: file.attempts.id(position))
    }
    return Judge(file, options: options).judgement(at: position, JudgeMemory())
}

/// What one cause made of one attempt.
struct Tried {
    /// Its place in the catalogue.
    var order: Int
    var argument: Argument
    var tier: Certainty

    /// The cause itself.
    var cause: Catalogue.Entry { Catalogue.entries[order] }
    /// Its name.
    var slug: String { cause.slug }
    /// What kind of answer it is.
    var role: Cause.Role { cause.role }
    var brief: Brief { _read { yield argument.brief } }
    var score: Int { argument.score }
}

private func judgement(of facts: borrowing Facts, _ id: Int, _ memory: JudgeMemory) -> Judgement {
    var judgement =
        facts.look.family.isShared
        ? facts.roles.told(story(of: facts, memory)) : newStory(of: facts, memory).judgement
    judgement.attempt = id
    judgement.comparisons = comparisonStatements(facts)
    return judgement
}

/// All but how it compares to others: remembered, where it was said of an attempt of the same look.
private func story(of facts: borrowing Facts, _ memory: JudgeMemory) -> Story {
    if let known = facts.look.story(of: facts) { return known }
    memory.reads.beginStory()
    let story = newStory(of: facts, memory)
    facts.look.remember(story, of: facts)
    return story
}

private func newStory(of facts: borrowing Facts, _ memory: JudgeMemory) -> Story {
    var story = Story()
    let standing = ask(of: facts, memory, &story)
    let ranked = rank(standing, facts.wholeness)
    for tried in ranked where tried.role == .observation {
        let statement = Statement(
            tried.brief.fact ?? sentence(tried.brief.claim),
            at: tried.brief.evidence.flatMap(\.statement.places))
        story.judgement.observations.append(statement)
    }
    let candidates = ranked.filter { $0.role != .observation }
    for (index, tried) in candidates.enumerated() {
        story.judgement.candidates.append(tried.argument.candidate(tried, effect: facts.effect))
        if tried.argument.isNamed { story.namedCandidates.append(index) }
    }
    if ranked.contains(where: \.argument.isNamed) { story.namesElsewhere = true }
    story.judgement.verdict = verdict(of: facts, candidates)
    if story.judgement.isUndetermined { story.judgement.observations += claims(of: facts, candidates) }
    story.judgement.next = nextSteps(facts, candidates, story.judgement.untested)
    if facts.options.keepsTrail {
        completeTrail(&story.judgement, facts, ranked)
        story.namesElsewhere = true
    }
    return story
}

/// Asks every cause that is still asked of this family; answers those that stand.
private func ask(of facts: borrowing Facts, _ memory: JudgeMemory, _ story: inout Story) -> [Tried] {
    story.judgement.serverWords = facts.words.map { Statement($0.quote, at: [$0.place]) }
    story.judgement.responder = facts.responder
    story.judgement.ruledOut.reserveCapacity(facts.look.family.asked.count)
    var standing: [Tried] = []
    let keepsTrail = facts.options.keepsTrail
    for order in facts.look.family.asked {
        switch answer(of: order, on: facts, memory) {
        case .silent where !keepsTrail: continue
        case .silent:
            let gap = facts.gap(of: Catalogue.causes[order])
            story.judgement.trail.append(
                trial(order, gap == nil ? "silent" : "not tested", gap?.missing ?? "nothing points to it"))
        case .ruledOut(let ruledOut, let isNamed):
            if isNamed { story.namedRuledOut.append(story.judgement.ruledOut.count) }
            story.judgement.ruledOut.append(ruledOut)
            if keepsTrail {
                story.judgement.trail.append(trial(order, "ruled out", ruledOut.because.text))
            }
        case .untestable(let untested, let isNamed):
            if isNamed { story.namesElsewhere = true }
            story.judgement.untested.append(untested)
            if keepsTrail { story.judgement.trail.append(trial(order, "not tested", untested.missing)) }
        case .stands(let argument):
            standing.append(Tried(order: order, argument: argument, tier: .possible))
        }
    }
    facts.look.family.forgetSilent(unless: keepsTrail)
    return standing
}

/// What a cause says: remembered, where it said it of an attempt of the same look and looked at nothing else.
private func answer(of order: Int, on facts: borrowing Facts, _ memory: JudgeMemory) -> Answer {
    let look = facts.look
    guard look.family.isShared else {
        memory.work.examined += 1
        return Answer(Catalogue.entries[order].examine(facts), of: order)
    }
    if let known = look.answer(of: order, on: facts) { return known }
    memory.reads.beginCause()
    memory.work.examined += 1
    let answer = Answer(Catalogue.entries[order].examine(facts), of: order)
    look.remember(answer, of: order, on: facts)
    return answer
}

/// The causes that stand, and those that were never asked.
private func completeTrail(_ judgement: inout Judgement, _ facts: borrowing Facts, _ ranked: [Tried]) {
    for tried in ranked {
        let why = tried.brief.evidence.map(\.statement.text).joined(separator: "; ")
        judgement.trail.append(trial(tried.order, tried.tier.rawValue, why))
    }
    for (order, cause) in Catalogue.entries.enumerated()
    where cause.explains.isDisjoint(with: facts.symptoms) {
        judgement.trail.append(trial(order, "silent", "it cannot explain \(facts.effect)"))
    }
    let order = Dictionary(uniqueKeysWithValues: Catalogue.entries.enumerated().map { ($1.slug, $0) })
    judgement.trail.sort { order[$0.cause, default: 0] < order[$1.cause, default: 0] }
}

private func trial(_ order: Int, _ outcome: String, _ why: String) -> Trial {
    let cause = Catalogue.entries[order]
    return Trial(cause: cause.slug, code: cause.code, outcome: outcome, why: why)
}

/// A candidate in the words of its tier.
func candidate(_ tried: Tried, effect: String) -> Candidate {
    Candidate(
        cause: tried.slug, code: tried.cause.code, certainty: tried.tier,
        summary: summary(of: tried, effect: effect),
        evidenceFor: tried.brief.evidence.filter(\.isFor).map(\.statement),
        evidenceAgainst: tried.brief.evidence.filter { !$0.isFor }.map(\.statement))
}

/// What people say of this gateway about the first candidates, marked as unverified. It weighs nothing.
private func claims(of facts: borrowing Facts, _ ranked: [Tried]) -> [Statement] {
    var statements: [Statement] = []
    for tried in ranked.prefix(5) {
        for profile in facts.profiles {
            for behaviour in profile.behaviours {
                guard case .claim(tried.slug) = behaviour.fact, statements.count < 3 else { continue }
                statements.append(
                    Statement(
                        "Unverified claim about \(profile.title) (\(behaviour.source)): \(behaviour.says)"))
            }
        }
    }
    return statements
}

/// What to capture or try: the tests that split the first candidates, then what could not be seen.
private func nextSteps(_ facts: borrowing Facts, _ ranked: [Tried], _ untested: [Untested]) -> [NextStep] {
    var steps: [NextStep] = []
    func add(_ step: NextStep) {
        if steps.count < 4, !steps.contains(where: { $0.text == step.text }) { steps.append(step) }
    }
    let isTold = facts.recipe != nil
    let isSettled = !isTold && ranked.first.map { $0.tier == .certain && $0.role == .proximate } ?? false
    if isSettled { return [] }
    let isLikely = ranked.first.map { .possible < $0.tier && $0.role == .proximate } ?? false
    for tried in ranked.prefix(isLikely ? 2 : 4) { if let test = tried.brief.test { add(test) } }
    if isLikely { return steps }
    if let recipe = facts.recipe { add(recipe) }
    for untested in untested where !isTold { if let how = untested.howToGet { add(NextStep(how)) } }
    if steps.isEmpty {
        let when = facts.clock.map { " at \($0.at.clockText())" } ?? ""
        add(
            NextStep(
                "Look for this request\(when) in the log of the server and of each proxy before it: what refused it can say why."
            ))
    }
    return steps
}
