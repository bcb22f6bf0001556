import Case

/// The case as the causes ask for it: attempts that were made of their records a moment ago are not made again.
struct CaseView {
    /// The case itself. Its attempts are made anew at each look.
    let whole: CaseFile
    /// The attempts, remembered.
    let attempts: Attempts

    /// Attempts by their place in the case.
    struct Attempts {
        fileprivate let list: AttemptList
        fileprivate let memory: JudgeMemory

        subscript(index: Int) -> Attempt { memory.attempt(index, of: list) }
    }

    /// What the walk remembers.
    let memory: JudgeMemory

    init(_ file: CaseFile, _ memory: JudgeMemory) {
        self.memory = memory
        whole = file
        attempts = Attempts(list: file.attempts, memory: memory)
    }

    var exchanges: [Exchange] { whole.exchanges }

    func token(_ id: Int) -> Token? { whole.token(id) }
}

/// What one walk over the attempts of one case remembers, so that judging the next costs less. It never changes an
/// answer.
package final class JudgeMemory {
    /// A power of two: the last attempts, their neighbours and those that stand for a group.
    private static let size = 256
    private var attempts = [(index: Int, attempt: Attempt)?](repeating: nil, count: JudgeMemory.size)

    /// What texts state; servers say the same to everybody.
    private var meanings: [String: [Vocabulary.Meaning]] = [:]

    /// Nothing remembered.
    package init() {}

    func meanings(of text: String) -> [Vocabulary.Meaning] {
        if let known = meanings[text] { return known }
        let found = Vocabulary.embedded.meanings(of: text)
        if meanings.count < Self.size { meanings[text] = found }
        return found
    }

    func attempt(_ index: Int, of list: AttemptList) -> Attempt {
        let slot = index & (Self.size - 1)
        if let known = attempts[slot], known.index == index { return known.attempt }
        let attempt = list[index]
        attempts[slot] = (index, attempt)
        return attempt
    }
}
