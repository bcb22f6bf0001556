import Case
import Credentials
import Wire

/// Gathers what connections tell, and makes the case of it at the end.
///
/// Laws: nothing here depends on the order in which connections end; numbers are given once, in time order.
struct CaseBuilder {
    let limits: Limits
    var attempts: [Attempt] = []
    var exchanges: [Exchange] = []
    var tokens: TokenTable
    var connectionCount = 0
    /// Connections that ended before any request, of which it is not yet known whether they were attempts.
    var failures: [Attempt] = []
    var tally = LimitTally()
    /// Bytes of heads and bodies that exchanges keep.
    private var exchangeBytes = 0

    init(limits: Limits) {
        self.limits = limits
        tokens = TokenTable(limits: limits)
    }

    /// Takes an attempt; answers its index, by which its connection's end is told later. Nil when the case is full.
    mutating func add(_ attempt: Attempt) -> Int? {
        guard attempts.count < limits.attempts else {
            tally.attemptsLeftOut += 1
            return nil
        }
        attempts.append(attempt)
        return attempts.count - 1
    }

    /// Takes an exchange. Bodies were read by then; what is kept of them is bounded over the whole case.
    mutating func add(_ exchange: Exchange) {
        guard exchanges.count < limits.exchanges else {
            tally.exchangesLeftOut += 1
            return
        }
        var kept = exchange
        kept.request.body.bytes = []
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

    /// Takes over what another builder gathered from other streams of the same inputs.
    mutating func absorb(_ other: CaseBuilder) {
        let numbers = tokens.merge(other.tokens)
        for var attempt in other.attempts {
            for index in attempt.credentials.indices {
                attempt.credentials[index].token = numbers[attempt.credentials[index].token - 1]
            }
            if var session = attempt.session, !session.credentials.isEmpty {
                for index in session.credentials.indices {
                    session.credentials[index].token = numbers[session.credentials[index].token - 1]
                }
                attempt.session = session
            }
            _ = add(attempt)
        }
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
        attempts += failuresThatWereAttempts()
        attempts.sort(by: Self.isEarlier)
        exchanges.sort {
            Self.isEarlier($0.request.at, $0.request.place, $1.request.at, $1.request.place)
        }
        for index in attempts.indices { attempts[index].id = index + 1 }
        for index in exchanges.indices { exchanges[index].id = index + 1 }
        file.tokens = renumberTokens()
        file.attempts = attempts
        file.exchanges = exchanges
        file.limits = tally.limits(keys: keys, inputs: inputs)
        return file
    }

    /// A connection that failed before any request may have been anything. It is told as an attempt only when
    /// another attempt went to the same endpoint or name, or when the case has no other attempt at all.
    private func failuresThatWereAttempts() -> [Attempt] {
        guard !attempts.isEmpty else { return failures }
        var endpoints = Set<Endpoint>()
        var names = Set<String>()
        for attempt in attempts {
            if let server = attempt.connection.server { endpoints.insert(server) }
            names.insert(attempt.authority)
        }
        return failures.filter {
            ($0.connection.server.map(endpoints.contains) ?? false) || names.contains($0.authority)
        }
    }

    /// Gives tokens their numbers in order of first appearance, whatever order connections were finished in.
    private mutating func renumberTokens() -> [Token] {
        var numbers: [Int: Int] = [:]
        var ordered: [Token] = []
        let known = tokens.tokens
        func number(_ old: Int) -> Int {
            if let new = numbers[old] { return new }
            let new = ordered.count + 1
            numbers[old] = new
            var token = known[old - 1]
            token.id = new
            ordered.append(token)
            return new
        }
        for step in chronology() {
            switch step {
            case .attempt(let index):
                for position in attempts[index].credentials.indices {
                    attempts[index].credentials[position].token = number(
                        attempts[index].credentials[position].token)
                }
                guard let count = attempts[index].session?.credentials.count else { continue }
                for position in 0..<count {
                    if let old = attempts[index].session?.credentials[position].token {
                        attempts[index].session?.credentials[position].token = number(old)
                    }
                }
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
        return ordered
    }

    private enum Step { case attempt(Int), exchange(Int) }

    /// Attempts and exchanges in one order of time.
    private func chronology() -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(attempts.count + exchanges.count)
        var attempt = 0
        var exchange = 0
        while attempt < attempts.count || exchange < exchanges.count {
            let takesAttempt =
                exchange == exchanges.count
                || attempt < attempts.count
                    && !Self.isEarlier(
                        exchanges[exchange].request.at, exchanges[exchange].request.place,
                        attempts[attempt].startedAt, Self.place(of: attempts[attempt]))
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

    private static func isEarlier(_ left: Attempt, _ right: Attempt) -> Bool {
        isEarlier(left.startedAt, place(of: left), right.startedAt, place(of: right))
    }

    private static func place(of attempt: Attempt) -> Place {
        attempt.request?.place ?? attempt.connection.endedPlace
            ?? .frame(0, stream: attempt.connection.stream, input: attempt.input)
    }

    /// By time, then by place; a moment that is not known stands first.
    private static func isEarlier(
        _ leftTime: Timestamp?, _ leftPlace: Place, _ rightTime: Timestamp?, _ rightPlace: Place
    ) -> Bool {
        let left = leftTime?.nanoseconds ?? .min
        let right = rightTime?.nanoseconds ?? .min
        if left != right { return left < right }
        if leftPlace.input != rightPlace.input { return leftPlace.input < rightPlace.input }
        return leftPlace.order.lexicographicallyPrecedes(rightPlace.order)
    }
}

extension Place {
    /// A key that sorts places of one input as they stand in it.
    fileprivate var order: [Int] {
        switch position {
        case .frame(let number, let stream): [number, stream]
        case .line(let line, let column): [line, column]
        case .pointer: [0, 0]
        }
    }
}
