import COpenSSL
import Wire

/// A real client and a real server that talk over memory, everything they sent, and their key log.
final class Peers {
    /// What one side sent at one time.
    struct Flight: Sendable {
        var from: Side
        var bytes: [UInt8]
    }

    /// How the two are set up.
    struct Setup: Sendable, CustomStringConvertible {
        var description: String
        var version: Int32 = TLS1_3_VERSION
        /// The library's name of a cipher suite; empty for its defaults.
        var suite = ""
        var certificate = Certificate.rsa
        var encryptThenMAC = true
        /// The client begins with a group that the server refuses.
        var retriesHello = false
        var asksForCertificate = false

        enum Certificate: Sendable { case rsa, ec }
    }

    private(set) var flights: [Flight] = []
    private(set) var keyLog: [UInt8] = []
    private(set) var sent = PerSide<[UInt8]>(client: [], server: [])
    /// What the receiver read: proof that the two understood each other.
    private(set) var received = PerSide<[UInt8]>(client: [], server: [])
    let ends: PerSide<OpaquePointer?>
    private let contexts: PerSide<OpaquePointer?>

    init(_ setup: Setup, contexts shared: PerSide<OpaquePointer?>? = nil, session: OpaquePointer? = nil) {
        contexts = shared ?? PerSide(client: newContext(setup, .client), server: newContext(setup, .server))
        ends = PerSide(client: SSL_new(contexts.client), server: SSL_new(contexts.server))
        for side in Side.allCases {
            SSL_set_bio(ends[side], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()))
            SSL_CTX_set_ex_data(contexts[side], 0, Unmanaged.passUnretained(self).toOpaque())
        }
        SSL_CTX_set_keylog_callback(contexts.client, noteKey)
        SSL_set_connect_state(ends.client)
        SSL_set_accept_state(ends.server)
        wsd_SSL_set_tlsext_host_name(ends.client, "socket.example")
        let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
        SSL_set_alpn_protos(ends.client, protocols, UInt32(protocols.count))
        if let session { SSL_set_session(ends.client, session) }
    }

    deinit {
        SSL_free(ends.client)
        SSL_free(ends.server)
    }

    /// The contexts, for a second connection that resumes the first.
    var sharedContexts: PerSide<OpaquePointer?> { contexts }

    func note(line: [UInt8]) { keyLog += line + [0x0a] }

    /// Both sides do what they can until nothing more is sent.
    func settle() {
        for _ in 0..<20 {
            for side in Side.allCases {
                if SSL_is_init_finished(ends[side]) == 0 { SSL_do_handshake(ends[side]) }
                read(side)
            }
            let moved = Side.allCases.map(move)
            if !moved.contains(true) { break }
        }
        ERR_clear_error()
    }

    /// One side sends application data, which the other reads.
    func send(_ bytes: [UInt8], from side: Side) {
        sent[side] += bytes
        var place = 0
        while place < bytes.count {
            let piece = Array(bytes[place..<min(place + 16_384, bytes.count)])
            let written = SSL_write(ends[side], piece, Int32(piece.count))
            guard 0 < written else { return }
            place += Int(written)
        }
        settle()
    }

    func close(_ side: Side) {
        SSL_shutdown(ends[side])
        settle()
    }

    /// Hands what one side has written to the other.
    @discardableResult func move(_ side: Side) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = BIO_read(SSL_get_wbio(ends[side]), &buffer, Int32(buffer.count))
        guard 0 < count else { return false }
        let bytes = Array(buffer[..<Int(count)])
        flights.append(Flight(from: side, bytes: bytes))
        BIO_write(SSL_get_rbio(ends[side.peer]), bytes, Int32(bytes.count))
        return true
    }

    func read(_ side: Side) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = SSL_read(ends[side], &buffer, Int32(buffer.count))
            guard 0 < count else { break }
            received[side] += buffer[..<Int(count)]
        }
    }

    /// The client sends early data, which the server reads before its handshake is done.
    func sendEarly(_ bytes: [UInt8]) {
        var count = 0
        guard SSL_write_early_data(ends.client, bytes, bytes.count, &count) == 1 else { return }
        sent.client += bytes
        move(.client)
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let state = SSL_read_early_data(ends.server, &buffer, buffer.count, &count)
            if state == SSL_READ_EARLY_DATA_SUCCESS { received.server += buffer[..<count] }
            if state != SSL_READ_EARLY_DATA_SUCCESS { break }
        }
        // The server has to be asked again until it has seen the end of the early data.
        for _ in 0..<3 {
            move(.server)
            SSL_do_handshake(ends.client)
            move(.client)
            if SSL_read_early_data(ends.server, &buffer, buffer.count, &count) == SSL_READ_EARLY_DATA_FINISH {
                break
            }
        }
    }
}

