/// `wsdiag help`: every command in one screen.
func overviewText(table: [CommandSpec], width: Int) -> String {
    var lines = ["\(Program.name) \(Program.version): \(Program.summary)", ""]
    lines.append("Usage: wsdiag COMMAND [OPTION...] [INPUT...]")
    for group in CommandSpec.Group.allCases {
        lines += ["", group.rawValue + ":"]
        for command in table where command.group == group {
            lines.append("  " + padded(command.name, 13) + command.summary)
        }
    }
    lines += ["", "The one to remember:", "  wsdiag explain capture.pcapng client.keys", ""]
    lines.append("Help on a command: wsdiag COMMAND --help")
    lines.append(
        wrapped(
            "Help on a topic: wsdiag help TOPIC, with " + HelpTopic.all.map(\.name).joined(separator: ", "),
            width: width))
    return lines.joined(separator: "\n") + "\n"
}

/// `wsdiag COMMAND --help`
func helpText(_ command: CommandSpec, width: Int) -> String {
    var lines = ["wsdiag \(command.name): \(lowercasedFirst(command.summary))", ""]
    lines.append("Usage: " + command.synopsis)
    if !command.aliases.isEmpty { lines.append("Also:  wsdiag " + command.aliases.joined(separator: ", ")) }
    for paragraph in command.description {
        lines += ["", wrapped(paragraph, width: width)]
    }
    if !command.operands.isEmpty {
        lines.append("")
        for operand in command.operands { lines += entry(operand.name, operand.summary + ".", width: width) }
    }
    lines += ["", "Options:"]
    for option in command.allOptions { lines += entry(option.heading, explanation(option), width: width) }
    if !command.examples.isEmpty {
        lines += ["", "Examples:"]
        for example in command.examples {
            lines += ["  " + example.line, "      " + example.meaning]
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

/// What an option does, what holds without it, and which variables speak for it.
func explanation(_ option: OptionSpec) -> String {
    var text = option.summary + "."
    if let standard = option.standard { text += " Standard: \(standard)." }
    if !option.environment.isEmpty { text += " Environment: \(option.environment.joined(separator: ", "))." }
    return text
}

/// A heading with its text beside it, or below it where the heading is long.
private func entry(_ heading: String, _ text: String, width: Int) -> [String] {
    let column = 26
    let body = wrapped(text, width: width, indent: String(repeating: " ", count: column))
    guard heading.count + 4 <= column else { return ["  " + heading, body] }
    return [padded("  " + heading, column) + body.dropFirst(column)]
}

/// Filled up with spaces.
func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func lowercasedFirst(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
}
