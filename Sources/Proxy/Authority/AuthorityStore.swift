import Crypto
import Glibc
package import Wire

/// The folder of one user's authority: certificate, key, and the bundle that clients are given.
package struct AuthorityStore: Sendable {
    /// The folder.
    package let folder: String

    /// The store in a folder; nothing is touched yet.
    package init(folder: String) { self.folder = folder }

    /// The usual folder: `$XDG_DATA_HOME/wsdiag/ca`, else below `~/.local/share`. Nil without either.
    package init?(environment: [String: String]) {
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
            folder = data + "/wsdiag/ca"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            folder = home + "/.local/share/wsdiag/ca"
        } else {
            return nil
        }
    }

    /// The CA's certificate, PEM.
    package var certificatePath: String { folder + "/ca.pem" }
    /// The CA's private key, PEM, 0600.
    package var keyPath: String { folder + "/ca.key" }
    /// The system's certificates and ours, PEM, for clients whose variable replaces the store.
    package var bundlePath: String { folder + "/bundle.pem" }
    /// The same as a Java key store.
    package var keyStorePath: String { folder + "/bundle.jks" }

    /// What fills the braces of the table of clients. `pin` is the digest of the authority's key.
    package func values(pin: String) -> [String: String] {
        [
            "ca": certificatePath, "extra": certificatePath, "bundle": bundlePath, "keystore": keyStorePath,
            "pin": pin,
        ]
    }

    /// Whether one is there.
    package var exists: Bool { access(certificatePath, F_OK) == 0 || access(keyPath, F_OK) == 0 }

    /// Reads the authority.
    ///
    /// Throws: `missing`, `keyIsExposed`, `damaged`, `expired`, `file`.
    package func load(at now: Timestamp) throws(AuthorityError) -> CertificateAuthority {
        guard exists else { throw .missing(folder) }
        var status = stat()
        guard stat(keyPath, &status) == 0 else { throw .damaged(folder) }
        guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else { throw .keyIsExposed(keyPath) }
        let certificate = try PrivateFile.read(certificatePath)
        let key = try PrivateFile.read(keyPath)
        let authority: CertificateAuthority
        do throws(AuthorityError) {
            authority = try CertificateAuthority(certificatePEM: certificate, keyPEM: key)
        } catch {
            if case .damaged = error { throw .damaged(folder) }
            throw error
        }
        guard now < authority.notAfter else { throw .expired(at: authority.notAfter) }
        return authority
    }

    /// Reads the authority, or makes one where there is none or its time is over.
    ///
    /// Throws: as `load`, and `tooNarrow` where the one that is there may not sign for these hosts: a new one would
    /// make every client distrust the proxy without a word.
    package func loadOrMake(
        for constraints: NameConstraints, at now: Timestamp
    ) throws(AuthorityError) -> CertificateAuthority {
        do throws(AuthorityError) {
            let authority = try load(at: now)
            guard authority.constraints.covers(constraints) else {
                throw .tooNarrow(permitted: authority.constraints.text, wanted: constraints.text)
            }
            return authority
        } catch {
            switch error {
            case .missing, .expired: return try make(for: constraints, at: now)
            default: throw error
            }
        }
    }

    /// Makes a new authority and writes it, over an old one if there is one.
    package func make(
        for constraints: NameConstraints, at now: Timestamp
    ) throws(AuthorityError) -> CertificateAuthority {
        let authority = try CertificateAuthority(for: constraints, at: now)
        try PrivateFile.makeFolders(folder)
        try PrivateFile.write(authority.identity.keyPEM, to: keyPath)
        try PrivateFile.write(authority.identity.certificatePEM, to: certificatePath)
        return authority
    }

    /// Writes what clients are given: certificates of the system and ours, as PEM and for Java.
    ///
    /// `instead` names a file that takes the place of the system's. Answers whether there were any; without them the
    /// bundle holds ours alone.
    package func writeBundle(
        of authority: CertificateAuthority, instead: String? = nil
    ) throws(AuthorityError) -> Bool {
        try PrivateFile.makeFolders(folder)
        var system = SystemCertificates.read()
        if let instead, !instead.isEmpty { system = try PrivateFile.read(instead) + [0x0a] }
        try PrivateFile.write(system + authority.identity.certificatePEM, to: bundlePath)
        let store = javaKeyStore(
            certificates: SystemCertificates.decoded(system) + [authority.identity.certificateDER],
            madeAt: authority.notBefore)
        try PrivateFile.write(store, to: keyStorePath)
        return !system.isEmpty
    }

    /// Removes what this store wrote, and its folder. Answers whether there was anything.
    package func remove() throws(AuthorityError) -> Bool {
        var found = false
        for path in [keyPath, certificatePath, bundlePath, keyStorePath] {
            if unlink(path) == 0 {
                found = true
            } else if errno != ENOENT {
                throw .file(path, reason: systemText(errno))
            }
        }
        rmdir(folder)
        return found
    }
}

/// Where systems keep the certificates that they trust, as one file of PEM.
enum SystemCertificates {
    /// Debian, Fedora, SUSE, Alpine.
    static let paths = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    static func read() -> [UInt8] {
        for path in paths {
            do throws(AuthorityError) {
                let text = try PrivateFile.read(path)
                if !text.isEmpty { return text.last == 0x0a ? text : text + [0x0a] }
            } catch {
                continue
            }
        }
        return []
    }

    static func decoded(_ text: [UInt8]) -> [[UInt8]] {
        SignatureKey.keys(inPEM: text.span).compactMap { key in
            if case .certificate(let bytes) = key { bytes } else { nil }
        }
    }
}
