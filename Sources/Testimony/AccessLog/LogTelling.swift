import Case
import Wire

/// What a line of an access log tells of a handshake.
struct LogTelling {
    /// Whether it is about one.
    enum Role {
        /// It is: the line says so.
        case handshake
        /// It may be one, or an ordinary request: the line does not say.
        case possible
        /// It is about something else.
        case other
    }

    private let record: LogRecord
    private let knowledge = LogKnowledge.embedded

    init(_ record: LogRecord) { self.record = record }

    /// Where the line stands.
    var place: Place { Place(input: 0, position: .line(record.line, column: 1)) }

    /// What the line is about.
    var role: Role {
        if let event = record[.event]?.uppercased() { return event == "CONNECT" ? .handshake : .other }
        if let route = record[.route] {
            if route == "$connect" { return .handshake }
            if record[.target] == nil, record[.requestLine] == nil { return .other }
        }
        if record[.upgrade]?.lowercased().contains("websocket") ?? false { return .handshake }
        if scheme == "ws" || scheme == "wss" || status == 101 { return .handshake }
        if let key = record[.key], key.utf8.count == 24 { return .handshake }
        // An empty Upgrade was logged: no handshake, unless nothing else.
        if record.isBlank(.upgrade) { return .other }
        guard method == "GET" || method.isEmpty, let status = told, 300 <= status, status < 600 else {
            return .other
        }
        return .possible
    }

    /// The status that is told.
    private var told: Int? { record.number(.status).flatMap { 100 <= $0 && $0 <= 999 ? $0 : nil } }

    /// The status as the client got it; nil where no answer went out.
    var status: Int? {
        guard let told, !knowledge.clientGone.contains(told) else { return nil }
        // A gateway logs what its own parts said of the connection; the client got a 101.
        let isGateway = record[.event] != nil || record[.route] == "$connect"
        return isGateway && 200 <= told && told < 300 ? 101 : told
    }

    /// Whether the client went away before there was an answer.
    var isClientGone: Bool { told.map { knowledge.clientGone.contains($0) } ?? false }

    private var requestParts: [Substring] {
        (record[.requestLine] ?? "").split(separator: " ", omittingEmptySubsequences: true)
    }

    /// The method; empty where it is not told.
    var method: String {
        if let told = record[.method] { return told.uppercased() }
        guard 2 <= requestParts.count else { return "" }
        return String(requestParts[0])
    }

    private var scheme: String {
        let told = record[.scheme]?.lowercased() ?? ""
        if told == "h2" { return "https" }
        return told.isEmpty ? absolute?.scheme ?? "" : told
    }

    private var rawTarget: String? {
        if 2 <= requestParts.count { return String(requestParts[1]) }
        return record[.target]
    }

    private var absolute: URLParts? { rawTarget.flatMap { URLParts($0) } }

    /// Where the request went; nil where the line does not tell a path.
    var url: URLParts? {
        guard let raw = rawTarget else { return nil }
        var target = absolute?.target ?? raw
        guard target.hasPrefix("/") else { return nil }
        if !target.contains("?"), let query = record[.query] {
            target += query.hasPrefix("?") ? query : "?" + query
        }
        return URLParts(scheme: scheme, authority: authority, target: target)
    }

    /// Host and port as they are told; empty where they are not.
    var authority: String {
        var told = absolute?.authority ?? record[.host] ?? ""
        if told == "_" { told = "" }
        for (port, schemes) in [(":443", ["https", "wss"]), (":80", ["http", "ws"])]
        where told.hasSuffix(port) && (schemes.contains(scheme) || schemes.contains(absolute?.scheme ?? "")) {
            told.removeLast(port.utf8.count)
        }
        return told
    }

    /// Whether it ran over TLS; nil where that is not told.
    var isSecure: Bool? {
        switch scheme {
        case "https", "wss": true
        case "http", "ws": false
        default: nil
        }
    }

    /// Whether the line holds the query, or says that there was none.
    var tellsQuery: Bool {
        record[.requestLine] != nil || rawTarget?.contains("?") ?? false || record[.query] != nil
            || record.isBlank(.query)
    }

    /// When the request came. A line is written at the end: of an open socket that is its close.
    var startedAt: Timestamp? {
        if let start = record[.start].flatMap(logMoment) { return start }
        guard let time = record[.time].flatMap(logMoment) else { return nil }
        // A gateway's event is written when it happens.
        if record[.event] != nil || record[.route] != nil { return time }
        if let seconds = record[.durationSeconds].flatMap({ Double($0) }) {
            return Timestamp(nanoseconds: time.nanoseconds &- Int64(seconds * 1_000_000_000))
        }
        return status == 101 ? nil : time
    }

    /// The fields that the line tells.
    var fields: [ToldMessage.Field] {
        var fields: [ToldMessage.Field] = []
        for (fact, name) in [
            (LogFact.host, "Host"), (.upgrade, "Upgrade"), (.origin, "Origin"), (.key, "Sec-WebSocket-Key"),
        ] {
            if let value = record[fact] { fields.append(ToldMessage.Field(name: name, value: value)) }
        }
        return fields
    }

    /// Which part of the server side answered; nil where the line does not tell.
    var answeredBy: AnsweredBy? {
        guard let status else { return nil }
        let refused = 400 <= status
        let actions = Set((record[.actions] ?? "").lowercased().split(separator: ",").map(String.init))
        if let firewall = record[.firewall]?.lowercased(), refused,
            knowledge.blocked.contains(firewall) || firewall == String(status)
        {
            return say(.firewall)
        }
        if let error = record[.authorizerError], refused { return say(.authorizer, error) }
        if let its = record.number(.authorizerStatus), refused, 400 <= its { return say(.authorizer) }
        if let error = record[.integrationError], refused { return say(.integration, error) }
        if let its = record.number(.integrationStatus) {
            if its == status || 400 <= its && refused { return say(.integration) }
        } else if record.isBlank(.integrationStatus), refused {
            // Nothing was handed on: the gateway itself said no.
            return say(.gateway)
        }
        if let target = record[.targetStatus] {
            // Of several servers that were tried the last one answered: `502, 200`.
            let last = target.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ":" }).last
            return last.flatMap { Int($0) } == status ? say(.target) : refused ? say(.balancer) : nil
        }
        guard record.isBlank(.targetStatus), refused else { return nil }
        if !actions.isDisjoint(with: knowledge.firewallActions), !actions.contains("forward") {
            return say(.firewall)
        }
        if !actions.isDisjoint(with: knowledge.authorizerActions), !actions.contains("forward") {
            return say(.authorizer)
        }
        return say(.balancer)
    }

    private func say(_ part: AnsweredBy.Part, _ words: String? = nil) -> AnsweredBy {
        let text = words ?? record[.gatewayError] ?? ""
        return AnsweredBy(part, words: String(text.unicodeScalars.prefix(300)), place: place)
    }
}
