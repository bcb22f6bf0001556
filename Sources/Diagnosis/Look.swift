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

    /// What a cause said.
    struct Remembered {
        var answer: Answer
        /// The moment of the answer, where it was looked at: then it holds for answers of the same moment.
        var clock: Clock?
    }

    /// The causes that are still asked, in order: those that are silent for every attempt of this look are left out.
    var asked: [Int]
    /// What causes say of every attempt of this look, by their place in the catalogue.
    var known: [Remembered?]
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
        known = isShared ? [Remembered?](repeating: nil, count: Catalogue.entries.count) : []
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
            guard let known = known[$0], known.clock == nil, case .silent = known.answer else {
                return false
            }
            return true
        }
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
