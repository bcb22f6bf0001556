import Glibc
import Proxy
import Report
import Wire

extension OptionSpec {
    static let reverseVariable = OptionSpec(
        name: "reverse", value: .text("VAR=URL"), isRepeatable: true,
        summary:
            "Point this variable at the proxy instead: its scheme and host are replaced, its path stays. VAR alone takes the server from its value"
    )

    static let tap = OptionSpec(
        name: "tap",
        summary:
            "Pass TLS on untouched and decrypt a copy with the keys that the program logs: no CA, no difference to the server"
    )
}

let runCommand = CommandSpec(
    name: "run", group: .live, summary: "Start a program behind the proxy, and say what it met",
    description: [
        """
        Starts the proxy on a free port and the program with an environment that leads it there and makes it trust a \
        certificate authority which exists for this run alone. The program keeps its terminal, signals are passed on, \
        and its exit status is the answer: 127 where there is no such program, 126 where it cannot be started.
        """,
        "Which variables are set for which kind of program: wsdiag ca env.",
    ],
    operands: [
        .init(name: "COMMAND", isRepeated: true, summary: "After --: the program and its arguments")
    ],
    options: [.reverseVariable, .tap, .intercept] + OptionSpec.watching + [
        .connectTo, .upstreamProxy, .upstreamAuthority, .insecureUpstream, .clientCertificate, .clientKey,
        .keyLog, .rewriteHost, .rewriteOrigin, .skew, .profiles, .format(["text", "jsonl"]), .color, .width,
        .ascii, .showSecrets, .onlyVerdicts,
    ],
    examples: [
        .init(line: "wsdiag run -- node app.js", meaning: "decrypts what the program says over TLS"),
        .init(
            line: "wsdiag run --reverse API_URL=wss://api.example.com -- ./server",
            meaning: "no certificate needed: API_URL becomes ws://127.0.0.1:…"),
        .init(line: "wsdiag run --tap -- python3 client.py", meaning: "the server sees the client's own TLS"),
    ],
    run: runBehindProxy)

/// `wsdiag run -- COMMAND`: ends the process with the program's own status.
func runBehindProxy(_ invocation: Invocation) throws(Failure) -> ExitCode {
    raiseDescriptorLimit()
    let environment = processEnvironment()
    var folder = try told { () throws(AuthorityError) in try LaunchFolder(environment: environment) }
    defer { folder.remove() }
    var plan = try LaunchPlan(invocation, environment)
    plan.options.trust = .launched
    if plan.isTapped { try plan.tap(folder, invocation) }
    PassedSignals.block()
    let authority = try plan.authority()
    let watchers = try RelayWatchers(invocation, limits: plan.options.limits)
    watchers.recorder?.expectsKeys = plan.isTapped
    let output = LineOutput(descriptor: STDERR_FILENO)
    let view = LiveView(try viewOptions(invocation), output: output)
    let seen = ConnectionCensus()
    let loop: RelayLoop
    do throws(ProxyFailure) {
        loop = try RelayLoop(
            plan.options, minting: authority, recorder: watchers.recorder,
            observers: [view, seen] + watchers.observers,
            service: watchers.page, serviceAddress: watchers.pageEndpoint)
    } catch {
        throw failure(error)
    }
    watchers.tellStart(
        loop, listening: "before " + (invocation.operands.first ?? ""),
        decrypting: plan.options.interceptedHosts, invocation)
    if let authority {
        try told { () throws(AuthorityError) in try folder.trust(authority, environment: environment) }
    }
    let child: ChildProcess
    do throws(LaunchError) {
        child = try ChildProcess(
            plan.childCommand(invocation.operands, folder, loop.endpoints),
            environment: plan.childEnvironment(environment, folder, loop.endpoints))
    } catch {
        throw error.status == 127 ? .notFound(error.text) : .notExecutable(error.text)
    }
    var status: ChildProcess.Status?
    while loop.turn(milliseconds: 50) {
        while let passed = PassedSignals.next() {
            // After its end its number may be another program's.
            if status == nil, !(passed.isFromTerminal && passed.signal != SIGHUP) {
                child.send(passed.signal)
            }
        }
        if status == nil, let ended = child.ended() {
            status = ended
            loop.stop()
        }
    }
    try watchers.finish(invocation)
    if !invocation.has(.quiet) {
        output.write("wsdiag: " + seen.text(invocation.operands.first ?? "", plan))
        if 0 < loop.tally.attempts {
            output.write("wsdiag: " + summary(loop.tally, tellsTrust: false))
        } else if plan.isTapped, 0 < seen.count {
            output.write(
                "wsdiag: no keys came for what was said over TLS; Go and Java log none. Without --tap it is decrypted\n"
            )
        }
    }
    output.finish()
    folder.remove()
    exit(status ?? ExitCode.interrupted.rawValue)
}

/// How the program is led to the proxy.
struct LaunchPlan {
    var options: ProxyOptions
    let isTapped: Bool
    /// Where the program logs its keys; nil where it is not asked to.
    var tappedKeys: String?
    /// Variables that are pointed at a listener, in the order of the listeners.
    private var variables: [(name: String, value: String)] = []

