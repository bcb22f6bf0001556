import Case
import HTTP
import TLS
import Wire

/// What the client's first bytes ask for: a request, a tunnel, TLS.
extension Relay {
    /// Looks at what the client sent so far.
    func lookAtInbox() {
        switch stage {
        case .greeting: greet()
        case .request: readRequest()
        case .socks: readSOCKS()
        case .tunnelOpening: openTunnel()
        case .clientHello: readClientHello()
        case .reaching, .clientHandshake, .relaying, .dismissing, .over: break
        }
    }

    private func greet() {
        guard let first = inbox.first else { return }
        switch first {
        case 0x16:
            guard let target = spec.target else {
                loop.note(
                    "a client at \(info.client) began with TLS: the forward proxy itself speaks plain HTTP",
                    on: self)
                return abandon()
            }
            self.target = target
            stage = .clientHello
        case 0x05 where spec.target == nil: stage = .socks(.greeting)
        case 0x04 where spec.target == nil:
            client.give([0, 0x5b, 0, 0, 0, 0, 0, 0].span)
            return dismissSOCKS("the client speaks SOCKS 4: this proxy speaks SOCKS 5 (socks5h://)")
        default: stage = .request
        }
        lookAtInbox()
    }

    // MARK: HTTP

    /// The first head decides where this connection goes.
    private func readRequest() {
        switch readHead(inbox.span, from: .client, limits: loop.options.limits) {
        case .needsMore: return
        case .notHTTP: return refuse(.badRequest, "the first bytes are no HTTP request")
        case .head(let head, let consumed):
            if let fault = headFault(head) { return refuse(.badRequest, fault) }
            if let refusal = dueRefusal {
                // TLS of the client stands, and its server could not be reached.
                let bytes = Array(inbox.prefix(consumed))
                witness?.asked(head)
                witness?.bytes(bytes.span, from: .client)
                return answer(refusal)
            }
            if let target = spec.target {
                guard isForReverse(head) else { return refuse(.badRequest, notForReverse) }
                return reach(target, then: .pass)
            }
            if head.method == "CONNECT" { return readConnect(head, consumed) }
            guard let target = absoluteTarget(head) else {
                return refuse(
                    .badRequest,
                    "this is a proxy: give it an absolute URL or CONNECT, or start it with --reverse")
            }
            reach(target, then: .pass)
        }
    }

    private func readConnect(_ head: MessageHead, _ consumed: Int) {
        guard let target = head.target.flatMap({ Target(hostAndPort: $0, standardPort: nil) }),
            !head.has("content-length"), !head.has("transfer-encoding")
        else { return refuse(.badRequest, "CONNECT wants host:port and no body") }
        inbox.removeFirst(consumed)
        agent = head.first("user-agent")
        reach(target, then: .answerConnect)
    }

    // MARK: SOCKS 5 (RFC 1928), without authentication

    private func readSOCKS() {
        guard case .socks(let part) = stage else { return }
        switch part {
        case .greeting:
            guard 2 <= inbox.count, 2 + Int(inbox[1]) <= inbox.count else { return }
            let methods = inbox[2..<2 + Int(inbox[1])]
            let isOpen = methods.contains(0)
            inbox.removeFirst(2 + methods.count)
            client.give([5, isOpen ? 0 : 0xff].span)
            guard isOpen else {
                return dismissSOCKS("the client wants SOCKS authentication; there is none here")
            }
            stage = .socks(.request)
            readSOCKS()
        case .request:
            guard 5 <= inbox.count else { return }
            guard inbox[0] == 5, inbox[1] == 1 else {
                client.give([5, 7, 0, 1, 0, 0, 0, 0, 0, 0].span)
                return dismissSOCKS("a SOCKS command other than CONNECT")
            }
            guard let length = socksAddressLength(inbox) else {
                client.give([5, 8, 0, 1, 0, 0, 0, 0, 0, 0].span)
                return dismissSOCKS("a SOCKS address of an unknown kind")
            }
            guard 6 + length <= inbox.count else { return }
            guard let target = socksTarget(inbox, length) else {
                client.give([5, 1, 0, 1, 0, 0, 0, 0, 0, 0].span)
                return dismissSOCKS("a SOCKS target that is no host name")
            }
            inbox.removeFirst(6 + length)
            reach(target, then: .answerSOCKS)
        }
    }

    private func dismissSOCKS(_ why: String) {
        loop.tell(.refusedByProxy(status: 0, because: why), on: self)
        dismiss()
    }

