import Case
import Wire

/// Counts of what a HAR does not hold, until they become sentences.
struct HARTally {
    var entries = 0
    var attempts = 0
    var entriesWithoutURL = 0
    var strayEntries = 0
    var socketsWithoutMessages = 0
    var socketsWithoutClose = 0
    var sidelessCloses: [(code: Int, pointer: String)] = []
    var redacted = 0
    var unread = 0
    /// A Cookie, Set-Cookie or Authorization field was seen.
    var sawStrippable = false
    private var leftOut: (sockets: Int, first: String)?
    private var hidden = 0
    private var firstHidden: String?

    /// Counts an answer that the program was not shown.
    mutating func hide(_ entry: HAREntry) {
        hidden += 1
        if firstHidden == nil { firstHidden = entry.pointer }
    }

    /// Counts a socket whose earlier frames the program let go.
    mutating func leaveOut(_ entry: HAREntry) {
        leftOut = ((leftOut?.sockets ?? 0) + 1, leftOut?.first ?? entry.pointer)
    }

    /// The sentences, the weightiest first.
    func limits(
        dialect: HARDialect?, creator: String, looksSanitized: Bool,
        secretsInside: (count: Int, places: [Place])
    ) -> [Limit] {
        let better = dialect?.better.map { " " + $0 } ?? ""
        let title = dialect?.title ?? (creator.isEmpty ? "This program" : creator)
        var limits: [Limit] = []
        func add(_ kind: Limit.Kind, _ text: String, at pointer: String? = nil) {
            limits.append(
                Limit(
                    kind: kind, text: text,
                    place: pointer.map { Place(input: 0, position: .pointer($0)) }))
        }
        if 0 < hidden {
            add(
                .browserHidesRefusal,
                "The HAR holds neither status line nor header fields nor body of "
                    + "\(counted(hidden, "failed handshake")): what is known of the answer is the browser's "
                    + "error text.\(better)", at: firstHidden)
        }
        if attempts == 0, let dialect, !dialect.recordsSockets {
            add(.notHeld, "No WebSocket is in this HAR: \(title) does not record them.\(better)")
        }
        if 0 < socketsWithoutMessages {
            add(
                .notHeld,
                "Messages of \(counted(socketsWithoutMessages, "open socket")) are not in the HAR.\(better)")
        }
        if 0 < socketsWithoutClose {
            add(
                .notHeld,
                "How \(counted(socketsWithoutClose, "open socket")) ended is not in the HAR: it has no place for "
                    + "close frames, pings and pongs.\(better)")
        }
        if let leftOut {
            add(
                .notHeld,
                "Some frames of \(counted(leftOut.sockets, "open socket")) are not in the HAR: they were more than "
                    + "are kept.", at: leftOut.first)
        }
        for close in sidelessCloses.prefix(5) {
            add(
                .notHeld,
                "\(close.pointer)/_webSocketClose tells the close code \(close.code), and not which side sent it.",
                at: close.pointer + "/_webSocketClose")
        }
        limits += redactionLimits(title, looksSanitized, secretsInside)
        return limits + readingLimits()
    }

    private func redactionLimits(
        _ title: String, _ looksSanitized: Bool, _ secretsInside: (count: Int, places: [Place])
    ) -> [Limit] {
        var limits: [Limit] = []
        if looksSanitized {
            limits.append(
                Limit(
                    kind: .valuesRedacted,
                    text: "No Cookie, Set-Cookie or Authorization field stands in any of "
                        + "\(counted(entries, "entry", "entries")): a sanitized export of \(title) looks like this. "
                        + "Whether they were sent is unknown; export the HAR with sensitive data."))
        }
        if 0 < redacted {
            limits.append(
                Limit(
                    kind: .valuesRedacted,
                    text:
                        "Credential values of \(counted(redacted, "handshake")) were replaced, so that they cannot "
                        + "be read or compared. Let wsdiag read the original; its report masks every secret.")
            )
        }
        if looksSanitized || 0 < redacted, 0 < secretsInside.count {
            let places = secretsInside.places.compactMap { place -> String? in
                if case .pointer(let pointer) = place.position { return pointer }
                return nil
            }
            limits.append(
                Limit(
                    kind: .secretsInside,
                    text:
                        "The HAR looks sanitized and still holds \(counted(secretsInside.count, "credential")): "
                        + "\(places.joined(separator: ", "))\(places.count < secretsInside.count ? " …" : ""). "
                        + "Sanitizing leaves URLs, Sec-WebSocket-Protocol, messages and bodies alone; do not share it.",
                    place: secretsInside.places.first))
        }
        return limits
    }

    private func readingLimits() -> [Limit] {
        var limits: [Limit] = []
        if 0 < entriesWithoutURL + strayEntries {
            limits.append(
                Limit(
                    kind: .inputCutShort,
                    text:
                        "\(counted(entriesWithoutURL + strayEntries, "entry", "entries")) without a URL could not "
                        + "be used."))
        }
        if 0 < unread {
            limits.append(
                Limit(
                    kind: .inputCutShort, text: "\(counted(unread, "further part")) could not be read."))
        }
        return limits
    }
}

/// A number of things whose plural is no matter of an `s`.
private func counted(_ number: Int, _ one: String, _ many: String) -> String {
    grouped(number) + " " + (number == 1 ? one : many)
}
