import Case

/// What attempts that look alike have in common, and what the causes said of it.
///
/// Twenty thousand refusals are seldom twenty thousand stories: the same request gets the same answer. Attempts with
/// the same key (`lookKey`) have the same look. A cause that was asked about one of them, and looked at nothing but what the
/// key holds, says the same of all; `Reads` tells whether it did. So that its sentences fit the others too, a look
/// knows no places: it names them by their role, and `Roles` puts those of the attempt in.
///
/// An attempt that is told, or whose socket opened, shares its look with nobody; all of it stands in its own places.
final class Look {
    /// Whether others may have it.
    let isShared: Bool
    /// The responder's own words, in the order they were said.
    let words: [Facts.Words]
    /// What those words state.
    let stated: [Facts.Stated]
    let inBand: InBandError?
    let fingerprint: Fingerprint?
    let responder: Responder
    /// The credentials of the upgrade request.
    let sent: [Sent]
    /// The credentials of the upgrade and those that the client sent in the first messages.
    let sentAnywhere: [Sent]
    /// The readable JWT credentials of the upgrade and of the first messages.
    let sentJWTs: [(sent: Sent, jwt: JWT)]
    let profiles: [Profile]
    /// The path as spelled; empty when no request was seen.
    let path: String
    let handshake: HandshakeCheck
    /// Credentials of the request.
    let credentials: [Credential]

    /// The causes that are still asked, in order: those that are silent for every attempt of this look are left out.
    var asked: [Int]
    /// What causes say of every attempt of this look, by their place in the catalogue.
    private var known: [Remembered<Answer>?]
    /// What was said of the last attempts of this look, all in all, with roles for places.
    private var stories: [Remembered<Judgement>] = []
    private var oldest = 0
    private static let storyLimit = 4
    fileprivate var isTrimmed = false
    /// What was not seen, once somebody asked; the host of a look is one, and so is what is missing of it.
    var wholeness: Wholeness?

    /// The look of one attempt.
    init(_ attempt: Attempt, _ symptoms: Symptoms, _ file: CaseView, _ options: JudgeOptions, isShared: Bool)
    {
        self.isShared = isShared
        path = Diagnosis.path(of: attempt)
        handshake = attempt.handshake
        credentials = attempt.credentials
        let find = { (credentials: [Credential]) in
            credentials.compactMap { credential in
                file.token(credential.token).map { Sent(credential: credential, token: $0) }
            }
        }
        sent = find(attempt.credentials)
        sentAnywhere = find(attempt.allCredentials)
        sentJWTs = sentAnywhere.compactMap { sent in
            guard let jwt = sent.token.jwt, jwt.claims != nil else { return nil }
            return (sent, jwt)
        }
        profiles = options.profiles.matching(attempt, file.memory)
        inBand = symptoms.contains(.inBand) ? attempt.session.flatMap { inBandError($0.firstFrames) } : nil
        words = gatherWords(attempt, symptoms, inBand, Mask(attempt, file))
        let fingerprint =
            symptoms.contains(.refused)
            ? attempt.response.flatMap {
                options.profiles.fingerprint(
                    of: $0, fieldsAreWhole: !attempt.unseen.contains(.responseFields))
            } : nil
        var stated = words.flatMap { $0.carrier == .statusLine ? [] : meanings(of: $0, file.memory) }
        if let fingerprint, let place = attempt.response?.place {
            let shape = "an answer of the shape of \(fingerprint.name)"
            for (slug, isStatement) in [(fingerprint.states, true), (fingerprint.suggests, false)] {
                guard let slug, !stated.contains(where: { $0.slug == slug }) else { continue }
                stated.append(
                    Facts.Stated(
                        slug: slug, isStatement: isStatement && fingerprint.basis != .reported, quote: shape,
                        place: place, basis: fingerprint.basis))
            }
        }
        self.stated = stated
        self.fingerprint = fingerprint
        responder = identifyResponder(of: attempt, symptoms, fingerprint, in: file.whole)
        asked = symptoms == .refused ? Look.refusals : Look.causes(explaining: symptoms)
        known = isShared ? [Remembered<Answer>?](repeating: nil, count: Catalogue.entries.count) : []
    }
}

extension Look {
    /// The causes that can explain a refusal.
    private static let refusals = causes(explaining: .refused)

    private static func causes(explaining symptoms: Symptoms) -> [Int] {
        Catalogue.entries.indices.filter { !Catalogue.entries[$0].explains.isDisjoint(with: symptoms) }
    }

