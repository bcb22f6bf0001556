import Report

/// wsdiag.1 in the mdoc language, made of the command table. Clean under `mandoc -Tlint`.
func manualPage(table: [CommandSpec]) -> String {
    var lines = [
        ".Dd \(Program.date)", ".Dt WSDIAG 1", ".Os", ".Sh NAME", ".Nm wsdiag",
        ".Nd \(Program.summary)", ".Sh SYNOPSIS",
    ]
    for command in table {
        lines += [".Nm", ".Cm \(command.name)"]
        if !command.options.isEmpty { lines.append(".Op Ar option ...") }
        for operand in command.operands { lines.append(synopsisLine(operand)) }
    }
    lines += [".Nm", ".Fl -version", ".Sh DESCRIPTION"]
    lines.append(
        roff(
            """
            The wsdiag program reads packet captures and TLS key logs and says why WebSocket handshakes failed: \
            from packets to TCP, TLS, HTTP, WebSocket frames and credentials. It sends nothing. Every statement \
            names the frame that proves it, and what cannot be told from the bytes is said to be so.
            """))
    lines += [".Sh COMMANDS"]
    for command in table { lines += commandSection(command) }
    lines += topicSection("ENVIRONMENT", HelpTopic.environment)
    lines += [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for code in ExitCode.allCases { lines += [".It \(code.rawValue)", roff(code.meaning + ".")] }
    lines.append(".El")
    lines += exampleSection(table)
    lines += topicSection("FORMATS", HelpTopic.formats, customary: false)
    lines += topicSection("SECURITY CONSIDERATIONS", HelpTopic.redaction)
    lines += [".Sh SEE ALSO", "The display filters in a report are for Wireshark."]
    return orderedSections(lines).joined(separator: "\n") + "\n"
}

private func synopsisLine(_ operand: CommandSpec.Operand) -> String {
    let name = "Ar " + operand.name.split(separator: "|").joined(separator: " | Ar ")
    let repeated = operand.isRepeated ? name + " ..." : name
    return operand.isOptional ? ".Op " + repeated : "." + repeated
}

private func commandSection(_ command: CommandSpec) -> [String] {
    var lines = [".Ss " + roff(command.name)]
    lines.append(roff(command.summary + "."))
    for paragraph in command.description { lines += [".Pp", roff(paragraph)] }
    if !command.operands.isEmpty {
        lines += [".Bl -tag -width Ds"]
        for operand in command.operands {
            lines += [".It Ar " + roff(operand.name), roff(operand.summary + ".")]
        }
        lines.append(".El")
    }
    guard !command.options.isEmpty else { return lines }
    lines += [".Pp", "The options are:", ".Bl -tag -width Ds"]
    for option in command.allOptions {
        let value = option.value.name.map { " Ar " + $0 } ?? ""
        let short = option.short.map { "Fl \($0)\(value) , " } ?? ""
        lines += [".It " + short + "Fl -" + option.name + value, roff(explanation(option))]
    }
    lines.append(".El")
    return lines
}

private func exampleSection(_ table: [CommandSpec]) -> [String] {
    var lines = [".Sh EXAMPLES"]
    for (index, example) in table.flatMap(\.examples).enumerated() {
        if 0 < index { lines.append(".Pp") }
        let meaning = example.meaning.prefix(1).uppercased() + example.meaning.dropFirst()
        lines += [roff(meaning + ":"), ".Dl " + roff(example.line)]
    }
    return lines
}

private func topicSection(_ heading: String, _ topic: HelpTopic, customary: Bool = true) -> [String] {
    var lines = [".Sh " + heading]
    for (index, part) in topic.parts.enumerated() {
        switch part {
        case .paragraph(let text):
            if 0 < index { lines.append(".Pp") }
            lines.append(roff(text))
        case .table(let rows):
            lines.append(".Bl -tag -width Ds")
            for row in rows {
                lines += [".It " + (heading == "ENVIRONMENT" ? environmentItem(row.name) : roff(row.name))]
                lines.append(roff(row.meaning))
            }
            lines.append(".El")
        }
    }
    return lines
}

private func environmentItem(_ names: String) -> String {
    "Ev " + names.split(separator: ",").map { String($0.filter { $0 != " " }) }.joined(separator: " , Ev ")
}

/// The order of sections that mdoc(7) wants; ours have their own place before SEE ALSO.
private func orderedSections(_ lines: [String]) -> [String] {
    var sections: [(name: String, lines: [String])] = [("", [])]
    for line in lines {
        if line.hasPrefix(".Sh ") { sections.append((String(line.dropFirst(4)), [])) }
        sections[sections.count - 1].lines.append(line)
    }
    let order = [
        "", "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "FORMATS", "ENVIRONMENT", "EXIT STATUS",
        "EXAMPLES",
        "SEE ALSO", "SECURITY CONSIDERATIONS",
    ]
    return order.flatMap { name in sections.filter { $0.name == name }.flatMap(\.lines) }
}

/// Text as roff takes it: backslashes doubled, hyphens that may be copied, no line that begins with a control.
private func roff(_ text: String) -> String {
    var escaped = ""
    for character in text {
        switch character {
        case "\\": escaped += "\\e"
        case "-": escaped += "\\-"
        case "~": escaped += "\\(ti"
        case "^": escaped += "\\(ha"
        case "`": escaped += "\\(ga"
        case "'": escaped += "\\(aq"
        case "\"": escaped += "\\(dq"
        default: escaped.append(character)
        }
    }
    if escaped.hasPrefix(".") { escaped = "\\&" + escaped }
    // mdoc wants each sentence on a line of its own.
    return sentenceLines(escaped)
}

private func sentenceLines(_ text: String) -> String {
    var lines = ""
    var rest = Substring(text)
    while let end = rest.range(ofSentenceEnd: ()) {
        lines += rest[..<end.lowerBound] + "\n"
        rest = rest[end.upperBound...]
    }
    return (lines + rest).split(separator: "\n", omittingEmptySubsequences: false)
        .map { wrapped(String($0), width: 78) }.joined(separator: "\n")
}

extension Substring {
    /// The space after the next sentence end that is followed by a capital letter.
    fileprivate func range(ofSentenceEnd: ()) -> Range<Index>? {
        var position = startIndex
        while let dot = self[position...].firstIndex(where: { $0 == "." || $0 == ":" }) {
            let space = index(after: dot)
            guard space < endIndex else { return nil }
            let next = index(after: space)
            if self[dot] == ".", self[space] == " ", next < endIndex,
                self[next].isUppercase || self[next] == "<"
            {
                return space..<next
            }
            position = space
        }
        return nil
    }
}
