import Case
import Diagnosis
import Wire

/// What the verdict is about: the part of the handshake that carets are drawn under.
struct Pointing: Sendable {
    private enum Target: Sendable {
        case credential
        case field(String, Side)
        case target
    }

    private let target: Target?
    /// A word beside the carets.
    let note: String?

    /// Points only where a cause is certain or likely: a mark is a claim.
    init(_ judgement: Judgement) {
        guard let verdict = judgement.verdict, let cause = verdict.cause, verdict.certainty != .possible
        else {
            target = nil
            note = nil
            return
        }
        target = Pointing.target(of: cause)
        note = verdict.certainty == .likely ? "likely here" : nil
    }

    /// Whether a field of the request is what the verdict is about.
    func isAbout(_ name: String) -> Bool {
        if case .field(let field, .client)? = target { return field == name }
        return false
    }

    /// Whether a field of the answer is what the verdict is about.
    func isAboutAnswer(_ name: String) -> Bool {
        if case .field(let field, .server)? = target { return field == name }
        return false
    }

    /// Columns of a shown line to be marked, or nil.
    func mark(in text: String, head: MessageHead, line: Range<Int>, side: Side) -> Range<Int>? {
        switch target {
        case nil: return nil
        case .credential:
            guard side == .client else { return nil }
            return maskedToken(in: text)
        case .field(let name, let fieldSide):
            guard side == fieldSide, text.lowercased().hasPrefix(name + ":") else { return nil }
            let value = text.dropFirst(name.count + 1)
            let spaces = value.prefix { $0 == " " }.count
            let start = name.count + 1 + spaces
            let end = columns(text)
            return start < end ? start..<end : 0..<max(1, end)
        case .target:
            guard side == .client, line.lowerBound == firstLine(head), let space = text.firstIndex(of: " ")
            else {
                return nil
            }
            let start = columns(text[...space])
            let rest = text[text.index(after: space)...]
            return start..<(start + columns(rest.prefix { $0 != " " && $0 != "?" }))
        }
    }

    private func firstLine(_ head: MessageHead) -> Int {
        if case .request(let method, _, _) = head.startLine { return method.lowerBound }
        return 0
    }

    private func maskedToken(in text: String) -> Range<Int>? {
        var start = text.startIndex
        while let bracket = text[start...].firstIndex(of: "<") {
            let rest = text[bracket...]
            if rest.hasPrefix("<token "), let end = rest.firstIndex(of: ">") {
                let from = columns(text[..<bracket])
                return from..<(from + columns(text[bracket...end]))
            }
            start = text.index(after: bracket)
        }
        return nil
    }

    private static func target(of cause: String) -> Target? {
        if cause.hasPrefix("token-") || cause.hasPrefix("credential-in-") || cause == "clock-skew"
            || cause == "reconnect-with-old-token" || cause.hasPrefix("scope-")
            || cause == "credential-parameter-misnamed"
        {
            return .credential
        }
        switch cause {
        case "websocket-key-malformed": return .field("sec-websocket-key", .client)
        case "origin-refused": return .field("origin", .client)
        case "subprotocol-not-selected": return .field("sec-websocket-protocol", .client)
        case "path-not-found", "not-a-websocket-endpoint": return .target
        case "redirected-to-login": return .field("location", .server)
        case "rate-limited": return .field("retry-after", .server)
        case "switching-response-invalid": return .field("sec-websocket-accept", .server)
        default: return nil
        }
    }
}
