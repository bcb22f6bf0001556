import JSON
import Wire

/// The forms in which access logs write a line.
enum LogForm {
    /// One JSON object a line.
    case json
    /// A load balancer's: type, time, name, addresses, times, two statuses, the request in quotes ….
    case balancer
    /// Common or combined: `address - user [time] "request" status size …`.
    case combined

    /// The form of a line, or nil when it is none of these.
    init?(_ line: Span<UInt8>) {
        guard 0 < line.count else { return nil }
        if jsonStart(line) != nil {
            guard let record = LogRecord(json: line, line: 1, limits: .standard), record.isAccess else {
                return nil
            }
            self = .json
        } else if LogRecord(balancer: line, line: 1) != nil {
            self = .balancer
        } else if LogRecord(combined: line, line: 1) != nil {
            self = .combined
        } else {
            return nil
        }
    }
}

extension LogRecord {
    /// A line in a form that is known; nil when it is not in that form.
    init?(_ bytes: Span<UInt8>, as form: LogForm, line: Int, limits: Limits) {
        switch form {
        case .json: self.init(json: bytes, line: line, limits: limits)
        case .balancer: self.init(balancer: bytes, line: line)
        case .combined: self.init(combined: bytes, line: line)
        }
    }

    /// Whether this says what was asked and what was answered.
    var isAccess: Bool {
        guard facts[.status] != nil else { return false }
        let asked: [LogFact] = [.target, .requestLine, .event, .route]
        return asked.contains { facts[$0] != nil } && (facts[.time] ?? facts[.start]) != nil
    }

    /// A JSON object: members by their names, nested ones joined. What collects logs wraps lines: a time in front, or
    /// the line as a text inside of another object.
    init?(json bytes: Span<UInt8>, line: Int, limits: Limits) {
        guard let start = jsonStart(bytes),
            let value = try? JSONValue(reading: bytes.extracting(start..<bytes.count), limits: limits),
            value.members != nil
        else { return nil }
        self.init(line: line)
        take(value, name: "", depth: 0)
        guard !isAccess, let wrapped = wrappedLine(value) else { return }
        let text = wrapped.utf8.span
        let inner =
            text.count == 0 || text[0] != 0x7b
            ? LogRecord(balancer: text, line: line) ?? LogRecord(combined: text, line: line)
            : (try? JSONValue(reading: text, limits: limits)).map { value in
                var inner = LogRecord(line: line)
                inner.take(value, name: "", depth: 0)
                return inner
            }
        // The line's own facts first: the wrapper's time is when it was collected.
        if let inner { prefer(inner) }
    }

    private mutating func take(_ value: JSONValue, name: String, depth: Int) {
        let text: String
        switch value {
        case .object(let members):
            guard depth < 4 else { return }
            for member in members {
                take(member.value, name: name + plainName(member.name), depth: depth + 1)
            }
            return
        case .array(let elements):
            // Header fields are lists in some encoders.
            if let first = elements.first { take(first, name: name, depth: 4) }
            return
        case .string(let string): text = string
        case .number(_, let spelling): text = spelling
        case .null: text = "-"
        case .bool(let truth): text = truth ? "true" : "false"
        }
        for fact in LogKnowledge.embedded.facts[name] ?? [] { note(fact, text) }
    }

    /// A load balancer's line.
    ///
    /// Source: Elastic Load Balancing, "Access logs for your Application Load Balancer", entry syntax (2026-11).
    init?(balancer bytes: Span<UInt8>, line: Int) {
        let words = logWords(bytes)
        guard 13 <= words.count, ["http", "https", "h2", "grpcs", "ws", "wss"].contains(words[0].text),
            Timestamp(rfc3339: words[1].text) != nil, words[12].isQuoted
        else { return nil }
        self.init(line: line)
        note(.scheme, words[0].text)
        note(.time, words[1].text)
        note(.status, words[8].text)
        note(.targetStatus, words[9].text)
        note(.requestLine, words[12].text)
        if 18 < words.count { note(.host, words[18].text) }
        if 21 < words.count { note(.start, words[21].text) }
        if 22 < words.count { note(.actions, words[22].text) }
        if 24 < words.count { note(.gatewayError, words[24].text) }
    }

    /// A line of the common or the combined form.
    ///
    /// Source: Apache mod_log_config and nginx ngx_http_log_module, "combined".
    init?(combined bytes: Span<UInt8>, line: Int) {
        let words = logWords(bytes)
        guard let time = words.prefix(8).firstIndex(where: \.isBracketed), time + 2 < words.count,
            words[time + 1].isQuoted, logMoment(words[time].text) != nil,
            words[time + 2].text.utf8.count == 3, Int(words[time + 2].text) != nil
        else { return nil }
        self.init(line: line)
        note(.time, words[time].text)
        note(.requestLine, words[time + 1].text)
        note(.status, words[time + 2].text)
    }
}

/// Where the object of a line begins: at once, or behind a time and a few words.
private func jsonStart(_ line: Span<UInt8>) -> Int? {
    guard 0 < line.count else { return nil }
    if line[0] == 0x7b { return 0 }
    guard 0x30 <= line[0], line[0] <= 0x39 else { return nil }
    for index in 0..<min(line.count, 256) {
        if line[index] == 0x22 { return nil }
        if line[index] == 0x7b { return index }
    }
    return nil
}

/// The text in which a collector keeps the line that it collected.
private func wrappedLine(_ value: JSONValue) -> String? {
    for name in ["log", "message", "msg", "@message", "textPayload"] {
        if let text = value[name]?.string { return text }
    }
    return nil
}

/// A name without what people put between its words.
private func plainName(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in name.utf8.prefix(128) {
        switch byte {
        case 0x41...0x5a: bytes.append(byte | 0x20)
        case 0x61...0x7a, 0x30...0x39, 0x40: bytes.append(byte)
        default: break
        }
    }
    let plain = String(decoding: bytes, as: UTF8.self)
    return plain.hasPrefix("context") && plain != "context" ? String(plain.dropFirst(7)) : plain
}

/// A word of a line.
struct LogWord {
    var text: String
    var isQuoted = false
    var isBracketed = false
}

/// The words of a line: between spaces, in quotes (a backslash keeps the next quote), or in square brackets. The first
/// 40 are enough for every form.
private func logWords(_ line: Span<UInt8>) -> [LogWord] {
    var words: [LogWord] = []
    var index = 0
    while index < line.count, words.count < 40 {
        let first = line[index]
        if first == 0x20 || first == 0x09 {
            index += 1
            continue
        }
        let isQuoted = first == 0x22
        let isBracketed = first == 0x5b
        let start = isQuoted || isBracketed ? index + 1 : index
        var end = start
        while end < line.count {
            let byte = line[end]
            if isQuoted ? byte == 0x22 : isBracketed ? byte == 0x5d : byte == 0x20 { break }
            end += isQuoted && byte == 0x5c ? 2 : 1
        }
        end = min(end, line.count)
        let text = String(decoding: line.extracting(start..<end).bytes(), as: UTF8.self)
        words.append(LogWord(text: text, isQuoted: isQuoted, isBracketed: isBracketed))
        index = end + 1
    }
    return words
}
