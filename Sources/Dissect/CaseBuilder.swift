import Case
import Credentials
import Wire

/// Gathers what connections tell, and makes the case of it at the end.
///
/// Laws: nothing here depends on the order in which connections end; numbers are given once, in time order.
struct CaseBuilder {
    let limits: Limits
    /// Attempts whose connection is not over, by the number that `add` answered.
    var living: [Attempt?] = []
    private var freeNumbers: [Int] = []
    /// Whether the numbers that `add` answers stay good until the end, and attempts with them.
    var keepsNumbers = false
    /// Attempts whose connection is over.
    private var finished: AttemptPacker
    var exchanges: [Exchange] = []
    var tokens: TokenTable
    var connectionCount = 0
    /// Connections that ended before any request, of which it is not yet known whether they were attempts.
    var failures: [Attempt] = []
    var tally = LimitTally()
    /// Where attempts went: a failure there is told as an attempt too.
    private var endpoints = Set<Endpoint>()
    private var names = Set<String>()
    /// Bytes of heads and bodies that exchanges keep.
    private var exchangeBytes = 0

    init(limits: Limits, shelf: (any Shelf)? = nil) {
        self.limits = limits
        tokens = TokenTable(limits: limits, shelf: shelf)
        finished = AttemptPacker(budget: limits.attemptBytes, shelf: shelf)
    }

    /// How many attempts there are.
    var attemptCount: Int { finished.rows.count + living.count - freeNumbers.count }

    /// Takes an attempt; answers the number by which its connection's end is told later. Nil when the case is full.
    mutating func add(_ attempt: Attempt) -> Int? {
        guard attemptCount < limits.attempts else {
            tally.attemptsLeftOut += 1
            return nil
        }
        guard let number = freeNumbers.popLast() else {
            living.append(attempt)
            return living.count - 1
        }
        living[number] = attempt
        return number
    }

    /// Takes the fact that nothing more will be known of an attempt.
    mutating func putAway(_ number: Int) {
        guard !keepsNumbers, let attempt = living[number].take() else { return }
        freeNumbers.append(number)
        put(attempt)
    }

    private mutating func put(_ attempt: Attempt) {
        if let server = attempt.connection.server { endpoints.insert(server) }
        names.insert(attempt.authority)
        finished.add(attempt)
    }

    /// Takes an exchange. Bodies were read by then; what is kept of them is bounded over the whole case.
    mutating func add(_ exchange: Exchange) {
        guard exchanges.count < limits.exchanges else {
            tally.exchangesLeftOut += 1
            return
        }
        var kept = exchange
        kept.request.body.bytes = grantType(in: kept.request.body.bytes)
        if let body = kept.response?.body {
            let isRefusal = (kept.response?.head.status).map { 400 <= $0 } ?? false
            kept.response?.body.bytes = isRefusal ? Array(body.bytes.prefix(limits.previewBytes)) : []
        }
        exchangeBytes +=
            kept.request.head.bytes.count + (kept.response?.head.bytes.count ?? 0)
            + (kept.response?.body.bytes.count ?? 0)
        guard exchangeBytes <= limits.evidenceBytes else {
            tally.exchangesLeftOut += 1
            return
        }
        exchanges.append(kept)
    }

    /// Takes a connection that failed before any request.
    mutating func addFailure(_ attempt: Attempt) {
        if failures.count < limits.exchanges { failures.append(attempt) }
    }

    /// Takes over what another builder gathered from other streams of the same inputs. All of them are over.
    mutating func absorb(_ other: CaseBuilder) {
        let numbers = tokens.merge(other.tokens)
        let room = max(0, limits.attempts - attemptCount)
        finished.absorb(other.finished, most: room, tokens: numbers)
        tally.attemptsLeftOut += max(0, other.finished.rows.count - room)
        endpoints.formUnion(other.endpoints)
        names.formUnion(other.names)
        for var exchange in other.exchanges {
            for index in exchange.credentials.indices {
                exchange.credentials[index].token = numbers[exchange.credentials[index].token - 1]
            }
            for index in exchange.minted.indices {
                guard case .token(let old) = exchange.minted[index].value else { continue }
                exchange.minted[index].value = .token(numbers[old - 1])
            }
            add(exchange)
        }
        other.failures.forEach { addFailure($0) }
        connectionCount += other.connectionCount
        tally.add(other.tally)
    }

