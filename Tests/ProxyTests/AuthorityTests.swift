import COpenSSL
import Glibc
import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite("The certificate authority")
struct AuthorityTests {
    static let now = Timestamp(seconds: Int64(time(nil)))

    struct Visit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The globs of the authority.
        var globs: [String]
        /// What the client calls the server.
        var name: String
        /// What the leaf is made for; the same unless said.
        var leaf: String?
        var isAccepted: Bool
    }

    @Test(
        "A real client accepts what the constraints allow and nothing else",
        arguments: [
            Visit(
                testDescription: "the host itself", globs: ["api.example.com"], name: "api.example.com",
                isAccepted: true),
            Visit(
                testDescription: "a host below a star", globs: ["*.example.com"], name: "a.b.example.com",
                isAccepted: true),
            Visit(
                testDescription: "any host without globs", globs: [], name: "whatever.test", isAccepted: true),
            Visit(
                testDescription: "a name of one label", globs: ["localhost"], name: "localhost",
                isAccepted: true),
            Visit(
                testDescription: "an IPv4 address", globs: ["127.0.0.1"], name: "127.0.0.1", isAccepted: true),
            Visit(
                testDescription: "an IPv6 address", globs: ["::1", "a.test"], name: "::1", isAccepted: true),
            Visit(
                testDescription: "the second of two hosts", globs: ["a.test", "b.test:8443"], name: "b.test",
                isAccepted: true),
            Visit(
                testDescription: "a host that is not named", globs: ["api.example.com"],
                name: "www.example.com", isAccepted: false),
            Visit(
                testDescription: "a host that only ends alike", globs: ["*.example.com"],
                name: "badexample.com", isAccepted: false),
            Visit(
                testDescription: "an address where hosts are named", globs: ["a.test"], name: "127.0.0.1",
                isAccepted: false),
            Visit(
                testDescription: "a host where addresses are named", globs: ["127.0.0.1"], name: "a.test",
                isAccepted: false),
            Visit(
                testDescription: "another address", globs: ["127.0.0.1"], name: "127.0.0.2", isAccepted: false
            ),
            Visit(
                testDescription: "a leaf for another host", globs: [], name: "a.test", leaf: "b.test",
                isAccepted: false),
        ], [TLS1_2_VERSION, TLS1_3_VERSION])
    func clientVerifies(visit: Visit, version: Int32) throws {
        let authority = try CertificateAuthority(
            for: NameConstraints(globs: visit.globs), at: AuthorityTests.now)
        // The same key without constraints signs what the authority itself refuses to.
        let leaf = try uncheckedLeaf(of: authority, for: visit.leaf ?? visit.name)
        let outcome = handshake(
            leaf: leaf, trusting: authority.identity, name: visit.name, version: version)
        #expect(outcome.isDone == visit.isAccepted, "\(outcome.words)")
        let wanted = try #require(CertifiedName(visit.leaf ?? visit.name))
        if visit.isAccepted {
            let real = try authority.leaf(for: wanted)
            #expect(
                handshake(leaf: real, trusting: authority.identity, name: visit.name, version: version).isDone
            )
        } else if visit.leaf == nil {
            #expect(throws: AuthorityError.notPermitted(visit.name, permitted: authority.constraints.text)) {
                try authority.leaf(for: wanted)
            }
        }
    }

    @Test(
        "Globs become the narrowest constraints that hold them all",
        arguments: [
            (["api.example.com"], "api.example.com"), (["*.example.com"], "example.com"),
            (["api-*.example.com"], "example.com"), (["api.*.example.com"], "example.com"),
            (["*example.com"], "com"), (["*"], "any host"), (["a.test", "*"], "any host"), ([], "any host"),
            (["API.Example.COM."], "api.example.com"), (["[::1]:8443"], "::1"), (["a.test:*"], "a.test"),
            (["10.0.0.1", "a.test"], "a.test, 10.0.0.1"),
        ] as [([String], String)])
    func globs(globs: [String], text: String) throws {
        let constraints = try NameConstraints(globs: globs)
        #expect(constraints.text == text)
        let authority = try CertificateAuthority(for: constraints, at: AuthorityTests.now)
        #expect(NameConstraints(readingFrom: authority.identity.certificate) == constraints)
    }

    @Test(
        "What could mean something else inside a certificate is no name",
        arguments: [
            "", ".", "a..b", "a,DNS:evil.test", "a b", "a\n", "a/b", "ä.test", "*.a.test",
            String(repeating: "a", count: 64) + ".test", String(repeating: "a.", count: 127) + "test",
            "[::1", "a=b", "a:80",
        ])
    func badNames(text: String) {
        #expect(CertifiedName(text) == nil)
    }

    @Test("A leaf is made once for a name, and the cache is bounded")
    func cache() throws {
        var limits = Limits()
        limits.leafCertificates = 3
        let authority = try CertificateAuthority(for: .none, at: AuthorityTests.now, limits: limits)
        let first = try authority.leaf(for: .host("h0.test"))
        for index in 1...2 { _ = try authority.leaf(for: .host("h\(index).test")) }
        #expect(try authority.leaf(for: .host("h0.test")) === first)
        for index in 3...50 {
            _ = try authority.leaf(for: .host("h\(index).test"))
            #expect(try authority.leaf(for: .host("h0.test")) === first)
        }
        let again = try authority.leaf(for: .host("h1.test"))
        #expect(try authority.leaf(for: .host("h1.test")) === again)
    }

    @Test("It lives for 30 days and its leaves no longer")
    func lifetime() throws {
        let authority = try CertificateAuthority(for: .none, at: AuthorityTests.now)
        #expect(authority.notAfter.seconds - AuthorityTests.now.seconds == 30 * 86_400)
        let leaf = try authority.leaf(for: .host("a.test"))
        let reread = try CertificateAuthority(
            certificatePEM: authority.identity.certificatePEM, keyPEM: authority.identity.keyPEM)
        #expect(reread.notAfter == authority.notAfter && reread.notBefore == authority.notBefore)
        #expect(
            ASN1_TIME_compare(
                X509_get0_notAfter(leaf.certificate), X509_get0_notAfter(authority.identity.certificate)) <= 0
        )
        #expect(throws: AuthorityError.self) {
            X509_up_ref(leaf.certificate)
            EVP_PKEY_up_ref(leaf.key)
            let identity = Identity(owning: leaf.certificate, key: leaf.key)
            return try CertificateAuthority(certificatePEM: identity.certificatePEM, keyPEM: identity.keyPEM)
        }
    }
}

