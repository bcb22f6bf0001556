import COpenSSL
import Glibc
import Wire

/// The contexts of both legs: one towards servers, one for each name that clients ask for.
final class TLSContexts {
    private let upstream: OpaquePointer
    private var contextByName: [String: OpaquePointer] = [:]
    private let minting: (any LeafMinting)?
    private let keyLog: KeyLogFile?
    private let isChecked: Bool

    private static let mostNames = 256

    init(_ options: ProxyOptions, minting: (any LeafMinting)?) throws(ProxyFailure) {
        self.minting = minting
        isChecked = !options.acceptsAnyServer
        if let path = options.keyLogPath { keyLog = try KeyLogFile(path) } else { keyLog = nil }
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .encryption("OpenSSL makes no client context")
        }
        upstream = context
        prepare(context)
        var offer: [UInt8] = [8] + Array("http/1.1".utf8)
        SSL_CTX_set_alpn_protos(context, &offer, UInt32(offer.count))
        SSL_CTX_set_verify(context, isChecked ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        if let path = options.upstreamAuthorityPath {
            guard SSL_CTX_load_verify_locations(context, path, nil) == 1 else {
                throw .encryption("\(path) holds no certificates in PEM")
            }
        } else {
            SSL_CTX_set_default_verify_paths(context)
        }
        if let (certificate, key) = options.clientCertificate {
            guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1 else {
                throw .encryption("\(certificate) holds no certificate chain in PEM")
            }
            guard SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1,
                SSL_CTX_check_private_key(context) == 1
            else { throw .encryption("\(key) holds no private key in PEM that fits \(certificate)") }
        }
    }

    deinit {
        SSL_CTX_free(upstream)
        contextByName.values.forEach { SSL_CTX_free($0) }
    }

    /// An engine that speaks to a server.
    func engine(toServer name: String) throws(ProxyFailure) -> TLSEngine {
        try TLSEngine(context: upstream, serverName: name, isChecked: isChecked)
    }

    /// An engine that is the server of a name.
    func engine(asServer name: String, at time: Timestamp) throws(ProxyFailure) -> TLSEngine {
        try TLSEngine(context: context(for: name, at: time), serverName: nil, isChecked: false)
    }

    private func context(for name: String, at time: Timestamp) throws(ProxyFailure) -> OpaquePointer {
        if let known = contextByName[name] { return known }
        guard let minting else {
            throw .encryption("there is no certificate authority to intercept TLS with")
        }
        let leaf: LeafIdentity
        do { leaf = try minting.leaf(for: name, at: time) } catch { throw .encryption(error.text) }
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .encryption("OpenSSL makes no server context")
        }
        prepare(context)
        // A client that closes with unread tickets in its buffer sends RST instead of FIN.
        wsd_SSL_CTX_set_no_ticket(context)
        SSL_CTX_set_num_tickets(context, 0)
        _ = wsd_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        SSL_CTX_set_alpn_select_cb(context, selectHTTP1, nil)
        var isUsable =
            SSL_CTX_use_certificate(context, leaf.certificate) == 1
            && SSL_CTX_use_PrivateKey(context, leaf.key) == 1
        for issuer in leaf.issuers where isUsable {
            X509_up_ref(issuer)
            isUsable = wsd_SSL_CTX_add0_chain_cert(context, issuer) == 1
        }
        guard isUsable else {
            SSL_CTX_free(context)
            throw .encryption("the certificate made for \(name) cannot be used")
        }
        if Self.mostNames <= contextByName.count {
            // Connections that use one hold a reference of their own.
            contextByName.values.forEach { SSL_CTX_free($0) }
            contextByName = [:]
        }
        contextByName[name] = context
        return context
    }

    private func prepare(_ context: OpaquePointer) {
        _ = wsd_SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        _ = wsd_SSL_CTX_set_mode(context, Int(SSL_MODE_RELEASE_BUFFERS))
        guard let keyLog else { return }
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(keyLog).toOpaque())
        SSL_CTX_set_keylog_callback(context, writeKeyLogLine)
    }
}

/// Session keys of both legs, in the format of SSLKEYLOGFILE. Readable for its owner only.
final class KeyLogFile {
    private let descriptor: Int32

    init(_ path: String) throws(ProxyFailure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard 0 <= descriptor else { throw .file("cannot write to \(path): \(systemText(errno))") }
    }

    deinit { close(descriptor) }

    func write(line: UnsafePointer<CChar>) {
        var bytes = Array(UnsafeRawBufferPointer(start: line, count: strlen(line)))
        bytes.append(0x0a)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}

/// OpenSSL calls this with each line of a handshake's keys.
private func writeKeyLogLine(_ ssl: OpaquePointer?, _ line: UnsafePointer<CChar>?) {
    guard let ssl, let line, let context = SSL_get_SSL_CTX(ssl),
        let pointer = SSL_CTX_get_ex_data(context, 0)
    else { return }
    Unmanaged<KeyLogFile>.fromOpaque(pointer).takeUnretainedValue().write(line: line)
}

/// ALPN towards clients: `http/1.1` where it is offered. A client that offers only others is told so by an alert.
private func selectHTTP1(
    _ ssl: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let offered, let selected, let selectedCount else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let wanted = Array("http/1.1".utf8)
    let end = Int(offeredCount)
    var offset = 0
    while offset < end {
        let length = Int(offered[offset])
        guard offset + 1 + length <= end else { break }
        let isWanted =
            length == wanted.count && wanted.indices.allSatisfy { offered[offset + 1 + $0] == wanted[$0] }
        if isWanted {
            selected.pointee = offered + offset + 1
            selectedCount.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        offset += 1 + length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
