import Case
import Credentials
import WebSocket
import Wire

/// Gathers what one document tells and makes a case of it: heads are rebuilt, credentials found, the rules of the
/// handshake checked, everything put in order of time.
struct DocumentCase {
    let limits: Limits
    let basis: Basis
    var tokens: TokenTable
    private(set) var attempts: [Attempt] = []
    private(set) var exchanges: [Exchange] = []
    /// What this document cannot show.
    var limitsOfAnswer: [Limit] = []
    private var attemptsLeftOut = 0
    private var exchangesLeftOut = 0
    /// Bytes of heads and bodies that exchanges keep.
    private var exchangeBytes = 0

    init(basis: Basis, limits: Limits) {
        self.limits = limits
        self.basis = basis
        tokens = TokenTable(limits: limits)
    }

    /// Takes a handshake. `status` 0 or nil without `response` is "no answer is told".
    ///
    /// Shape: the caller sets `unseen` for every carrier that its document does not hold.
    @discardableResult
    mutating func addAttempt(
        _ url: URLParts, request: ToldMessage?, response: ToldMessage?, status: Int?, reason: String = "",
        outcome: Attempt.Outcome, session: Session? = nil, connection: Connection = Connection(stream: -1),
        unseen: Attempt.Unseen
    ) -> Int? {
        guard attempts.count < min(limits.attempts, limits.documentAttempts) else {
            attemptsLeftOut += 1
            return nil
        }
        let asked = request?.message(.request(method: "GET", target: url.target), limits: limits)
        var answer: Message?
        if let response, let status, 100 <= status, status <= 999 {
            answer = response.message(.response(status: status, reason: reason), limits: limits)
        }
        var session = session
        if session == nil, outcome == .opened { session = Session() }
        var made = Attempt(
            id: attempts.count + 1, input: 0, connection: connection,
            startedAt: request?.at ?? response?.at, basis: basis,
            isSecure: url.scheme.isEmpty ? nil : url.isSecure, authority: url.authority, request: asked,
            response: answer,
            handshake: checkHandshake(
                request: unseen.contains(.requestFields) ? nil : asked?.head,
                response: unseen.contains(.responseFields) ? nil : answer?.head),
            credentials: [], session: session, outcome: outcome, unseen: unseen)
        if let asked {
            made.credentials = credentials(
                in: asked.head, isUpgrade: true, place: asked.place, tokens: &tokens, limits: limits)
        }
        findMessageCredentials(in: &made)
        attempts.append(made)
        return attempts.count - 1
    }

    /// Takes an ordinary exchange. Bodies are searched for tokens; what is kept of them follows the rules of a capture.
    mutating func addExchange(
        method: String, _ url: URLParts, request: ToldMessage, response: ToldMessage?, status: Int?,
        reason: String = "", answeredBy: AnsweredBy? = nil
    ) {
        guard exchanges.count < limits.exchanges else {
            exchangesLeftOut += 1
            return
        }
        var asked = request.message(.request(method: method, target: url.target), limits: limits)
        var answer: Message?
        if let response, let status, 100 <= status, status <= 999 {
            answer = response.message(.response(status: status, reason: reason), limits: limits)
        }
        var found = credentials(
            in: asked.head, isUpgrade: false, place: asked.place, tokens: &tokens, limits: limits)
        found += credentials(inRequestBody: asked, tokens: &tokens, limits: limits)
        let handedOut = answer.map { minted(in: $0, tokens: &tokens, limits: limits) } ?? []
        asked.body.bytes = []
        let isRefusal = 400 <= (status ?? 0)
        if let whole = answer?.body.bytes {
            answer?.body.bytes = isRefusal ? Array(whole.prefix(limits.previewBytes)) : []
        }
        exchangeBytes +=
            asked.head.bytes.count + (answer?.head.bytes.count ?? 0) + (answer?.body.bytes.count ?? 0)
        guard exchangeBytes <= limits.evidenceBytes else {
            exchangesLeftOut += 1
            return
        }
        var exchange = Exchange(
            id: exchanges.count + 1, input: 0, stream: -1, client: nil, server: nil,
            isSecure: url.scheme.isEmpty ? nil : url.isSecure, authority: url.authority, request: asked,
            response: answer, credentials: found, minted: handedOut, basis: basis)
        exchange.answeredBy = answeredBy
        exchanges.append(exchange)
    }

    /// Changes an attempt that was added: its session goes on, its end becomes known.
    mutating func update(_ index: Int, _ change: (inout Attempt) -> Void) {
        guard attempts.indices.contains(index) else { return }
        change(&attempts[index])
    }

    /// Looks again for credentials in the first messages of an attempt's client.
    mutating func findMessageCredentials(_ index: Int) {
        guard attempts.indices.contains(index) else { return }
        var attempt = attempts[index]
        findMessageCredentials(in: &attempt)
        attempts[index] = attempt
    }

    private mutating func findMessageCredentials(in attempt: inout Attempt) {
        guard var session = attempt.session else { return }
        session.credentials = []
        for frame in session.firstFrames where frame.by == .client && (1...2).contains(frame.opcode) {
            session.credentials += credentials(
                inMessage: frame.preview, isText: frame.opcode == 1, place: frame.place, tokens: &tokens,
                limits: limits)
        }
        attempt.session = session
    }

    /// The case of this document, in order of time; what has no time keeps its place in the document.
    mutating func finish(_ input: Input, endedAt: Timestamp? = nil) -> CaseFile {
        var file = CaseFile()
        file.inputs = [input]
        file.attempts = AttemptList(attempts)
        file.exchanges = exchanges
        file.tokens = tokens.tokens
        file.limits = limitsOfAnswer
        if 0 < attemptsLeftOut {
            file.limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(attemptsLeftOut, "attempt")) beyond the bound were counted and not kept."
                ))
        }
        if 0 < exchangesLeftOut {
            file.limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(exchangesLeftOut, "HTTP exchange")) beyond the bound were not kept."))
        }
        file.endedAt =
            endedAt
            ?? (attempts.compactMap(\.startedAt) + exchanges.compactMap { $0.response?.at ?? $0.request.at })
            .max()
        file.putInOrder()
        return file
    }
}
