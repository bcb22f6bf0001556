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
                guard passHead(head, raw, rewriting) else { return }
                position += consumed
            case .foreign: return refuseInside("what follows is no HTTP request")
            }
        }
        renewPatience()
    }

    /// Passes a request's head on. False when it is refused.
    private func passHead(_ head: MessageHead, _ raw: [UInt8], _ rewriting: HeadRewriting) -> Bool {
        if let fault = headFault(head) {
            refuseInside(fault)
            return false
        }
        if rewriting.isForward, absoluteTarget(head) != rewriting.target {
            refuseInside("one connection asks for two servers")
            return false
        }
        if !rewriting.isForward, !isForReverse(head) {
            refuseInside(notForReverse)
            return false
        }
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
        return true
    }

    /// Takes the server's next bytes: passed on as they are, then looked at.
    func passFromServer(_ bytes: Span<UInt8>) {
        guard 0 < bytes.count else { return }
        pass(bytes, from: .server)
        guard http?.fromServer(bytes) ?? false else { return renewPatience() }
        passInbox()
        renewPatience()
    }

    /// Passes bytes on, and shows them to the witness.
    func pass(_ bytes: Span<UInt8>, from side: Side) {
        guard 0 < bytes.count else { return }
        witness?.bytes(bytes, from: side)
        if side == .client { server?.give(bytes) } else { client.give(bytes) }
    }

    /// A head must come to its end, and a connection that asks nothing is let go some day; an open socket never is.
    private func renewPatience() {
        guard stage == .relaying, client.ended != .reset, server?.ended != .reset else { return }
        guard let http, http.rewriting != nil, !http.isOver else {
            deadline = nil
            return
        }
        if http.isInsideHead {
            deadline = deadline ?? loop.monotonic + Int64(loop.options.handshakeSeconds) * 1_000_000_000
        } else if http.isIdle {
            deadline = loop.monotonic + Int64(loop.options.idleSeconds) * 1_000_000_000
        } else {
            deadline = nil
        }
    }

    /// A fault in a later request: what was asked before is still answered, then the proxy's own answer follows.
    private func refuseInside(_ why: String) {
        server?.shut(reset: false, loop.poller)
        refuse(.badRequest, why)
    }
}
