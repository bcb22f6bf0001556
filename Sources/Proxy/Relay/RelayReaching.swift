import Case
import COpenSSL
import Glibc
import HTTP
import Wire

/// The way to a server: its name, its addresses one after another, a proxy in between, TLS.
final class Dialing {
    /// Addresses that were not tried yet.
    var left: [Endpoint] = []
    /// The port to connect to.
    var port: UInt16
    /// The socket that is being connected.
    var leg: Leg?
    /// Its address.
    var endpoint: Endpoint?
    /// What the last attempt failed with.
    var lastError: Int32 = 0

    init(port: UInt16) { self.port = port }
}

extension Relay {
    /// Begins to reach a server, and goes on with `next` once it stands.
    func reach(_ target: Target, then next: Continuation) {
        self.target = target
        info.target = target.hostAndPort
        continuation = next
        stage = .reaching
        guard loop.mayReach(target) else {
            return unreachable(
                Refusal(status: .badGateway, because: "\(target.hostAndPort) is this proxy itself"),
                ending: .open)
        }
        let hop = loop.options.upstreamProxy?.target ?? loop.options.connectTo ?? target
        let dialing = Dialing(port: hop.port)
        self.dialing = dialing
        if let endpoint = Endpoint(address: hop.host, port: hop.port) {
            dialing.left = [endpoint]
            dialNext()
        } else if !loop.resolver.ask(hop.host, for: info.id) {
            unreachable(
                Refusal(status: .unavailable, because: "too many names are being looked up"), ending: .open)
        }
    }

    /// The addresses of the name are known.
    func resolved(_ answer: Resolver.Answer) {
        guard stage == .reaching, let dialing, dialing.leg == nil else { return }
        guard !answer.addresses.isEmpty else {
            let host = (loop.options.upstreamProxy?.target ?? loop.options.connectTo ?? target)?.host ?? ""
            let words = gai_strerror(answer.error).map { String(cString: $0) } ?? "no address"
            return unreachable(
                Refusal(status: .badGateway, because: "the name \(host) cannot be resolved: \(words)"),
                ending: .open)
        }
        dialing.left = answer.addresses.map { Endpoint(high: $0.high, low: $0.low, port: dialing.port) }
        dialNext()
        settle()
    }

    /// Tries the next address.
    private func dialNext() {
        guard let dialing else { return }
        while !dialing.left.isEmpty {
            let endpoint = dialing.left.removeFirst()
            dialing.endpoint = endpoint
            let descriptor = beginConnecting(to: endpoint)
            guard 0 <= descriptor else {
                dialing.lastError = -descriptor
                if descriptor == -EMFILE { loop.descriptorsUsedUp() }
                continue
            }
            let leg = Leg(side: .server, descriptor: descriptor)
            leg.ticket = loop.poller.add(descriptor, .writing, .leg(self, leg))
            leg.interest = .writing
            dialing.leg = leg
            return
        }
        connectFailed()
    }

    private func connectFailed() {
        let number = dialing?.lastError ?? 0
        let endpoint = dialing?.endpoint
        info.server = endpoint
        let place = endpoint.map { " (\($0))" } ?? ""
        let hop = loop.options.upstreamProxy.map { "the proxy \($0.target.hostAndPort)" } ?? info.target
        unreachable(
            Refusal(
                status: number == ETIMEDOUT ? .gatewayTimeout : .badGateway,
                because: "cannot connect to \(hop)\(place): \(systemText(number))"),
            ending: number == ECONNREFUSED ? .refused : number == ETIMEDOUT ? .unanswered : .open)
    }

    /// The socket that is being connected is writable, or failed.
    func continueDialing() {
        guard let dialing, let leg = dialing.leg else { return }
        let number = pendingError(leg.descriptor)
        guard number == 0 else {
            dialing.lastError = number
            leg.shut(reset: false, loop.poller)
            dialing.leg = nil
            return dialNext()
        }
        if let endpoint = dialing.endpoint,
            loop.isItself(endpoint, reachedFrom: Proxy.endpoint(of: leg.descriptor, peer: false))
        {
            leg.shut(reset: true, loop.poller)
            return unreachable(
                Refusal(status: .badGateway, because: "\(info.target) is this proxy itself"), ending: .open)
        }
        info.server = dialing.endpoint
        server = leg
        self.dialing = nil
        if let proxy = loop.options.upstreamProxy, let target {
            let authorization = proxy.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
            let request =
                "CONNECT \(target.hostAndPort) HTTP/1.1\r\nHost: \(target.hostAndPort)\r\n\(authorization)\r\n"
            leg.give(Array(request.utf8).span)
        } else {
            connected()
        }
        settle()
    }

    /// The answer of the proxy in between.
    func readProxyAnswer() {
        guard loop.options.upstreamProxy != nil, server?.tls == nil else { return }
        switch readHead(serverInbox.span, from: .server, limits: loop.options.limits) {
        case .needsMore: return
        case .notHTTP: proxyRefused("answered with something that is no HTTP", status: nil)
        case .head(let head, let consumed):
            let status = head.status ?? 0
            // Interim answers are followed by the answer.
            if 100..<200 ~= status {
                serverInbox.removeFirst(consumed)
                return readProxyAnswer()
            }
            guard 200..<300 ~= status else {
                return proxyRefused(
                    "refused the tunnel with \(status) \(head.reasonPhrase ?? "")", status: status)
            }
            serverInbox.removeFirst(consumed)
            witnessForServer()?.tunnelAnswered(info.target, status: status)
            connected()
        }
    }

