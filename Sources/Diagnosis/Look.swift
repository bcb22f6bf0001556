import Case

/// What attempts of a family have in common that also share their target and the claims of their tokens, and what was said of them.
final class Look {
    let family: Family
    /// The path as spelled; empty when no request was seen.
    let path: String
    /// What was sent.
    let carried: Carried

    /// Whether more attempts are expected that look like this: what is said is worth remembering.
    private let isKept: Bool
    /// What causes said that looked at the target or at tokens that others send in between.
    private var known: [Int: Remembered<Answer>] = [:]
    /// What was said of the last attempts of this look, all in all, with roles for places.
    private var stories: [Remembered<Story>] = []
    private var oldest = 0
    private static let storyLimit = 4

    /// The look of one attempt of a family.
    init(_ attempt: Attempt, _ family: Family, _ carried: Carried, isKept: Bool) {
        self.family = family
        self.isKept = isKept
        path = Diagnosis.path(of: attempt)
        self.carried = carried
    }
}

extension Look {
    /// What a cause said of an attempt of this look before, or of one of its family, where it holds for this one too.
    func answer(of order: Int, on facts: borrowing Facts) -> Answer? {
        if let known = family.answer(of: order, on: facts) { return known }
        guard isKept, let known = known[order], known.holds(for: facts) else { return nil }
        facts.file.memory.reads.note(known.looked)
        return known.value
    }

    /// Remembers what a cause said, unless it looked at what no two attempts share.
    func remember(_ answer: Answer, of order: Int, on facts: borrowing Facts) {
        let looked = facts.file.memory.reads.ofCause
        guard !looked.contains(.tokens) || facts.repeatsTokens else { return }
        let isForFamily = !looked.contains(.target) && (!looked.contains(.claims) || carried.isKept)
        guard isForFamily || isKept, let answer = Remembered(answer, looked, facts) else { return }
        if isForFamily { family.remember(answer, of: order) }
        if isKept, !looked.isDisjoint(with: .ofLook) { known[order] = answer }
    }

    /// All that was said of an attempt of this look before, where it holds for this one too.
    func story(of facts: borrowing Facts) -> Story? {
        for story in stories where story.holds(for: facts) { return story.value }
        return nil
    }

    /// Remembers all that was said, unless something of it rests on what no two attempts share.
    func remember(_ story: Story, of facts: borrowing Facts) {
        let looked = facts.file.memory.reads.ofStory
        guard isKept, !looked.contains(.tokens) || facts.repeatsTokens,
            let story = Remembered(story, looked, facts)
        else { return }
        if stories.count < Self.storyLimit {
            stories.append(story)
        } else {
            stories[oldest] = story
            oldest = (oldest + 1) % Self.storyLimit
        }
    }
}
