import Case
import Wire

/// Counts of what a log does not hold, until they become sentences.
struct NetLogTally {
    /// Heads of exchanges without their bodies.
    var bodiesMissing = 0
    private var refusalsWithoutBody = 0
    private var hiddenRefusals: (count: Int, first: Place)?
    private var unknownRefusals = 0
    private var strippedValues = 0
    private var sessions = 0
    private var hiddenCloses = PerSide(client: 0, server: 0)
    private var overHTTP2 = 0
    /// Errors that ended a handshake before an answer, by name.
    private var errors: [String: Int] = [:]

    /// Counts values that the log took out.
    mutating func count(stripped fields: [ToldMessage.Field]) {
        strippedValues += fields.count { isStripped($0.value) }
    }

    /// Counts an attempt.
    mutating func count(_ request: NetLogRequest, _ failure: NetLogFailure) {
        if request.isMultiplexed { overHTTP2 += 1 }
        guard failure.outcome == .refused else { return }
        refusalsWithoutBody += 1
        if failure.status == nil { unknownRefusals += 1 }
        if request.response == nil {
            let place = request.failure?.place ?? request.place
            hiddenRefusals = ((hiddenRefusals?.count ?? 0) + 1, hiddenRefusals?.first ?? place)
        }
    }

    /// Counts an error that ended a handshake.
    mutating func count(error: String) {
        if errors.count < 32 || errors[error] != nil { errors[error, default: 0] += 1 }
    }

    /// Counts a session of which only the headers of frames were told.
    mutating func count(session: Session, hiddenClose: Side?) {
        sessions += 1
        if let hiddenClose { hiddenCloses[hiddenClose] += 1 }
    }

    /// The sentences, the weightiest first.
    var limits: [Limit] {
        var limits: [Limit] = []
        if let hiddenRefusals {
            let code = unknownRefusals == 0 ? "" : " \(counted(unknownRefusals, "status")) of them too."
            limits.append(
                Limit(
                    kind: .browserHidesRefusal,
                    text: "The browser hid the header fields and the body of "
                        + "\(counted(hiddenRefusals.count, "refusal")); only its own words tell the status.\(code) "
                        + NetLogTally.remedy,
                    connections: hiddenRefusals.count, place: hiddenRefusals.first))
        }
        if 0 < refusalsWithoutBody {
            limits.append(
                Limit(
                    kind: .responseBodyMissing,
                    text:
                        "This log holds no bodies: what \(counted(refusalsWithoutBody, "refusal")) said is not in it. "
                        + NetLogTally.remedy,
                    connections: refusalsWithoutBody))
        }
        if 0 < sessions { limits.append(sessionLimit) }
        if 0 < strippedValues {
            limits.append(
                Limit(
                    kind: .valuesRedacted,
                    text:
                        "The browser took \(counted(strippedValues, "value")) of cookies and Authorization out of "
                        + "this log; whether they were right, or changed, cannot be told."))
        }
        if 0 < overHTTP2 {
            limits.append(
                Limit(
                    kind: .notDecoded,
                    text:
                        "\(counted(overHTTP2, "WebSocket")) ran over HTTP/2 (RFC 8441), whose handshake is not "
                        + "checked.", connections: overHTTP2))
        }
        if 0 < bodiesMissing {
            limits.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "The bodies of \(counted(bodiesMissing, "HTTP exchange")) are not read: what they handed "
                        + "out is unknown."))
        }
        for (error, count) in errors.sorted(by: { $0.key < $1.key }) {
            limits.append(
                Limit(
                    kind: .notHeld,
                    text:
                        "\(counted(count, "handshake")) ended with the browser's error \(error) before any answer.",
                    connections: count))
        }
        return limits
    }

    private var sessionLimit: Limit {
        var text =
            "Of \(counted(sessions, "open socket")) this log holds the headers of frames and no payload"
        let closes = hiddenCloses.client + hiddenCloses.server
        if 0 < closes {
            text += "; \(counted(closes, "close frame")) had a code that is not in it"
            if 0 < hiddenCloses.server {
                text += " (\(grouped(hiddenCloses.server)) sent by the server first)"
            }
        }
        return Limit(kind: .notHeld, text: text + ". " + NetLogTally.remedy, connections: sessions)
    }

    private static let remedy =
        "Record again with \"Include raw bytes\" (--net-log-capture-mode=Everything)."
}
