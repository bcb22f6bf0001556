import COpenSSL
package import Wire

/// Signs certificates for the hosts that are intercepted, for one user and for a month at most.
///
/// Law: it never signs a name that its own constraints forbid; a client would refuse it anyway, but less clearly.
package final class CertificateAuthority {
    /// How long one lives. Seconds.
    package static let lifetimeSeconds: Int64 = 30 * 86_400
    /// How far it begins before it was made: clocks of clients differ. Seconds.
    private static let leewaySeconds: Int64 = 3600

    /// Its own certificate and key.
    package let identity: Identity
    /// What it may sign for.
    package let constraints: NameConstraints
    /// The first moment of its life.
    package let notBefore: Timestamp
    /// The last moment of its life.
    package let notAfter: Timestamp

    /// What browsers take for `--ignore-certificate-errors-spki-list`: the key's SHA-256 in base64.
    package var keyPin: String {
        String(decoding: base64(identity.publicKeyDigest.span, url: false), as: UTF8.self)
    }

    private var leaves: LeafCache
    /// One key for all leaves: making one takes longer than signing does.
    private let leafKey: OpaquePointer

    /// A new authority in memory.
    ///
    /// Throws: `library`.
    package init(
        for constraints: NameConstraints, at now: Timestamp, limits: Limits = .standard
    ) throws(AuthorityError) {
        self.constraints = constraints
        notBefore = Timestamp(seconds: now.seconds - CertificateAuthority.leewaySeconds)
        notAfter = Timestamp(seconds: now.seconds + CertificateAuthority.lifetimeSeconds)
        leaves = LeafCache(most: limits.leafCertificates)
        let mark = randomBytes(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let recipe = CertificateRecipe(
            // Each has a name of its own, or a client that knows an older one would try that.
            commonName: "wsdiag debug CA \(mark)", notBefore: notBefore, notAfter: notAfter,
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,keyCertSign,cRLSign"), (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
            ] + (constraints.extensionText.map { [(NID_name_constraints, $0)] } ?? []))
        let key = try newKey()
        do throws(AuthorityError) {
            identity = Identity(owning: try recipe.certificate(of: key, signedBy: nil), key: key)
        } catch {
            EVP_PKEY_free(key)
            throw error
        }
        leafKey = try newKey()
    }

    /// One that was made before.
    ///
    /// Throws: `damaged` when these are no CA with its key. Whether its time is over is the caller's question.
    package init(
        certificatePEM: [UInt8], keyPEM: [UInt8], limits: Limits = .standard
    ) throws(AuthorityError) {
        guard let identity = Identity(certificatePEM: certificatePEM, keyPEM: keyPEM),
            X509_check_ca(identity.certificate) == 1,
            let begin = moment(X509_get0_notBefore(identity.certificate)),
            let end = moment(X509_get0_notAfter(identity.certificate))
        else { throw .damaged("it") }
        self.identity = identity
        (notBefore, notAfter) = (begin, end)
        constraints = NameConstraints(readingFrom: identity.certificate)
        leaves = LeafCache(most: limits.leafCertificates)
        leafKey = try newKey()
    }

    deinit { EVP_PKEY_free(leafKey) }

    /// A certificate for one name, made on first use. It lives as long as the authority.
    ///
    /// Throws: `notPermitted` where the constraints forbid it; `library`.
    package func leaf(for name: CertifiedName) throws(AuthorityError) -> LeafIdentity {
        if let known = leaves[name] { return known }
        guard constraints.permits(name) else {
            throw .notPermitted(name.text, permitted: constraints.text)
        }
        var commonName = "wsdiag debug proxy"
        // A common name holds 64 bytes; an address there would be taken for a host name.
        if case .host(let host) = name, host.utf8.count <= 64 { commonName = host }
        let recipe = CertificateRecipe(
            commonName: commonName, notBefore: notBefore, notAfter: notAfter,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "serverAuth"), (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
                (NID_subject_alt_name, name.alternativeName),
            ])
        let certificate = try recipe.certificate(of: leafKey, signedBy: identity)
        EVP_PKEY_up_ref(leafKey)
        // Clients that trust the CA have it, but a browser that is told of its key alone looks for it in the chain.
        X509_up_ref(identity.certificate)
        let leaf = LeafIdentity(certificate: certificate, key: leafKey, issuers: [identity.certificate])
        leaves.add(leaf, for: name)
        return leaf
    }
}

