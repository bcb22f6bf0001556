import Case
import JSON
import Wire

/// The kinds of event that are read, by the names that a log's own constants give them. Numbers differ from build to
/// build and are never looked at without those constants.
enum NetLogKind: String, CaseIterable {
    case requestAlive = "REQUEST_ALIVE"
    case requestStartJob = "URL_REQUEST_START_JOB"
    case boundToJob = "HTTP_STREAM_REQUEST_BOUND_TO_JOB"
    case sendRequestHeaders = "HTTP_TRANSACTION_SEND_REQUEST_HEADERS"
    case sendHTTP2Headers = "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS"
    case sendQUICHeaders = "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS"
    case readResponseHeaders = "HTTP_TRANSACTION_READ_RESPONSE_HEADERS"
    case sendTunnelHeaders = "HTTP_TRANSACTION_SEND_TUNNEL_HEADERS"
    case readTunnelHeaders = "HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS"
    case upgradeFailure = "WEBSOCKET_UPGRADE_FAILURE"
    case sentFrameHeader = "WEBSOCKET_SENT_FRAME_HEADER"
    case receivedFrameHeader = "WEBSOCKET_RECV_FRAME_HEADER"
    case boundToConnectJob = "SOCKET_POOL_BOUND_TO_CONNECT_JOB"
    case boundToSocket = "SOCKET_POOL_BOUND_TO_SOCKET"
    case connectJobSocket = "CONNECT_JOB_SET_SOCKET"
    case socketAlive = "SOCKET_ALIVE"
    case socketInUse = "SOCKET_IN_USE"
    case socketReadError = "SOCKET_READ_ERROR"
    case socketWriteError = "SOCKET_WRITE_ERROR"
    case tcpConnect = "TCP_CONNECT"
    case socketBytesSent = "SOCKET_BYTES_SENT"
    case socketBytesReceived = "SOCKET_BYTES_RECEIVED"
    case tlsConnect = "SSL_CONNECT"
    case tlsMessageSent = "SSL_HANDSHAKE_MESSAGE_SENT"
    case tlsMessageReceived = "SSL_HANDSHAKE_MESSAGE_RECEIVED"
    case tlsCertificates = "SSL_CERTIFICATES_RECEIVED"
    case tlsAlertSent = "SSL_ALERT_SENT"
    case tlsAlertReceived = "SSL_ALERT_RECEIVED"
    case tlsBytesSent = "SSL_SOCKET_BYTES_SENT"
    case tlsBytesReceived = "SSL_SOCKET_BYTES_RECEIVED"
}

/// One event of a log.
struct NetLogEvent {
    /// Whether it begins something, ends it, or stands alone.
    enum Phase {
        case none
        case begin
        case end
    }

    var kind: NetLogKind
    var phase: Phase
    /// The number of what it happened to: a request, a socket, a job.
    var source: Int
    var at: Timestamp?
    var parameters: JSONValue
    var place: Case.Place
}

extension NetLogEvent {
    /// A number among the parameters.
    func number(_ name: String) -> Int? {
        // Large numbers are spelled as strings.
        switch parameters[name] {
        case .number(let value, _): Int(exactly: value.rounded())
        case .string(let text): Int(text)
        default: nil
        }
    }

    /// A truth value among the parameters.
    func flag(_ name: String) -> Bool? { parameters[name]?.bool }

    /// A string among the parameters.
    func text(_ name: String) -> String? { parameters[name]?.string }

    /// The strings of a list among the parameters.
    func texts(_ name: String) -> [String] { parameters[name]?.array?.compactMap(\.string) ?? [] }

    /// The bytes that it carries, where the log keeps bytes.
    var bytes: [UInt8]? {
        guard let text = parameters["bytes"]?.string else { return nil }
        return Base64Decoding(Array(text.utf8).span).bytes
    }

    /// What it depends on: the number of another source.
    var dependency: Int? {
        guard let number = parameters["source_dependency"]?["id"]?.number else { return nil }
        return Int(exactly: number)
    }
}
