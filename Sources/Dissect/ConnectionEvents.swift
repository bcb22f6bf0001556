import Case
import Credentials
import HTTP
import TLS
import WebSocket
import Wire

/// What a connection makes of the HTTP messages on it, and of its end.
extension ConnectionDissector {
    /// Takes the events that the last HTTP call left in the context.
    mutating func handleEvents(level: Int, _ context: inout DissectContext) {
        guard !context.events.isEmpty else { return }
        refreshTLS()
        var events: [HTTPEvent] = []
        swap(&events, &context.events)
        for event in events {
            switch event {
            case .finished(let exchange):
                sawRequest = sawRequest || exchange.request != nil
                finished(exchange, level: level, &context)
            case .switched(let exchange):
                sawRequest = sawRequest || exchange.request != nil
                switched(exchange, level: level, &context)
            case .notHTTP(let side, let looks):
                foreign(looks, from: side, level: level, &context)
            }
        }
        events.removeAll(keepingCapacity: true)
        swap(&events, &context.events)
    }

    private mutating func finished(_ seen: HTTPExchange, level: Int, _ context: inout DissectContext) {
        guard let request = seen.request else { return }
        if request.head.method == "CONNECT" {
            connection.tunnel = Tunnel(
                kind: .connect, target: request.head.target ?? "", answer: seen.response?.head.status,
                place: seen.response?.place)
        }
        switch RequestIntent(of: request.head) {
        case .webSocket:
            add(attempt(request, seen, level: level, outcome: outcome(of: seen)), &context)
        case .ordinary:
            context.builder.add(exchange(request, seen, level: level, &context))
        }
    }

    private func outcome(of seen: HTTPExchange) -> Attempt.Outcome {
        if seen.response != nil { return .refused }
        if 0 < connection.missingBytes { return .incomplete }
        return ended.client || ended.server ? .failed : .incomplete
    }

    /// A 101, or the answer that opens a tunnel: the layer becomes something else.
    private mutating func switched(_ seen: HTTPExchange, level: Int, _ context: inout DissectContext) {
        guard let response = seen.response else { return }
        let early = layers[level].http?.value.takeWaiting() ?? []
        let ahead = layers[level].http?.value.takeAhead() ?? []
        defer {
            feed(early.span, level: level, from: .client, at: response.at, place: response.place, &context)
            for piece in ahead {
                feed(
                    piece.bytes.span, level: level, from: .server, at: piece.at, place: piece.place, &context)
            }
        }
        if seen.request?.head.method == "CONNECT" {
            connection.tunnel = Tunnel(
                kind: .connect, target: seen.request?.head.target ?? "", answer: response.head.status,
                place: response.place)
            layers[level].become(.unknown, limits: context.limits)
            return
        }
        let isWebSocket =
            seen.request.map { RequestIntent(of: $0.head) == .webSocket }
            ?? response.head.lists("upgrade", "websocket")
        guard isWebSocket else {
            layers[level].become(.ignored, limits: context.limits)
            if let request = seen.request {
                context.builder.add(exchange(request, seen, level: level, &context))
            }
            return
        }
        var opened = attempt(seen.request, seen, level: level, outcome: .opened)
        opened.session = Session()
        openAttempt = add(opened, &context)
        layers[level].become(.webSocket, limits: context.limits)
        layers[level].webSocket = SessionReader(
            response: response.head, keepsEveryFrame: context.keepsFramesOfStream == connection.stream,
            // Only what clients send is searched for credentials.
            barelyKept: .server, sharing: context.scratch)
    }

    private mutating func foreign(
        _ looks: NotHTTP, from side: Side, level: Int, _ context: inout DissectContext
    ) {
        switch looks {
        case .http2:
            if !sawHTTP2 {
                sawHTTP2 = true
                context.builder.tally.http2Connections += 1
            }
        case .tls where side == .server:
            connection.protocolMismatch = .plaintextToTLSPort
        case .tls, .other: break
        }
        layers[level].become(.ignored, limits: context.limits)
    }

