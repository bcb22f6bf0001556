package import Case

/// A case with what its attempts tell about each other, in one place: everything that the judge looks at.
final class Ground: Sendable {
    let file: CaseFile
    let index: CaseIndex
    let options: JudgeOptions
    /// The fields whose values attempts must share to be look-alikes.
    let fields: FieldNames

    /// Nil where nothing is wrong with any attempt.
    init?(_ file: CaseFile, _ options: JudgeOptions) {
        guard let index = CaseIndex(file) else { return nil }
        var file = file
        // What servers say is quoted, and masked; one index serves all of it.
        if file.mask == nil { file.prepareMask() }
        self.file = file
        self.index = index
        self.options = options
        fields = FieldNames(asked: options.profiles)
    }
}

/// The case as the causes ask for it: attempts that were made of their records a moment ago are not made again.
struct CaseView {
    private let ground: Ground
    /// What the walk remembers.
    let memory: JudgeMemory

    init(_ ground: Ground, _ memory: JudgeMemory) {
        self.ground = ground
        self.memory = memory
    }

    /// The case itself. Its attempts are made anew at each look.
    var whole: CaseFile { _read { yield ground.file } }

    /// The attempts, remembered. Whoever looks at another attempt looks at what no two attempts share.
    var attempts: Attempts { Attempts(ground: ground, memory: memory) }

    /// Attempts by their place in the case.
    struct Attempts {
        fileprivate let ground: Ground
        fileprivate let memory: JudgeMemory

        subscript(index: Int) -> Attempt {
            memory.reads.note()
            return memory.attempt(index, of: ground.file)
        }

        /// Where the end of a handshake stands, or its beginning where it had none.
        func places(of index: Int) -> [Place] {
            memory.reads.note()
            return memory.places(of: index, of: ground.file)
        }

        /// The path of an attempt as it may be shown: credentials in it are masked.
        func shownPath(of index: Int) -> String {
            memory.reads.note()
            return memory.shownPath(of: index, in: ground.file)
        }

        /// The number of an attempt.
        func id(_ index: Int) -> Int {
            memory.reads.note()
            return ground.file.attempts.id(index)
        }
    }

    var exchanges: [Exchange] { _read { yield ground.file.exchanges } }

    func token(_ id: Int) -> Token? { ground.file.token(id) }

    /// Whether the case shows where a token comes from, or how it fared elsewhere.
    func hasLineage(_ token: Int) -> Bool { ground.index.lineages.isKnown(token) }
}

/// What was looked at that attempts of one family need not share (`Family`).
final class Reads {
    /// Kinds of such things.
    struct Kinds: OptionSet {
        let rawValue: UInt8
        /// The moment of the answer, which look-alikes may share: a server's Date tells seconds.
        static let clock = Kinds(rawValue: 1)
        /// The run of attempts that this one ends, which look-alikes may share: programs retry at a steady pace.
        static let storm = Kinds(rawValue: 2)
        /// The target of the request.
        static let target = Kinds(rawValue: 4)
        /// The claims of the tokens that it sent.
        static let claims = Kinds(rawValue: 8)
        /// Which tokens these are.
        static let tokens = Kinds(rawValue: 16)
        /// Anything else.
        static let rest = Kinds(rawValue: 32)

        /// What attempts of one look share, and those of one family need not.
        static let ofLook: Kinds = [.target, .claims]
    }

    /// By the cause that is asked.
    private(set) var ofCause: Kinds = []
    /// By all that is said of the attempt.
    private(set) var ofStory: Kinds = []

    /// Such a thing is looked at.
    func note(_ kinds: Kinds = .rest) {
        ofCause.formUnion(kinds)
        ofStory.formUnion(kinds)
    }

    /// A cause is asked.
    func beginCause() { ofCause = [] }

    /// An attempt is judged.
    func beginStory() { (ofCause, ofStory) = ([], []) }
}

