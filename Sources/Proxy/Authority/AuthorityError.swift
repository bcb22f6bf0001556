package import Wire

/// Why there is no authority, or no certificate of it.
package enum AuthorityError: Error, Equatable {
    /// Neither a host name, an address nor a glob of one.
    case notAName(String)
    /// The authority's own constraints forbid the name.
    case notPermitted(String, permitted: String)
    /// OpenSSL failed; its words.
    case library(String)
    /// A file that cannot be read or written, and why.
    case file(String, reason: String)
    /// The key file can be read by others: somebody may have it.
    case keyIsExposed(String)
    /// The files are there and are no certificate with its key.
    case damaged(String)
    /// There is none yet.
    case missing(String)
    /// Its time is over.
    case expired(at: Timestamp)
    /// It may not sign for these hosts.
    case tooNarrow(permitted: String, wanted: String)

    /// One line for the reader.
    package var text: String {
        switch self {
        case .notAName(let text): "'\(text)' is neither a host name nor an address"
        case .notPermitted(let name, let permitted):
            "the CA may not sign for \(name); it is made for \(permitted)"
        case .library(let words): "OpenSSL could not do it: \(words)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .keyIsExposed(let path): "others can read the CA's private key \(path)"
        case .damaged(let path): "\(path) holds no certificate with its key"
        case .missing(let path): "there is no CA in \(path)"
        case .expired(let moment): "the CA expired at \(moment.rfc3339)"
        case .tooNarrow(let permitted, let wanted):
            "the CA is made for \(permitted), and \(wanted) is wanted"
        }
    }

    /// What to do about it, or nil.
    package var advice: String? {
        switch self {
        case .notAName, .library, .file: nil
        case .notPermitted, .tooNarrow:
            "Make one that is: wsdiag ca init --force --host GLOB. Clients must then be given the new one"
        case .keyIsExposed, .damaged, .expired:
            "Make a new one: wsdiag ca init --force. Clients must then be given the new one"
        case .missing: "Make one: wsdiag ca init --host GLOB"
        }
    }
}
