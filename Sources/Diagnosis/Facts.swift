import Case
import Wire

/// Everything that one attempt and its neighbours show, asked for by the causes. What the input is blind to is a
/// `Gap`, never an absence.
package struct Facts {
    let file: CaseView
    let symptoms: Symptoms
    let comparisons: [Comparison]
    /// Whether the attempt of the same client on the same address before this one was opened.
    let followsOpened: Bool
    /// Whether it is the first of its client on its address.
    let isFirst: Bool
    /// Whether every attempt on its host was seen whole, and every connection to its site was read.
    let seesHost: Bool
    /// What this attempt has in common with those that look like it.
    let look: Look
    /// Whether the attempt before this one in its family sent the same tokens.
    let repeatsTokens: Bool
    private let ground: Ground
    private let reads: Reads
    private let own: Attempt
    private let place: Int
    /// The moment of the answer, for the judge itself.
    let ownClock: Clock?

    /// Gathers what can be told of one attempt, or takes it over from one that looks the same.
    init(_ ground: Ground, position: Int, _ memory: JudgeMemory) {
        self.ground = ground
        reads = memory.reads
        place = position
        file = CaseView(ground, memory)
        own = memory.attempt(position, of: ground.file)
        symptoms = ground.index.symptoms[position]
        comparisons = ground.index.comparisons(of: position, memory)
        let previous = ground.index.previous(of: position)
        isFirst = previous == nil
        followsOpened = previous.map { ground.index.traits[$0].isOpened } ?? false
        seesHost = ground.index.seesHost(of: position, own)
        var clock = Diagnosis.clock(of: own, given: ground.options.now)
        let key = own.familyKey(
            symptoms, comparisons, follows: isFirst ? 0 : followsOpened ? 2 : 1, seesHost: seesHost, ground,
            file)
        let make = { [symptoms, file] attempt, isShared in
            Family(attempt, symptoms, file, ground.options, isShared: isShared)
        }
        guard let family = memory.family(of: key, of: own, make: { make($0.reduced(ground.fields), true) })
        else {
            look = Look(
                own, make(own, false), Carried(own, file, hasRoles: false, isKept: false), isKept: false)
            repeatsTokens = false
            ownClock = clock
            return
        }
        switch clock?.source {
        case .server: clock?.places = [Roles.response]
        case .input: clock?.places = own.request == nil ? [] : [Roles.request]
        case .given, nil: break
        }
        ownClock = clock
        repeatsTokens = family.isRepeated(own.credentials)
        look = memory.look(own, family, file, repeatsTokens: repeatsTokens)
    }

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
        /// How well it is founded that such an answer means that; nil for words.
        var basis: Profiles.Basis?
    }
}

// Law: whatever two attempts of one look may differ in is shown with a note in `Reads`.
extension Facts {
    /// All of the attempt. A cause that asks for it is asked about each attempt anew: what stands below is cheaper.
    var attempt: Attempt {
        reads.note()
        return own
    }
    /// Index into `file.attempts`.
    var position: Int {
        reads.note()
        return place
    }
    /// The moment of the answer: by the server's Date, else by the input's clock, else as given.
    var clock: Clock? {
        reads.note(.clock)
        return ownClock
    }
    /// The run of attempts of this client on this address that ends with this one.
    var storm: Storm? {
        reads.note(.storm)
        return ownStorm
    }
    /// The same, for the judge itself.
    var ownStorm: Storm? {
        file.memory.storm(at: place) {
            let members = ground.index.series.members(with: place)
            return ground.index.position(of: place, in: members).flatMap {
                Storm(
                    of: Int(ground.index.runs[place]), endingAt: $0, in: members,
                    startedAt: ground.file.attempts.startedAt)
            }
        }
    }

    /// What the attempts tell about each other.
    var index: CaseIndex { _read { yield ground.index } }
    var options: JudgeOptions { _read { yield ground.options } }

    var words: [Words] { look.family.words }
    /// What the words state.
    var stated: [Stated] { look.family.stated }
    var inBand: InBandError? { look.family.inBand }
    var fingerprint: Fingerprint? { look.family.fingerprint }
    var responder: Responder { look.family.responder }
    /// The credentials of the upgrade request.
    var sent: [Sent] { look.carried.sent }
    /// The credentials of the upgrade and those that the client sent in the first messages.
    var sentAnywhere: [Sent] { look.carried.sentAnywhere }
    /// The readable JWT credentials of the upgrade and of the first messages.
    var sentJWTs: [(sent: Sent, jwt: JWT)] {
        if !sentAnywhere.isEmpty { reads.note(.claims) }
        return look.carried.sentJWTs
    }
    var profiles: [Profile] { look.family.profiles }
    /// The path as spelled; empty when no request was seen.
    var path: String {
        reads.note(.target)
        return look.path
    }
    /// The path as it may be shown: credentials in it are masked.
    var shownPath: String {
        reads.note(.target)
        return file.memory.shownPath(of: place, in: ground.file)
    }
    var handshake: HandshakeCheck { look.family.handshake }

    var outcome: Attempt.Outcome { own.outcome }
    var basis: Basis { own.basis }
    var input: Int { own.input }
    var authority: String { own.authority }
    var isSecure: Bool? { own.isSecure }
    var session: Session? { own.session }
    var protocolMismatch: ProtocolMismatch? { own.connection.protocolMismatch }
    var hasTLS: Bool { own.connection.tls != nil }
    /// The name in the TLS ClientHello.
    var serverName: String? { own.connection.tls?.serverName }
    /// The protocol that TLS negotiated.
    var selectedProtocol: String? { own.connection.tls?.selectedProtocol }
    /// Names of the query parameters of the target that are credentials.
    var credentialParameters: Set<String> {
        Set(own.credentials.lazy.filter { $0.placement == .query }.map(\.name))
    }
    /// Whether the request or the first messages hold a credential.
    var sendsCredential: Bool { !own.credentials.isEmpty || !(session?.credentials.isEmpty ?? true) }

