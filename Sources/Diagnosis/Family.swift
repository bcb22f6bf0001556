import Case

/// What attempts have in common that differ in nothing but their targets and tokens, and what the causes said of it.
///
/// Twenty thousand refusals are seldom twenty thousand stories: the same kind of request gets the same answer. Attempts
/// with the same key (`familyKey`) are of one family. A cause that was asked about one of them, and looked at nothing but
/// what the key holds, says the same of all; `Reads` tells whether it did. So that its sentences fit the others too, a
/// family knows no places: it names them by their role, and `Roles` puts those of the attempt in.
///
/// An attempt that is told, or whose socket opened, shares its family with nobody; all of it stands in its own places.
final class Family {
    /// Its number, for the keys of its looks.
    let number: Int
    /// Whether others may belong to it.
    let isShared: Bool
    /// The responder's own words, in the order they were said.
    let words: [Facts.Words]
    /// Whether the head of the answer quotes a credential.
    let quotesCredential: Bool
    /// What those words state.
    let stated: [Facts.Stated]
    let inBand: InBandError?
    let fingerprint: Fingerprint?
    let responder: Responder
    let profiles: [Profile]
    let handshake: HandshakeCheck
    /// The host without its port, lower case.
    let host: String
    /// The site of that host.
    let site: String
    /// The causes that are still asked, in order: those that are silent for every attempt of it are left out.
    private(set) var asked: [Int]
    /// What was not seen, once somebody asked.
    var wholeness: Wholeness?
    /// The request to a path that cannot exist, once somebody asked.
    var pathProbe: NextStep?
    /// What happened, in words, once somebody asked.
    var whatHappened: String?
    /// The sets of regions that the host belongs to, once somebody asked.
    var regions: [Profiles.Regions]?
    /// What causes say of every attempt of it, by their place in the catalogue.
    private var known: [Remembered<Answer>?]
    private var isTrimmed = false
    /// The tokens that were sent last: attempts on other targets often carry the same.
    private var tokens: [Int] = []
    /// What these tokens share with others.
    var carried: Carried?

    /// The family of one attempt: of one with nothing in it but what its key holds, and roles for places, where others
    /// may belong to it.
    init(_ attempt: Attempt, _ symptoms: Symptoms, _ file: CaseView, _ options: JudgeOptions, isShared: Bool)
    {
        number = file.memory.nextNumber()
        self.isShared = isShared
        handshake = attempt.handshake
        host = hostOnly(attempt.authority)
        site = Diagnosis.site(of: host)
        profiles = options.profiles.matching(attempt, file.memory)
        inBand = symptoms.contains(.inBand) ? attempt.session.flatMap { inBandError($0.firstFrames) } : nil
        words = gatherWords(attempt, symptoms, inBand, in: file.whole)
        quotesCredential = attempt.response.map { file.whole.quotesToken($0.head.bytes) } ?? false
        fingerprint =
            symptoms.contains(.refused)
            ? attempt.response.flatMap {
                options.profiles.fingerprint(
                    of: $0, fieldsAreWhole: !attempt.unseen.contains(.responseFields))
            } : nil
        stated = statements(words, fingerprint, attempt.response?.place, file.memory)
        responder = identifyResponder(of: attempt, symptoms, fingerprint, in: file.whole)
        asked = symptoms == .refused ? Family.refusals : Family.causes(explaining: symptoms)
        known = isShared ? [Remembered<Answer>?](repeating: nil, count: Catalogue.entries.count) : []
    }
}

extension Family {
    /// The causes that can explain a refusal.
    private static let refusals = causes(explaining: .refused)

    private static func causes(explaining symptoms: Symptoms) -> [Int] {
        Catalogue.entries.indices.filter { !Catalogue.entries[$0].explains.isDisjoint(with: symptoms) }
    }

    /// Leaves out the causes that are silent about every attempt of the family.
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

    /// Whether the attempt before this one in the family sent the same tokens.
    func isRepeated(_ credentials: [Credential]) -> Bool {
        if tokens.elementsEqual(credentials, by: { $0 == $1.token }) { return true }
        tokens = credentials.map(\.token)
        return false
    }

    /// What a cause said of an attempt of the family before, where it holds for this one too.
    func answer(of order: Int, on facts: borrowing Facts) -> Answer? {
        guard let known = known[order], known.holds(for: facts) else { return nil }
        facts.file.memory.reads.note(known.looked)
        return known.value
    }

    /// Remembers what a cause said.
    func remember(_ answer: Remembered<Answer>, of order: Int) { known[order] = answer }
}

/// What the responder's words state, and what the shape of its answer does.
private func statements(
    _ words: [Facts.Words], _ fingerprint: Fingerprint?, _ place: Place?, _ memory: JudgeMemory
) -> [Facts.Stated] {
    var stated = words.flatMap { words in
        words.carrier == .statusLine
            ? []
            : memory.meanings(of: words.text).map {
                Facts.Stated(
                    slug: $0.slug, isStatement: $0.isStatement, quote: words.quote, place: words.place)
            }
    }
    guard let fingerprint, let place else { return stated }
    let shape = "an answer of the shape of \(fingerprint.name)"
    for (slug, isStatement) in [(fingerprint.states, true), (fingerprint.suggests, false)] {
        guard let slug, !stated.contains(where: { $0.slug == slug }) else { continue }
        stated.append(
            Facts.Stated(
                slug: slug, isStatement: isStatement && fingerprint.basis != .reported, quote: shape,
                place: place, basis: fingerprint.basis))
    }
    return stated
}
