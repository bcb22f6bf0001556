import Glibc

/// A name that a certificate can be made for: a host name or an address.
package enum CertifiedName: Hashable, Sendable {
    /// A host name in lower case, without a dot at its end.
    case host(String)
    /// An IPv4 address in dotted form.
    case ipv4(String)
    /// An IPv6 address as inet_ntop spells it.
    case ipv6(String)

    /// From an SNI, a Host without its port, or an address; brackets around an IPv6 address may be there.
    ///
    /// Nil for anything that could mean something else inside a certificate: only letters, digits, `-`, `_` and dots,
    /// labels of 1 to 63 bytes, 253 bytes in all (RFC 1035 §2.3.4).
    package init?(_ text: String) {
        let inner = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if let address = CertifiedName.address(inner) {
            self = address
            return
        }
        let name = inner.hasSuffix(".") ? String(inner.dropLast()) : inner
        guard !name.isEmpty, name.utf8.count <= 253 else { return nil }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ CertifiedName.isLabel($0) }) else { return nil }
        self = .host(name.lowercased())
    }

    private static func isLabel(_ label: Substring) -> Bool {
        1...63 ~= label.utf8.count
            && label.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
                default: false
                }
            }
    }

    private static func address(_ text: String) -> CertifiedName? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return .ipv4(text) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        var spelled = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &six, &spelled, socklen_t(spelled.count)) != nil else { return nil }
        let end = spelled.firstIndex(of: 0) ?? spelled.count
        return .ipv6(String(decoding: spelled[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// The name alone.
    package var text: String {
        switch self {
        case .host(let name), .ipv4(let name), .ipv6(let name): name
        }
    }

    /// As subjectAltName is written for OpenSSL.
    var alternativeName: String {
        switch self {
        case .host(let name): "DNS:" + name
        case .ipv4(let address), .ipv6(let address): "IP:" + address
        }
    }
}

/// What an authority may sign for (RFC 5280 §4.2.1.10).
package struct NameConstraints: Sendable, Equatable {
    /// Host names; each permits itself and everything below it.
    package var hosts: [String] = []
    /// Addresses, each permitted alone.
    package var addresses: [CertifiedName] = []
    /// Whether everything is permitted.
    package var isOpen = false

    /// Stands in a certificate that permits no host name.
    static let nobody = "invalid"

    /// Everything is permitted.
    package static let none = NameConstraints(isOpen: true)

    private init(isOpen: Bool) { self.isOpen = isOpen }

    /// The narrowest constraints that permit every host that these globs match. `*` stands for any letters; a port is
    /// left out. Without globs nothing is constrained.
    ///
    /// A constraint can only end a name: of `api-*.example.com` it keeps `example.com`, of `*` nothing.
    /// Throws: `notAName` for a glob that is neither.
    package init(globs: [String]) throws(AuthorityError) {
        isOpen = globs.isEmpty
        for glob in globs {
            if let name = CertifiedName(glob), !glob.contains("*") {
                add(name)
                continue
            }
            let bare = NameConstraints.withoutPort(glob)
            if let name = CertifiedName(bare) {
                add(name)
                continue
            }
            // What follows the last star, from its first whole label on.
            guard let star = bare.lastIndex(of: "*"),
                CertifiedName(String(bare.map { $0 == "*" ? "x" : $0 })) != nil
            else { throw .notAName(glob) }
            let tail = bare[bare.index(after: star)...]
            guard let dot = tail.firstIndex(of: "."),
                let name = CertifiedName(String(tail[tail.index(after: dot)...])), case .host = name
            else {
                isOpen = true
                continue
            }
            add(name)
        }
        if isOpen { (hosts, addresses) = ([], []) }
    }

    private mutating func add(_ name: CertifiedName) {
        if case .host(let text) = name {
            if !hosts.contains(text) { hosts.append(text) }
        } else if !addresses.contains(name) {
            addresses.append(name)
        }
    }

    private static func withoutPort(_ glob: String) -> String {
        guard let colon = glob.lastIndex(of: ":"), !glob.hasSuffix("]") else { return glob }
        let port = glob[glob.index(after: colon)...]
        return port.allSatisfy({ $0.isNumber || $0 == "*" }) ? String(glob[..<colon]) : glob
    }

    /// Whether a certificate for this name would be accepted.
    package func permits(_ name: CertifiedName) -> Bool {
        if isOpen { return true }
        guard case .host(let text) = name else { return addresses.contains(name) }
        return hosts.contains { text == $0 || text.hasSuffix("." + $0) }
    }

    /// Whether everything that `other` permits is permitted here too.
    package func covers(_ other: NameConstraints) -> Bool {
        if isOpen { return true }
        if other.isOpen { return false }
        return other.hosts.allSatisfy { permits(.host($0)) }
            && other.addresses.allSatisfy(addresses.contains)
    }

    /// The names, for people: `example.com, 192.0.2.4`.
    package var text: String {
        isOpen ? "any host" : (hosts + addresses.map(\.text)).joined(separator: ", ")
    }

    /// As the extension is written for OpenSSL; nil where nothing is constrained. A kind of name without a permitted
    /// one is excluded whole, or it would be free.
    var extensionText: String? {
        guard !isOpen else { return nil }
        var parts = hosts.map { "permitted;DNS:" + $0 }
        // OpenSSL cannot spell "no host at all"; this name belongs to nobody (RFC 2606 §2).
        if hosts.isEmpty { parts.append("permitted;DNS:" + NameConstraints.nobody) }
        var (hasFour, hasSix) = (false, false)
        for address in addresses {
            switch address {
            case .ipv4(let text):
                hasFour = true
                parts.append("permitted;IP:\(text)/255.255.255.255")
            case .ipv6(let text):
                hasSix = true
                parts.append("permitted;IP:\(text)/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
            case .host: break
            }
        }
        if !hasFour { parts.append("excluded;IP:0.0.0.0/0.0.0.0") }
        if !hasSix { parts.append("excluded;IP:::/::") }
        return "critical," + parts.joined(separator: ",")
    }
}
