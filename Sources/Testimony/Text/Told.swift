import Case
import Wire

/// One thing that a text tells of one handshake.
struct Told {
    /// What is told.
    enum Kind: Hashable {
        /// Answered with another status than 101; nil where the words keep it to themselves.
        case refused(Int?)
        /// It failed, answered or not.
        case failed
        /// The connection ended before any answer.
        case noAnswer
        /// A 101 that the client refused.
        case badSwitch
        /// A 101.
        case opened
        /// An open socket was closed with a code.
        case closed(code: Int, by: Side)
        /// An open socket or a handshake ended without a close frame (1006 of an API).
        case abnormal
        /// Nothing left the client.
        case neverSent
        /// The program gave up by itself.
        case localClose
    }

    var kind: Kind
    /// Where it stands.
    var offset: Int
    /// The URL that the same words name.
    var url: String?
    /// The reason phrase of a status, the reason of a close.
    var reason = ""
    /// Whether the words speak of a later attempt.
    var isReconnect = false
    /// Told by a program's output and not by a person's words.
    var isPrinted = false
    /// The program's own summary, for the report.
    var certain: String?
    /// Field lines and body of the answer, where a program prints them.
    var response: ToldMessage?
    /// The request, where a program prints it.
    var request: ToldMessage?
    /// The target of that request, and its Host.
    var line: (method: String, target: String)?
    /// Whether the program says that it ran over TLS.
    var isSecure = false
    /// The session behind a printed 101, where its frames are in the text.
    var session: Session?
    /// An offered subprotocol that a program quotes.
    var subprotocol: String?

    init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// Whether the same end is told, the reason of a close aside.
    func isSame(as other: Told) -> Bool {
        guard kind == other.kind else { return false }
        if case .closed = kind { return reason.isEmpty || other.reason.isEmpty || reason == other.reason }
        return true
    }
}
