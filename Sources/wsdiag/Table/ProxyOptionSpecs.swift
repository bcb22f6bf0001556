/// Options of the commands that relay.
extension OptionSpec {
    static let listen = OptionSpec(
        name: "listen", value: .text("ADDRESS:PORT"), isRepeatable: true,
        summary: "Where to listen. Anything but a loopback address lets others use this proxy",
        standard: "127.0.0.1:8080")

    static let reverse = OptionSpec(
        name: "reverse", value: .text("URL"), isRepeatable: true,
        summary:
            "Stand before this server: wss://api.example.com. The first --listen belongs to the first --reverse, and so on; the last server stands behind the rest"
    )

    static let ephemeral = OptionSpec(
        name: "ephemeral", summary: "A certificate authority for this run alone; its key stays in memory")

    static let upstreamProxy = OptionSpec(
        name: "upstream-proxy", value: .text("URL"),
        summary: "Go to servers through this proxy: http://[USER:PASSWORD@]HOST:PORT")

    static let connectTo = OptionSpec(
        name: "connect-to", value: .text("HOST:PORT"),
        summary: "Connect there whatever the server's name; names in TLS and HTTP stay")

    static let upstreamAuthority = OptionSpec(
        name: "upstream-ca", value: .file("FILE"),
        summary: "Check servers with these certificates (PEM) instead of the system's")

    static let insecureUpstream = OptionSpec(
        name: "insecure-upstream",
        summary: "Accept any certificate of a server. Every answer may be somebody else's")

    static let clientCertificate = OptionSpec(
        name: "client-cert", value: .file("FILE"),
        summary: "A certificate chain (PEM) for servers that ask for one")

    static let clientKey = OptionSpec(
        name: "client-key", value: .file("FILE"), summary: "Its private key (PEM)", standard: "the same file")

    static let keyLog = OptionSpec(
        name: "keylog", value: .file("FILE"), summary: "Append the TLS session keys of both sides to FILE")

    static let rewriteHost = OptionSpec(
        name: "rewrite-host", value: .text("HOST"),
        summary: "With --reverse: what Host becomes; keep leaves the client's", standard: "the server's name")

    static let rewriteOrigin = OptionSpec(
        name: "rewrite-origin", value: .text("ORIGIN"), summary: "What Origin becomes",
        standard: "as it was sent")

    /// What every command knows that relays.
    static let relaying = [
        listen, reverse, intercept, ephemeral, connectTo, upstreamProxy, upstreamAuthority, insecureUpstream,
        clientCertificate, clientKey, keyLog, rewriteHost, rewriteOrigin,
    ]
}