    // MARK: Tunnels

    /// The tunnel is open, and the client spoke first: TLS that is to be read, TLS that is not, or neither.
    private func openTunnel() {
        guard let first = inbox.first, let target else { return }
        guard first == 0x16 else { return beginPassing(.http(rewriting: nil)) }
        guard loop.intercepts(target.host) else {
            info.isTunnelled = true
            return beginPassing(.unread)
        }
        stage = .clientHello
        readClientHello()
    }

    /// ClientHello is read before anything is answered: it names the server and what it may speak.
    private func readClientHello() {
        var reader = TLSConnection(limits: loop.options.limits)
        var nothing: [UInt8] = []
        reader.receive(
            inbox.span, from: .client, at: nil, place: .frame(0, stream: info.id, input: 0), keys: KeyLog(),
            into: &nothing)
        let summary = reader.summary
        guard summary.place != nil else {
            // A hello is some hundred bytes; what is longer than the largest record chain is none.
            if loop.options.limits.handshakeMessageBytes < inbox.count { abandon() }
            return
        }
        info.isClientSecure = true
        info.serverName = summary.serverName
        let offer = summary.offeredProtocols
        if !offer.isEmpty, !offer.contains("http/1.1") {
            loop.note(
                "the client offers \(offer.joined(separator: ", ")) and not http/1.1, which is all this proxy speaks",
                on: self)
        }
        guard let target else { return abandon() }
        if server == nil { return reach(target, then: .acceptTLS) }
        continuation = .acceptTLS
        stage = .reaching
        beginServerTLS()
    }

    /// The client's TLS, once the server's stands: its ClientHello is waiting in the inbox.
    func beginClientTLS() {
        let name = info.serverName ?? target?.host ?? "localhost"
        do throws(ProxyFailure) {
            client.tls = try loop.contexts.engine(asServer: name, at: loop.now)
        } catch {
            loop.note(error.text, on: self)
            return abandon()
        }
        stage = .clientHandshake
        let hello = inbox
        inbox = []
        hello.withUnsafeBytes { client.tls?.receive($0) }
        drive(client)
    }

    /// Bytes of the server before the client's side is ready.
    func lookAtServerInbox() {
        switch stage {
        case .tunnelOpening: beginPassing(.unread)
        case .reaching: readProxyAnswer()
        default: break
        }
    }
}

/// The length of the address field of a SOCKS 5 request, its own length byte included; nil for an unknown kind.
private func socksAddressLength(_ bytes: [UInt8]) -> Int? {
    switch bytes[3] {
    case 1: 4
    case 3: 1 + Int(bytes[4])
    case 4: 16
    default: nil
    }
}

private func socksTarget(_ bytes: [UInt8], _ length: Int) -> Target? {
    let span = bytes.span
    let port = UInt16(span.big16(4 + length))
    switch bytes[3] {
    case 3:
        let name = String(decoding: bytes[5..<4 + length], as: UTF8.self)
        return Target(hostAndPort: "\(name):\(port)", standardPort: nil)
    case 1:
        return Target(
            isSecure: false, host: Endpoint(ipv4: span.big32(4), port: port).addressText, port: port)
    default:
        let address = Endpoint(
            high: span.integer(at: 4, width: 8) ?? 0, low: span.integer(at: 12, width: 8) ?? 0, port: port)
        return Target(isSecure: false, host: address.addressText, port: port)
    }
}

/// The target of a request in absolute form (RFC 9112 §3.2.2).
func absoluteTarget(_ head: MessageHead) -> Target? {
    guard let target = head.target, let scheme = target.range(ofScheme: ["http://", "ws://"]) else {
        return nil
    }
    let rest = target.utf8.dropFirst(scheme)
    let authority = rest.prefix { $0 != 0x2f && $0 != 0x3f }
    return Target(hostAndPort: String(decoding: Array(authority), as: UTF8.self), standardPort: 80)
}

extension String {
    /// The length of the first of the prefixes that this begins with, whatever its case.
    fileprivate func range(ofScheme prefixes: [String]) -> Int? {
        let lowered = prefix(8).lowercased()
        return prefixes.first { lowered.hasPrefix($0) }?.utf8.count
    }
}

/// Whether a request's target is a path: a reverse listener is no proxy to go through.
func isForReverse(_ head: MessageHead) -> Bool { head.target?.first == "/" || head.target == "*" }

let notForReverse = "the target is not a path: this is a reverse listener, not a proxy to go through"
