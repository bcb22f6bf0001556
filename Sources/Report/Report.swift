package import Case
package import Diagnosis

/// One value that every output format is made of. Making a report of it is a pure function.
package struct Report: Sendable {
    /// How a report is to look.
    package struct Options: Sendable, Equatable {
        /// Print credentials in full.
        package var showSecrets = false
        /// The width of text. Columns.
        package var width = 80
        /// Colour text with the escape sequences of ECMA-48.
        package var colour = false
        /// Draw with ASCII only.
        package var ascii = false
        /// Print every cause that was tried.
        package var why = false
        /// Print every attempt in full.
        package var all = false

        /// 80 columns, plain, masked.
        package init() {}
    }

    /// The version of the program, for formats that name it.
    package var version: String
    /// What the inputs tell.
    package var file: CaseFile
    /// What is said of its attempts.
    private var judging: Judging
    /// How it is to look.
    package var options: Options

    /// A report to be made.
    package init(version: String, file: CaseFile, judgements: [Judgement], options: Options = Options()) {
        self.version = version
        self.file = file
        if self.file.mask == nil { self.file.prepareMask() }
        judging = .done(judgements)
        self.options = options
    }

    /// A report whose attempts are judged while it is made, so that their judgements are never all in memory.
    package init(version: String, file: CaseFile, judge: Judge, options: Options = Options()) {
        self.init(version: version, file: file, judgements: [], options: options)
        judging = .toCome(judge)
    }

    private enum Judging: Sendable {
        /// One for each attempt, in their order.
        case done([Judgement])
        case toCome(Judge)
    }
}

/// Attempts by what became of them.
package struct Tally: Sendable, Equatable {
    /// Every attempt.
    package var attempts = 0
    /// Answered with another status than 101.
    package var refused = 0
    /// Without an answer.
    package var failed = 0
    /// Opened, and nothing is wrong with them.
    package var healthy = 0
    /// Something is wrong, and a cause is certain or likely.
    package var explained = 0
    /// Something is wrong, and no cause reaches likely.
    package var undetermined = 0

    /// Nothing counted.
    package init() {}

    /// Counted over a report.
    package init(_ report: Report) {
        for item in report.items { count(item.attempt, item.judgement) }
    }

    /// Counts one attempt.
    mutating func count(_ attempt: Attempt, _ judgement: Judgement?) {
        attempts += 1
        switch attempt.outcome {
        case .refused: refused += 1
        case .failed: failed += 1
        case .opened where judgement?.verdict == nil: healthy += 1
        case .opened, .incomplete: break
        }
        if let verdict = judgement?.verdict {
            if verdict.cause == nil { undetermined += 1 } else { explained += 1 }
        }
    }
}

extension Report {
    /// One attempt with what is said of it.
    struct Item {
        /// Its place in the case.
        var index: Int
        var attempt: Attempt
        var judgement: Judgement?
    }

    /// All attempts with what is said of each, made one after the other.
    var items: some Sequence<Item> {
        let memory = JudgeMemory()
        return file.attempts.indices.lazy.map { index in
            Item(
                index: index, attempt: memory.attempt(index, of: file),
                judgement: judgement(at: index, memory))
        }
    }

    /// What is said of each attempt, all at once.
    package var judgements: [Judgement] { items.compactMap(\.judgement) }

    /// What is said of the attempt at an index.
    func judgement(at index: Int) -> Judgement? { judgement(at: index, JudgeMemory()) }

    private func judgement(at index: Int, _ memory: JudgeMemory) -> Judgement? {
        switch judging {
        case .toCome(let judge): return judge.judgement(at: index, memory)
        case .done(let judgements):
            let id = file.attempts.id(index)
            if index < judgements.count, judgements[index].attempt == id { return judgements[index] }
            return judgements.first { $0.attempt == id }
        }
    }

    /// The exit code of `explain`. Counts all attempts: where that was done already, ask with the tally.
    package var exitCode: ExitCode { exitCode(Tally(self)) }

    /// The exit code of `explain`. What was encrypted or not captured is no proof that all is well.
    package func exitCode(_ tally: Tally) -> ExitCode {
        if 0 < tally.explained { return .explained }
        if 0 < tally.undetermined { return .undetermined }
        if tally.attempts == 0, 0 < file.encryptedConnectionCount || isCutToPieces { return .undetermined }
        return .nothingWrong
    }

    /// Whether packets are missing, so that a handshake may have been in them.
    private var isCutToPieces: Bool { file.limits.contains { $0.kind == .packetsMissing } }

    /// Text of the wire as it may be shown: credentials masked unless they are asked for.
    func shown(_ text: String) -> String { options.showSecrets ? text : file.masked(text) }
}
