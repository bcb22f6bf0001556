import Case
import Credentials
import JSON
import WebSocket
import Wire

/// Makes attempts and exchanges of a HAR's entries, and says what its dialect loses.
struct HARCase {
    private var document: DocumentCase
    private let limits: Limits
    private var dialect: HARDialect?
    private var creator = ""
    /// The array of entries was there, be it empty.
    var hasEntries = false
    /// Elements of it that are no objects.
    var strayEntries = 0
    private var tally = HARTally()
    private var notes: [Limit] = []
    private var reported: [ReportedFact] = []

    init(limits: Limits) {
        self.limits = limits
        document = DocumentCase(basis: .reported, limits: limits)
    }

    /// Takes a member of the log.
    mutating func take(_ member: String, _ value: JSONValue) {
        guard member == "creator", let name = value["name"]?.string else { return }
        creator = String(name.unicodeScalars.prefix(80))
        dialect = HARDialect.named(name)
    }

    /// Notes something that could not be read; the first 20 are told, the rest counted.
    mutating func note(_ kind: Limit.Kind, _ text: String, at pointer: String) {
        guard notes.count < 20 else {
            tally.unread += 1
            return
        }
        notes.append(
            Limit(kind: kind, text: text, place: Place(input: 0, position: .pointer(pointer))))
    }

    /// Takes an entry.
    mutating func add(_ entry: HAREntry) {
        tally.entries += 1
        guard let url = entry.url else {
            // What a cut took away is told as a cut.
            if !entry.isCutShort { tally.entriesWithoutURL += 1 }
            return
        }
        let request = entry.toldRequest
        if request.has("cookie") || request.has("authorization") { tally.sawStrippable = true }
        if entry.isWebSocket {
            addAttempt(entry, url, request)
        } else if !entry.isCutShort || entry.response != nil {
            let response = entry.toldResponse
            if response.has("set-cookie") { tally.sawStrippable = true }
            document.addExchange(
                method: entry.request?["method"]?.string ?? "GET", url, request: request,
                response: entry.status == nil ? nil : response, status: entry.status,
                reason: entry.response?["statusText"]?.string ?? "")
        }
    }

    private mutating func addAttempt(_ entry: HAREntry, _ url: URLParts, _ request: ToldMessage) {
        var entry = entry
        entry.finish()
        tally.attempts += 1
        var answer = HARAnswer(of: entry)
        if !(dialect?.headIsWhole ?? false), !request.has("sec-websocket-key") {
            answer.unseen.insert(.requestFields)
        }
        if answer.lacksAccept(entry.log.session, headIsWhole: dialect?.headIsWhole ?? false) {
            answer.unseen.insert(.responseFields)
        }
        if answer.isHidden { tally.hide(entry) }
        if let failure = entry.failure, answer.status ?? 101 == 101, reported.count < limits.statements {
            let words = String(failure.text.unicodeScalars.prefix(200))
            reported.append(
                ReportedFact(
                    .programSays, "\(dialect?.title ?? "The program") says: \"\(words)\"",
                    names: dialect?.client.map { [$0] } ?? [], place: failure.place))
        }
        if answer.outcome == .opened, !answer.isHidden {
            if !entry.hasMessages { tally.socketsWithoutMessages += 1 }
            if 0 < entry.framesLeftOut {
                answer.unseen.insert(.frames)
                tally.leaveOut(entry)
            }
            if entry.log.session.closes.isEmpty, entry.ending == nil {
                answer.unseen.insert(.closes)
                tally.socketsWithoutClose += 1
            }
        }
        if let code = entry.sidelessClose { tally.sidelessCloses.append((code, entry.pointer)) }
        let index = document.addAttempt(
            url, request: request, response: answer.response, status: answer.status,
            reason: answer.reason, outcome: answer.outcome,
            session: answer.outcome == .opened ? entry.log.session : nil, connection: answer.connection,
            unseen: answer.unseen)
        guard let index else { return }
        let redacted = isRedacted(index)
        if redacted { tally.redacted += 1 }
        document.update(index) { attempt in
            answer.mark(&attempt.handshake)
            attempt.session?.keepEssentials(limits)
            if redacted { attempt.unseen.insert(.credentialValues) }
        }
    }

    private func isRedacted(_ index: Int) -> Bool {
        document.attempts[index].allCredentials.contains { credential in
            let tokens = document.tokens.tokens
            guard tokens.indices.contains(credential.token - 1) else { return false }
            return looksRedacted(tokens[credential.token - 1].secret.bytes)
        }
    }

    /// The case.
    mutating func finish(_ input: Input) -> CaseFile {
        tally.strayEntries = strayEntries
        let looksSanitized = dialect?.mayBeSanitized ?? false && !tally.sawStrippable && 0 < tally.entries
        if looksSanitized {
            for index in document.attempts.indices {
                document.update(index) { $0.unseen.insert(.requestFields) }
            }
        }
        document.limitsOfAnswer =
            notes
            + tally.limits(
                dialect: dialect, creator: creator, looksSanitized: looksSanitized,
                secretsInside: secretsInside)
        var file = document.finish(input)
        file.reported = reported
        file.clients = dialect?.client.map { [$0] } ?? []
        return file
    }

    /// Credentials whose bytes are there: how many, and where the first ones stand.
    private var secretsInside: (count: Int, places: [Place]) {
        var seen: Set<Int> = []
        var places: [Place] = []
        func note(_ id: Int, _ place: Place) {
            guard 1 <= id, id <= document.tokens.tokens.count else { return }
            let token = document.tokens.tokens[id - 1]
            guard token.kind != .placeholder, !looksRedacted(token.secret.bytes), seen.insert(id).inserted
            else { return }
            if places.count < 3 { places.append(place) }
        }
        for attempt in document.attempts {
            for credential in attempt.allCredentials { note(credential.token, credential.place) }
        }
        for exchange in document.exchanges {
            for credential in exchange.credentials { note(credential.token, credential.place) }
            for minted in exchange.minted {
                if case .token(let id) = minted.value { note(id, minted.place) }
            }
        }
        return (seen.count, places)
    }
}

/// Whether bytes are what sanitizing programs leave in a credential's place.
func looksRedacted(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= 4096 else { return false }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    if isOwnMask(text) { return true }
    if ["redacted", "removed", "sanitized", "masked", "stripped", "hidden"].contains(where: text.contains) {
        return true
    }
    return !text.isEmpty && text.allSatisfy { $0 == "*" || $0 == "•" || $0 == "x" || $0 == "█" }
}

/// What this program itself writes in place of a secret: `<token 3>`, `<part of token 3>`, `<token>`, `<secret>`,
/// `<12 bytes>`.
private func isOwnMask(_ text: String) -> Bool {
    guard text.hasPrefix("<"), text.hasSuffix(">") else { return false }
    let words = text.dropFirst().dropLast().split(separator: " ", omittingEmptySubsequences: false)
    func isNumber(_ word: Substring?) -> Bool { word.flatMap { Int($0) } != nil }
    switch words.count {
    case 1: return words[0] == "secret" || words[0] == "token"
    case 2: return words[0] == "token" && isNumber(words[1]) || words[1] == "bytes" && isNumber(words[0])
    case 4: return words[0] == "part" && words[1] == "of" && words[2] == "token" && isNumber(words[3])
    default: return false
    }
}
