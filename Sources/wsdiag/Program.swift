import Glibc
import Report

/// The whole program: command line in, exit code out.
func runProgram() -> ExitCode {
    installSignalHandlers()
    return run(Array(CommandLine.arguments.dropFirst()), in: .ofProcess())
}

/// Ends the process.
func exitProcess(with code: ExitCode) -> Never { exit(code.rawValue) }

/// One command line.
func run(_ arguments: [String], in surroundings: Surroundings) -> ExitCode {
    do throws(Failure) {
        switch arguments.first {
        case nil, "-h", "--help":
            try surroundings.print(overviewText(table: commandTable, width: surroundings.textWidth))
            return .nothingWrong
        case "-V", "--version":
            try surroundings.print("\(Program.name) \(Program.version)\n")
            return .nothingWrong
        default: break
        }
        let invocation = try parse(arguments, surroundings: surroundings, table: commandTable)
        if invocation.has(.help) {
            try surroundings.print(helpText(invocation.command, width: surroundings.textWidth))
            return .nothingWrong
        }
        return try invocation.command.run(invocation)
    } catch {
        surroundings.report(error)
        return error.exitCode
    }
}

extension Surroundings {
    /// Text to standard output.
    func print(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

    /// `error: …` with its further lines indented.
    func report(_ failure: Failure) {
        let lines = failure.lines
        guard let first = lines.first else { return }
        note((["error: " + first] + lines.dropFirst().map { "  " + $0 }).joined(separator: "\n") + "\n")
    }

    /// The width of plain text.
    var textWidth: Int {
        let columns = environment["COLUMNS"].flatMap { Int($0) } ?? terminalColumns ?? 80
        return min(max(columns, 40), 100)
    }
}
