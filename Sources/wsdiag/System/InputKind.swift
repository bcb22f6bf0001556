import Capture
import Compression
import JSON
import TLS
import Testimony
import Wire

/// What an input is, told from its first bytes. Names of files are never looked at.
enum InputKind: Equatable, Sendable {
    case capture
    case keyLog
    /// A bare JSON Web Token, or `Bearer …`.
    case token
    /// A JSON Web Key Set, or a JSON Web Key.
    case keySet
    /// Something that tells of traffic: an export, a log, a text.
    case document(DocumentFormat)
    /// Something that is known and not read. `what` it is, and what to do.
    case notRead(what: String, advice: String)
    case empty
    /// Nothing that is known. Its first bytes, in words.
    case unknown(String)

    /// Recognises the beginning of an unpacked input.
    init(_ beginning: Span<UInt8>) {
        if beginning.count == 0 {
            self = .empty
        } else if let format = CaptureFormat.detect(beginning) {
            self = format == .pcap || format == .pcapng ? .capture : InputKind.packedTwice
        } else if KeyLog.isKeyLog(beginning) {
            self = .keyLog
        } else {
            self = InputKind.document(beginning)
        }
    }

    private static let packedTwice = InputKind.notRead(
        what: "packed twice", advice: "Unpack it once with gzip -d or zstd -d")

    private static func document(_ beginning: Span<UInt8>) -> InputKind {
        guard let text = printableText(beginning) else {
            if let format = DocumentFormat(beginning) { return .document(format) }
            let known = binaryFormats.first { format in beginning.starts(with: format.magic) }
            if let known { return .notRead(what: known.name, advice: known.advice) }
            let head = (0..<min(8, beginning.count)).map { hexByte(beginning[$0]) }.joined(separator: " ")
            return .unknown("begins with the bytes \(head)")
        }
        let start = text.drop { $0.isWhitespace }
        if isToken(start) { return .token }
        if isKeySet(start) { return .keySet }
        if start.hasPrefix("-----BEGIN") {
            return .notRead(
                what: "PEM", advice: "A server's private key cannot decrypt modern TLS; a key log can")
        }
        if let format = DocumentFormat(beginning), format != .text { return .document(format) }
        if start.hasPrefix("{") || start.hasPrefix("["), (try? JSONValue.prefix(beginning)) != nil {
            return .notRead(
                what: "JSON of no kind that is known",
                advice: "HAR, net-export and access logs as JSON lines are read. See 'wsdiag help formats'")
        }
        return .document(.text)
    }

    private static func isKeySet(_ text: Substring) -> Bool {
        let beginning = text.prefix(2000)
        return text.hasPrefix("{") && beginning.contains("\"kty\"")
    }

    private static let binaryFormats: [(magic: StaticString, name: String, advice: String)] = [
        ("snoop\0\0\0", "a Solaris snoop capture", "Convert it: editcap -F pcapng IN OUT.pcapng"),
        (
            "PK\u{3}\u{4}", "a ZIP archive",
            "A Fiddler archive (.saz)? File > Export > HTTPArchive, then give that. Else unpack it"
        ),
        (
            "\u{1}\u{2}\u{3}\u{4}", "no capture format that is read",
            "Convert it: editcap -F pcapng IN OUT.pcapng"
        ),
    ]

    /// Three or five parts of base64url letters that begin like a JSON object, with or without `Bearer `.
    private static func isToken(_ text: Substring) -> Bool {
        var word = text.prefix { !$0.isNewline }
        if word.lowercased().hasPrefix("bearer ") { word = word.dropFirst(7) }
        guard word.hasPrefix("eyJ") || word.hasPrefix("eyA") else { return false }
        return word.utf8.allSatisfy { 0x21 <= $0 && $0 < 0x7f }
    }
}

/// The beginning as text; nil when it holds control bytes that no text has.
private func printableText(_ beginning: Span<UInt8>) -> String? {
    for index in 0..<beginning.count {
        let byte = beginning[index]
        if byte < 0x20, byte != 0x09, byte != 0x0a, byte != 0x0d, byte != 0x1b { return nil }
    }
    return String(decoding: beginning.bytes(), as: UTF8.self)
}

private func hexByte(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
}
