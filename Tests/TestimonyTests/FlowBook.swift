/// A value of a flow file, to be written.
indirect enum FlowValue {
    case bytes(String)
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case nothing
    case list([FlowValue])
    case members([(String, FlowValue)])

    /// As it stands in a file.
    var written: [UInt8] {
        switch self {
        case .bytes(let text): Self.framed(Array(text.utf8), ",")
        case .text(let text): Self.framed(Array(text.utf8), ";")
        case .integer(let number): Self.framed(Array("\(number)".utf8), "#")
        case .number(let number): Self.framed(Array("\(number)".utf8), "^")
        case .flag(let flag): Self.framed(Array("\(flag)".utf8), "!")
        case .nothing: Self.framed([], "~")
        case .list(let values): Self.framed(values.flatMap(\.written), "]")
        case .members(let members):
            Self.framed(members.flatMap { FlowValue.text($0.0).written + $0.1.written }, "}")
        }
    }

    private static func framed(_ content: [UInt8], _ type: Character) -> [UInt8] {
        Array("\(content.count):".utf8) + content + Array("\(type)".utf8)
    }
}

/// Writes flows as their program does.
struct FlowBook {
    var version = 21
    var status: Int? = 101
    var body: FlowValue = .bytes("")
    var responseFields: [(String, String)] = []
    var messages: [(isFromClient: Bool, text: String, at: Double)] = []
    /// Code, reason, and whether the client closed; nil while the socket is open.
    var close: (code: Int, reason: String, byClient: Bool)?
    var error: String?
    var isHandshake = true
    var startedAt = 1_795_229_219.0

    private func headers(_ fields: [(String, String)]) -> FlowValue {
        .list(fields.map { .list([.bytes($0.0), .bytes($0.1)]) })
    }

    private var request: FlowValue {
        let upgrade = [
            ("Host", "api.example.org"), ("Connection", "Upgrade"), ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        return .members([
            ("method", .bytes("GET")), ("scheme", .bytes("https")), ("host", .text("api.example.org")),
            ("port", .integer(443)), ("path", .bytes("/live?access_token=9f8a7c6b5d4e3f2a1b0c9d8e7f")),
            ("http_version", .bytes("HTTP/1.1")), ("content", .bytes("")),
            ("headers", headers(isHandshake ? upgrade : Array(upgrade.prefix(1)))),
            ("timestamp_start", .number(startedAt)),
        ])
    }

    private var response: FlowValue {
        guard let status else { return .nothing }
        return .members([
            ("status_code", .integer(status)), ("reason", .bytes("Reason")), ("content", body),
            ("http_version", .bytes("HTTP/1.1")), ("headers", headers(responseFields)),
            ("timestamp_start", .number(startedAt + 0.5)),
        ])
    }

    private var told: [FlowValue] {
        messages.map { message in
            let start: [FlowValue] = [
                .integer(1), .flag(message.isFromClient),
                version < 10 ? .text(message.text) : .bytes(message.text),
                .number(message.at), .flag(false),
            ]
            // Since version 15 there is one more.
            return .list(version < 15 ? start : start + [.flag(false)])
        }
    }

    private var socket: FlowValue {
        guard isHandshake, status == 101, 10 <= version else { return .nothing }
        return .members([
            ("messages", .list(told)), ("closed_by_client", close.map { .flag($0.byClient) } ?? .nothing),
            ("close_code", close.map { .integer($0.code) } ?? .nothing),
            ("close_reason", close.map { .text($0.reason) } ?? .nothing),
            ("timestamp_end", close == nil ? .nothing : .number(startedAt + 2)),
        ])
    }

    /// The flow.
    var written: [UInt8] {
        let server: FlowValue = .members([
            ("peername", .list([.text("192.0.2.4"), .integer(443)])), ("sni", .text("api.example.org")),
            ("tls", .flag(true)), ("tls_version", .text("TLSv1.3")),
            ("timestamp_tls_setup", .number(startedAt)),
        ])
        let client: FlowValue = .members([("peername", .list([.text("::1"), .integer(50_000)]))])
        let failure: FlowValue =
            error.map { .members([("msg", .text($0)), ("timestamp", .number(startedAt + 1))]) } ?? .nothing
        var flow = FlowValue.members([
            ("version", .integer(version)), ("type", .text("http")), ("id", .text("one")),
            ("request", request), ("response", response), ("websocket", socket), ("error", failure),
            ("client_conn", client), ("server_conn", server),
        ]).written
        if version < 10, let close {
            flow +=
                FlowValue.members([
                    ("version", .integer(version)), ("type", .text("websocket")), ("messages", .list(told)),
                    ("close_sender", .text(close.byClient ? "client" : "server")),
                    ("close_code", .integer(close.code)), ("close_reason", .text(close.reason)),
                    ("metadata", .members([("websocket_handshake", .text("one"))])),
                ]).written
        }
        return flow
    }
}
