import Case
import Wire

/// Everything that one attempt and its neighbours show, asked for by the causes. What the input is blind to is a
/// `Gap`, never an absence.
package struct Facts {
    let file: CaseView
    let index: CaseIndex
    /// Index into `file.attempts`.
    let position: Int
    let attempt: Attempt
    let symptoms: Symptoms
    let options: JudgeOptions
    let comparisons: [Comparison]
    let profiles: [Profile]
    let fingerprint: Fingerprint?
    let responder: Responder
    /// The responder's own words, in the order they were said.
    let words: [Words]
    /// What those words state.
    let stated: [Stated]
    let inBand: InBandError?
    /// The credentials of the upgrade request.
    let sent: [Sent]
    /// The credentials of the upgrade and those that the client sent in the first messages.
    let sentAnywhere: [Sent]
    /// The readable JWT credentials of the upgrade and of the first messages.
    let sentJWTs: [(sent: Sent, jwt: JWT)]
    /// The path as spelled; empty when no request was seen.
    let path: String
    /// The moment of the answer: by the server's Date, else by the input's clock, else as given.
    let clock: Clock?

    /// Something the responder said.
    struct Words {
        /// Where it said it.
        enum Carrier: Equatable {
            case statusLine
            case field(String)
            case body
            case closeReason
            case message
        }
        var carrier: Carrier
        /// Verbatim.
        var text: String
        /// As the report quotes it.
        var quote: String
        var place: Place
    }

    /// A cause that the responder's words state.
    struct Stated {
        var slug: String
        var isStatement: Bool
        var quote: String
        var place: Place
    }
}

extension Facts {
    /// The status of the refusal; nil when there was none.
    var status: Int? { symptoms.contains(.refused) ? attempt.status : nil }

    /// The close frame that ended the session, whoever sent it.
    var close: CloseFrame? {
        attempt.session?.firstClose.flatMap { isArtefact($0, attempt.basis) ? nil : $0 }
    }

    /// The close frame, where the server sent it first.
    var serverClose: CloseFrame? { close.flatMap { $0.by == .server ? $0 : nil } }

    /// What is to be explained: "the 403", "the close 4003".
    var effect: String {
        if let status { return "the \(status)" }
        if let close, symptoms.contains(.closed) {
            return close.code.map { "the close \($0)" } ?? "the close"
        }
        if symptoms.contains(.failed) { return "the failed connection" }
        if symptoms.contains(.lost) { return "the lost connection" }
        return "the failure"
    }

    /// Where that stands.
    var effectPlaces: [Place] {
        if symptoms.contains(.refused), let response = attempt.response { return [response.place] }
        if let close { return [close.place] }
        return attempt.connection.endedPlace.map { [$0] } ?? []
    }

    /// The request's place, where there is a request.
    var requestPlaces: [Place] { attempt.request.map { [$0.place] } ?? [] }

    /// Whether all of these could be seen.
    func sees(_ parts: Attempt.Unseen) -> Bool { attempt.unseen.isDisjoint(with: parts) }

    /// The words that state a cause, or nil.
    func statement(of slug: String) -> Stated? { stated.first { $0.slug == slug } }

    /// A text of the responder that shows that it read a credential and judged it.
    var judgedCredential: Stated? {
        stated.first {
            $0.slug == "credential-judged" || $0.slug.hasPrefix("token-") || $0.slug == "scope-missing-stated"
                || $0.slug == "resource-denied"
        }
    }

    /// The host without its port, lower case.
    var host: String { hostOnly(attempt.authority) }

    /// The path of another attempt as spelled; empty when no request was seen.
    func path(ofAttempt index: Int) -> String { Diagnosis.path(of: file.attempts[index]) }
}

/// The path of an attempt's target as spelled.
func path(of attempt: Attempt) -> String { targetParts(attempt.request?.head.target ?? "").path }

/// The host of an authority, without port, lower case; brackets of an IPv6 address stay.
func hostOnly(_ authority: String) -> String {
    let lower = authority.lowercased()
    guard let colon = lower.lastIndex(of: ":"), lower[lower.index(after: colon)...].allSatisfy(\.isNumber),
        !lower[..<colon].contains(":") || lower[..<colon].hasSuffix("]")
    else { return lower }
    return String(lower[..<colon])
}
