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
        tokens = attempt.credentials.map(\.token)
        places = [attempt.request?.place, attempt.response?.place] + attempt.credentials.map(\.place)
    }

    /// Puts the numbers of the tokens into a text. A mark that somebody else wrote stays as it is, unless a number
    /// follows that is a role.
    private func name(_ text: inout String) {
        let bytes = text.utf8.span
        guard !tokens.isEmpty, bytes.indices.contains(where: { bytes[$0] == Self.mark }) else { return }
        var named: [UInt8] = []
        named.reserveCapacity(bytes.count + 8)
        var index = 0
        while index < bytes.count {
            named.append(bytes[index])
            index += 1
            guard named.last == Self.mark else { continue }
            var role = 0
            var end = index
            while end < bytes.count, end < index + 6, 0x30 <= bytes[end], bytes[end] <= 0x39 {
                role = role * 10 + Int(bytes[end] - 0x30)
                end += 1
            }
            guard index < end, role < tokens.count else { continue }
            named.removeLast()
            named.append(contentsOf: String(tokens[role]).utf8)
            index = end
        }
        text = String(decoding: named, as: UTF8.self)
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
    private func put(into statements: inout [Statement]) {
        for index in statements.indices { put(into: &statements[index]) }
    }

    private func put(into statement: inout Statement) {
        name(&statement.text)
        statement.places = places(statement.places)
    }

    /// Puts the places and the names of the attempt in for their roles.
    func put(into judgement: inout Judgement) {
        put(into: &judgement.serverWords)
        put(into: &judgement.observations)
        if let places = judgement.responder?.because.places {
            judgement.responder?.because.places = self.places(places)
        }
        for index in judgement.candidates.indices {
            name(&judgement.candidates[index].summary)
            put(into: &judgement.candidates[index].evidenceFor)
            put(into: &judgement.candidates[index].evidenceAgainst)
        }
        for index in judgement.ruledOut.indices { put(into: &judgement.ruledOut[index].because) }
        for index in judgement.untested.indices { name(&judgement.untested[index].missing) }
        for index in judgement.next.indices { name(&judgement.next[index].text) }
        for index in judgement.trail.indices { name(&judgement.trail[index].why) }
        guard var verdict = judgement.verdict else { return }
        name(&verdict.summary)
        for index in verdict.fixes.indices { name(&verdict.fixes[index].text) }
        judgement.verdict = verdict
    }
}