    init(_ invocation: Invocation, _ environment: [String: String]) throws(Failure) {
        var relaying = invocation
        relaying.values["reverse"] = nil
        relaying.values["listen"] = ["127.0.0.1:0"]
        options = try proxyOptions(relaying)
        isTapped = invocation.has(.tap)
        for text in invocation.all(.reverseVariable) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            let value = environment[name].flatMap { $0.isEmpty ? nil : $0 }
            guard !name.isEmpty, let server = parts.count == 2 ? parts[1] : value else {
                throw .usage(
                    "--reverse \(text): the variable is not set, and no server is named",
                    hint: "Write --reverse VAR=wss://api.example.com")
            }
            guard let target = Target(url: origin(of: server)) else {
                throw .usage("--reverse \(text): a server such as wss://api.example.com is wanted", hint: nil)
            }
            if variables.isEmpty { options.listeners = [] }
            options.listeners.append(
                ListenSpec(endpoint: Endpoint(ipv4: 0x7f00_0001, port: 0), target: target))
            variables.append((name, value ?? server))
        }
        if variables.isEmpty, !isTapped, options.interceptedHosts.isEmpty { options.interceptedHosts = ["*"] }
        if isTapped, !options.interceptedHosts.isEmpty {
            throw .usage("--tap passes TLS on untouched, and --host decrypts it: one of them", hint: nil)
        }
    }

    /// Has the program log its keys, where a recording can be read with them later or in the folder of the run.
    mutating func tap(_ folder: LaunchFolder, _ invocation: Invocation) throws(Failure) {
        let path = options.keyLogPath ?? folder.keyLogPath
        // Made here, or the program would make it readable for everybody.
        let made = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard 0 <= made else { throw .output(["cannot write to \(path): \(errorText(errno))"]) }
        close(made)
        tappedKeys = path
        options.tappedKeyLogPath = path
        options.keyLogPath = nil
    }

    /// Whether programs are led by variables that name a proxy.
    var isForward: Bool { variables.isEmpty }

    /// An authority in memory, where TLS is decrypted.
    func authority() throws(Failure) -> CertificateAuthority? {
        guard isForward, !isTapped else { return nil }
        let globs = options.interceptedHosts
        return try told { () throws(AuthorityError) in
            try CertificateAuthority(for: try NameConstraints(globs: globs), at: currentTime())
        }
    }

    /// The command with the arguments that a browser wants in place of variables.
    func childCommand(_ command: [String], _ folder: LaunchFolder, _ endpoints: [Endpoint]) -> [String] {
        guard isForward, let proxy = endpoints.first else { return command }
        return ClientTable.embedded.applied(
            toCommand: command, isTapped ? [.proxy, .tap] : [.proxy, .trust],
            values: folder.values(proxy: proxy))
    }

    func childEnvironment(
        _ environment: [String: String], _ folder: LaunchFolder, _ endpoints: [Endpoint]
    ) -> [String: String] {
        guard isForward, let proxy = endpoints.first else {
            var changed = environment
            for (variable, endpoint) in zip(variables, endpoints) {
                changed[variable.name] = pointed(variable.value, at: endpoint)
            }
            return changed
        }
        var values = folder.values(proxy: proxy)
        if let tappedKeys { values["keylog"] = absolute(tappedKeys) }
        return ClientTable.embedded.applied(
            to: environment, isTapped ? [.proxy, .tap] : [.proxy, .trust], values: values)
    }
}

/// The program may change its folder.
private func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
}

/// The scheme and the authority of a URL.
private func origin(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard 3 <= parts.count else { return url }
    return parts[..<3].joined(separator: "/").split(separator: "?")[0].description
}

/// The URL with another authority and no TLS.
private func pointed(_ url: String, at endpoint: Endpoint) -> String {
    let scheme = url.lowercased().hasPrefix("http") ? "http" : "ws"
    return "\(scheme)://\(endpoint)" + url.dropFirst(origin(of: url).count)
}

extension ConnectionCensus {
    /// What the program did, or why nothing was seen of it.
    fileprivate func text(_ program: String, _ plan: LaunchPlan) -> String {
        guard 0 < count else {
            let reasons = ClientTable.embedded.reasonsUnled(program).map { "    \($0)\n" }.joined()
            let why =
                plan.isForward
                ? """
                  It may not have connected at all, read no proxy variable, or go to localhost directly:
                \(reasons)\
                  'wsdiag ca env' says what each kind of program reads. Where it takes the address from the
                  environment, this needs no proxy variable:  wsdiag run --reverse VAR=wss://… -- \(program)
                """
                : "  It did not connect to the address in the variable."
            return "\(program) made no connection through the proxy\n\(why)\n"
        }
        var targets = byTarget.filter { !$0.key.isEmpty }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { 1 < $0.value ? "\($0.key) (\($0.value))" : $0.key }
        if 8 < targets.count { targets = targets.prefix(8) + ["and \(targets.count - 8) more"] }
        var text =
            counted(count, "connection") + (targets.isEmpty ? "" : ": " + targets.joined(separator: ", "))
        if 0 < distrusting { text += "; \(counted(distrusting, "client")) did not trust the CA of this run" }
        if 0 < unread, !plan.isTapped { text += "; \(counted(unread, "tunnel")) passed on unread" }
        return text + "\n"
    }
}
