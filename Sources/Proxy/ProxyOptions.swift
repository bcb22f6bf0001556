package import Diagnosis
package import Wire

/// A scheme, a host and a port.
package struct Target: Sendable, Equatable {
    /// Whether TLS is spoken to it: `wss` and `https`.
    package var isSecure: Bool
    /// The name, or the address without brackets.
    package var host: String
    /// The TCP port.
    package var port: UInt16

    /// A target in its parts.
    package init(isSecure: Bool, host: String, port: UInt16) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// As the Host field says it: without the scheme's own port.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// `host:port`.
    package var hostAndPort: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// From `wss://host:port`, `ws`, `https` and `http` likewise; a path of `/` may follow, nothing else. Nil for
    /// anything else.
    package init?(url: String) {
        let schemes: [(String, Bool)] = [
            ("wss://", true), ("https://", true), ("ws://", false), ("http://", false),
        ]
        let lowered = url.lowercased()
        guard let (prefix, isSecure) = schemes.first(where: { lowered.hasPrefix($0.0) }) else { return nil }
        var rest = url.dropFirst(prefix.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        self.init(hostAndPort: String(rest), standardPort: isSecure ? 443 : 80, isSecure: isSecure)
    }

    /// From `host:port`, `host`, `[address]:port`; nil when it is neither, or holds what no host name may.
    package init?(hostAndPort text: String, standardPort: UInt16?, isSecure: Bool = false) {
        var host = text[...]
        var port = standardPort
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            if !rest.isEmpty { port = Target.port(rest.dropFirst()) }
            host = host[host.index(after: host.startIndex)..<end]
            guard Endpoint(address: String(host), port: 0) != nil else { return nil }
        } else if let colon = host.firstIndex(of: ":") {
            port = Target.port(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        guard let port, !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy(Target.mayStandInHost)
        else { return nil }
        self.init(isSecure: isSecure, host: String(host), port: port)
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ 0x30 <= $0 && $0 <= 0x39 }),
            let port = UInt16(text), 0 < port
        else { return nil }
        return port
    }

    /// Letters, digits, and what names, addresses and internationalised labels hold beside them.
    private static func mayStandInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x3a: true
        default: false
        }
    }
}

/// One address that the proxy listens on, and what it is there.
package struct ListenSpec: Sendable, Equatable {
    /// The address; port 0 lets the kernel choose.
    package var endpoint: Endpoint
    /// The server that stands behind it; nil for a forward proxy.
    package var target: Target?

    /// An address and what is behind it.
    package init(endpoint: Endpoint, target: Target?) {
        self.endpoint = endpoint
        self.target = target
    }
}

/// What a proxy is told to do.
package struct ProxyOptions: Sendable {
    /// Where it listens.
    package var listeners: [ListenSpec] = []
    /// Hosts whose TLS is intercepted; `*` stands for any letters. Other tunnels are not read.
    package var interceptedHosts: [String] = []
    /// A proxy to go through, and the credentials for it as Proxy-Authorization says them.
    package var upstreamProxy: (target: Target, authorization: String?)?
    /// The address to connect to instead of the target's.
    package var connectTo: Target?
    /// A file of certificates in PEM to check servers with, instead of the system's.
    package var upstreamAuthorityPath: String?
    /// Whether any certificate of a server is accepted.
    package var acceptsAnyServer = false
    /// A certificate chain and its key in PEM, for servers that ask for one.
    package var clientCertificate: (chain: String, key: String)?
    /// Where session keys of both legs are written.
    package var keyLogPath: String?
    /// Where a client logs its TLS keys: tunnels that are passed on untouched are read with them.
    package var tappedKeyLogPath: String?
    /// Where clients find what makes them trust the authority.
    package var trust = TrustPlace.unknown
    /// In reverse mode: what Host becomes; nil for the target's own.
    package var hostField: HostField = .target
    /// What Origin becomes; nil leaves it.
    package var originField: String?
    /// Clients at one time.
    package var mostConnections = 10_240
    /// How long a head, a TLS handshake or a connection attempt may take. Seconds.
    package var handshakeSeconds = 30
    /// How long a client may say nothing between two requests. Seconds.
    package var idleSeconds = 300
    /// How long buffers may drain after a stop, or after an answer of the proxy itself. Seconds.
    package var drainSeconds = 2
    /// Bounds of the readers of the copy.
    package var limits = Limits.forProxy
    /// What the judge is told.
    package var judging = JudgeOptions()

    /// What Host becomes in reverse mode.
    package enum HostField: Sendable, Equatable {
        /// The target's name.
        case target
        /// What the client sent.
        case kept
        /// Something else.
        case text(String)
    }

    /// A proxy that listens nowhere yet.
    package init() {}
}

extension Limits {
    /// The bounds for copies of live connections: the same readers, and a case that is renewed before it is large.
    package static var forProxy: Limits {
        var limits = Limits.standard
        limits.attempts = 512
        // What a case may hold is a multiple of this.
        limits.headBytes = 64 << 10
        limits.exchanges = 512
        limits.evidenceBytes = 4 << 20
        limits.handshakeMessageBytes = 64 << 10
        return limits
    }
}
