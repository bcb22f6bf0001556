import Case
import Wire

extension Facts {
    /// The attempt of the same client on the same address before this one.
    var previous: Attempt? { index.previous(of: position).map { file.attempts[$0] } }

    /// The same where it was opened.
    var openedBefore: Attempt? { followsOpened ? previous : nil }

    /// Whether that attempt was let in, and stayed.
    var previousWasAccepted: Bool {
        index.previous(of: position).map { index.traits[$0].isAccepted } ?? false
    }

    /// A mint between the previous attempt's start and this one: exchange, token.
    func mintBetween(_ previous: Attempt) -> (token: Int, text: String, places: [Place])? {
        guard let from = previous.startedAt, let until = attempt.startedAt else { return nil }
        for mint in index.mints.suffix(256).reversed() {
            let exchange = file.exchanges[mint.exchange]
            guard let at = exchange.response?.at, from <= at, at <= until else { continue }
            let path = shownPath(of: exchange)
            return (mint.token, "\(exchange.request.head.method ?? "") \(path)", [exchange.request.place])
        }
        return nil
    }

    /// A token, other than this one, that was minted between the previous attempt and this one.
    func newerToken(than sent: Sent, since previous: Attempt) -> (token: Int, text: String, places: [Place])?
    {
        guard let mint = mintBetween(previous), mint.token != number(of: sent) else { return nil }
        return mint
    }

    /// This client's attempts on this address, as indices in time order, and the place of this one among them.
    var line: (members: ArraySlice<Int32>, place: Int) {
        let members = index.series.members(with: position)
        return (members, index.position(of: position, in: members) ?? members.startIndex)
    }
}

extension Facts {
    /// How long the client had sent nothing when the session ended. Seconds.
    var clientSilence: Double? {
        guard let ended = close?.at ?? attempt.connection.endedAt else { return nil }
        let last = session?.lastFrameAt.client ?? attempt.response?.at
        return last.map { ended.seconds(since: $0) }
    }
}
