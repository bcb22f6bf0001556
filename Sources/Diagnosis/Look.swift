import Case

/// What attempts of a family have in common that also share their target and their tokens, and what was said of them.
final class Look {
    let family: Family
    /// The path as spelled; empty when no request was seen.
    let path: String
    /// Credentials of the request.
    let credentials: [Credential]
    /// The credentials of the upgrade request.
    let sent: [Sent]
    /// The credentials of the upgrade and those that the client sent in the first messages.
    let sentAnywhere: [Sent]
    /// The readable JWT credentials of the upgrade and of the first messages.
    let sentJWTs: [(sent: Sent, jwt: JWT)]
    let profiles: [Profile]

    /// Whether more attempts are expected that look like this: what is said is worth remembering.
    private let isKept: Bool
    /// What causes said that looked at the target or the tokens.
    private var known: [Int: Remembered<Answer>] = [:]
    /// What was said of the last attempts of this look, all in all, with roles for places.
    private var stories: [Remembered<Judgement>] = []
    private var oldest = 0
    private static let storyLimit = 4

    /// The look of one attempt of a family.
    init(_ attempt: Attempt, _ family: Family, _ file: CaseView, isKept: Bool) {
        self.family = family
        self.isKept = isKept
        path = Diagnosis.path(of: attempt)
        var credentials = attempt.credentials
        if family.isShared {
            for index in credentials.indices { credentials[index].place = Roles.credential(index) }
        }
        self.credentials = credentials
        let find = { (credentials: [Credential]) in
            credentials.compactMap { credential in
                file.token(credential.token).map { Sent(credential: credential, token: $0) }
            }
        }
        sent = find(credentials)
        let messages = attempt.session?.credentials ?? []
        sentAnywhere = messages.isEmpty ? sent : find(attempt.allCredentials)
        sentJWTs = sentAnywhere.compactMap { sent in
            guard let jwt = sent.token.jwt, jwt.claims != nil else { return nil }
            return (sent, jwt)
        }
        profiles = family.profiles.on(path)
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
        guard let answer = Remembered(answer, facts.file.memory.reads.ofCause, facts) else { return }
        if answer.looked.isDisjoint(with: .ofLook) {
            family.remember(answer, of: order)
        } else if isKept {
            known[order] = answer
        }
    }

    /// All that was said of an attempt of this look before, where it holds for this one too.
    func story(of facts: borrowing Facts) -> Judgement? {
        for story in stories where story.holds(for: facts) { return story.value }
        return nil
    }

    /// Remembers all that was said, unless something of it rests on what no two attempts share.
    func remember(_ story: Judgement, of facts: borrowing Facts) {
        guard isKept, let story = Remembered(story, facts.file.memory.reads.ofStory, facts) else { return }
        if stories.count < Self.storyLimit {
            stories.append(story)
        } else {
            stories[oldest] = story
            oldest = (oldest + 1) % Self.storyLimit
        }
    }
}
