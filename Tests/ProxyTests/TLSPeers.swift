import COpenSSL
import Glibc
import Testing
import Wire

@testable import Proxy

/// TLS for peers of the tests: an authority, servers that it certifies, and clients that trust it, or do not.
final class TLSWorld {
    let authority: CertificateAuthority
    /// The authority's certificate as a file, for `--upstream-ca`.
    let path: String
    private var contexts: [OpaquePointer] = []

    init() throws {
        authority = try CertificateAuthority(
            for: NameConstraints(globs: ["localhost", "other.test"]), at: AuthorityTests.now)
        path = "/tmp/wsdiag-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).pem"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        try #require(0 <= file)
        let bytes = authority.identity.certificatePEM
        try #require(write(file, bytes, bytes.count) == bytes.count)
        close(file)
    }

    /// A certificate for `name` with its key, each a file in PEM.
    func files(for name: String) throws -> (certificate: String, key: String) {
        let leaf = try authority.leaf(for: name, at: AuthorityTests.now)
        let files = (path + ".leaf", path + ".key")
        let certificate = try #require(BIO_new_file(files.0, "w"))
        #expect(PEM_write_bio_X509(certificate, leaf.certificate) == 1)
        BIO_free(certificate)
        let key = try #require(BIO_new_file(files.1, "w"))
        #expect(PEM_write_bio_PrivateKey(key, leaf.key, nil, nil, 0, nil, nil) == 1)
        BIO_free(key)
        return files
    }

    deinit {
        unlink(path)
        unlink(path + ".leaf")
        unlink(path + ".key")
        contexts.forEach { SSL_CTX_free($0) }
    }

    /// A server's end, with a certificate for `name`.
    func server(
        _ name: String = "localhost", version: Int32 = 0, speaksOnlyHTTP2: Bool = false
    ) throws -> TLSEngine {
        let context = try #require(SSL_CTX_new(TLS_server_method()))
        contexts.append(context)
        let leaf = try authority.leaf(for: name, at: AuthorityTests.now)
        SSL_CTX_use_certificate(context, leaf.certificate)
        SSL_CTX_use_PrivateKey(context, leaf.key)
        SSL_CTX_set_num_tickets(context, 0)
        if version != 0 { _ = wsd_SSL_CTX_set_max_proto_version(context, version) }
        if speaksOnlyHTTP2 { SSL_CTX_set_alpn_select_cb(context, refuseProtocols, nil) }
        return try TLSEngine(context: context, serverName: nil, isChecked: false)
    }

    /// A client's end that asks for `name`.
    func client(
        _ name: String = "localhost", trusts: Bool = true, version: Int32 = 0, protocols: [String] = []
    ) throws -> TLSEngine {
        let context = try #require(SSL_CTX_new(TLS_client_method()))
        contexts.append(context)
        if trusts {
            try #require(SSL_CTX_load_verify_locations(context, path, nil) == 1)
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if version != 0 { _ = wsd_SSL_CTX_set_max_proto_version(context, version) }
        let offer = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offer.isEmpty { SSL_CTX_set_alpn_protos(context, offer, UInt32(offer.count)) }
        return try TLSEngine(context: context, serverName: name, isChecked: true)
    }
}

/// ALPN of a server that speaks none of what is offered.
private func refuseProtocols(
    _ ssl: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 { SSL_TLSEXT_ERR_ALERT_FATAL }

/// One end of a TLS connection over a peer.
final class TLSPeer {
    let peer: Peer
    let engine: TLSEngine
    private(set) var received: [UInt8] = []
    private(set) var sawCloseNotify = false
    private(set) var trouble: TLSTrouble?

    init(_ peer: Peer, _ engine: TLSEngine) {
        self.peer = peer
        self.engine = engine
        work()
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    /// Takes what arrived, and answers what TLS has to answer.
    func work() {
        peer.received.withUnsafeBytes { engine.receive($0) }
        peer.received = []
        defer { ship() }
        guard trouble == nil else { return }
        if case .failed(let trouble) = engine.advance() { self.trouble = trouble }
        guard engine.isEstablished else { return }
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while true {
                switch engine.read(into: buffer) {
                case .bytes(let count): received.append(contentsOf: buffer[..<count])
                case .nothing: return
                case .closeNotify:
                    sawCloseNotify = true
                    return
                case .failed(let trouble):
                    self.trouble = trouble
                    return
                }
            }
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = engine.write($0) }
        ship()
    }

    /// Says close_notify.
    func closeNotify() {
        engine.sendCloseNotify()
        ship()
    }

    private func ship() {
        var queue = ByteQueue()
        engine.takeRecords(into: &queue)
        if !queue.isEmpty { peer.send(queue.withBytes { Array($0) }) }
    }
}

extension LoopbackWorld {
    /// Turns the loop and the TLS ends until something is so.
    func pump(_ what: String, _ ends: [TLSPeer], until condition: () -> Bool) throws {
        try pump(what) {
            ends.forEach { $0.work() }
            return condition()
        }
    }

    /// Events of one kind as text.
    var handshakeFailures: [(Side, Int?)] {
        watcher.events.compactMap {
            if case .handshakeFailed(let side, let alert, _) = $0.event { (side, alert) } else { nil }
        }
    }
}