/// What one walk over the attempts of one case remembers, so that judging the next costs less. It never changes an
/// answer.
package final class JudgeMemory {
    /// What was done, for those who count it.
    package struct Work: Sendable, Equatable {
        /// Causes that looked at an attempt.
        package var examined = 0
        /// Attempts that were compared with another.
        package var compared = 0
        /// Attempts that looked like one before.
        package var alike = 0
    }

    /// A power of two: the last attempts, their neighbours and those that stand for a group.
    private static let size = 256

    /// For each slot the attempt in it, and where its answer stands: lists of their own, because few ask for all of it.
    private var held = [Int](repeating: -1, count: JudgeMemory.size)
    private var attempts = [Attempt?](repeating: nil, count: JudgeMemory.size)
    private var places = [[Place]](repeating: [], count: JudgeMemory.size)
    private var shownPaths = [String?](repeating: nil, count: JudgeMemory.size)

    /// What texts state; servers say the same to everybody.
    private var meanings: [String: [Vocabulary.Meaning]] = [:]
    private var families = Sightings<Family>()
    private var carried = Sightings<Carried>()
    private var looks = Sightings<Look>()
    private var hosts: [String: [Int]] = [:]
    /// How many things were numbered that stand in keys.
    private var numbered = 0
    private var lastStorm: (position: Int, storm: Storm?)?

    /// What the causes look at.
    let reads = Reads()
    /// What was done so far.
    package internal(set) var work = Work()

    /// Nothing remembered.
    package init() {}

    /// A number that nothing else has.
    func nextNumber() -> Int {
        numbered += 1
        return numbered
    }

    func meanings(of text: String) -> [Vocabulary.Meaning] {
        if let known = meanings[text] { return known }
        let found = Vocabulary.embedded.meanings(of: text)
        if meanings.count < Self.size { meanings[text] = found }
        return found
    }

    /// The run of attempts that the one at a position ends, found once for all causes that ask.
    func storm(at position: Int, _ find: () -> Storm?) -> Storm? {
        if let lastStorm, lastStorm.position == position { return lastStorm.storm }
        let storm = find()
        lastStorm = (position, storm)
        return storm
    }

    /// The attempt at an index, as it was made a moment ago, or made now.
    package func attempt(_ index: Int, of file: borrowing CaseFile) -> Attempt {
        let slot = index & (Self.size - 1)
        if held[slot] == index, let known = attempts[slot] { return known }
        let attempt = file.attempts[index]
        held[slot] = index
        attempts[slot] = attempt
        places[slot] = (attempt.response ?? attempt.request).map { [$0.place] } ?? []
        shownPaths[slot] = nil
        return attempt
    }

    /// Its path as it may be shown: credentials in it are masked.
    func shownPath(of index: Int, in file: borrowing CaseFile) -> String {
        let attempt = attempt(index, of: file)
        let slot = index & (Self.size - 1)
        if let known = shownPaths[slot] { return known }
        let path = file.named(path(of: attempt))
        shownPaths[slot] = path
        return path
    }

    /// Where its answer stands, or its request where there is none.
    func places(of index: Int, of file: borrowing CaseFile) -> [Place] {
        let slot = index & (Self.size - 1)
        if held[slot] != index { _ = attempt(index, of: file) }
        return places[slot]
    }

    /// The family of an attempt; nil for one that is judged as if it were the only one: the first of its key, because
    /// where no two are alike making families costs more than it saves.
    func family(of key: [UInt8]?, of attempt: Attempt, make: (Attempt) -> Family) -> Family? {
        guard let key else { return nil }
        let family: Family
        switch families.sight(of: key) {
        case .first: return nil
        case .again:
            family = make(attempt)
            families.remember(family, as: key)
        case .known(let known): family = known
        }
        return family.handshake == attempt.handshake ? family : nil
    }

    /// What an attempt shares with those of its family that ask for the same with tokens of the same claims.
    func look(_ attempt: Attempt, _ family: Family, _ file: CaseView, repeatsTokens: Bool) -> Look {
        let last = repeatsTokens ? family.carried : nil
        let carried = last.flatMap { $0.isKept ? $0 : nil } ?? carried(by: attempt, family, file)
        family.carried = carried
        let key = attempt.lookKey(family, carried)
        let sight = looks.sight(of: key)
        if case .known(let known) = sight {
            work.alike += 1
            return known
        }
        guard case .again = sight else {
            return Look(attempt, family, carried, isKept: false)
        }
        let look = Look(attempt, family, carried, isKept: true)
        looks.remember(look, as: key)
        return look
    }

    private func carried(by attempt: Attempt, _ family: Family, _ file: CaseView) -> Carried {
        let key = attempt.carriedKey(family, file)
        switch carried.sight(of: key) {
        case .known(let known): return known
        case .first: return Carried(attempt, file, hasRoles: true, isKept: false)
        case .again:
            let made = Carried(attempt, file, hasRoles: true, isKept: true)
            carried.remember(made, as: key)
            return made
        }
    }

    /// The profiles whose host patterns fit an authority, by their places in a list; servers have few names.
    func hostMatches(_ authority: String, _ find: () -> [Int]) -> [Int] {
        if let known = hosts[authority] { return known }
        let found = find()
        if Self.size <= hosts.count { hosts.removeAll(keepingCapacity: true) }
        hosts[authority] = found
        return found
    }
}
