import Diagnosis
import Wire

/// What became of the attempts of a run, and what the process answers at its end.
package struct RunTally: Sendable, Equatable {
    /// Attempts that were asked for.
    package var attempts = 0
    /// Those that were answered 101.
    package var opened = 0
    /// Those that were answered otherwise.
    package var refused = 0
    /// Those that were not answered.
    package var failed = 0
    /// Those with a cause that is certain or likely.
    package var explained = 0
    /// Those with none that reaches likely.
    package var undetermined = 0

    /// Clients that did not take the proxy's certificate, whatever they were about to ask.
    package var distrusting = 0
    /// Servers that were not reached, whatever they were to be asked.
    package var unreachable = 0

    /// Takes an event.
    mutating func count(_ event: RelayEvent) {
        switch event {
        case .attempt(let news): count(news)
        case .handshakeFailed(with: .client, _, _): distrusting += 1
        case .unreachable: unreachable += 1
        default: break
        }
    }

    /// Takes what became of an attempt.
    private mutating func count(_ news: AttemptNews) {
        switch news.stage {
        case .asked: attempts += 1
        case .opened: opened += 1
        case .refused: refused += 1
        case .failed: failed += 1
        case .closed: break
        }
        guard news.stage != .opened, let verdict = news.judgement?.verdict else { return }
        if verdict.cause == nil { undetermined += 1 } else { explained += 1 }
    }

    /// Whether something went wrong and its reason is known.
    package var isExplained: Bool { 0 < explained || 0 < distrusting }

    /// Whether something went wrong and its reason is not known.
    package var isUndetermined: Bool { 0 < undetermined || attempts == 0 && 0 < unreachable }
}
