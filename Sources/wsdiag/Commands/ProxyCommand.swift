import Diagnosis
import Glibc
import Proxy
import Report
import Wire

let proxyCommand = CommandSpec(
    name: "proxy", group: .live, summary: "Stand between client and server, and say why at once",
    description: [
        """
        Relays every byte between clients and servers as it is, reads a copy, and gives the verdict the moment a \
        handshake is refused or a socket closes. Nothing is answered in the server's name.
        """,
        """
        With --reverse clients are pointed at the listener's address instead of the server's, and no certificate is \
        needed. Without it this is a forward proxy (CONNECT, absolute URLs, SOCKS 5): TLS of the hosts named with \
        --host is decrypted with an authority of your own, every other tunnel is passed on untouched.
        """,
    ],
    operands: [],
    options: OptionSpec.relaying + OptionSpec.watching + [
        .skew, .profiles, .format(["text", "jsonl"]), .color, .width, .ascii, .showSecrets, .onlyVerdicts,
    ],
    examples: [
        .init(
            line: "wsdiag proxy --reverse wss://api.example.com",
            meaning: "then let the client open ws://127.0.0.1:8080/…"),
        .init(
            line: "wsdiag proxy --host '*.example.com'",
            meaning: "then HTTPS_PROXY=http://127.0.0.1:8080, and 'wsdiag ca env' for the client's trust"),
    ],
    run: proxy)

/// `wsdiag proxy`: listens, relays, judges, until it is interrupted.
func proxy(_ invocation: Invocation) throws(Failure) -> ExitCode {
    raiseDescriptorLimit()
    var options = try proxyOptions(invocation)
    let output = LineOutput(descriptor: STDOUT_FILENO)
    let view = LiveView(try viewOptions(invocation), output: output)
    let signing = try authority(for: options, invocation)
    defer { signing?.folder?.remove() }
    if let signing { options.trust = signing.trust }
    let watchers = try RelayWatchers(invocation, limits: options.limits)
    let loop: RelayLoop
    do throws(ProxyFailure) {
        loop = try RelayLoop(
            options, minting: signing?.minting, recorder: watchers.recorder,
            observers: [view] + watchers.observers,
            service: watchers.page, serviceAddress: watchers.pageEndpoint)
        try loop.stopOnSignals()
    } catch {
        throw failure(error)
    }
    tellStart(options, loop, invocation)
    watchers.tellStart(
        loop, listening: listening(options, loop), decrypting: options.interceptedHosts, invocation)
    loop.run()
    try watchers.finish(invocation)
    if !invocation.has(.quiet), invocation.value(.format(["text", "jsonl"])) != "jsonl" {
        output.write(summary(loop.tally))
    }
    output.finish()
    return exitCode(loop.tally)
}

/// What the run came to.
func exitCode(_ tally: RunTally) -> ExitCode {
    if tally.isExplained { return .explained }
    return tally.isUndetermined ? .undetermined : .nothingWrong
}

func summary(_ tally: RunTally, tellsTrust: Bool = true) -> String {
    var lines: [String] = []
    if tellsTrust, 0 < tally.distrusting {
        lines.append(
            "\(counted(tally.distrusting, "time")) a client did not take the proxy's certificate"
        )
    }
    guard 0 < tally.attempts else {
        let unreachable =
            0 < tally.unreachable
            ? "; servers could not be reached \(counted(tally.unreachable, "time"))" : ""
        return (lines + ["no WebSocket attempt seen\(unreachable)"]).joined(separator: "\n") + "\n"
    }
    let parts = [
        (tally.opened, "opened"), (tally.refused, "refused"), (tally.failed, "unanswered"),
        (tally.explained, "explained"), (tally.undetermined, "undetermined"),
    ].filter { 0 < $0.0 }.map { "\(grouped($0.0)) \($0.1)" }
    lines.append("\(counted(tally.attempts, "attempt")): \(parts.joined(separator: ", "))")
    return lines.joined(separator: "\n") + "\n"
}

/// Reports of the live view; credentials are masked unless they are asked for.
func viewOptions(_ invocation: Invocation) throws(Failure) -> LiveView.Options {
    var options = LiveView.Options()
    options.format = invocation.value(.format(["text", "jsonl"])) == "jsonl" ? .lines : .text
    options.isQuiet = invocation.has(.quiet)
    options.report = appearance(invocation)
    options.version = Program.version
    return options
}

/// Where it listens, and what should not be overlooked.
private func tellStart(_ options: ProxyOptions, _ loop: RelayLoop, _ invocation: Invocation) {
    let note = invocation.surroundings.note
    let isQuiet = invocation.has(.quiet)
    for (spec, endpoint) in zip(options.listeners, loop.endpoints) {
        let target = spec.target.map { "\($0.isSecure ? "wss" : "ws")://\($0.authority)" }
        let what = target.map { "ws://\(endpoint) for \($0)" } ?? "http://\(endpoint) as a forward proxy"
        // Where a free port was asked for nobody else would know it.
        if !isQuiet || spec.endpoint.port == 0 { note("listening on \(what)\n") }
        if !endpoint.isLoopback { note("warning: whoever reaches \(endpoint) can use this proxy\n") }
    }
    if options.acceptsAnyServer {
        note("warning: certificates of servers are NOT checked (--insecure-upstream)\n")
    }
    guard !isQuiet else { return }
    if !options.interceptedHosts.isEmpty {
        note(
            "decrypting \(options.interceptedHosts.joined(separator: ", ")); ALPN is http/1.1 on both sides\n"
        )
        note("clients must trust its authority: \(options.trust.advice(for: nil))\n")
    } else if options.listeners.contains(where: { $0.target == nil }) {
        note("TLS is passed on unread: name hosts with --host to decrypt it\n")
    }
}

/// Where it listens, in a few words for the page.
private func listening(_ options: ProxyOptions, _ loop: RelayLoop) -> String {
    zip(options.listeners, loop.endpoints).map { spec, endpoint in
        spec.target.map { "\(endpoint) for \($0.authority)" } ?? "\(endpoint)"
    }.joined(separator: ", ")
}

func failure(_ problem: ProxyFailure) -> Failure {
    switch problem {
    case .cannotListen(let endpoint, let number):
        let hint =
            number == EADDRINUSE
            ? "another program listens there; --listen 127.0.0.1:0 takes a free port" : nil
        return .network(["cannot listen on \(endpoint): \(errorText(number))"] + (hint.map { [$0] } ?? []))
    case .system: return .network([problem.text])
    case .encryption: return .input([problem.text])
    case .file: return .output([problem.text])
    }
}

/// Two descriptors for each connection: as many as the system allows.
func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
}
