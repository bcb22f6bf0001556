import Report

/// One call of a command: what was given, and where the process stands.
struct Invocation: Sendable {
    var command: CommandSpec
    /// Values by long name; a switch has one empty value for each time it was given.
    var values: [String: [String]] = [:]
    var operands: [String] = []
    var surroundings: Surroundings

    /// Whether a switch or an option was given.
    func has(_ option: OptionSpec) -> Bool { values[option.name] != nil }

    /// The last value given.
    func value(_ option: OptionSpec) -> String? { values[option.name]?.last }

    /// Every value given, in order.
    func all(_ option: OptionSpec) -> [String] { values[option.name] ?? [] }

    /// A whole number. Parsing has checked that it is one.
    func number(_ option: OptionSpec) -> Int? { value(option).flatMap { Int($0) } }
}

/// Why a command could not do its work, in words for the reader.
enum Failure: Error, Equatable {
    /// The command line is wrong. `hint` says what to do.
    case usage(String, hint: String?)
    /// An input cannot be read or is nothing that is known. Lines: what, then what follows and what to do.
    case input([String])
    /// An output cannot be written.
    case output([String])
    /// A live command cannot reach the network, or not listen on it.
    case network([String])
    /// The program that `run` is to start is not there.
    case notFound(String)
    /// The program that `run` is to start cannot be started.
    case notExecutable(String)
    /// The reader of standard output went away; there is nobody to tell.
    case outputClosed
    /// The user pressed Ctrl-C.
    case interrupted

    var exitCode: ExitCode {
        switch self {
        case .usage: .usage
        case .input: .input
        case .output: .output
        case .network: .network
        case .notFound: .notFound
        case .notExecutable: .notExecutable
        case .outputClosed: .nothingWrong
        case .interrupted: .interrupted
        }
    }

    /// What is printed on standard error; nothing when there is nobody to tell.
    var lines: [String] {
        switch self {
        case .usage(let text, let hint): [text] + (hint.map { [$0] } ?? [])
        case .input(let lines), .output(let lines), .network(let lines): lines
        case .notFound(let line), .notExecutable(let line): [line]
        case .outputClosed, .interrupted: []
        }
    }
}