    private func exchange(
        _ request: Message, _ seen: HTTPExchange, level: Int, _ context: inout DissectContext
    ) -> Exchange {
        var sightings = credentials(
            in: request.head, isUpgrade: false, place: request.place, tokens: &context.builder.tokens,
            limits: context.limits)
        sightings += credentials(
            inRequestBody: request, tokens: &context.builder.tokens, limits: context.limits)
        let handedOut = seen.response.map {
            minted(in: $0, tokens: &context.builder.tokens, limits: context.limits)
        }
        return Exchange(
            id: 0, input: request.place.input, stream: connection.stream, client: connection.client,
            server: connection.server, isSecure: isSecure(level),
            authority: authority(of: request.head, on: connection),
            request: request, response: seen.response, credentials: sightings, minted: handedOut ?? [],
            basis: .observed)
    }

    private func attempt(
        _ request: Message?, _ seen: HTTPExchange, level: Int, outcome: Attempt.Outcome
    ) -> Attempt {
        var unseen = Attempt.Unseen(rawValue: 0)
        if request == nil { unseen.insert([.requestFields, .query, .beginning]) }
        if let response = seen.response, outcome == .refused {
            switch response.body.completeness {
            case .complete: break
            case .cutShort, .notCaptured, .notDecoded: unseen.insert(.responseBody)
            }
        }
        if outcome == .incomplete { unseen.insert([.status, .responseFields, .responseBody]) }
        return Attempt(
            id: 0, input: (request ?? seen.response)?.place.input ?? 0, connection: connection,
            startedAt: (request ?? seen.response)?.firstByteAt, basis: .observed, isSecure: isSecure(level),
            authority: authority(of: request?.head, on: connection), request: request,
            response: seen.response,
            interimStatuses: seen.interimStatuses,
            handshake: checkHandshake(request: request?.head, response: seen.response?.head), credentials: [],
            session: nil, outcome: outcome, unseen: unseen)
    }

    /// Hands an attempt to the builder, its credentials found.
    @discardableResult
    private mutating func add(_ made: Attempt, _ context: inout DissectContext) -> Int? {
        var made = made
        if let request = made.request {
            made.credentials = credentials(
                in: request.head, isUpgrade: true, place: request.place, tokens: &context.builder.tokens,
                limits: context.limits)
        }
        let index = context.builder.add(made)
        if let index { attempts.append(index) }
        return index
    }

    /// Whether the bytes of this layer came out of TLS.
    private func isSecure(_ level: Int) -> Bool {
        isDecrypted || (0..<level).contains { layers[$0].kind == .tls }
    }

    // MARK: The end

    /// Completes everything that was open when the connection ended.
    mutating func finish(_ context: inout DissectContext) {
        for level in layers.indices where layers[level].kind == .http {
            context.events.removeAll(keepingCapacity: true)
            layers[level].http?.value.finish(into: &context.events)
            handleEvents(level: level, &context)
        }
        finishTLS(&context)
        settleWhoEnded()
        finishSession(&context)
        if 0 < connection.missingBytes {
            context.builder.tally.connectionsWithGaps += 1
            context.builder.tally.missingBytes += connection.missingBytes
        }
        for index in attempts {
            complete(index, &context)
            context.builder.putAway(index)
        }
        // The handshake that a refused tunnel was for was never sent.
        let isRefusedTunnel = connection.tunnel.map { $0.answer != nil && !$0.isOpen } ?? false
        if attempts.isEmpty, !sawRequest || isRefusedTunnel {
            tellFailure(isRefusedTunnel: isRefusedTunnel, &context)
        }
    }

    /// Inside TLS the end is announced by close_notify (RFC 8446 §6.1); the FIN of the other side may well be first.
    private mutating func settleWhoEnded() {
        guard case .finished = connection.ending,
            let announced = connection.tls?.alerts.first(where: { $0.code == 0 })
        else { return }
        connection.ending = .finished(by: announced.by)
        connection.endedPlace = announced.place
        connection.endedAt = announced.at ?? connection.endedAt
    }

