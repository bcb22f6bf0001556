import Case

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
