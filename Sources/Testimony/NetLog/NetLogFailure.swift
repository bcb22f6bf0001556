import Case
import Wire

/// How a handshake came out, from the browser's words and its error.
struct NetLogFailure {
    var outcome: Attempt.Outcome
    var status: Int?
    /// How the connection ended, as far as the error tells.
    var ending: Connection.Ending?
    var unseen: Attempt.Unseen = []

    /// `error` is the name of the error without its prefix; nil when the log ends first.
    init(_ request: NetLogRequest, error: String?) {
        status = request.status ?? request.hiddenStatus
        if let status {
            outcome =
                request.log != nil || status == 101 || request.isMultiplexed && status == 200
                ? .opened : .refused
            // Only 101, 401 and 407 are told with their fields; no body is told at all.
            if request.response == nil { unseen.insert(.responseFields) }
            if outcome == .refused { unseen.insert(.responseBody) } else { unseen.insert(.frames) }
            return
        }
        unseen = [.status, .responseFields, .responseBody]
        guard let error else {
            outcome = .incomplete
            return
        }
        if request.request != nil, error == "INVALID_RESPONSE" || error == "INVALID_HTTP_RESPONSE" {
            // There was an answer, and the browser does not say which.
            outcome = .refused
            return
        }
        ending = NetLogFailure.endings[error]
        if error == "ABORTED" {
            // The page gave up, or was closed.
            outcome = request.request == nil ? .incomplete : .failed
            ending = request.request == nil ? nil : .finished(by: .client)
        } else {
            outcome = .failed
        }
        if outcome == .failed { unseen = [] }
    }

    /// What errors of the network say of the connection. Source: net_error_list.h of Chromium, 2026-11.
    private static let endings: [String: Connection.Ending] = [
        "CONNECTION_REFUSED": .refused,
        "CONNECTION_TIMED_OUT": .unanswered,
        "TIMED_OUT": .unanswered,
        "ADDRESS_UNREACHABLE": .unanswered,
        "CONNECTION_RESET": .reset(by: .server),
        "CONNECTION_CLOSED": .finished(by: .server),
        "EMPTY_RESPONSE": .finished(by: .server),
        "CONNECTION_ABORTED": .finished(by: .client),
    ]
}
