import Case
import HTTP
import Wire

/// Bytes from one side to the other.
extension Relay {
    /// How the bytes of a connection are passed on.
    enum Reading {
        /// With an eye on HTTP's heads, which are changed where `rewriting` says so.
        case http(rewriting: HeadRewriting?)
        /// Without a look: another protocol, or TLS that is not intercepted.
        case unread
    }

    /// From here on bytes pass.
    func beginPassing(_ reading: Reading) {
        stage = .relaying
        switch reading {
        case .http(let rewriting): http = HTTPPassing(rewriting: rewriting, limits: loop.options.limits)
        case .unread: http = nil
        }
        loop.tell(.updated(info), on: self)
        if witness == nil { witness = loop.openWitness(for: self) }
        if info.isTunnelled { witness?.beginTap() }
        let early = serverInbox
        serverInbox = []
        passInbox()
        if stage == .relaying { passFromServer(early.span) }
    }

    /// What waited of the client.
    func passInbox() {
        let waiting = inbox
        inbox = []
        passFromClient(waiting.span)
        if let end = waitingEnd, inbox.isEmpty, stage == .relaying {
            waitingEnd = nil
            tellEnd(end, of: client)
        }
    }

    /// Takes the client's next bytes.
    func passFromClient(_ bytes: Span<UInt8>) {
        guard 0 < bytes.count else { return }
        guard let rewriting = http?.rewriting else {
            for head in http?.watch(bytes) ?? [] { witness?.asked(head) }
            return pass(bytes, from: .client)
        }
        if !inbox.isEmpty {
            inbox.append(bytes)
            return
        }
        var position = 0
        while position < bytes.count, stage == .relaying {
            let rest = bytes.extracting(position...)
            switch http?.fromClient(rest) ?? .pass(rest.count) {
            case .held: position = bytes.count
            case .wait:
                inbox.append(rest)
                position = bytes.count
            case .pass(let count):
                pass(rest.extracting(first: count), from: .client)
                position += count
            case .head(let head, let raw, let consumed):
                passHead(head, raw, rewriting)
                position += consumed
            case .part(let raw, let consumed):
                inbox = raw
                inbox.append(rest.extracting(consumed...))
                position = bytes.count
                partWhenAnswered()
            case .foreign: return breakOff("the request's body is framed wrongly")
            }
        }
        renewPatience()
    }

    /// Passes a request's head on.
    private func passHead(_ head: MessageHead, _ raw: [UInt8], _ rewriting: HeadRewriting) {
        let (changed, changes) = rewriting.apply(to: head)
        // Empty lines before a request stay there.
        let bytes = raw.prefix(raw.count - head.bytes.count) + changed
        for change in changes where !info.changes.contains(change) && info.changes.count < 16 {
            info.changes.append(change)
            witness?.changed(change)
        }
        if !changes.isEmpty { loop.tell(.updated(info), on: self) }
        if changes.isEmpty {
            witness?.asked(head)
        } else if case .head(let changed, _) = readHead(
            bytes.span, from: .client, limits: loop.options.limits)
        {
            witness?.asked(changed)
        }
        pass(Array(bytes).span, from: .client)
    }

    /// Takes the server's next bytes: passed on as they are, then looked at.
    func passFromServer(_ bytes: Span<UInt8>) {
        guard 0 < bytes.count else { return }
        pass(bytes, from: .server)
        http?.fromServer(bytes)
        if http?.parting != nil {
            partWhenAnswered()
        } else if !inbox.isEmpty, http.map({ !$0.mustWait }) ?? true {
            passInbox()
        }
        renewPatience()
    }

    /// This server is asked nothing more, once it has answered everything: the rest is for another, or refused.
    func partWhenAnswered() {
        guard stage == .relaying, let http, let parting = http.parting else { return }
        guard !http.isOver else {
            return breakOff("the server's answer has no end, and the next request waits for it")
        }
        guard http.isAnswered else { return }
        switch parting {
        case .refusal(let refusal): answer(refusal)
        case .elsewhere: loop.goOn(with: self)
        }
    }

    /// HTTP cannot be followed any more. The answer to the only request may be the proxy's; one that has begun, or is
    /// another request's, may not.
    private func breakOff(_ why: String) {
        if let http, !http.isOver, http.waitingCount == 1, !http.isAnswering {
            return refuse(.badRequest, why)
        }
        loop.tell(.refusedByProxy(status: 0, because: why), on: self)
        dismiss()
    }

    /// Passes bytes on, and shows them to the witness.
    func pass(_ bytes: Span<UInt8>, from side: Side) {
        guard 0 < bytes.count else { return }
        witness?.bytes(bytes, from: side)
        if side == .client { server?.give(bytes) } else { client.give(bytes) }
    }

    /// A head must come to its end, and a connection that asks nothing is let go some day; an open socket never is.
    func renewPatience() {
        guard stage == .relaying, client.ended != .reset, server?.ended != .reset else { return }
        guard let http, http.rewriting != nil, !http.isOver else {
            deadline = nil
            return
        }
        guard http.isInsideHead, http.parting == nil else {
            isTimingHead = false
            deadline = http.isIdle ? loop.monotonic + Int64(loop.options.idleSeconds) * 1_000_000_000 : nil
            return
        }
        guard !isTimingHead else { return }
        isTimingHead = true
        deadline = loop.monotonic + Int64(loop.options.handshakeSeconds) * 1_000_000_000
    }

    /// A later head was not whole in time: 408 (RFC 9110 §15.5.9), after the answers that are still due.
    func headStalled() {
        http?.part(
            Refusal(
                status: .requestTimeout,
                because: "the request's head was not complete after \(loop.options.handshakeSeconds) s"))
        renewPatience()
        partWhenAnswered()
    }

    /// The server sends no more: what waited for its answer waits in vain.
    func serverEndedInHTTP() {
        guard http.map({ !$0.isOver }) ?? false else { return }
        http?.serverEnded()
        if http?.rewriting != nil { inbox = [] }
        if let end = waitingEnd {
            waitingEnd = nil
            tellEnd(end, of: client)
        }
        renewPatience()
    }
}