/// A leaf that the authority's key signs, whatever its constraints say.
private func uncheckedLeaf(of authority: CertificateAuthority, for text: String) throws -> LeafIdentity {
    let name = try #require(CertifiedName(text))
    let recipe = CertificateRecipe(
        commonName: "test", notBefore: authority.notBefore, notAfter: authority.notAfter,
        extensions: [
            (NID_basic_constraints, "critical,CA:FALSE"), (NID_subject_key_identifier, "hash"),
            (NID_authority_key_identifier, "keyid:always"), (NID_subject_alt_name, name.alternativeName),
        ])
    let key = try newKey()
    return LeafIdentity(
        certificate: try recipe.certificate(of: key, signedBy: authority.identity), key: key, issuers: [])
}

/// A handshake over memory with a client that verifies strictly.
private func handshake(
    leaf: LeafIdentity, trusting root: Identity, name: String, version: Int32
) -> (isDone: Bool, words: String) {
    let server = SSL_CTX_new(TLS_server_method())
    let client = SSL_CTX_new(TLS_client_method())
    defer {
        SSL_CTX_free(server)
        SSL_CTX_free(client)
    }
    for context in [server, client] {
        wsd_SSL_CTX_set_min_proto_version(context, version)
        wsd_SSL_CTX_set_max_proto_version(context, version)
    }
    SSL_CTX_use_certificate(server, leaf.certificate)
    SSL_CTX_use_PrivateKey(server, leaf.key)
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client), root.certificate)
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, nil)
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(client), UInt(X509_V_FLAG_X509_STRICT))
    let ends = [SSL_new(client), SSL_new(server)]
    defer { ends.forEach { SSL_free($0) } }
    let parameters = SSL_get0_param(ends[0])
    if case .host? = CertifiedName(name) {
        X509_VERIFY_PARAM_set1_host(parameters, name, 0)
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(parameters, name)
    }
    for end in ends { SSL_set_bio(end, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem())) }
    SSL_set_connect_state(ends[0])
    SSL_set_accept_state(ends[1])
    var buffer = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<8 {
        for (from, to) in [(0, 1), (1, 0)] {
            SSL_do_handshake(ends[from])
            let count = BIO_read(SSL_get_wbio(ends[from]), &buffer, Int32(buffer.count))
            if 0 < count { BIO_write(SSL_get_rbio(ends[to]), buffer, count) }
        }
    }
    ERR_clear_error()
    let result = SSL_get_verify_result(ends[0])
    let words = X509_verify_cert_error_string(result).map { String(cString: $0) } ?? ""
    return (ends.allSatisfy { SSL_is_init_finished($0) == 1 } && result == 0, words)
}
