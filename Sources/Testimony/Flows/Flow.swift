import Case
import HTTP
import Wire

/// One HTTP flow as a file tells it.
struct Flow {
    private let flow: FlowBytes
    private let limits: Limits
    /// `/flows/3`.
    let pointer: String
    let version: Int
    /// The request as it is told.
    let request: ToldMessage
    /// The answer as it is told; nil where there was none.
    let response: ToldMessage?

    private let requestPart: Netstring?
    private let responsePart: Netstring?
    private let socketPart: Netstring?
    private let clientPart: Netstring?
    private let serverPart: Netstring?

    init(_ flow: FlowBytes, pointer: String, version: Int, limits: Limits) {
        self.flow = flow
        self.limits = limits
        self.pointer = pointer
        self.version = version
        let root = flow.root
        requestPart = flow.member("request", of: root)
        responsePart = flow.member("response", of: root)
        socketPart = flow.member("websocket", of: root)
        clientPart = flow.member("client_conn", of: root)
        serverPart = flow.member("server_conn", of: root)
        request = message(requestPart, in: flow, at: pointer + "/request", limits: limits)
        response = responsePart.map { message($0, in: flow, at: pointer + "/response", limits: limits) }
    }

    /// Its own name, by which other flows speak of it.
    var id: String? { flow.text(flow.member("id", of: flow.root)) }

    /// What the program says went wrong, and when.
    var error: (text: String, at: Timestamp?)? {
        let error = flow.member("error", of: flow.root)
        guard let text = flow.text(flow.member("msg", of: error)) else { return nil }
        return (text, flow.moment(flow.member("timestamp", of: error)))
    }

    /// Whether it has a request.
    var hasRequest: Bool { requestPart?.type == 0x7d }

    /// Whether it is a handshake: it carries a socket, or asks for one.
    var isWebSocket: Bool {
        if socketPart != nil { return true }
        return request.has("sec-websocket-key") || request.has("sec-websocket-version")
            || request.fields.contains {
                $0.name.lowercased() == "upgrade" && $0.value.lowercased().contains("websocket")
            }
    }

    var method: String { flow.text(flow.member("method", of: requestPart)) ?? "GET" }

    /// Whether the request went over HTTP/2 or later, whose heads have another form.
    var isMultiplexed: Bool {
        let version = flow.text(flow.member("http_version", of: requestPart)) ?? ""
        return version.hasPrefix("HTTP/2") || version.hasPrefix("HTTP/3")
    }

    /// Where it went, as the client named it.
    var url: URLParts {
        let scheme = (flow.text(flow.member("scheme", of: requestPart)) ?? "").lowercased()
        let host = flow.text(flow.member("host", of: requestPart)) ?? ""
        let port = flow.integer(flow.member("port", of: requestPart)) ?? 0
        let isDefault = port == 0 || port == (scheme == "https" ? 443 : 80)
        let named = request.first("host") ?? flow.text(flow.member("authority", of: requestPart)) ?? ""
        let address = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let path = flow.text(flow.member("path", of: requestPart)) ?? "/"
        let word = isWebSocket ? ["https": "wss", "http": "ws"][scheme] : nil
        return URLParts(
            scheme: word ?? scheme,
            authority: named.isEmpty ? (isDefault ? address : "\(address):\(port)") : named,
            target: URLParts(path)?.target ?? path)
    }

    var status: Int? { flow.integer(flow.member("status_code", of: responsePart)) }

    var reason: String { flow.text(flow.member("reason", of: responsePart)) ?? "" }
}

// MARK: - The open socket, and the connections

extension Flow {
    /// What the open socket carried; nil where the flow tells of none.
    var socket: FlowSocket? {
        socketPart.map { FlowSocket(flow, $0, pointer: pointer + "/websocket", limits: limits) }
    }

    /// The connection: the client's end towards the program, the server's end behind it.
    var connection: Connection {
        var connection = Connection(stream: -1)
        connection.client = endpoint(clientPart, ["peername", "address"])
        connection.server = endpoint(serverPart, ["peername", "ip_address", "address"])
        connection.startedAt = flow.moment(flow.member("timestamp_start", of: serverPart))
        connection.establishedAt = flow.moment(flow.member("timestamp_tcp_setup", of: serverPart))
        connection.tls = tls
        return connection
    }

    /// What the program says of the server's connection when it failed.
    var serverError: String? { flow.text(flow.member("error", of: serverPart)) }

    private func endpoint(_ part: Netstring?, _ names: [String]) -> Endpoint? {
        for name in names {
            let parts = flow.elements(of: flow.member(name, of: part), most: 2)
            guard parts.count == 2, let host = flow.text(parts[0]), let port = flow.integer(parts[1]),
                let port = UInt16(exactly: port), let endpoint = Endpoint(address: host, port: port)
            else { continue }
            return endpoint
        }
        return nil
    }

    private var tls: TLSSummary? {
        let version = flow.text(flow.member("tls_version", of: serverPart))
        let isOn =
            flow.flag(flow.member("tls", of: serverPart))
            ?? flow.flag(flow.member("tls_established", of: serverPart)) ?? (version != nil)
        guard isOn else { return nil }
        var tls = TLSSummary()
        tls.serverName = flow.text(flow.member("sni", of: serverPart))
        tls.established = flow.member("timestamp_tls_setup", of: serverPart) != nil
        tls.version =
            ["TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304][version ?? ""]
        if let alpn = flow.text(flow.member("alpn", of: serverPart)), !alpn.isEmpty {
            tls.selectedProtocol = alpn
        }
        tls.place = Place(input: 0, position: .pointer(pointer + "/server_conn"))
        return tls
    }
}

/// A head and its body, as a flow has them.
private func message(
    _ part: Netstring?, in flow: FlowBytes, at pointer: String, limits: Limits
) -> ToldMessage {
    var told = ToldMessage(place: Place(input: 0, position: .pointer(pointer)))
    told.at = flow.moment(flow.member("timestamp_start", of: part))
    for pair in flow.elements(of: flow.member("headers", of: part), most: limits.fieldLines + 1) {
        let parts = flow.elements(of: pair, most: 2)
        guard parts.count == 2, let name = flow.text(parts[0]), let value = flow.text(parts[1]),
            !name.hasPrefix(":")
        else { continue }
        told.fields.append(ToldMessage.Field(name: name, value: value))
    }
    if let content = flow.data(flow.member("content", of: part)) {
        let codings = (told.first("content-encoding") ?? "").split(separator: ",")
            .map { $0.trimmed.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        told.body = Body(coded: Array(content).span, codings: codings, limits: limits)
    }
    return told
}
