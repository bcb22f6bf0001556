import Report

/// `wsdiag help [TOPIC]`
func helpPage(_ invocation: Invocation) throws(Failure) -> ExitCode {
    let surroundings = invocation.surroundings
    let width = surroundings.textWidth
    guard let name = invocation.operands.first else {
        try surroundings.print(overviewText(table: commandTable, width: width))
        return .nothingWrong
    }
    if let command = commandTable.first(where: { $0.name == name || $0.aliases.contains(name) }) {
        try surroundings.print(helpText(command, width: width))
    } else if let topic = HelpTopic.all.first(where: { $0.name == name }) {
        try surroundings.print(topic.text(width: width))
    } else {
        let words = commandTable.map(\.name) + HelpTopic.all.map(\.name)
        let near = nearest(to: name, among: words).map { ". Did you mean '\($0)'?" } ?? ""
        throw .usage(
            "no help on '\(name)'" + near,
            hint: "Topics: " + HelpTopic.all.map(\.name).joined(separator: ", "))
    }
    return .nothingWrong
}

/// `wsdiag howto [SOURCE]`
func howto(_ invocation: Invocation) throws(Failure) -> ExitCode {
    let width = appearance(invocation).width
    let output = try OutputFile(invocation)
    guard let word = invocation.operands.first else {
        try output.write(Recipe.overview(width: width))
        return .nothingWrong
    }
    guard let recipe = Recipe.named(word) else {
        let names = Recipe.all.map(\.source)
        let near = nearest(to: word, among: names).map { ". Did you mean '\($0)'?" } ?? ""
        throw .usage(
            "there is no recipe for '\(word)'" + near,
            hint: "There are some for " + names.joined(separator: ", "))
    }
    switch outputFormat(invocation, ["text", "md"]) {
    case "md": try output.write(recipe.markdown)
    default: try output.write(recipe.text(width: width))
    }
    return .nothingWrong
}

/// `wsdiag completions SHELL`
func completions(_ invocation: Invocation) throws(Failure) -> ExitCode {
    let shell = invocation.operands.first ?? ""
    let script: String
    switch shell {
    case "bash": script = bashCompletions(table: commandTable)
    case "zsh": script = zshCompletions(table: commandTable)
    case "fish": script = fishCompletions(table: commandTable)
    default: throw .usage("no completions for '\(shell)'", hint: "There are some for bash, zsh and fish")
    }
    try invocation.surroundings.print(script)
    return .nothingWrong
}

/// `wsdiag man`
func manual(_ invocation: Invocation) throws(Failure) -> ExitCode {
    try invocation.surroundings.print(manualPage(table: commandTable))
    return .nothingWrong
}
