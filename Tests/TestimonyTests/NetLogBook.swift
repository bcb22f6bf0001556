import Wire

/// Writes a log as the browser does, with numbers that no build has.
struct NetLogBook {
    /// How the document is laid out.
    enum Layout: CaseIterable {
        /// The constants in the first line, then an event a line.
        case lines
        /// Everything in one line.
        case oneLine
        /// Spread over many lines.
        case pretty
    }

    private static let kinds = [
        "REQUEST_ALIVE", "URL_REQUEST_START_JOB", "HTTP_STREAM_REQUEST_BOUND_TO_JOB",
        "HTTP_TRANSACTION_SEND_REQUEST_HEADERS", "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS",
        "HTTP_TRANSACTION_READ_RESPONSE_HEADERS", "HTTP_TRANSACTION_SEND_TUNNEL_HEADERS",
        "HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS", "WEBSOCKET_UPGRADE_FAILURE",
        "WEBSOCKET_SENT_FRAME_HEADER", "WEBSOCKET_RECV_FRAME_HEADER", "SOCKET_POOL_BOUND_TO_CONNECT_JOB",
        "SOCKET_POOL_BOUND_TO_SOCKET", "SOCKET_ALIVE", "SOCKET_IN_USE", "TCP_CONNECT", "SOCKET_BYTES_SENT",
        "SOCKET_BYTES_RECEIVED", "SSL_CONNECT", "SSL_ALERT_SENT", "SSL_SOCKET_BYTES_SENT",
        "SSL_SOCKET_BYTES_RECEIVED", "SOMETHING_ELSE",
    ]
    private static let errors = [
        "ERR_INVALID_RESPONSE": -320, "ERR_NAME_NOT_RESOLVED": -105, "ERR_CONNECTION_REFUSED": -102,
        "ERR_CERT_DATE_INVALID": -201, "ERR_TUNNEL_CONNECTION_FAILED": -111, "ERR_WS_UPGRADE": -173,
        "ERR_ABORTED": -3, "ERR_EMPTY_RESPONSE": -324,
    ]

    private(set) var events: [String] = []
    var time = 1000
    var captureMode = "Everything"

    /// Adds an event: phase 7 begins, 8 ends, 9 is neither.
    mutating func add(_ kind: String, _ source: Int, phase: Int = 9, _ parameters: String = "") {
        let number = 40 + (Self.kinds.firstIndex(of: kind) ?? 0)
        let given = parameters.isEmpty ? "" : "\"params\":{\(parameters)},"
        events.append(
            "{\(given)\"phase\":\(phase),\"source\":{\"id\":\(source),\"start_time\":\"1000\",\"type\":3},"
                + "\"time\":\"\(time)\",\"type\":\(number)}")
        time += 1
    }

    /// A socket that is connected and links itself to a job.
    mutating func connect(socket: Int, job: Int, tls: Bool) {
        add("SOCKET_ALIVE", socket, phase: 7)
        add("TCP_CONNECT", socket, phase: 7, #""address_list":["192.0.2.4:443"]"#)
        add(
            "TCP_CONNECT", socket, phase: 8,
            #""local_address":"10.0.0.5:50000","remote_address":"192.0.2.4:443""#)
        if tls {
            add("SSL_CONNECT", socket, phase: 7)
            add("SSL_CONNECT", socket, phase: 8, #""version":"TLS 1.3","next_proto":"http/1.1""#)
        }
        add("SOCKET_IN_USE", socket, phase: 7, "\"source_dependency\":{\"id\":\(job),\"type\":1}")
    }

    /// A request that is bound to a job.
    mutating func start(request: Int, job: Int, url: String) {
        add("REQUEST_ALIVE", request, phase: 7)
        add("URL_REQUEST_START_JOB", request, phase: 7, "\"method\":\"GET\",\"url\":\"\(url)\"")
        add("HTTP_STREAM_REQUEST_BOUND_TO_JOB", request, "\"source_dependency\":{\"id\":\(job),\"type\":1}")
    }

    /// The head of an upgrade request.
    mutating func sendUpgrade(request: Int, target: String, extra: [String] = []) {
        let fields =
            [
                "Host: api.example.org", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + extra
        add(
            "HTTP_TRANSACTION_SEND_REQUEST_HEADERS", request,
            "\"headers\":[\(fields.map { "\"\($0)\"" }.joined(separator: ","))],"
                + "\"line\":\"GET \(target) HTTP/1.1\\r\\n\"")
    }

    /// Bytes of a socket.
    mutating func bytes(_ kind: String, socket: Int, _ text: String) {
        let bytes = Array(text.utf8)
        let coded = String(decoding: base64(bytes.span, url: false), as: UTF8.self)
        add(kind, socket, "\"byte_count\":\(bytes.count),\"bytes\":\"\(coded)\"")
    }

    /// The whole document.
    func document(_ layout: Layout = .lines) -> [UInt8] {
        let kinds = Self.kinds.enumerated().map { "\"\($1)\":\($0 + 40)" }.joined(separator: ",")
        let errors = Self.errors.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
        let constants =
            "{\"logCaptureMode\":\"\(captureMode)\",\"logEventPhase\":{\"PHASE_BEGIN\":7,\"PHASE_END\":8,"
            + "\"PHASE_NONE\":9},\"logEventTypes\":{\(kinds)},\"netError\":{\(errors)},"
            + "\"timeTickOffset\":1795228900000}"
        switch layout {
        case .lines:
            return Array(
                ("{\"constants\":\(constants),\n\"events\": [\n" + events.joined(separator: ",\n")
                    + "],\n\"polledData\": [{}]\n}\n").utf8)
        case .oneLine:
            return Array(
                "{\"constants\":\(constants),\"events\":[\(events.joined(separator: ","))]}".utf8)
        case .pretty:
            let spread = events.joined(separator: " ,\n   ").map { character in
                character == "{" ? "{\n      " : "\(character)"
            }.joined()
            return Array(
                "{\n  \"constants\" : \(constants),\n  \"events\" : [\n   \(spread)\n  ]\n}\n".utf8)
        }
    }
}
