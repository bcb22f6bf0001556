package import Case
import Wire

extension CaseFile {
    /// Puts attempts and exchanges in order of time and numbers them, tokens in order of first appearance.
    ///
    /// What has no time stays behind what it stood behind: the order of a text is the order of its story.
    package mutating func putInOrder() {
        attempts = AttemptList(inTimeOrder(Array(attempts)) { $0.startedAt })
        exchanges = inTimeOrder(exchanges) { $0.request.at }
        for index in attempts.indices { attempts[index].id = index + 1 }
        for index in exchanges.indices { exchanges[index].id = index + 1 }
        let known = tokens
        var numbers = [Int](repeating: 0, count: known.count)
        var ordered: [Token] = []
        func number(_ old: Int) -> Int {
            guard 1 <= old, old <= numbers.count else { return old }
            if numbers[old - 1] == 0 {
                var token = known[old - 1]
                token.id = ordered.count + 1
                ordered.append(token)
                numbers[old - 1] = token.id
            }
            return numbers[old - 1]
        }
        var exchange = 0
        func takeExchanges(before moment: Timestamp?) {
            while exchange < exchanges.count {
                if let moment, let at = exchanges[exchange].request.at, moment < at { return }
                exchanges[exchange].renumberTokens(number)
                exchange += 1
            }
        }
        for index in attempts.indices {
            if let moment = attempts[index].startedAt { takeExchanges(before: moment) }
            attempts[index].renumberTokens(number)
        }
        takeExchanges(before: nil)
        for token in tokens { _ = number(token.id) }
        tokens = ordered
    }
}

extension Attempt {
    /// Gives every token that this attempt names another number.
    mutating func renumberTokens(_ number: (Int) -> Int) {
        for index in credentials.indices { credentials[index].token = number(credentials[index].token) }
        guard var session, !session.credentials.isEmpty else { return }
        for index in session.credentials.indices {
            session.credentials[index].token = number(session.credentials[index].token)
        }
        self.session = session
    }
}

extension Exchange {
    /// Gives every token that this exchange names another number.
    mutating func renumberTokens(_ number: (Int) -> Int) {
        for index in credentials.indices { credentials[index].token = number(credentials[index].token) }
        for index in minted.indices {
            if case .token(let old) = minted[index].value { minted[index].value = .token(number(old)) }
        }
    }
}

/// A stable sort by time, in which an element without time goes with the one before it.
private func inTimeOrder<Element>(_ elements: [Element], _ time: (Element) -> Timestamp?) -> [Element] {
    var last = Int64.min
    let keyed = elements.enumerated().map { position, element in
        last = time(element)?.nanoseconds ?? last
        return (key: last, position: position, element: element)
    }
    return keyed.sorted { ($0.key, $0.position) < ($1.key, $1.position) }.map(\.element)
}
