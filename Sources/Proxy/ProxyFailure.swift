package import Wire

/// Why the proxy cannot begin.
package enum ProxyFailure: Error, Equatable {
    /// An address cannot be listened on; the number of the error.
    case cannotListen(Endpoint, Int32)
    /// A call of the kernel failed that never should; the number of the error.
    case system(String, Int32)
    /// OpenSSL cannot be set up, or a file for it cannot be read. In words for the user.
    case encryption(String)
    /// A file cannot be written. In words for the user.
    case file(String)

    /// In words for the user.
    package var text: String {
        switch self {
        case .cannotListen(let endpoint, let number): "cannot listen on \(endpoint): \(systemText(number))"
        case .system(let call, let number): "\(call) failed: \(systemText(number))"
        case .encryption(let words), .file(let words): words
        }
    }
}
