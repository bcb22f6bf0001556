/// Reads a command line against the table. Options and operands may stand in any order; `--` ends the options.
func parse(
    _ arguments: [String], surroundings: Surroundings, table: [CommandSpec]
) throws(Failure) -> Invocation {
    guard let word = arguments.first else { throw .usage("no command given", hint: "Commands: wsdiag help") }
    guard let command = table.first(where: { $0.name == word || $0.aliases.contains(word) }) else {
        throw unknownCommand(word, table: table)
    }
    var reading = OptionReading(command: command, arguments: Array(arguments.dropFirst()))
    var invocation = Invocation(command: command, surroundings: surroundings)
    while let part = try reading.next() {
        switch part {
        case .operand(let text): invocation.operands.append(text)
        case .option(let option, let value):
            if !option.isRepeatable, option.value != .none, let given = invocation.value(option),
                given != value
            {
                throw .usage("--\(option.name) is given twice, as '\(given)' and as '\(value)'", hint: nil)
            }
            invocation.values[option.name, default: []].append(value)
        }
    }
    // Help is about the command, so nothing else has to be right.
    if invocation.has(.help) { return invocation }
    try checkOperandCount(invocation)
    return invocation
}

private func checkOperandCount(_ invocation: Invocation) throws(Failure) {
    let command = invocation.command
    let fewest = command.operands.filter { !$0.isOptional }.count
    let most = command.operands.contains { $0.isRepeated } ? Int.max : command.operands.count
    let given = invocation.operands.count
    guard given < fewest || most < given else { return }
    let text =
        most < given
        ? "'\(command.name)' takes \(counted(most, "operand")), and '\(invocation.operands[most])' is one too many"
        : "'\(command.name)' needs \(command.operands.map(\.synopsis).joined(separator: " "))"
    throw .usage(text, hint: "Usage: \(command.synopsis)")
}

/// Walks over the arguments of one command.
private struct OptionReading {
    enum Part {
        case operand(String)
        case option(OptionSpec, String)
    }

    let command: CommandSpec
    var arguments: [String]
    var position = 0
    var optionsEnded = false
    /// The switches that are left of a cluster such as `-qh`.
    var cluster: [Character] = []

    init(command: CommandSpec, arguments: [String]) {
        self.command = command
        self.arguments = arguments
    }

    mutating func next() throws(Failure) -> Part? {
        if !cluster.isEmpty { return try nextOfCluster() }
        guard position < arguments.count else { return nil }
        let argument = arguments[position]
        position += 1
        // "-" is standard input.
        if optionsEnded || argument == "-" || !argument.hasPrefix("-") { return .operand(argument) }
        if argument == "--" {
            optionsEnded = true
            return try next()
        }
        if argument.hasPrefix("--") { return try longOption(argument) }
        cluster = Array(argument.dropFirst())
        return try nextOfCluster()
    }

    private mutating func longOption(_ argument: String) throws(Failure) -> Part {
        let parts = argument.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = command.option(long: name) else { throw unknownOption("--" + name) }
        guard option.value != .none else {
            guard parts.count == 1 else { throw .usage("--\(name) takes no value", hint: nil) }
            return .option(option, "")
        }
        return .option(option, try checked(parts.count == 2 ? String(parts[1]) : following(option), option))
    }

    private mutating func nextOfCluster() throws(Failure) -> Part {
        let letter = cluster.removeFirst()
        guard let option = command.option(short: letter) else { throw unknownOption("-\(letter)") }
        guard option.value != .none else { return .option(option, "") }
        let rest = String(cluster)
        cluster = []
        return .option(option, try checked(rest.isEmpty ? following(option) : rest, option))
    }

    private mutating func following(_ option: OptionSpec) throws(Failure) -> String {
        guard position < arguments.count else {
            throw .usage(
                "--\(option.name) needs a value: --\(option.name) \(option.value.name ?? "")", hint: nil)
        }
        position += 1
        return arguments[position - 1]
    }

    private func checked(_ value: String, _ option: OptionSpec) throws(Failure) -> String {
        switch option.value {
        case .number:
            guard let number = Int(value), 0 <= number else {
                throw .usage("--\(option.name) wants a whole number, and '\(value)' is none", hint: nil)
            }
        case .choice(_, let choices):
            guard choices.contains(value) else {
                let near = nearest(to: value, among: choices).map { ". Did you mean '\($0)'?" } ?? ""
                throw .usage(
                    "--\(option.name) is one of \(choices.joined(separator: ", ")), and not '\(value)'"
                        + near,
                    hint: nil)
            }
        case .file, .directory, .text:
            guard !value.isEmpty else { throw .usage("--\(option.name) is empty", hint: nil) }
        case .none: break
        }
        return value
    }

    private func unknownOption(_ spelled: String) -> Failure {
        let near = nearest(to: spelled, among: command.allOptions.map { "--" + $0.name })
        return .usage(
            "'\(command.name)' has no option \(spelled)" + (near.map { ". Did you mean \($0)?" } ?? ""),
            hint: "Its options: wsdiag \(command.name) --help")
    }
}

private func unknownCommand(_ word: String, table: [CommandSpec]) -> Failure {
    if word.hasPrefix("-") {
        return .usage(
            "no option \(word) without a command", hint: "Usage: wsdiag COMMAND [OPTION...] [INPUT...]")
    }
    if let near = nearest(to: word, among: table.flatMap { [$0.name] + $0.aliases }) {
        return .usage("unknown command '\(word)'. Did you mean '\(near)'?", hint: "Commands: wsdiag help")
    }
    // A file in the place of the command is the most usual slip.
    if word.contains(".") || word.contains("/") {
        return .usage(
            "'\(word)' is not a command", hint: "To explain a capture: wsdiag explain \(shellQuoted(word))")
    }
    return .usage("unknown command '\(word)'", hint: "Commands: wsdiag help")
}