    private func proxyRefused(_ what: String, status: Int?) {
        let name = loop.options.upstreamProxy?.target.hostAndPort ?? ""
        if let status { witnessForServer()?.tunnelAnswered(info.target, status: status) }
        unreachable(
            Refusal(status: .badGateway, because: "the proxy \(name) \(what)"),
            ending: .finished(by: .server))
    }

    /// The transport to the server stands.
    private func connected() {
        loop.tell(.updated(info), on: self)
        switch continuation {
        case .answerConnect:
            client.give(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8).span)
            stage = .tunnelOpening
            if serverInbox.isEmpty { lookAtInbox() } else { lookAtServerInbox() }
        case .answerSOCKS:
            client.give([5, 0, 0, 1, 0, 0, 0, 0, 0, 0].span)
            stage = .tunnelOpening
            if serverInbox.isEmpty { lookAtInbox() } else { lookAtServerInbox() }
        case .pass, .acceptTLS:
            if target?.isSecure ?? false { beginServerTLS() } else { serverStands() }
        }
    }

    /// Begins TLS towards the server, which was connected.
    func beginServerTLS() {
        guard let server, let target else { return abandon() }
        info.isServerSecure = true
        do throws(ProxyFailure) {
            let name = spec.target == nil ? info.serverName ?? target.host : target.host
            server.tls = try loop.contexts.engine(toServer: name)
        } catch {
            return unreachable(Refusal(status: .badGateway, because: error.text), ending: .open)
        }
        deadline = loop.monotonic + Int64(loop.options.handshakeSeconds) * 1_000_000_000
        drive(server)
        settle()
    }

    /// A leg's TLS stands.
    func handshakeDone(_ leg: Leg) {
        if leg.side == .server { return serverStands() }
        guard dueRefusal == nil else {
            stage = .request
            return
        }
        beginPassing(.http(rewriting: rewriting))
    }

    /// The server is ready for requests.
    private func serverStands() {
        if continuation == .acceptTLS { return beginClientTLS() }
        beginPassing(.http(rewriting: rewriting))
    }

    /// What is changed in requests of this connection: nothing inside a tunnel.
    private var rewriting: HeadRewriting? {
        guard let target else { return nil }
        if spec.target == nil, continuation != .pass {
            guard loop.options.originField != nil else { return nil }
            return HeadRewriting(
                target: target, isForward: false, hostField: .kept, originField: loop.options.originField)
        }
        return HeadRewriting(
            target: target, isForward: spec.target == nil, hostField: loop.options.hostField,
            originField: loop.options.originField)
    }

    // MARK: Failures

    /// A TLS handshake failed.
    func handshakeFailed(_ leg: Leg, _ trouble: TLSTrouble) {
        guard leg.side == .server else {
            tellUntrusting(alert: trouble.alert)
            if trouble.alert == nil { loop.note("TLS with the client failed: \(trouble.text)", on: self) }
            leg.flush()
            return finish()
        }
        witnessForServer()?.handshakeFailed(with: .server, alert: trouble.alert)
        loop.tell(.handshakeFailed(with: .server, alert: trouble.alert, because: trouble.text), on: self)
        unreachable(
            Refusal(
                status: .badGateway, because: "TLS with \(info.target) failed: \(trouble.text)"),
            ending: .finished(by: trouble.alert == nil ? .client : .server))
    }

    /// Patience ended on the way to the server.
    func reachingTimedOut() {
        let isConnecting = server == nil
        unreachable(
            Refusal(
                status: .gatewayTimeout,
                because: isConnecting
                    ? "\(info.target) does not answer" : "\(info.target) does not complete the handshake"),
            ending: isConnecting ? .unanswered : .open)
    }

    /// The server cannot be reached: the client is told, in the way that it asked.
    func unreachable(_ refusal: Refusal, ending: Connection.Ending) {
        loop.tell(.unreachable(refusal.because), on: self)
        dialing?.leg?.shut(reset: false, loop.poller)
        dialing = nil
        server?.shut(reset: false, loop.poller)
        witnessForServer()?.serverFailed(ending)
        switch continuation {
        case .answerSOCKS:
            let code: UInt8 = ending == .refused ? 5 : ending == .unanswered ? 4 : 1
            client.give([5, code, 0, 1, 0, 0, 0, 0, 0, 0].span)
            dismiss()
        case .acceptTLS where client.tls == nil:
            // The client's TLS is accepted, so that the reason can be told where it will be read.
            dueRefusal = refusal
            server = nil
            beginClientTLS()
            settle()
        case .pass, .answerConnect, .acceptTLS:
            if continuation == .pass { showRequest() }
            answer(refusal)
        }
    }

    /// The request that never went out is still the attempt that failed.
    private func showRequest() {
        guard
            case .head(let head, let consumed) = readHead(
                inbox.span, from: .client, limits: loop.options.limits)
        else { return }
        witness?.asked(head)
        let bytes = Array(inbox.prefix(consumed))
        witness?.bytes(bytes.span, from: .client)
    }

    private func witnessForServer() -> Witness? {
        if witness == nil { witness = loop.openWitness(for: self) }
        return witness
    }
}
