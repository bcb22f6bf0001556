import Report
import Testing

@testable import wsdiag

/// What was written, by a process that is none.
final class Recorder: Sendable {
    nonisolated(unsafe) var output = ""
    nonisolated(unsafe) var notes = ""
}

/// Runs a command line and gives what it wrote.
func running(_ arguments: [String], environment: [String: String] = [:]) -> (ExitCode, String, String) {
    let recorder = Recorder()
    var surroundings = Surroundings(
        write: { bytes throws(Failure) in recorder.output += String(decoding: bytes, as: UTF8.self) },
        note: { text in recorder.notes += text })
    surroundings.environment = environment
    surroundings.inputIsTerminal = true
    let code = run(arguments, in: surroundings)
    return (code, recorder.output, recorder.notes)
}

@Suite("The command line") struct ParsingTests {
    @Test(
        "A wrong command line ends with 2 and one clear sentence",
        arguments: [
            (["explian", "x"], "error: unknown command 'explian'. Did you mean 'explain'?"),
            (
                ["explain", "--formt", "json", "x"],
                "error: 'explain' has no option --formt. Did you mean --format?"
            ),
            (["explain", "--zzz"], "error: 'explain' has no option --zzz"),
            (["explain", "--format", "jsn"], "Did you mean 'json'?"),
            (["explain", "--format"], "error: --format needs a value: --format FORMAT"),
            (["explain", "--skew", "soon"], "error: --skew wants a whole number, and 'soon' is none"),
            (["explain", "--skew=-5"], "error: --skew wants a whole number, and '-5' is none"),
            (["explain", "--why=yes"], "error: --why takes no value"),
            (
                ["explain", "--width", "80", "--width", "90"],
                "error: --width is given twice, as '80' and as '90'"
            ),
            (["capture.pcapng"], "To explain a capture: wsdiag explain capture.pcapng"),
            (["--verbose"], "error: no option --verbose without a command"),
            (["completions"], "error: 'completions' needs SHELL"),
            (["completions", "tcsh"], "error: no completions for 'tcsh'"),
            (["rules", "a", "b"], "error: 'rules' takes 1 operand, and 'b' is one too many"),
            (["help", "exitcodes"], "Did you mean 'exit-codes'?"),
        ])
    func wrong(_ arguments: [String], _ sentence: String) {
        let (code, output, notes) = running(arguments)
        #expect(code == .usage)
        #expect(notes.contains(sentence), "\(notes)")
        #expect(output.isEmpty)
    }

    @Test("Options stand anywhere, in every spelling") func spellings() throws {
        let surroundings = Surroundings(write: { _ throws(Failure) in }, note: { _ in })
        let call = try parse(
            ["explain", "a", "--format=json", "-kone", "--keys", "two", "-q", "--", "--why"],
            surroundings: surroundings, table: commandTable)
        #expect(call.operands == ["a", "--why"])
        #expect(call.value(.format(["text", "json"])) == "json")
        #expect(call.all(.keys) == ["one", "two"])
        #expect(call.has(.quiet))
        #expect(!call.has(.why))
    }

    @Test("A lone hyphen is standard input") func hyphen() throws {
        let surroundings = Surroundings(write: { _ throws(Failure) in }, note: { _ in })
        let call = try parse(["explain", "-"], surroundings: surroundings, table: commandTable)
        #expect(call.operands == ["-"])
    }

    @Test("Help needs nothing else to be right", arguments: commandTable.map(\.name))
    func help(_ command: String) {
        let (code, output, notes) = running([command, "--help", "--help"])
        #expect(code == .nothingWrong)
        #expect(output.contains("Usage: wsdiag \(command)"))
        #expect(notes.isEmpty)
    }

    @Test("Nothing on a page is wider than it may be", arguments: ["40", "60", "80"])
    func widths(_ columns: String) {
        for topic in HelpTopic.all.map(\.name) {
            let (_, output, _) = running(["help", topic], environment: ["COLUMNS": columns])
            #expect(!output.isEmpty)
            for line in output.split(separator: "\n") {
                #expect(line.count <= max(Int(columns) ?? 0, 60), "\(line)")
            }
        }
    }
}

@Suite("The command table") struct CommandTableTests {
    @Test("Names and letters of one command are its own", arguments: commandTable.map(\.name))
    func unique(_ name: String) throws {
        let command = try #require(commandTable.first { $0.name == name })
        let names = command.allOptions.map(\.name)
        #expect(Set(names).count == names.count)
        let letters = command.allOptions.compactMap(\.short)
        #expect(Set(letters).count == letters.count)
    }

    @Test("Every example parses") func examples() throws {
        let surroundings = Surroundings(write: { _ throws(Failure) in }, note: { _ in })
        for example in commandTable.flatMap(\.examples) {
            let words = example.line.split(separator: " ").map(String.init)
            guard let start = words.firstIndex(of: "wsdiag") ?? words.firstIndex(of: "<(wsdiag") else {
                Issue.record("no wsdiag in \(example.line)")
                continue
            }
            let rest = words[(start + 1)...].prefix { !["|", ">", "<"].contains($0) }
                .map { $0.hasSuffix(")") ? String($0.dropLast()) : $0 }
            _ = try parse(rest, surroundings: surroundings, table: commandTable)
        }
    }

    @Test("The manual page, completions and help name every option") func everywhere() {
        let page = manualPage(table: commandTable)
        let scripts = [
            bashCompletions(table: commandTable), zshCompletions(table: commandTable),
            fishCompletions(table: commandTable),
        ]
        for command in commandTable {
            for option in command.allOptions {
                #expect(helpText(command, width: 80).contains("--" + option.name))
                for script in scripts { #expect(script.contains(option.name)) }
                if !command.options.isEmpty { #expect(page.contains("Fl -" + option.name)) }
            }
        }
    }

    @Test("Words are quoted for the shell") func quoting() {
        #expect(shellQuoted("a-b.pcapng") == "a-b.pcapng")
        #expect(shellQuoted("it's") == "'it'\\''s'")
        #expect(shellQuoted("") == "''")
    }
}
