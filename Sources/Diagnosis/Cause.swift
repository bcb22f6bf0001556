package import Case

/// One way for a WebSocket to fail: what it is, how to see it, what to do. One file each in `Causes/`.
package struct Cause: Sendable {
    /// What kind of answer it is.
    package enum Role: Sendable, Equatable {
        /// It explains a failure.
        case proximate
        /// It names what happened in the protocol's own terms and leaves open why; any explanation goes first.
        case generic
        /// It helps another cause along and is no rival of it.
        case contributing
        /// A certain fact that is never the reason.
        case observation
    }

    /// The name: `token-expired`. The fault, not the cure.
    package let slug: String
    /// The stable code: `TOKEN-101`.
    package let code: String
    /// One line.
    package let title: String
    /// What happens and why, a paragraph or two of Markdown.
    package let explanation: String
    /// What to do.
    package let fix: Fix
    /// Where it is written.
    package let references: [Reference]
    /// Slugs of the causes that look like it.
    package let mistakenFor: [String]
    /// Slugs of the causes that it explains further: those hold as well where it holds, and are no rivals of it.
    package let refines: [String]
    /// What kind of answer it is.
    package let role: Role
    /// The symptoms it can explain; others are never examined.
    package let explains: Symptoms
    /// What must have been seen: where one of these is missing, that nothing points to the cause says nothing.
    package let needs: Attempt.Unseen
    /// What it reads beside these parts: where one is lacking, that nothing points to the cause says nothing either.
    package let asks: [Question]
    /// Looks at one attempt.
    let examine: @Sendable (borrowing Facts) -> Opinion
    /// Conversations in which it must, must not, or cannot be told. They are its tests and stand on its page.
    package let examples: [Example]

    /// A cause.
    init(
        _ slug: String, _ code: String, _ title: String, role: Role = .proximate, explains: Symptoms,
        needs: Attempt.Unseen = [], asks: [Question] = [], explanation: String, fix: Fix,
        references: [Reference],
        mistakenFor: [String] = [],
        refines: [String] = [],
        examine: @escaping @Sendable (borrowing Facts) -> Opinion, examples: [Example]
    ) {
        self.slug = slug
        self.code = code
        self.title = title
        self.role = role
        self.explains = explains
        self.needs = needs
        self.asks = asks
        self.explanation = explanation
        self.fix = fix
        self.references = references
        self.mistakenFor = mistakenFor
        self.refines = refines
        self.examine = examine
        self.examples = examples
    }
}

/// Where a claim of a page is written.
package struct Reference: Sendable, Equatable {
    /// The text to show: `RFC 7519 §4.1.4`.
    package let text: String
    /// Its address, or nil.
    package let address: String?

    /// A section of an RFC.
    package static func rfc(_ number: Int, _ section: String) -> Reference {
        Reference(
            text: "RFC \(number) §\(section)",
            address: "https://www.rfc-editor.org/rfc/rfc\(number).html#section-\(section)")
    }

    /// Something else that has a name.
    package static func text(_ text: String, _ address: String? = nil) -> Reference {
        Reference(text: text, address: address)
    }
}

/// A conversation that tests a cause and illustrates its page, in the language of curl -v.
package struct Example: Sendable {
    /// What the judge must answer.
    package enum Expectation: Sendable, Equatable {
        /// A candidate of exactly this tier.
        case fires(Certainty)
        /// No candidate.
        case silent
        /// Could not be tested.
        case unknown
    }

    /// What the judge must answer.
    package let expectation: Expectation
    /// A sentence.
    package let name: String
    /// The conversation.
    package let transcript: String
    /// What the judge must name as missing; nil unless it cannot be told.
    package let gap: Gap?

    /// The cause must be a candidate of this tier.
    static func fires(_ certainty: Certainty, _ name: String, _ transcript: String) -> Example {
        Example(expectation: .fires(certainty), name: name, transcript: transcript, gap: nil)
    }

    /// The cause must not be a candidate.
    static func silent(_ name: String, _ transcript: String) -> Example {
        Example(expectation: .silent, name: name, transcript: transcript, gap: nil)
    }

    /// The cause must be among those that could not be tested, for want of that.
    static func unknown(_ name: String, lacks gap: Gap, _ transcript: String) -> Example {
        Example(expectation: .unknown, name: name, transcript: transcript, gap: gap)
    }
}
