import Diagnosis
import Glibc
import Proxy
import Wire

/// The options of a relay from the command line.
func proxyOptions(_ invocation: Invocation) throws(Failure) -> ProxyOptions {
    var options = ProxyOptions()
    options.listeners = try listeners(invocation)
    options.interceptedHosts = invocation.all(.intercept)
    if let text = invocation.value(.connectTo) {
        guard let target = Target(hostAndPort: text, standardPort: nil) else {
            throw .usage("--connect-to wants HOST:PORT, and not '\(text)'", hint: nil)
        }
        options.connectTo = target
    }
    options.upstreamProxy = try upstreamProxy(invocation)
    options.upstreamAuthorityPath = invocation.value(.upstreamAuthority)
    options.acceptsAnyServer = invocation.has(.insecureUpstream)
    if let chain = invocation.value(.clientCertificate) {
        options.clientCertificate = (chain, invocation.value(.clientKey) ?? chain)
    } else if invocation.has(.clientKey) {
        throw .usage("--client-key is for --client-cert, which is not given", hint: nil)
    }
    options.keyLogPath = invocation.value(.keyLog)
    options.originField = try fieldValue(invocation, .rewriteOrigin)
    if let host = try fieldValue(invocation, .rewriteHost) {
        options.hostField = host == "keep" ? .kept : .text(host)
    }
    options.judging.skewSeconds = invocation.number(.skew) ?? 60
    if let folder = invocation.value(.profiles) {
        options.judging.profiles = try profiles(in: folder, beside: .embedded)
    }
    return options
}

/// Each --reverse takes the next --listen; what is left over is a forward proxy, unless there is a --reverse.
private func listeners(_ invocation: Invocation) throws(Failure) -> [ListenSpec] {
    var endpoints: [Endpoint] = []
    for text in invocation.all(.listen) { endpoints.append(try listenAddress(text)) }
    var targets: [Target] = []
    for text in invocation.all(.reverse) {
        guard let target = Target(url: text) else {
            throw .usage(
                "--reverse wants a server, as wss://api.example.com or ws://localhost:9000, and not '\(text)'",
                hint: "A path does not belong there: the client's own is passed on")
        }
        targets.append(target)
    }
    if endpoints.isEmpty { endpoints = [Endpoint(ipv4: 0x7f00_0001, port: 8080)] }
    while endpoints.count < targets.count { endpoints.append(Endpoint(ipv4: 0x7f00_0001, port: 0)) }
    return endpoints.enumerated().map { index, endpoint in
        // More addresses than servers: the last server stands behind the rest.
        ListenSpec(endpoint: endpoint, target: index < targets.count ? targets[index] : targets.last)
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`, `:8080` and `8080`, the last three on loopback.
func listenAddress(_ text: String) throws(Failure) -> Endpoint {
    let loopback: UInt32 = 0x7f00_0001
    let bare = text.hasPrefix(":") ? String(text.dropFirst()) : text
    if let port = UInt16(bare) { return Endpoint(ipv4: loopback, port: port) }
    if let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" { return Endpoint(ipv4: loopback, port: port) }
        if let endpoint = Endpoint(address: host, port: port) { return endpoint }
    }
    throw .usage("--listen wants ADDRESS:PORT, as 127.0.0.1:8080, and not '\(text)'", hint: nil)
}

private func upstreamProxy(
    _ invocation: Invocation
) throws(Failure) -> (target: Target, authorization: String?)? {
    guard let text = invocation.value(.upstreamProxy) else { return nil }
    let wrong = Failure.usage("--upstream-proxy wants http://[USER:PASSWORD@]HOST:PORT", hint: nil)
    guard text.lowercased().hasPrefix("http://") else { throw wrong }
    let rest = text.dropFirst(7)
    var credentials: String?
    var authority = rest
    if let at = rest.lastIndex(of: "@") {
        credentials = String(rest[..<at])
        authority = rest[rest.index(after: at)...]
    }
    guard let target = Target(url: "http://" + authority) else { throw wrong }
    let authorization = credentials.map {
        "Basic " + String(decoding: base64(percentDecoded($0.utf8.span).span, url: false), as: UTF8.self)
    }
    return (target, authorization)
}

/// A value for a field line: nothing that would end the line.
private func fieldValue(_ invocation: Invocation, _ option: OptionSpec) throws(Failure) -> String? {
    guard let text = invocation.value(option) else { return nil }
    guard text.utf8.allSatisfy({ 0x20 <= $0 && $0 != 0x7f }) else {
        throw .usage("--\(option.name) holds a control character", hint: nil)
    }
    return text
}

/// Who signs for intercepted hosts, and where clients find what makes them trust it.
struct Signing {
    var minting: any LeafMinting
    var trust: TrustPlace
    /// What there is for this run alone, to be removed after it.
    var folder: LaunchFolder?
}

/// The user's own authority, or one for this run, whose key stays in memory.
func authority(for options: ProxyOptions, _ invocation: Invocation) throws(Failure) -> Signing? {
    let globs = options.interceptedHosts
    guard !globs.isEmpty else { return nil }
    let isEphemeral = invocation.has(.ephemeral)
    let kept = isEphemeral ? nil : try authorityStore(invocation)
    return try told { () throws(AuthorityError) in
        let constraints = try NameConstraints(globs: globs)
        if let kept {
            let authority = try kept.loadOrMake(for: constraints, at: currentTime())
            _ = try kept.writeBundle(of: authority)
            return Signing(
                minting: authority, trust: .files(kept.values(pin: authority.keyPin), isKept: true))
        }
        let authority = try CertificateAuthority(for: constraints, at: currentTime())
        let environment = invocation.surroundings.environment
        var folder = try LaunchFolder(environment: environment)
        do throws(AuthorityError) {
            try folder.trust(authority, environment: environment)
        } catch {
            folder.remove()
            throw error
        }
        let values = folder.values(proxy: Endpoint(ipv4: 0, port: 0))
        return Signing(minting: authority, trust: .files(values, isKept: false), folder: folder)
    }
}