    /// The number of the token of a credential: `Token.id`.
    func number(of sent: Sent) -> Int {
        reads.note(.tokens)
        let count = own.credentials.count
        return sent.position < count
            ? own.credentials[sent.position].token : own.allCredentials[sent.position].token
    }
    /// The token of a credential.
    func token(of sent: Sent) -> Token? { file.token(number(of: sent)) }
    /// Whether two credentials are the same token.
    func isSame(_ left: Sent, _ right: Sent) -> Bool {
        left === right || number(of: left) == number(of: right)
    }
    /// The numbers of the tokens of the request.
    var ownTokens: [Int] { own.credentials.map(\.token) }
    /// Whether the request holds these tokens.
    func sends(_ tokens: [Int]) -> Bool { tokens.elementsEqual(own.credentials) { $0 == $1.token } }

    /// The request as far as it is the same for all attempts of this family.
    var request: SeenMessage? {
        own.request.map {
            SeenMessage(
                $0, at: look.family.isShared ? Roles.request : $0.place, ground, reads, isQuoting: false)
        }
    }
    /// The answer as far as it is the same for all attempts of this family.
    var response: SeenMessage? {
        own.response.map {
            SeenMessage(
                $0, at: look.family.isShared ? Roles.response : $0.place, ground, reads,
                isQuoting: look.family.quotesCredential)
        }
    }
    /// Whose places the roles stand for.
    var roles: Roles { Roles(own) }
}

/// A message as the causes see it: without its times, and each field that makes a difference with a note.
struct SeenMessage {
    let head: SeenHead
    let body: Body
    let place: Place

    fileprivate init(_ message: Message, at place: Place, _ ground: Ground, _ reads: Reads, isQuoting: Bool) {
        head = SeenHead(head: message.head, ground: ground, reads: reads, isQuoting: isQuoting)
        body = message.body
        self.place = place
    }
}

/// The head of such a message.
struct SeenHead {
    fileprivate let head: MessageHead
    fileprivate let ground: Ground
    fileprivate let reads: Reads
    fileprivate let isQuoting: Bool

    /// A value with its credentials masked.
    private func shown(_ value: String) -> String { isQuoting ? ground.file.named(value) : value }

    private func note(_ name: StaticString) {
        let isCommon = name.withUTF8Buffer { unsafe ground.fields.contains($0.span) }
        if !isCommon { reads.note() }
    }

    /// The first value of a field, or nil when no line has that name. `name` is lower case.
    func first(_ name: StaticString) -> String? {
        note(name)
        return head.first(name).map(shown)
    }

    /// Every value of a field in wire order. `name` is lower case.
    func all(_ name: StaticString) -> [String] {
        note(name)
        return head.all(name).map(shown)
    }

    /// The elements of a list field. `name` is lower case.
    func list(_ name: StaticString) -> [String] {
        note(name)
        return head.list(name).map(shown)
    }

    /// Whether any line has that name. `name` is lower case.
    func has(_ name: StaticString) -> Bool { head.has(name) }

    /// How many lines have that name. `name` is lower case.
    func count(of name: StaticString) -> Int { head.lines(name).count }

    /// The names of all lines in wire order, as they were spelled.
    var names: [String] { head.fieldLines.map(head.name) }

    var method: String? { head.method }
    var target: String? {
        reads.note(.target)
        return head.target
    }
    var version: String { head.version }

    /// The length of all of it. Bytes.
    var byteCount: Int {
        reads.note()
        return head.bytes.count
    }
}

extension Facts {
    /// The status of the refusal; nil when there was none.
    var status: Int? { symptoms.contains(.refused) ? own.status : nil }

    /// The close frame that ended the session, whoever sent it.
    var close: CloseFrame? { session?.firstClose.flatMap { isArtefact($0, basis) ? nil : $0 } }

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
        if symptoms.contains(.refused), let response = own.response {
            return [look.family.isShared ? Roles.response : response.place]
        }
        if let close { return [close.place] }
        return attempt.connection.endedPlace.map { [$0] } ?? []
    }

    /// The request's place, where there is a request.
    var requestPlaces: [Place] { own.request.map { [look.family.isShared ? Roles.request : $0.place] } ?? [] }

    /// Whether all of these could be seen.
    func sees(_ parts: Attempt.Unseen) -> Bool { own.unseen.isDisjoint(with: parts) }

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
    var host: String { look.family.host }
    /// The last two labels of that host.
    var site: String { look.family.site }

    /// The path of another attempt as it may be shown; empty when no request was seen.
    func path(ofAttempt index: Int) -> String { file.attempts.shownPath(of: index) }

    /// The path of a request as it may be shown.
    func shownPath(of exchange: Exchange) -> String {
        file.whole.named(targetParts(exchange.request.head.target ?? "").path)
    }
}

/// The path of an attempt's target as spelled.
func path(of attempt: Attempt) -> String { targetParts(attempt.request?.head.target ?? "").path }

/// The host of an authority, without port, lower case; brackets of an IPv6 address stay.
func hostOnly(_ authority: String) -> String {
    let lower = authority.lowercased()
    let bytes = lower.utf8
    guard let colon = bytes.lastIndex(of: 0x3a),
        bytes[bytes.index(after: colon)...].allSatisfy({ 0x30 <= $0 && $0 <= 0x39 }),
        !bytes[..<colon].contains(0x3a) || bytes[..<colon].last == 0x5d
    else { return lower }
    return String(lower[..<colon])
}
