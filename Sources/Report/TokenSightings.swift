import Case
import Wire

/// One place where a token was sent or handed out.
struct Sighting: Sendable {
    /// `#1 header Authorization`; empty where more were seen than a report tells.
    var text: String
    /// Whether it was sent with a handshake or a request, not handed out.
    var isUse: Bool
    /// `#1` or `x1`.
    var label: String
    var at: Timestamp?
}

/// Where the tokens of a case were seen, found in one walk over the case for all of them.
struct TokenSightings {
    /// More are told by their number, and attempts beyond that are not made of their records again.
    private static let wordsLimit = 64

    private let file: CaseFile
    private let uses: TokenUses

    init(_ file: CaseFile) {
        self.file = file
        uses = TokenUses(file)
    }

    /// Where a token was seen, in time order as far as times are known.
    func of(_ id: Int, all: Bool = false) -> [Sighting] {
        var found: [Sighting] = []
        var attempts: [Int] = []
        var last = -1
        for use in uses.of(id) {
            switch use {
            case .attempt(let index): attempts.append(index)
            case .exchange(let index) where index != last:
                add(file.exchanges[index], id, to: &found)
                last = index
            case .exchange: continue
            }
        }
        last = -1
        for index in attempts where index != last {
            if all || found.count < Self.wordsLimit {
                add(file.attempts[index], id, to: &found)
                last = index
            } else {
                found.append(
                    Sighting(
                        text: "", isUse: true, label: "#\(file.attempts.id(index))",
                        at: file.attempts.startedAt(index)))
            }
        }
        // Stable, so that what has no time stays where it is.
        return found.enumerated().sorted { left, right in
            guard let first = left.element.at, let second = right.element.at, first != second else {
                return left.offset < right.offset
            }
            return first < second
        }.map(\.element)
    }

    private func add(_ exchange: Exchange, _ id: Int, to found: inout [Sighting]) {
        let label = "x\(exchange.id)"
        for minted in exchange.minted where minted.value == .token(id) {
            let promise = minted.lifetimeSeconds.map { ", expires_in \($0)" } ?? ""
            found.append(
                Sighting(
                    text: "handed out by \(label) as \(visible(minted.member))\(promise)", isUse: false,
                    label: label, at: exchange.response?.at))
        }
        for credential in exchange.credentials where credential.token == id {
            let answer = exchange.status.map { ", answered \($0)" } ?? ""
            found.append(
                Sighting(
                    text: "\(label) \(carrierText(credential))\(answer)", isUse: true, label: label,
                    at: exchange.request.at))
        }
    }

    private func add(_ attempt: Attempt, _ id: Int, to found: inout [Sighting]) {
        for credential in attempt.allCredentials where credential.token == id {
            found.append(
                Sighting(
                    text: "#\(attempt.id) \(carrierText(credential))", isUse: true, label: "#\(attempt.id)",
                    at: attempt.request?.at ?? attempt.startedAt))
        }
    }
}
