import Glibc
package import Wire

/// A folder for one run: the CA's certificate, what trusts it, and what is loaded into the child.
package struct LaunchFolder: Sendable {
    /// Where it is: 0700.
    package let path: String

    /// The CA's files.
    package var store: AuthorityStore { AuthorityStore(folder: path) }
    /// Loaded into Node.js.
    package var preloadPath: String { path + "/preload.cjs" }
    /// A folder for PYTHONPATH.
    package var sitePath: String { path + "/site" }
    /// The child's TLS keys, for `--tap`.
    package var keyLogPath: String { path + "/keys.log" }
    /// The CA, and what the user's own variable adds.
    package var extraPath: String { path + "/extra.pem" }
    /// What a browser keeps for the run; made by the browser.
    package var profilePath: String { path + "/profile" }
    /// The digest of the authority's key, for a browser's command line; empty without one.
    private var pin = ""

    /// Makes the folder below `$XDG_RUNTIME_DIR`, else `$TMPDIR`, else `/tmp`, and writes what is loaded.
    ///
    /// Throws: `file`.
    package init(environment: [String: String]) throws(AuthorityError) {
        let usable = ["XDG_RUNTIME_DIR", "TMPDIR"].compactMap { environment[$0] }.first {
            // A space would be a word's end in NODE_OPTIONS.
            $0.hasPrefix("/") && !$0.contains(" ") && access($0, W_OK) == 0
        }
        let parent = usable ?? "/tmp"
        var template = Array((parent + "/wsdiag-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw .file(parent, reason: systemText(errno)) }
        path = made
        try PrivateFile.makeFolders(sitePath)
        try PrivateFile.write(PackageResources.preload_cjs, to: preloadPath)
        try PrivateFile.write(PackageResources.sitecustomize_py, to: sitePath + "/sitecustomize.py")
        try PrivateFile.write([], to: keyLogPath)
    }

    /// Writes what makes the child trust an authority. Its key stays in memory.
    ///
    /// Throws: `file`.
    package mutating func trust(_ authority: CertificateAuthority, environment: [String: String])
        throws(AuthorityError)
    {
        pin = authority.keyPin
        try PrivateFile.write(authority.identity.certificatePEM, to: store.certificatePath)
        _ = try store.writeBundle(of: authority, instead: environment["SSL_CERT_FILE"])
        var extra = authority.identity.certificatePEM
        if let own = environment["NODE_EXTRA_CA_CERTS"], !own.isEmpty {
            extra += [0x0a] + (try PrivateFile.read(own))
        }
        try PrivateFile.write(extra, to: extraPath)
    }

    /// What fills the braces of the table.
    package func values(proxy: Endpoint) -> [String: String] {
        [
            "proxy": proxy.description, "host": proxy.addressText, "port": String(proxy.port),
            "ca": store.certificatePath, "extra": extraPath, "bundle": store.bundlePath,
            "keystore": store.keyStorePath, "shim": preloadPath, "site": sitePath, "keylog": keyLogPath,
            "profile": profilePath, "pin": pin,
        ]
    }

    /// Removes the folder with everything that was written there.
    package func remove() {
        _ = try? store.remove()
        removeTree(path, depth: 0)
    }
}

/// Removes a folder and what is in it, without following links. A browser's profile is some levels deep.
private func removeTree(_ path: String, depth: Int) {
    if let directory = opendir(path) {
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            if unlink(path + "/" + name) != 0, depth < 32 { removeTree(path + "/" + name, depth: depth + 1) }
        }
        closedir(directory)
    }
    rmdir(path)
}