    /// The case: everything in time order and numbered.
    mutating func finish(inputs: [Input], endedAt: Timestamp?, keys: KeyLogFacts) -> CaseFile {
        var file = CaseFile()
        file.inputs = inputs
        file.endedAt = endedAt
        file.connectionCount = connectionCount
        file.encryptedConnectionCount = tally.encrypted.count
        keepsNumbers = false
        for number in living.indices { putAway(number) }
        failuresThatWereAttempts().forEach { put($0) }
        finished.sort { Self.isEarlier($0.startedAt, $0.place, $1.startedAt, $1.place) }
        exchanges.sort {
            Self.isEarlier($0.request.at, $0.request.place, $1.request.at, $1.request.place)
        }
        for index in exchanges.indices { exchanges[index].id = index + 1 }
        let numbers = numberTokens()
        file.tokens = renumbered(numbers)
        file.attempts = finished.list(tokens: numbers)
        file.exchanges = exchanges
        file.limits = tally.limits(keys: keys, inputs: inputs)
        return file
    }

    /// A connection that failed before any request may have been anything. It is told as an attempt only when
    /// another attempt went to the same endpoint or name, or when the case has no other attempt at all.
    private func failuresThatWereAttempts() -> [Attempt] {
        guard !finished.rows.isEmpty else { return failures }
        return failures.filter {
            ($0.connection.server.map(endpoints.contains) ?? false) || names.contains($0.authority)
        }
    }

    /// Gives tokens their numbers in order of first appearance, whatever order connections were finished in. Element
    /// `n - 1` is the number of token `n`, or 0 where it appears nowhere.
    private mutating func numberTokens() -> [Int] {
        var numbers = [Int](repeating: 0, count: tokens.tokens.count)
        var count = 0
        func number(_ old: Int) -> Int {
            if numbers[old - 1] == 0 {
                count += 1
                numbers[old - 1] = count
            }
            return numbers[old - 1]
        }
        for step in chronology() {
            switch step {
            case .attempt(let index):
                for token in finished.tokens(of: finished.rows[index]) { _ = number(Int(token)) }
            case .exchange(let index):
                for position in exchanges[index].credentials.indices {
                    exchanges[index].credentials[position].token = number(
                        exchanges[index].credentials[position].token)
                }
                for position in exchanges[index].minted.indices {
                    if case .token(let old) = exchanges[index].minted[position].value {
                        exchanges[index].minted[position].value = .token(number(old))
                    }
                }
            }
        }
        return numbers
    }

    /// The tokens in the order of their numbers.
    private func renumbered(_ numbers: [Int]) -> [Token] {
        var places = [Int](repeating: 0, count: numbers.count { $0 != 0 })
        for (index, number) in numbers.enumerated() where 0 < number { places[number - 1] = index }
        return places.enumerated().map { number, place in
            var token = tokens.tokens[place]
            token.id = number + 1
            return token
        }
    }

    private enum Step { case attempt(Int), exchange(Int) }

    /// Attempts and exchanges in one order of time.
    private func chronology() -> [Step] {
        let rows = finished.rows
        var steps: [Step] = []
        steps.reserveCapacity(rows.count + exchanges.count)
        var attempt = 0
        var exchange = 0
        while attempt < rows.count || exchange < exchanges.count {
            let takesAttempt =
                exchange == exchanges.count
                || attempt < rows.count
                    && !Self.isEarlier(
                        exchanges[exchange].request.at, exchanges[exchange].request.place,
                        rows[attempt].startedAt, rows[attempt].place)
            if takesAttempt {
                steps.append(.attempt(attempt))
                attempt += 1
            } else {
                steps.append(.exchange(exchange))
                exchange += 1
            }
        }
        return steps
    }

    /// By time, then by place; a moment that is not known stands first.
    private static func isEarlier(
        _ leftTime: Timestamp?, _ leftPlace: Place, _ rightTime: Timestamp?, _ rightPlace: Place
    ) -> Bool {
        let left = leftTime?.nanoseconds ?? .min
        let right = rightTime?.nanoseconds ?? .min
        if left != right { return left < right }
        if leftPlace.input != rightPlace.input { return leftPlace.input < rightPlace.input }
        return leftPlace.order < rightPlace.order
    }
}

extension Place {
    /// A key that sorts places of one input as they stand in it.
    fileprivate var order: (Int, Int) {
        switch position {
        case .frame(let number, let stream): (number, stream)
        case .line(let line, let column): (line, column)
        case .pointer: (0, 0)
        }
    }
}

/// The grant that a token request names, `grant_type=client_credentials`: the one part of a request's body that is kept,
/// because it tells for whom a token stands. Empty where there is none.
private func grantType(in body: [UInt8]) -> [UInt8] {
    guard let name = body.firstRange(of: Array("grant_type".utf8)) else { return [] }
    let ends: [UInt8] = [0x26, 0x2c, 0x7d]  // & , }
    return Array(body[name.lowerBound...].prefix(80).prefix { !ends.contains($0) })
}
