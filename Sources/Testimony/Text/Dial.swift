import Wire

/// A place where a WebSocket is dialled: a call in code, a command line, or a URL in a sentence.
struct Dial {
    /// The URL, variables as `${name}`; nil where it is not told.
    var url: String?
    /// Where it stands.
    var offset: Int
    /// Header fields that the call sets, values as they are written, variables as `${name}`.
    var fields: [ToldMessage.Field] = []
    /// Subprotocols that it offers, variables as `${name}`.
    var subprotocols: [String] = []
    /// Whether it is code or a command, and no sentence.
    var isCode = false
    /// Whether it stands in a handler of a close or an error.
    var isReconnect = false
    /// The source for `wsdiag howto`.
    var client: String?
}
