import Proxy
import Report
import Wire

let authorityCommand = CommandSpec(
    name: "ca", group: .setUp, summary: "The certificate authority of the proxy, and who trusts it",
    description: [
        """
        The proxy decrypts only what it is told to, with certificates of an authority that is this user's alone: \
        it lives for 30 days, its key is readable for its owner only, and it can sign for the hosts that were named \
        when it was made and for no others. Nothing is put into any store of trust: 'env' says what to set for a \
        program.
        """
    ],
    operands: [
        .init(
            name: "ACTION",
            summary:
                "init makes one, show describes it, path tells its file, env its variables, remove deletes it",
            completion: .words(["init", "show", "path", "env", "remove"]))
    ],
    options: [.intercept, .force, .format(["text", "sh"])],
    examples: [
        .init(line: "wsdiag ca init --host 'api.example.com'", meaning: "one that can sign for this host"),
        .init(line: "wsdiag ca env", meaning: "how each kind of program is told to trust it"),
        .init(line: "wsdiag ca env --format sh", meaning: "the same as lines for eval in a shell"),
    ],
    run: authority)

/// `wsdiag ca init|show|path|env|remove`
func authority(_ invocation: Invocation) throws(Failure) -> ExitCode {
    let store = try authorityStore(invocation)
    let surroundings = invocation.surroundings
    switch invocation.operands.first ?? "" {
    case "init": try surroundings.print(made(in: store, invocation))
    case "show":
        let known = try told { () throws(AuthorityError) in try store.load(at: currentTime()) }
        try surroundings.print(description(of: known, in: store))
    case "path":
        _ = try told { () throws(AuthorityError) in try store.load(at: currentTime()) }
        try surroundings.print(store.certificatePath + "\n")
    case "env": try surroundings.print(environmentText(of: store, invocation))
    case "remove":
        let isRemoved = try told { () throws(AuthorityError) in try store.remove() }
        try surroundings.print(
            isRemoved
                ? "removed \(store.folder). What was told to trust the CA trusts it until \(CertificateAuthority.lifetimeSeconds / 86_400) days after it was made\n"
                : "there is no CA in \(store.folder)\n")
    default:
        throw .usage(
            "'ca' takes init, show, path, env or remove", hint: "Usage: \(invocation.command.synopsis)")
    }
    return .nothingWrong
}

/// Where the CA of this user is kept.
func authorityStore(_ invocation: Invocation) throws(Failure) -> AuthorityStore {
    guard let store = AuthorityStore(environment: invocation.surroundings.environment) else {
        throw .input(["neither XDG_DATA_HOME nor HOME says where the CA is kept"])
    }
    return store
}

/// Does something with an authority; its errors become words.
func told<Value>(_ body: () throws(AuthorityError) -> Value) throws(Failure) -> Value {
    do throws(AuthorityError) {
        return try body()
    } catch {
        if case .notAName = error { throw .usage(error.text, hint: nil) }
        throw .input([error.text] + (error.advice.map { [$0] } ?? []))
    }
}

private func made(in store: AuthorityStore, _ invocation: Invocation) throws(Failure) -> String {
    if store.exists, !invocation.has(.force) {
        throw .usage(
            "there is a CA in \(store.folder) already",
            hint: "'wsdiag ca show' describes it; --force makes a new one, which clients must be given again")
    }
    let globs = invocation.all(.intercept)
    let authority = try told { () throws(AuthorityError) in
        let made = try store.make(for: try NameConstraints(globs: globs), at: currentTime())
        _ = try store.writeBundle(of: made)
        return made
    }
    var text = description(of: authority, in: store)
    if authority.constraints.isOpen {
        text += """
            warning: it may sign for any host. Whoever gets its key can read what its clients send for
              30 days; --host GLOB makes one for some hosts only

            """
    }
    return text
}

private func description(of authority: CertificateAuthority, in store: AuthorityStore) -> String {
    """
    certificate  \(store.certificatePath)
    private key  \(store.keyPath)
    signs for    \(authority.constraints.text)
    valid until  \(authority.notAfter.rfc3339)
    SHA-256      \(colons(authority.identity.fingerprint))
    key pin      \(authority.keyPin)

    """
}

private func colons(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }.joined(separator: ":")
}

// MARK: - env

private func environmentText(of store: AuthorityStore, _ invocation: Invocation) throws(Failure) -> String {
    let authority = try told { () throws(AuthorityError) in
        let known = try store.load(at: currentTime())
        _ = try store.writeBundle(of: known)
        return known
    }
    let values = store.values(pin: authority.keyPin)
    let table = ClientTable.embedded
    if outputFormat(invocation, ["text", "sh"]) == "sh" {
        return table.variables.filter { $0.purpose == .trust }.map { variable in
            let value = filled(variable.value, values)
            guard variable.how == .append else { return "export \(variable.name)=\(shellQuoted(value))\n" }
            let name = variable.name
            return "export \(name)=\"${\(name):+$\(name) }\"\(shellQuoted(value))\n"
        }.joined()
    }
    var lines: [String] = []
    for runtime in table.runtimes {
        lines += [runtime.name, "  proxy  " + runtime.proxy]
        for trust in runtime.trust {
            let value = shellQuotedValue(filled(trust.value, values), isVariable: !trust.variable.isEmpty)
            let setting = trust.variable.isEmpty ? value : trust.variable + "=" + value
            lines.append("  trust  \(setting)  (\(trust.effect))")
        }
        if !runtime.note.isEmpty { lines.append("  note   " + runtime.note) }
        lines += ["  known  \(runtime.basis), \(runtime.source)", ""]
    }
    lines += [
        "'replaces' stands for the whole store: the bundle holds the system's certificates and ours.",
        "For a shell: eval \"$(wsdiag ca env --format sh)\". For one program: wsdiag run -- COMMAND",
    ]
    return lines.joined(separator: "\n") + "\n"
}

private func shellQuotedValue(_ text: String, isVariable: Bool) -> String {
    isVariable ? shellQuoted(text) : text
}