private func noteKey(_ end: OpaquePointer?, _ line: UnsafePointer<CChar>?) {
    guard let line, let context = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(end), 0) else { return }
    Unmanaged<Peers>.fromOpaque(context).takeUnretainedValue().note(line: Array(String(cString: line).utf8))
}

private func selectProtocol(
    _ end: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ length: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ count: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let offered, 0 < count else { return SSL_TLSEXT_ERR_NOACK }
    selected?.pointee = offered + 1
    length?.pointee = offered[0]
    return SSL_TLSEXT_ERR_OK
}

private func newContext(_ setup: Peers.Setup, _ side: Side) -> OpaquePointer? {
    let context = SSL_CTX_new(TLS_method())
    SSL_CTX_set_security_level(context, 0)
    wsd_SSL_CTX_set_min_proto_version(context, setup.version)
    wsd_SSL_CTX_set_max_proto_version(context, setup.version)
    if !setup.suite.isEmpty {
        if setup.version == TLS1_3_VERSION {
            SSL_CTX_set_ciphersuites(context, setup.suite)
        } else {
            SSL_CTX_set_cipher_list(context, setup.suite)
        }
    }
    wsd_SSL_CTX_set_allow_client_renegotiation(context)
    if !setup.encryptThenMAC { wsd_SSL_CTX_set_no_encrypt_then_mac(context) }
    if side == .server {
        useCertificate(setup.certificate, context)
        wsd_SSL_CTX_set_dh_auto(context, 1)
        SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
        SSL_CTX_set_session_id_context(context, [1], 1)
        if setup.asksForCertificate { SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil) }
        SSL_CTX_set_max_early_data(context, 16_384)
    }
    if setup.retriesHello {
        wsd_SSL_CTX_set1_groups_list(context, side == .client ? "X25519:P-256" : "P-256")
    }
    return context
}

/// Keys are made once: an RSA key takes a good part of a second.
private struct PrivateKeys: @unchecked Sendable {
    let rsa = wsd_EVP_RSA_gen(2048)
    let ec = wsd_EVP_EC_gen("P-256")
}

private let privateKeys = PrivateKeys()

private func useCertificate(_ kind: Peers.Setup.Certificate, _ context: OpaquePointer?) {
    let key = kind == .rsa ? privateKeys.rsa : privateKeys.ec
    let certificate = X509_new()
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7)
    ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20260101000000Z")
    ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "20361231235959Z")
    X509_set_pubkey(certificate, key)
    let name = X509_get_subject_name(certificate)
    let common = Array("socket.example".utf8)
    X509_NAME_add_entry_by_txt(name, "CN", 0x1001, common, Int32(common.count), -1, 0)
    X509_set_issuer_name(certificate, name)
    let names = X509V3_EXT_conf_nid(
        nil, nil, NID_subject_alt_name, "DNS:socket.example,DNS:*.example,IP:192.0.2.4,IP:2001:db8::1")
    X509_add_ext(certificate, names, -1)
    X509_EXTENSION_free(names)
    X509_sign(certificate, key, EVP_sha256())
    SSL_CTX_use_certificate(context, certificate)
    SSL_CTX_use_PrivateKey(context, key)
    X509_free(certificate)
}
