import Case
import JSON
import Wire

/// What a log tells, event by event: bytes of sockets through the door, all else from the browser's own words.
struct NetLogStory {
    private let limits: Limits
    private var sockets: NetLogSockets
    private var requests: NetLogRequests
    private var links: NetLogLinks
    private var leftOutLines = 0
    private var damage: (count: Int, first: Place)?
    private var endedAt: Timestamp?
    var constants: NetLogConstants?

    init(limits: Limits) {
        self.limits = limits
        sockets = NetLogSockets(limits: limits)
        requests = NetLogRequests(limits: limits)
        links = NetLogLinks(limits: limits)
    }

    /// Sources that are followed, and links between them: what memory grows with.
    var liveCount: Int { sockets.live.count + requests.live.count + links.count }

    /// Takes the next event as it is written.
    mutating func take(json: Span<UInt8>, _ place: Place, _ limits: Limits) {
        guard let value = try? JSONValue(reading: json, limits: limits), value.members != nil else {
            return damaged(place)
        }
        if let event = constants?.event(value, place: place) { take(event) }
    }

    /// Takes the next event.
    private mutating func take(_ event: NetLogEvent) {
        guard let constants else { return }
        if let at = event.at { endedAt = max(endedAt ?? at, at) }
        links.take(event)
        if let connection = sockets.take(event, constants) { requests.closed(event.source, connection) }
        let (links, sockets) = (links, sockets)
        requests.take(event, constants) { job in NetLogStory.transport(ofJob: job, links, sockets) }
    }

    private static func transport(
        ofJob job: Int, _ links: NetLogLinks, _ sockets: NetLogSockets
    ) -> NetLogRequests.Transport? {
        guard let socket = links.socket(ofJob: job), let facts = sockets.socket(socket) else { return nil }
        return NetLogRequests.Transport(socket: socket, facts: facts)
    }

    /// Notes lines that were too long to be read.
    mutating func leftOut(_ lines: Int) { leftOutLines += lines }

    /// Notes a line that is no event.
    mutating func damaged(_ place: Place) { damage = ((damage?.count ?? 0) + 1, damage?.first ?? place) }

    /// The case of it all. `isWhole` tells that the log's end was seen.
    mutating func finish(_ input: Input, isWhole: Bool) -> CaseFile {
        let (links, known) = (links, sockets)
        requests.finish { NetLogStory.transport(ofJob: $0, links, known) }
        var document = requests.document
        var told = document.finish(input, endedAt: endedAt)
        var observed = sockets.finish(endedAt: endedAt)
        let keys = Set(observed.attempts.compactMap { $0.request?.head.first("sec-websocket-key") })
        told.attempts.removeAll { attempt in
            attempt.request?.head.first("sec-websocket-key").map(keys.contains) ?? false
        }
        observed.keepFailures(of: told.attempts)
        var file = merged([observed, told], limits: limits)
        file.limits += requests.tally.limits + readerLimits(isWhole: isWhole)
        if let secrets = secretsLimit(file) { file.limits.append(secrets) }
        return file
    }

    private func readerLimits(isWhole: Bool) -> [Limit] {
        var limits: [Limit] = []
        if !isWhole {
            limits.append(
                Limit(
                    kind: .inputCutShort,
                    text: "The log ends before its end: the browser was still writing, or it was cut. "
                        + "It is read as far as it goes."))
        }
        if let damage {
            limits.append(
                Limit(
                    kind: .inputCutShort, text: "\(counted(damage.count, "event")) cannot be read.",
                    place: damage.first))
        }
        if 0 < leftOutLines {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(leftOutLines, "line")) were longer than any that is read, and left out.")
            )
        }
        let evicted = sockets.live.evicted + requests.live.evicted
        if 0 < evicted {
            limits.append(
                Limit(
                    kind: .boundReached,
                    text: "\(counted(evicted, "request")) or sockets were let go before their end: more were "
                        + "open at one time than are followed."))
        }
        return limits
    }

    /// A log that the browser calls safe to share still holds what travels in URLs and subprotocols.
    private func secretsLimit(_ file: CaseFile) -> Limit? {
        guard constants?.captureMode == "Default" else { return nil }
        let alive = file.tokens.filter { token in
            guard token.kind != .placeholder else { return false }
            guard let end = token.jwt?.expiresAt, let endedAt else { return true }
            return endedAt < end
        }
        guard !alive.isEmpty else { return nil }
        let places = file.places(of: Set(alive.map(\.id)))
        let lines = places.prefix(5).map(\.text).joined(separator: ", ")
        return Limit(
            kind: .secretsInside,
            text: "This log is of the kind that is called safe to share, and holds "
                + "\(counted(alive.count, "credential")) that may still work, in \(counted(places.count, "place")): "
                + "\(lines)\(5 < places.count ? " …" : ""). Share the report, not the log.",
            place: places.first?.place)
    }
}
