import Case
import JSON
import Wire

/// What a HAR tells of the answer to an upgrade.
struct HARAnswer {
    var outcome: Attempt.Outcome
    var status: Int?
    var reason = ""
    var response: ToldMessage?
    var connection = Connection(stream: -1)
    var unseen: Attempt.Unseen = .transport
    /// There was an answer, and the program that wrote the HAR was not shown it.
    var isHidden = false
    private var brokenRule: String?

    init(of entry: HAREntry) {
        outcome = .incomplete
        if let told = entry.status {
            take(told, entry)
        } else if let failure = entry.failure, let meaning = HARFailure.meaning(of: failure.text) {
            take(meaning, failure, entry)
        } else if let ending = entry.ending, ending.how != .open {
            outcome = .failed
        } else {
            // Still waiting when the export was made, or failed for a reason that is not told.
            unseen.insert([.status, .responseFields, .responseBody])
        }
        if let ending = entry.ending {
            connection.startedAt = entry.startedAt
            connection.ending = ending.how
            connection.endedAt = ending.at
            connection.endedPlace = ending.place
            // Without an answer the connection is all there is, and its end is told.
            if outcome == .failed { unseen.remove(.transport) }
        }
    }

    private mutating func take(_ told: Int, _ entry: HAREntry) {
        let message = entry.toldResponse
        status = told
        reason = entry.response?["statusText"]?.string ?? ""
        // RFC 8441: over HTTP/2 a socket is opened by CONNECT and a 2xx.
        let isConnect = entry.request?["method"]?.string == "CONNECT"
        switch told {
        case _ where told == 101 || isConnect && told < 300:
            outcome = .opened
            if message.fields.isEmpty { unseen.insert(.responseFields) }
            if !entry.hasMessages || entry.isCutShort { unseen.insert(.frames) }
        case ..<200:
            unseen.insert([.status, .responseFields, .responseBody])
            status = nil
            return
        default:
            outcome = .refused
            if message.fields.isEmpty { unseen.insert(.responseFields) }
            if message.body.completeness != .complete { unseen.insert(.responseBody) }
        }
        response = message
    }

    private mutating func take(
        _ meaning: HARFailure.Meaning, _ failure: (text: String, at: Timestamp?, place: Place),
        _ entry: HAREntry
    ) {
        var message = ToldMessage(place: failure.place)
        message.at = failure.at ?? entry.answeredAt
        switch meaning {
        case .status(let number):
            outcome = .refused
            status = number
            isHidden = true
            unseen.insert([.responseFields, .responseBody])
            response = message
        case .badSwitch(let rule):
            outcome = .opened
            status = 101
            isHidden = true
            brokenRule = rule
            unseen.insert([.responseFields, .frames, .closes])
            response = message
        case .noAnswer(let ending):
            outcome = .failed
            connection.ending = ending
            connection.startedAt = entry.startedAt
            connection.endedAt = message.at
            connection.endedPlace = failure.place
            unseen.insert([.status, .responseFields, .responseBody])
        }
    }

    /// Whether the head of a 101 cannot be the whole one: no client goes on without Sec-WebSocket-Accept, and this one
    /// was sent messages, or the program is known to leave fields out.
    func lacksAccept(_ session: Session, headIsWhole: Bool) -> Bool {
        guard outcome == .opened, let response, !response.has("sec-websocket-accept") else { return false }
        return !headIsWhole || 0 < session.counts.server.frames
    }

    /// Puts down the rule of the handshake that the browser says was broken.
    func mark(_ handshake: inout HandshakeCheck) {
        if let brokenRule { handshake.mark(brokenRule) }
    }
}

extension HandshakeCheck {
    /// Puts down a rule that a browser says was broken, by its name in the table of its words.
    mutating func mark(_ brokenRule: String) {
        switch brokenRule {
        case "acceptWrong": accept = .wrong
        case "acceptMissing": accept = .missing
        case "upgrade": responseUpgrade = false
        case "connection": responseConnection = false
        default: break
        }
    }
}
