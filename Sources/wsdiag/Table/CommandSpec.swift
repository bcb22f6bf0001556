import Report

/// A command as data. Parsing, help, completions and the manual page are all made of this one value.
struct CommandSpec: Sendable {
    /// What a command takes besides options.
    struct Operand: Sendable {
        /// What completes it in a shell.
        enum Completion: Sendable {
            case files
            case words([String])
            case nothing
        }

        /// The name in a synopsis: `INPUT`.
        var name: String
        var isOptional = false
        var isRepeated = false
        /// One sentence, without its full stop.
        var summary: String
        var completion = Completion.files

        /// `[INPUT...]`
        var synopsis: String {
            let repeated = isRepeated ? name + "..." : name
            return isOptional ? "[" + repeated + "]" : repeated
        }
    }

    /// A command line to copy, and what it does.
    struct Example: Sendable {
        var line: String
        var meaning: String
    }

    /// The headings of the overview.
    enum Group: String, Sendable, CaseIterable {
        case read = "Read"
        case learn = "Learn"
        case live = "Live"
        case setUp = "Set up"
    }

    var name: String
    var aliases: [String] = []
    var group: Group
    /// One line, without its full stop.
    var summary: String
    /// Paragraphs.
    var description: [String]
    var operands: [Operand] = []
    var options: [OptionSpec] = []
    var examples: [Example] = []
    /// Answers the exit code.
    var run: @Sendable (Invocation) throws(Failure) -> ExitCode

    /// `wsdiag explain [OPTION...] [INPUT...]`
    var synopsis: String {
        let parts = ["wsdiag", name] + (options.isEmpty ? [] : ["[OPTION...]"]) + operands.map(\.synopsis)
        return parts.joined(separator: " ")
    }

    /// Its own options and those that every command has.
    var allOptions: [OptionSpec] { options + OptionSpec.everywhere }

    func option(long name: String) -> OptionSpec? { allOptions.first { $0.name == name } }

    func option(short letter: Character) -> OptionSpec? { allOptions.first { $0.short == letter } }
}

/// An option as data.
struct OptionSpec: Sendable, Equatable {
    /// What stands after the option.
    enum Value: Sendable, Equatable {
        case none
        case file(String)
        case directory(String)
        case text(String)
        /// A whole number of at least zero.
        case number(String)
        case choice(String, [String])

        /// `FILE`, or nil for a switch.
        var name: String? {
            switch self {
            case .none: nil
            case .file(let name), .directory(let name), .text(let name), .number(let name): name
            case .choice(let name, _): name
            }
        }
    }

    /// The long name without its dashes.
    var name: String
    var short: Character?
    var value = Value.none
    var isRepeatable = false
    /// One or two sentences, without the last full stop.
    var summary: String
    /// What holds when it is not given.
    var standard: String?
    /// The environment variables that speak when it is not given.
    var environment: [String] = []

    /// `-k, --keys FILE`
    var heading: String {
        let letter = short.map { "-\($0), " } ?? "    "
        return letter + "--" + name + (value.name.map { " " + $0 } ?? "")
    }
}