    private mutating func finishSession(_ context: inout DissectContext) {
        guard let index = openAttempt, let level = innermost({ $0.webSocket != nil }) else {
            return
        }
        guard let ended = layers[level].webSocket?.end() else { return }
        var session = ended.session
        if ended.gaveUpInflating { context.builder.tally.sessionsNotInflated += 1 }
        findCredentials(in: &session, &context)
        if context.keepsFramesOfStream == connection.stream {
            session.firstFrames = layers[level].webSocket?.takeFrames() ?? []
            session.lastFrames = []
        } else {
            session.keepEssentials(context.limits)
        }
        context.builder.living[index]?.session = session
        if 0 < connection.missingBytes { context.builder.living[index]?.unseen.insert(.frames) }
    }

    /// Looks for credentials in the first messages of the client.
    private func findCredentials(in session: inout Session, _ context: inout DissectContext) {
        for frame in session.firstFrames where frame.opcode == 1 || frame.opcode == 2 {
            guard frame.by == .client else { continue }
            let found = credentials(
                inMessage: frame.preview, isText: frame.opcode == 1, place: frame.place,
                tokens: &context.builder.tokens, limits: context.limits)
            if !found.isEmpty { session.credentials += found }
        }
    }

    /// Brings the attempts up to date while the connection lives: what its open socket has carried so far. Frames and
    /// the connection go on; what is told here is told again, whole, by `finish`.
    func tellUnfinished(_ context: inout DissectContext) {
        for index in attempts { context.builder.living[index]?.connection = connection }
        guard let index = openAttempt, let level = innermost({ $0.webSocket != nil }),
            let reader = layers[level].webSocket
        else { return }
        var session = reader.session
        if reader.gaveUpInflating { context.builder.tally.sessionsNotInflated += 1 }
        findCredentials(in: &session, &context)
        session.keepEssentials(context.limits)
        context.builder.living[index]?.session = session
    }

    /// Brings an attempt up to date with what its connection became.
    private func complete(_ index: Int, _ context: inout DissectContext) {
        context.builder.living[index]?.connection = connection
        guard context.builder.living[index]?.outcome == .incomplete else { return }
        switch connection.ending {
        case .open: break
        case .finished, .reset, .refused, .unanswered:
            // Nothing answers after the end; only bytes that the capture lost could have.
            guard connection.missingBytes == 0 else { return }
            context.builder.living[index]?.outcome = .failed
            context.builder.living[index]?.unseen.remove([.status, .responseFields, .responseBody])
        }
    }

    /// A connection on which no request was ever seen: a failure worth telling, an encrypted one, or nothing.
    private func tellFailure(isRefusedTunnel: Bool, _ context: inout DissectContext) {
        // What the capture lost may have been the rest of the handshake, and the request. close_notify is no failure.
        let isWhole = connection.missingBytes == 0
        let isTLSFailure =
            isWhole
            && connection.tls.map { tls in !tls.established && tls.alerts.contains { $0.code != 0 } } ?? false
        let isMixUp = connection.protocolMismatch != nil
        let isDead = connection.ending == .refused || connection.ending == .unanswered
        let diedInHandshake: Bool =
            switch connection.ending {
            case .finished, .reset:
                isWhole
                    && connection.tls.map { !$0.established && $0.decryption != .handshakeMissing } ?? false
            case .open, .refused, .unanswered: false
            }
        guard isTLSFailure || isMixUp || isDead || diedInHandshake || isRefusedTunnel else { return }
        context.builder.addFailure(
            Attempt(
                id: 0,
                input: connection.endedPlace?.input ?? connection.tls?.place?.input ?? connection.tunnel?
                    .place?.input
                    ?? 0,
                connection: connection, startedAt: connection.startedAt, basis: .inferred,
                isSecure: connection.tls != nil, authority: authority(of: nil, on: connection), request: nil,
                response: nil, handshake: HandshakeCheck(), credentials: [], session: nil, outcome: .failed,
                unseen: []))
    }
}