    /// Leaves out the causes that are silent about every attempt of this look.
    func forgetSilent(unless keepsTrail: Bool) {
        guard isShared, !isTrimmed, !keepsTrail else { return }
        isTrimmed = true
        asked.removeAll {
            guard let known = known[$0], known.looked.isEmpty, case .silent = known.value else {
                return false
            }
            return true
        }
    }

    /// What a cause said of an attempt of this look before, where it holds for this one too.
    func answer(of order: Int, on facts: borrowing Facts) -> Answer? {
        guard let known = known[order], known.holds(for: facts) else { return nil }
        facts.file.memory.reads.note(known.looked)
        return known.value
    }

    /// Remembers what a cause said, unless it looked at what no two attempts share.
    func remember(_ answer: Answer, of order: Int, on facts: borrowing Facts) {
        known[order] = Remembered(answer, facts.file.memory.reads.ofCause, facts)
    }

    /// All that was said of an attempt of this look before, where it holds for this one too.
    func story(of facts: borrowing Facts) -> Judgement? {
        for story in stories where story.holds(for: facts) { return story.value }
        return nil
    }

    /// Remembers all that was said, unless something of it rests on what no two attempts share.
    func remember(_ story: Judgement, of facts: borrowing Facts) {
        guard let story = Remembered(story, facts.file.memory.reads.ofStory, facts) else { return }
        if stories.count < Self.storyLimit {
            stories.append(story)
        } else {
            stories[oldest] = story
            oldest = (oldest + 1) % Self.storyLimit
        }
    }
}

/// What was said of an attempt, and of which others it holds.
private struct Remembered<Value> {
    let value: Value
    /// What was looked at for it: it holds for attempts that share that.
    let looked: Reads.Kinds
    private let clock: Clock?
    private let storm: Storm?

    /// Nil where it holds for no other.
    init?(_ value: Value, _ looked: Reads.Kinds, _ facts: borrowing Facts) {
        guard !looked.contains(.rest) else { return nil }
        self.value = value
        self.looked = looked
        clock = looked.contains(.clock) ? facts.ownClock : nil
        storm = looked.contains(.storm) ? facts.ownStorm : nil
    }

    func holds(for facts: borrowing Facts) -> Bool {
        if looked.contains(.clock), !isSame(clock, facts.ownClock) { return false }
        return !looked.contains(.storm) || storm == facts.ownStorm
    }

    private func isSame(_ left: Clock?, _ right: Clock?) -> Bool {
        left?.at == right?.at && left?.source == right?.source
    }
}

/// The places of one attempt by their role, for the sentences of a look.
struct Roles {
    /// No input has that number: such a place is a role.
    private static let input = -1

    /// The request.
    static let request = role(0)
    /// The answer.
    static let response = role(1)
    /// A credential, by its place in `allCredentials`.
    static func credential(_ index: Int) -> Place { role(2 + index) }

    private static func role(_ number: Int) -> Place { .frame(number, stream: -1, input: input) }

    private let places: [Place?]

    init(_ attempt: borrowing Attempt) {
        places = [attempt.request?.place, attempt.response?.place] + attempt.credentials.map(\.place)
    }

    /// The places themselves.
    func places(_ roles: [Place]) -> [Place] {
        guard roles.contains(where: { $0.input == Self.input }) else { return roles }
        if roles.count == 1, case .frame(let number, _) = roles[0].position, places.indices.contains(number),
            let place = places[number]
        {
            return [place]
        }
        return roles.compactMap { place in
            guard place.input == Self.input, case .frame(let number, _) = place.position else { return place }
            return places.indices.contains(number) ? places[number] : nil
        }
    }
}

extension Judgement {
    /// Puts the places of the attempt in for their roles.
    mutating func place(_ roles: Roles) {
        func put(_ statements: inout [Statement]) {
            for index in statements.indices {
                statements[index].places = roles.places(statements[index].places)
            }
        }
        put(&serverWords)
        put(&observations)
        if let places = responder?.because.places { responder?.because.places = roles.places(places) }
        for index in candidates.indices {
            put(&candidates[index].evidenceFor)
            put(&candidates[index].evidenceAgainst)
        }
        for index in ruledOut.indices {
            ruledOut[index].because.places = roles.places(ruledOut[index].because.places)
        }
    }
}

private func meanings(of words: Facts.Words, _ memory: JudgeMemory) -> [Facts.Stated] {
    memory.meanings(of: words.text).map {
        Facts.Stated(slug: $0.slug, isStatement: $0.isStatement, quote: words.quote, place: words.place)
    }
}
