import Case

/// The places and tokens of one attempt by their role, for the sentences of a family.
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

    /// The name of the token of a credential, by its place in `allCredentials`.
    static func name(_ index: Int) -> String { index == 0 ? firstName : "<token \u{1}\(index)>" }

    private static let firstName = "<token \u{1}0>"
    /// Stands before a number that is a role.
    private static let mark: UInt8 = 1

    private let places: [Place?]
    private let tokens: [Int]

    init(_ attempt: borrowing Attempt) {
        let credentials = attempt.credentials
        tokens = credentials.map(\.token)
        var places: [Place?] = []
        places.reserveCapacity(2 + credentials.count)
        places.append(attempt.request?.place)
        places.append(attempt.response?.place)
        for credential in credentials { places.append(credential.place) }
        self.places = places
    }

    /// Whether a text holds a name that is a role.
    static func isNamed(_ text: String) -> Bool { markIndex(text.utf8.span, from: 0) != nil }

    private static func markIndex(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == mark { return index }
            index += 1
        }
        return nil
    }

    /// Puts the numbers of the tokens into a text. A mark that somebody else wrote stays as it is, unless a number
    /// follows that is a role.
    private func name(_ text: inout String) {
        guard let first = Self.markIndex(text.utf8.span, from: 0) else { return }
        var bytes = Array(text.utf8)
        var next: Int? = first
        while let index = next {
            var role = 0
            var end = index + 1
            while end < bytes.count, end < index + 6, 0x30 <= bytes[end], bytes[end] <= 0x39 {
                role = role * 10 + Int(bytes[end] - 0x30)
                end += 1
            }
            var after = index + 1
            if after < end, role < tokens.count {
                let number = String(tokens[role]).utf8
                bytes.replaceSubrange(index..<end, with: number)
                after = index + number.count
            }
            next = Self.markIndex(bytes.span, from: after)
        }
        text = String(decoding: bytes, as: UTF8.self)
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

extension Roles {
    /// Puts the places and the names of the attempt in for their roles: what a story says becomes what is said of it.
    func told(_ story: Story) -> Judgement {
        var told = story.judgement
        put(places: &told.serverWords)
        put(places: &told.observations)
        if let places = told.responder?.because.places {
            told.responder?.because.places = self.places(places)
        }
        for index in told.candidates.indices {
            put(places: &told.candidates[index].evidenceFor)
            put(places: &told.candidates[index].evidenceAgainst)
        }
        for index in told.ruledOut.indices {
            told.ruledOut[index].because.places = places(told.ruledOut[index].because.places)
        }
        for index in story.namedCandidates {
            name(&told.candidates[index].summary)
            put(names: &told.candidates[index].evidenceFor)
            put(names: &told.candidates[index].evidenceAgainst)
        }
        for index in story.namedRuledOut { name(&told.ruledOut[index].because.text) }
        guard story.namesElsewhere else { return told }
        put(names: &told.observations)
        for index in told.untested.indices { name(&told.untested[index].missing) }
        for index in told.next.indices { name(&told.next[index].text) }
        for index in told.trail.indices { name(&told.trail[index].why) }
        guard var verdict = told.verdict else { return told }
        name(&verdict.summary)
        for index in verdict.fixes.indices { name(&verdict.fixes[index].text) }
        told.verdict = verdict
        return told
    }

    private func put(places statements: inout [Statement]) {
        for index in statements.indices { statements[index].places = places(statements[index].places) }
    }

    private func put(names statements: inout [Statement]) {
        for index in statements.indices { name(&statements[index].text) }
    }
}
