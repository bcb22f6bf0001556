import Case
package import Wire

/// What a document is, told from its first bytes. Names of files are never looked at.
package enum DocumentFormat: String, Sendable, Equatable, CaseIterable {
    /// HAR 1.2, in any of its dialects.
    case har
    /// A Chromium net-export.
    case netLog = "netlog"
    /// Flows of mitmproxy: concatenated tnetstrings.
    case flows
    /// Events of a browser's debugging protocol, in an array or one a line.
    case browserEvents = "browser-events"
    /// Access logs: JSON lines, combined, or a load balancer's.
    case accessLog = "access-log"
    /// Text that people paste: posts, curl output, console lines, code.
    case text

    /// Recognises the beginning of an unpacked document; nil when it is none of these.
    ///
    /// Shape: the strictest recognisers first; text is what is left when the bytes are printable.
    package init?(_ beginning: Span<UInt8>) {
        for format in Self.allCases where format.recognises(beginning) {
            self = format
            return
        }
        return nil
    }

    private func recognises(_ beginning: Span<UInt8>) -> Bool {
        switch self {
        case .har: looksLikeHAR(beginning)
        case .netLog: isNetLog(beginning)
        case .flows: isFlows(beginning)
        case .browserEvents: looksLikeBrowserEvents(beginning)
        case .accessLog: looksLikeAccessLog(beginning)
        case .text: TextReader.recognises(beginning)
        }
    }

    /// A reader for a document of this format. `name` is what reports call it.
    package func reader(named name: String, limits: Limits = .standard) -> any DocumentReader {
        switch self {
        case .har: HARReader(named: name, limits: limits)
        case .netLog: NetLogReader(name: name, limits: limits)
        case .flows: FlowReader(name: name, limits: limits)
        case .browserEvents: BrowserEventReader(name: name, limits: limits)
        case .accessLog: AccessLogReader(named: name, limits: limits)
        case .text: TextReader(named: name, limits: limits)
        }
    }
}
