package import Case

/// What is said of one attempt: the whole answer, before any output format.
///
/// A sentence in here holds no secret: tokens appear as `<token 1>`.
package struct Judgement: Sendable, Equatable {
    /// `Attempt.id`.
    package var attempt: Int
    /// The server's own words, verbatim, in the order they were said: status line, WWW-Authenticate, body, close
    /// reason. They stand first in every report.
    package var serverWords: [Statement]
    /// Who refused, as far as the bytes tell. Nil for a healthy attempt.
    package var responder: Responder?
    /// The answer. Nil for a healthy attempt.
    package var verdict: Verdict?
    /// Ranked, the verdict's cause first.
    package var candidates: [Candidate]
    /// What the bytes refute.
    package var ruledOut: [RuledOut]
    /// What could not be tested here.
    package var untested: [Untested]
    /// Certain facts that are no cause by themselves: the same token was accepted by a REST call.
    package var observations: [Statement]
    /// What differs and what does not against other attempts of the case.
    package var comparisons: [Statement]
    /// What to capture or try next, the most telling first.
    package var next: [NextStep]
    /// Every cause that was tried, in catalogue order, with what became of it: the answer to `--why`.
    package var trail: [Trial]

    /// A judgement with nothing said yet.
    package init(attempt: Int) {
        self.attempt = attempt
        serverWords = []
        candidates = []
        ruledOut = []
        untested = []
        observations = []
        comparisons = []
        next = []
        trail = []
    }

    /// Whether something is wrong and no cause reaches likely.
    package var isUndetermined: Bool { verdict.map { $0.cause == nil } ?? false }
}

/// How sure a sentence is.
package enum Certainty: String, Sendable, Equatable, Comparable, CaseIterable {
    /// The responder said so, or protocol arithmetic proves it.
    case certain
    /// A discriminating sign speaks for it and nothing strong against it.
    case likely
    /// Consistent with the bytes, nothing discriminating.
    case possible

    private var rank: Int {
        switch self {
        case .possible: 0
        case .likely: 1
        case .certain: 2
        }
    }

    package static func < (left: Certainty, right: Certainty) -> Bool { left.rank < right.rank }
}

/// One sentence and the places that prove it.
package struct Statement: Sendable, Equatable {
    /// The sentence.
    package var text: String
    /// Where it can be seen.
    package var places: [Place]

    /// A sentence with its places.
    package init(_ text: String, at places: [Place] = []) {
        self.text = text
        self.places = places
    }
}

/// Which component produced a refusal (knowledge: "Who refused?").
package struct Responder: Sendable, Equatable {
    /// The name to show: "the Node ws server", "unidentified".
    package var name: String
    /// How sure; nil when nothing identifies it.
    package var certainty: Certainty?
    /// What it was recognised by, or why it was not.
    package var because: Statement
    /// What a refusal of this component can mean, where that is known.
    package var meaning: String?

    /// A responder.
    package init(name: String, certainty: Certainty?, because: Statement, meaning: String? = nil) {
        self.name = name
        self.certainty = certainty
        self.because = because
        self.meaning = meaning
    }
}

/// The answer for one attempt.
package struct Verdict: Sendable, Equatable {
    /// The slug of the cause; nil is "undetermined".
    package var cause: String?
    /// Its code; nil with the cause.
    package var code: String?
    /// How sure. Of an undetermined verdict: how sure the first candidate is.
    package var certainty: Certainty
    /// One sentence.
    package var summary: String
    /// What to do.
    package var fixes: [Fix]

    /// An answer.
    package init(cause: String?, code: String?, certainty: Certainty, summary: String, fixes: [Fix]) {
        self.cause = cause
        self.code = code
        self.certainty = certainty
        self.summary = summary
        self.fixes = fixes
    }
}

/// What to do about a cause.
package struct Fix: Sendable, Equatable {
    /// How safe it is to follow, after the compiler's habit.
    package enum Applicability: String, Sendable, Equatable {
        /// Do it as it stands.
        case asWritten = "as-written"
        /// It has places to fill in.
        case hasPlaceholders = "has-placeholders"
        /// It may not be right; it is worth trying.
        case maybeIncorrect = "maybe-incorrect"
    }

    /// One or two sentences in the imperative.
    package var text: String
    /// A command to run, or nil.
    package var command: String?
    /// How safe it is.
    package var applicability: Applicability

    /// Something to do.
    package init(_ text: String, command: String? = nil, applicability: Applicability = .asWritten) {
        self.text = text
        self.command = command
        self.applicability = applicability
    }
}

/// A cause that the bytes leave standing.
package struct Candidate: Sendable, Equatable {
    /// Its slug.
    package var cause: String
    /// Its code.
    package var code: String
    /// Its tier.
    package var certainty: Certainty
    /// One sentence in the words of the tier.
    package var summary: String
    /// What speaks for it; never empty.
    package var evidenceFor: [Statement]
    /// What speaks against it.
    package var evidenceAgainst: [Statement]

    /// A candidate.
    package init(
        cause: String, code: String, certainty: Certainty, summary: String, evidenceFor: [Statement],
        evidenceAgainst: [Statement]
    ) {
        self.cause = cause
        self.code = code
        self.certainty = certainty
        self.summary = summary
        self.evidenceFor = evidenceFor
        self.evidenceAgainst = evidenceAgainst
    }
}

/// A cause that the bytes refute.
package struct RuledOut: Sendable, Equatable {
    /// Its slug.
    package var cause: String
    /// Its code.
    package var code: String
    /// The fact that refutes it.
    package var because: Statement

    /// A refuted cause.
    package init(cause: String, code: String, because: Statement) {
        self.cause = cause
        self.code = code
        self.because = because
    }
}

/// A cause that these bytes can neither support nor refute.
package struct Untested: Sendable, Equatable {
    /// Its slug.
    package var cause: String
    /// Its code.
    package var code: String
    /// What is missing.
    package var missing: String
    /// How to get it, or nil.
    package var howToGet: String?

    /// An untestable cause.
    package init(cause: String, code: String, missing: String, howToGet: String? = nil) {
        self.cause = cause
        self.code = code
        self.missing = missing
        self.howToGet = howToGet
    }
}

/// Something to capture or try.
package struct NextStep: Sendable, Equatable {
    /// One sentence.
    package var text: String
    /// A command, or nil.
    package var command: String?

    /// Something to capture or try.
    package init(_ text: String, command: String? = nil) {
        self.text = text
        self.command = command
    }
}

/// What became of one cause when it was tried.
package struct Trial: Sendable, Equatable {
    /// Its slug.
    package var cause: String
    /// Its code.
    package var code: String
    /// `certain`, `likely`, `possible`, `ruled out`, `not tested` or `silent`.
    package var outcome: String
    /// Why.
    package var why: String

    /// What became of one cause.
    package init(cause: String, code: String, outcome: String, why: String) {
        self.cause = cause
        self.code = code
        self.outcome = outcome
        self.why = why
    }
}
