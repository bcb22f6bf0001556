import Case
import Wire

/// Finds what command lines dial: `curl`, `wscat`, `websocat`.
func commandDials(
    _ document: TextDocument, upTo lastLine: Int, skipping taken: Set<Int>, limits: Limits
) -> [Dial] {
    var dials: [Dial] = []
    var index = 0
    while index < lastLine, dials.count < limits.statements {
        let first = index
        index += 1
        guard !taken.contains(first), let start = commandStart(document, document.lines[first]) else {
            continue
        }
        var words = shellWords(document, start..<document.lines[first].upperBound)
        while words.last?.text == "\\", index < lastLine, words.count < 400 {
            words.removeLast()
            words += shellWords(document, document.lines[index])
            index += 1
        }
        if let dial = dial(of: words) { dials.append(dial) }
    }
    return dials
}

private struct ShellWord {
    var text: String
    var offset: Int
}

/// Where the program's name begins, when the line is a command of a program that is known.
private func commandStart(_ document: TextDocument, _ line: Range<Int>) -> Int? {
    let bare = document.trimmed(line)
    var start = bare.lowerBound
    for prompt: StaticString in ["$ ", "% ", "> ", "# "]
    where document.has(prompt, at: start, before: bare.upperBound) {
        start += 2
        break
    }
    for program: StaticString in ["curl ", "wscat ", "websocat ", "npx wscat "]
    where document.has(program, at: start, before: bare.upperBound) { return start }
    return nil
}

/// The words of a line as a shell cuts them; `$NAME` and `$(…)` become `${NAME}` and `${…}`.
private func shellWords(_ document: TextDocument, _ line: Range<Int>) -> [ShellWord] {
    let bytes = document.bytes
    var words: [ShellWord] = []
    var index = line.lowerBound
    while index < line.upperBound, words.count < 200 {
        while index < line.upperBound, bytes[index] <= 0x20 { index += 1 }
        guard index < line.upperBound else { break }
        let start = index
        var text: [UInt8] = []
        var quote: UInt8 = 0
        while index < line.upperBound, quote != 0 || 0x20 < bytes[index] {
            let byte = bytes[index]
            if quote == 0, byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == quote {
                quote = 0
            } else if byte == 0x5c, quote != 0x27, index + 1 < line.upperBound {
                index += 1
                text.append(bytes[index])
            } else if byte == 0x24, quote != 0x27, index + 1 < line.upperBound, isNameByte(bytes[index + 1]) {
                text += [0x24, 0x7b]
                while index + 1 < line.upperBound, isNameByte(bytes[index + 1]) {
                    index += 1
                    text.append(bytes[index])
                }
                text.append(0x7d)
            } else {
                text.append(byte)
            }
            index += 1
        }
        words.append(ShellWord(text: String(decoding: text, as: UTF8.self), offset: start))
    }
    return words
}

private func dial(of words: [ShellWord]) -> Dial? {
    guard let first = words.first else { return nil }
    let program = words.count > 1 && first.text == "npx" ? words[1].text : first.text
    var dial = Dial(url: nil, offset: first.offset)
    dial.isCode = true
    dial.client = program == "curl" ? "curl" : program == "wscat" ? "node" : "rust"
    var isUpgrade = program != "curl"
    var index = 1
    while index < words.count {
        var option = words[index].text
        var value = index + 1 < words.count ? words[index + 1].text : ""
        index += 1
        if option.hasPrefix("--"), let equals = option.firstIndex(of: "=") {
            value = String(option[option.index(after: equals)...])
            option = String(option[..<equals])
            index -= 1
        }
        switch option {
        case "-H", "--header":
            index += 1
            let parts = value.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, dial.fields.count < 64 else { continue }
            let name = parts[0].trimmed
            if name.lowercased().hasPrefix("sec-websocket") || parts[1].lowercased().contains("websocket") {
                isUpgrade = true
            }
            dial.fields.append(.init(name: name, value: parts[1].trimmed))
        case "-s", "--subprotocol", "--protocol":
            guard program != "curl" else { continue }
            index += 1
            dial.subprotocols.append(value)
        case "-c", "--connect", "--url":
            if value.contains("://") {
                dial.url = value
                index += 1
            }
        default:
            if option.contains("://"), dial.url == nil { dial.url = option }
        }
    }
    guard let url = dial.url, let parts = URLParts(url) else { return nil }
    guard isUpgrade || parts.isWebSocket else { return nil }
    return dial
}
