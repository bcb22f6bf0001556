import Case
import Wire

/// An answer that the proxy makes itself, because there is no server's.
struct Refusal: Equatable {
    /// The statuses that this proxy answers with.
    enum Status: Int {
        case badRequest = 400
        case requestTimeout = 408
        case badGateway = 502
        case unavailable = 503
        case gatewayTimeout = 504

        var phrase: String {
            switch self {
            case .badRequest: "Bad Request"
            case .requestTimeout: "Request Timeout"
            case .badGateway: "Bad Gateway"
            case .unavailable: "Service Unavailable"
            case .gatewayTimeout: "Gateway Timeout"
            }
        }
    }

    var status: Status
    /// In words for the user.
    var because: String

    /// The whole answer. `Server` says who speaks, so that nobody takes it for the server's.
    var bytes: [UInt8] {
        let body = "wsdiag proxy: \(because)\n"
        let head = """
            HTTP/1.1 \(status.rawValue) \(status.phrase)\r
            Server: wsdiag\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r

            """
        return Array((head + body).utf8)
    }
}

/// What the proxy says in its own name.
extension Relay {
    /// Refuses what the client sent, and ends.
    func refuse(_ status: Refusal.Status, _ why: String) { answer(Refusal(status: status, because: why)) }

    /// Sends an answer of the proxy itself, and ends.
    func answer(_ refusal: Refusal) {
        loop.tell(.refusedByProxy(status: refusal.status.rawValue, because: refusal.because), on: self)
        if client.ended != .reset { client.give(refusal.bytes.span) }
        dismiss()
    }

    /// Lets what is owed to the client go out, then ends. What it still sends is thrown away, so that no RST overtakes
    /// the answer.
    func dismiss() {
        server?.shut(reset: false, loop.poller)
        dialing = nil
        inbox = []
        http = nil
        client.promisedEnd = .finished
        stage = .dismissing
        settle()
    }

    /// The client left before anything could be passed on.
    func clientLeftEarly(_ end: StreamEnd) {
        if client.tls != nil { tellUntrusting(alert: nil) }
        if end == .reset { client.shut(reset: false, loop.poller) }
        finish()
    }

    /// The server left before it was asked.
    func serverLeftEarly(_ end: StreamEnd) {
        let refusal = Refusal(
            status: .badGateway,
            because: "\(info.target) closed the connection before it was asked anything")
        if stage == .clientHandshake {
            // It is told once the client can read it.
            dueRefusal = refusal
            server?.shut(reset: false, loop.poller)
            return
        }
        unreachable(
            refusal,
            ending: end == .reset ? .reset(by: .server) : .finished(by: .server))
    }

    /// TLS broke after its handshake.
    func tlsBroke(_ leg: Leg, _ trouble: TLSTrouble) {
        if leg.side == .server, leg.tls?.hasRead != true, stage == .relaying || stage == .clientHandshake {
            return serverTLSRefused(trouble)
        }
        if leg.side == .client, leg.tls?.hasRead != true { tellUntrusting(alert: trouble.alert) }
        loop.note(
            "TLS with the \(leg.side == .client ? "client" : "server") broke: \(trouble.text)", on: self)
        ended(leg, .reset)
    }

    /// The server refused after the handshake and before its first byte: in TLS 1.3 it looks at the client's certificate
    /// only then (RFC 8446 §4.4.2.4). Nothing was answered, so the reason can be told.
    private func serverTLSRefused(_ trouble: TLSTrouble) {
        let advice = trouble.alert == 116 ? "; --client-cert gives it one" : ""
        let because = trouble.text + advice
        witness?.handshakeFailed(with: .server, alert: trouble.alert)
        loop.tell(.handshakeFailed(with: .server, alert: trouble.alert, because: because), on: self)
        let refusal = Refusal(status: .badGateway, because: "TLS with \(info.target) failed: \(because)")
        guard stage == .clientHandshake else {
            return unreachable(refusal, ending: .finished(by: .server))
        }
        // It is told once the client can read it.
        loop.tell(.unreachable(refusal.because), on: self)
        dueRefusal = refusal
        server?.shut(reset: false, loop.poller)
    }

    /// The client's handshake failed, or it left without a word after it: likely it does not trust the authority.
    func tellUntrusting(alert: Int?) {
        let advice = loop.options.trust.advice(for: agent)
        let because =
            switch alert {
            case 48: "the client does not know the certificate authority (alert 48); \(advice)"
            case .some(let number) where number == 42 || number == 46:
                "the client does not accept the certificate (alert \(number)); \(advice)"
            case .some(let number): "the client refused with alert \(number)"
            case nil:
                "the client closed the connection during TLS, or right after it, without a request: "
                    + "likely it does not trust the authority; \(advice)"
            }
        witness?.handshakeFailed(with: .client, alert: alert)
        loop.tell(.handshakeFailed(with: .client, alert: alert, because: because), on: self)
    }
}
