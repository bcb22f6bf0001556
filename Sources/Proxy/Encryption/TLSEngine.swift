import COpenSSL
import Glibc
import Wire

/// Why TLS with a peer ended.
struct TLSTrouble: Equatable {
    /// The number of the fatal alert that the peer sent.
    var alert: Int?
    /// In words for the user.
    var text: String
}

/// One TLS connection on memory buffers: records in, plaintext out, and the other way. No socket is touched here.
///
/// Laws: everything that was received is decrypted before more is asked for; what OpenSSL wants to say stands in
/// `takeRecords` after each call.
final class TLSEngine {
    /// Where the handshake stands.
    enum Progress: Equatable {
        case goesOn
        case done
        case failed(TLSTrouble)
    }

    /// What reading led to.
    enum Reading: Equatable {
        case bytes(Int)
        case nothing
        case closeNotify
        case failed(TLSTrouble)
    }

    private let ssl: OpaquePointer
    /// Records of the peer; owned by `ssl`.
    private let input: OpaquePointer
    /// Records for the peer; owned by `ssl`.
    private let output: OpaquePointer
    private(set) var isEstablished = false
    /// Whether any plaintext came.
    private(set) var hasRead = false

    /// An end with a context. `serverName` is what a client asks for and checks the certificate against; nil for a
    /// server.
    init(context: OpaquePointer, serverName: String?, isChecked: Bool) throws(ProxyFailure) {
        guard let ssl = SSL_new(context), let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem())
        else { throw .encryption("OpenSSL has no memory for a connection") }
        self.ssl = ssl
        self.input = input
        self.output = output
        // An empty buffer means "later", not the end.
        _ = wsd_BIO_set_mem_eof_return(input, -1)
        _ = wsd_BIO_set_mem_eof_return(output, -1)
        SSL_set_bio(ssl, input, output)
        guard let serverName else {
            SSL_set_accept_state(ssl)
            return
        }
        SSL_set_connect_state(ssl)
        let isAddress = Endpoint(address: serverName, port: 0) != nil
        // RFC 6066 §3: literal addresses are not permitted in server_name.
        if !isAddress { _ = wsd_SSL_set_tlsext_host_name(ssl, serverName) }
        guard isChecked, let parameters = SSL_get0_param(ssl) else { return }
        if isAddress {
            X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName)
        } else {
            X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            X509_VERIFY_PARAM_set1_host(parameters, serverName, 0)
        }
        SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
    }

    deinit { SSL_free(ssl) }

    /// Takes records of the peer.
    func receive(_ records: UnsafeRawBufferPointer) {
        guard let start = records.baseAddress, 0 < records.count else { return }
        BIO_write(input, start, Int32(records.count))
    }

    /// Goes on with the handshake as far as it can.
    func advance() -> Progress {
        guard !isEstablished else { return .done }
        ERR_clear_error()
        let answer = SSL_do_handshake(ssl)
        if answer == 1 {
            isEstablished = true
            return .done
        }
        let error = SSL_get_error(ssl, answer)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return .goesOn }
        return .failed(trouble())
    }

    /// Decrypts into a buffer.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
        ERR_clear_error()
        var count = 0
        let answer = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        if answer == 1 {
            hasRead = true
            return .bytes(count)
        }
        switch SSL_get_error(ssl, answer) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothing
        case SSL_ERROR_ZERO_RETURN: return .closeNotify
        default: return .failed(trouble())
        }
    }

    /// Encrypts. False when OpenSSL cannot.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, 0 < bytes.count else { return true }
        ERR_clear_error()
        var count = 0
        return SSL_write_ex(ssl, start, bytes.count, &count) == 1 && count == bytes.count
    }

    /// Says close_notify: nothing more is sent.
    func sendCloseNotify() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// Moves what is to be sent to a queue.
    func takeRecords(into queue: inout ByteQueue) {
        var waiting = wsd_BIO_pending(output)
        guard 0 < waiting else { return }
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { buffer in
            while 0 < waiting {
                let count = BIO_read(output, buffer.baseAddress, Int32(buffer.count))
                guard 0 < count else { return }
                queue.append(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                waiting = wsd_BIO_pending(output)
            }
        }
    }

    /// The negotiated version, `0x0304` for TLS 1.3.
    var version: Int { Int(SSL_version(ssl)) }

    /// The number of the cipher suite.
    var cipherSuite: Int? {
        SSL_get_current_cipher(ssl).map { Int(SSL_CIPHER_get_protocol_id($0)) }
    }

    /// The protocol that ALPN selected.
    var selectedProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &start, &count)
        guard let start, 0 < count else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// What the error queue holds, in words; an alert of the peer is told as such.
    private func trouble() -> TLSTrouble {
        let error = ERR_peek_last_error()
        let reason = wsd_ERR_GET_REASON(error)
        // OpenSSL adds 1000 to the number of an alert that it received.
        if 1000 <= reason, reason < 1256 {
            return TLSTrouble(alert: Int(reason) - 1000, text: "alert \(reason - 1000), \(words(error))")
        }
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK), SSL_get_verify_mode(ssl) == SSL_VERIFY_PEER {
            let text = X509_verify_cert_error_string(verdict).map { String(cString: $0) }
            return TLSTrouble(text: "its certificate is not accepted: \(text ?? "error \(verdict)")")
        }
        return TLSTrouble(text: error == 0 ? "the connection ended" : words(error))
    }

    private func words(_ error: UInt) -> String {
        ERR_reason_error_string(error).map { String(cString: $0) } ?? "OpenSSL error \(error)"
    }
}
