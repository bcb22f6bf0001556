import JSON

/// What servers say when they refuse, and which cause the words state. Data: `Profiles/vocabulary.json`.
struct Vocabulary: Sendable {
    /// One way of saying it.
    struct Phrase: Sendable {
        /// Words that all stand in the text, normalised.
        var words: [[UInt8]]
        /// Words none of which may stand in it.
        var unless: [[UInt8]]
        /// The slug that the text states.
        var means: String
        /// Whether the words settle it, or only point that way.
        var isStatement: Bool
    }

    /// What a text states.
    struct Meaning: Sendable, Equatable {
        /// The slug, or `credential-judged` for a text that shows that a credential was read and found wanting.
        var slug: String
        /// Whether the words settle it, or only point that way.
        var isStatement: Bool
    }

    /// Field names, lower case, whose values are words about the refusal.
    var tellingFields: Set<String>
    /// Field names, lower case, that edge networks put on every answer that passes through them.
    var edgeFields: Set<String>
    /// Words, normalised, that make of a sentence advice or a supposition: it states nothing.
    var hedges: [[UInt8]] = []
    /// Words, normalised, between things of which one holds and is not said which.
    var alternatives: [[UInt8]] = []
    /// Slugs that hold whichever of the alternatives is meant: "missing or invalid Sec-WebSocket-Key".
    var eitherWay: Set<String> = []
    var phrases: [Phrase]

    /// The meanings of a text, the more specific first, each once.
    func meanings(of text: String) -> [Meaning] {
        let said = Vocabulary.normalised(text)
        guard !said.isEmpty else { return [] }
        var found: [Meaning] = []
        for phrase in phrases
        where phrase.words.allSatisfy({ contains(said, $0) })
            && !phrase.unless.contains(where: { contains(said, $0) }) && isPlain(phrase, in: text)
        {
            if let known = found.firstIndex(where: { $0.slug == phrase.means }) {
                if phrase.isStatement { found[known].isStatement = true }
                continue
            }
            found.append(Meaning(slug: phrase.means, isStatement: phrase.isStatement))
        }
        return found
    }

    /// Whether a text states anything.
    func hasMeaning(_ text: String) -> Bool { !meanings(of: text).isEmpty }

    /// Lower case, with every run of other bytes than letters and digits as one space, 2 KiB at most.
    static func normalised(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [0x20]
        for byte in text.utf8.prefix(2048) {
            switch byte {
            case 0x61...0x7a, 0x30...0x39, 0x80...: bytes.append(byte)
            case 0x41...0x5a: bytes.append(byte | 0x20)
            default: if bytes.last != 0x20 { bytes.append(0x20) }
            }
        }
        if bytes.last != 0x20 { bytes.append(0x20) }
        return 1 < bytes.count ? bytes : []
    }
}

/// Whether `needle` stands in `hay`.
func contains(_ hay: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first, needle.count <= hay.count else { return needle.isEmpty }
    var start = 0
    while start <= hay.count - needle.count {
        if hay[start] == first {
            var offset = 1
            while offset < needle.count, hay[start + offset] == needle[offset] { offset += 1 }
            if offset == needle.count { return true }
        }
        start += 1
    }
    return false
}