extension CertificateAuthority: LeafMinting {
    /// A leaf for a name of a client's ClientHello or of a request.
    package func leaf(for name: String, at time: Timestamp) throws(MintingFailure) -> LeafIdentity {
        do throws(AuthorityError) {
            guard time < notAfter else { throw .expired(at: notAfter) }
            guard let certified = CertifiedName(name) else {
                // Whatever else a client calls a server stays out of the words.
                throw name.utf8.allSatisfy { 0x21 <= $0 && $0 < 0x7f } ? .notAName(name) : .notAName("it")
            }
            return try leaf(for: certified)
        } catch {
            throw MintingFailure(error.text + (error.advice.map { ". " + $0 } ?? ""))
        }
    }
}

/// Certificates by name, the least recently used one making room.
private struct LeafCache {
    private var entries: [CertifiedName: (leaf: LeafIdentity, usedAt: UInt64)] = [:]
    private var clock: UInt64 = 0
    private let most: Int

    init(most: Int) { self.most = max(1, most) }

    subscript(name: CertifiedName) -> LeafIdentity? {
        mutating get {
            clock += 1
            guard let index = entries.index(forKey: name) else { return nil }
            entries.values[index].usedAt = clock
            return entries.values[index].leaf
        }
    }

    mutating func add(_ leaf: LeafIdentity, for name: CertifiedName) {
        // A search of the whole table, only when it is full: a client that asks for ever new names pays for signing first.
        if most <= entries.count, let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt }) {
            entries[oldest.key] = nil
        }
        entries[name] = (leaf, clock)
    }
}

private func moment(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
    guard let time, let epoch = ASN1_TIME_set(nil, 0) else { return nil }
    defer { ASN1_TIME_free(epoch) }
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
    return Timestamp(seconds: Int64(days) * 86_400 + Int64(seconds))
}

extension NameConstraints {
    /// The constraints that stand in a certificate of ours.
    init(readingFrom certificate: OpaquePointer) {
        self = .none
        guard let raw = X509_get_ext_d2i(certificate, NID_name_constraints, nil, nil) else { return }
        let constraints = raw.assumingMemoryBound(to: NAME_CONSTRAINTS.self)
        defer { NAME_CONSTRAINTS_free(constraints) }
        isOpen = false
        let permitted = constraints.pointee.permittedSubtrees
        for index in 0..<max(0, OPENSSL_sk_num(permitted)) {
            guard
                let entry = OPENSSL_sk_value(permitted, index)?.assumingMemoryBound(to: GENERAL_SUBTREE.self),
                let name = entry.pointee.base
            else { continue }
            switch name.pointee.type {
            case GEN_DNS:
                let host = stringText(name.pointee.d.dNSName)
                if host != NameConstraints.nobody { hosts.append(host) }
            case GEN_IPADD:
                if let address = CertifiedName(address: stringBytes(name.pointee.d.iPAddress)) {
                    addresses.append(address)
                }
            default: continue
            }
        }
    }
}

extension CertifiedName {
    /// An address of a constraint: address and mask (RFC 5280 §4.2.1.10).
    fileprivate init?(address bytes: [UInt8]) {
        let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 8:
            self.init(Endpoint(ipv4: UInt32(truncatingIfNeeded: number(0..<4)), port: 0).addressText)
        case 32: self.init(Endpoint(high: number(0..<8), low: number(8..<16), port: 0).addressText)
        default: return nil
        }
    }
}

private func stringBytes(_ string: UnsafeMutablePointer<ASN1_STRING>?) -> [UInt8] {
    guard let start = ASN1_STRING_get0_data(string) else { return [] }
    return Array(UnsafeBufferPointer(start: start, count: Int(max(0, ASN1_STRING_length(string)))))
}

private func stringText(_ string: UnsafeMutablePointer<ASN1_STRING>?) -> String {
    String(decoding: stringBytes(string), as: UTF8.self)
}
