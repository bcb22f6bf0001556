import Case
import TestSupport
import Testing
import Wire

@testable import Testimony

/// Reads a text and answers its case.
func readText(_ text: String, limits: Limits = .standard) throws -> CaseFile {
    var reader = TextReader(named: "post.md", limits: limits)
    try reader.receive(Array(text.utf8).span)
    return try reader.finish()
}

/// `refused 403 wss://host/path`, for each attempt.
func outline(_ file: CaseFile) -> [String] {
    file.attempts.map { attempt in
        var words = [attempt.outcome.rawValue]
        if let status = attempt.status, attempt.outcome == .refused { words.append("\(status)") }
        if let close = attempt.session?.firstClose {
            words.append("close \(close.code ?? 0)" + (close.reason.isEmpty ? "" : " '\(close.reason)'"))
        }
        if !attempt.authority.isEmpty { words.append(file.url(of: attempt, showingSecrets: false)) }
        return words.joined(separator: " ")
    }
}

struct Telling: Sendable, CustomStringConvertible {
    let description: String
    let text: String
    let attempts: [String]

    init(_ description: String, _ text: String, _ attempts: String...) {
        self.description = description
        self.text = text
        self.attempts = attempts
    }
}

@Test(arguments: [
    Telling(
        "a browser's line tells URL and status",
        "WebSocket connection to 'wss://live.example/v2' failed: Error during WebSocket handshake: Unexpected response code: 403",
        "refused 403 wss://live.example/v2"),
    Telling(
        "a 401 is worded without its number",
        "WebSocket connection to 'wss://live.example/v2' failed: HTTP Authentication failed; no valid credentials available",
        "refused 401 wss://live.example/v2"),
    Telling(
        "a 1006 behind a status is the same attempt",
        "error: Unexpected server response: 403\nConnection closed with code 1006: \n", "refused 403"),
    Telling(
        "one end told five times is one attempt",
        "WebSocket handshake 403\n\nI get a 403 on the upgrade request.\nUnexpected server response: 403\n",
        "refused 403"),
    Telling(
        "a library tells code and reason",
        "received 4003 (private use) Invalid token; then sent 4003 (private use) Invalid token",
        "opened close 4003 'Invalid token'"),
    Telling(
        "a sentence tells code and reason",
        "Right after the handshake the server sends a close frame with code 4003 and the reason Invalid token.",
        "opened close 4003 'Invalid token'"),
    Telling("a port is no close code", "The socket server listens on port 4003 and the connection is fine."),
    Telling("a number of REST is no handshake", "The REST call returns a 403 when I post a message."),
    Telling(
        "what is supposed is not told", "If I get a 403 on the upgrade request I would look at the token."),
])
func aTextBecomesWhatItTells(_ telling: Telling) throws {
    #expect(outline(try readText(telling.text)) == telling.attempts)
}
