/// A completion script for bash, made of the command table.
func bashCompletions(table: [CommandSpec]) -> String {
    var lines = [
        "# bash completion for wsdiag; made by: wsdiag completions bash",
        "_wsdiag() {",
        "    local current previous command",
        "    current=${COMP_WORDS[COMP_CWORD]}",
        "    previous=${COMP_WORDS[COMP_CWORD-1]}",
        "    command=${COMP_WORDS[1]}",
        "    # Bash takes '--format=json' for three words.",
        "    case \"$previous $current\" in",
        "        '= '*) previous=${COMP_WORDS[COMP_CWORD-2]} ;;",
        "        *' =') current= ;;",
        "    esac",
        "    COMPREPLY=()",
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then",
        "        \(bashWords(table.map(\.name) + ["--help", "--version"]))",
        "        return",
        "    fi",
        "    case \"$command $previous\" in",
    ]
    for command in table {
        for option in command.allOptions {
            guard let action = bashValues(option.value) else { continue }
            let names = ["--" + option.name] + (option.short.map { ["-\($0)"] } ?? [])
            let pattern = names.map { "'\(command.name) \($0)'" }.joined(separator: "|")
            lines += ["        \(pattern))", "            \(action)", "            return ;;"]
        }
    }
    lines += ["    esac", "    case \"$command\" in"]
    for command in table {
        let options = command.allOptions.map { "--" + $0.name }
        lines += [
            "        \(([command.name] + command.aliases).joined(separator: "|")))",
            "            case \"$current\" in",
            "                -*) \(bashWords(options)) ;;",
            "                *) \(bashOperands(command)) ;;",
            "            esac ;;",
        ]
    }
    lines += ["    esac", "}", "complete -o filenames -F _wsdiag wsdiag"]
    return lines.joined(separator: "\n") + "\n"
}

private func bashValues(_ value: OptionSpec.Value) -> String? {
    switch value {
    case .none: nil
    case .file: bashReplies("-f")
    case .directory: bashReplies("-d")
    case .choice(_, let words): bashWords(words)
    case .text, .number: ":"
    }
}

private func bashWords(_ words: [String]) -> String {
    bashReplies("-W \"\(words.joined(separator: " "))\"")
}

/// Line by line: a name may hold spaces.
private func bashReplies(_ what: String) -> String {
    "mapfile -t COMPREPLY < <(compgen \(what) -- \"$current\")"
}

private func bashOperands(_ command: CommandSpec) -> String {
    switch command.operands.first?.completion {
    case .files: bashReplies("-f")
    case .words(let words): bashWords(words)
    case .nothing, nil: ":"
    }
}

/// A completion script for zsh.
func zshCompletions(table: [CommandSpec]) -> String {
    var lines = [
        "#compdef wsdiag", "# zsh completion for wsdiag; made by: wsdiag completions zsh", "_wsdiag() {",
        "    local -a commands", "    commands=(",
    ]
    lines += table.map { "        '\($0.name):\(zshText($0.summary))'" }
    lines += [
        "    )", "    if (( CURRENT == 2 )); then", "        _describe command commands", "        return",
        "    fi", "    local command=${words[2]}", "    shift words", "    (( CURRENT-- ))",
        "    case $command in",
    ]
    for command in table {
        lines += [
            "        \(([command.name] + command.aliases).joined(separator: "|")))",
            "            _arguments \\",
        ]
        for option in command.allOptions {
            let action = zshValues(option.value)
            let star = option.isRepeatable ? "*" : ""
            // The value may stand behind '=' or be the next word.
            let equals = action.isEmpty ? "" : "="
            lines.append(
                "                '\(star)--\(option.name)\(equals)[\(zshText(option.summary))]\(action)' \\")
            if let short = option.short {
                lines.append("                '\(star)-\(short)[\(zshText(option.summary))]\(action)' \\")
            }
        }
        lines.append("                '*:operand:\(zshOperands(command))' ;;")
    }
    lines += ["    esac", "}", "if [ \"$funcstack[1]\" = _wsdiag ]; then", "    _wsdiag \"$@\"", "else"]
    lines += ["    compdef _wsdiag wsdiag", "fi"]
    return lines.joined(separator: "\n") + "\n"
}

private func zshValues(_ value: OptionSpec.Value) -> String {
    switch value {
    case .none: ""
    case .file(let name): ":\(name):_files"
    case .directory(let name): ":\(name):_files -/"
    case .text(let name), .number(let name): ":\(name):"
    case .choice(let name, let words): ":\(name):(\(words.joined(separator: " ")))"
    }
}

private func zshOperands(_ command: CommandSpec) -> String {
    switch command.operands.first?.completion {
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .nothing, nil: ""
    }
}

/// Within single quotes and brackets of an _arguments specification.
private func zshText(_ text: String) -> String {
    text.map { character in
        switch character {
        case "'": "'\\''"
        case "[", "]", ":": "\\\(character)"
        default: "\(character)"
        }
    }.joined()
}

/// A completion script for fish.
func fishCompletions(table: [CommandSpec]) -> String {
    var lines = [
        "# fish completion for wsdiag; made by: wsdiag completions fish",
        "# Whether the command is one of these; without any, whether none is typed yet.",
        "function __wsdiag_command",
        "    set -l words (commandline -opc)",
        "    if test (count $argv) -eq 0",
        "        test (count $words) -eq 1",
        "    else",
        "        test (count $words) -gt 1; and contains -- $words[2] $argv",
        "    end",
        "end",
        "complete -c wsdiag -f",
    ]
    for command in table {
        lines.append(
            "complete -c wsdiag -n __wsdiag_command -a \(command.name) -d \(shellQuoted(command.summary))")
    }
    for option in ["help", "version"] { lines.append("complete -c wsdiag -n __wsdiag_command -l \(option)") }
    for command in table {
        let seen =
            "'__wsdiag_command \(([command.name] + command.aliases).joined(separator: " "))'"
        for option in command.allOptions {
            var line = "complete -c wsdiag -n \(seen) -l \(option.name)"
            if let short = option.short { line += " -s \(short)" }
            switch option.value {
            case .none: break
            case .file: line += " -r -F"
            case .directory: line += " -x -a '(__fish_complete_directories)'"
            case .text, .number: line += " -x"
            case .choice(_, let words): line += " -x -a '\(words.joined(separator: " "))'"
            }
            lines.append(line + " -d \(shellQuoted(option.summary))")
        }
        switch command.operands.first?.completion {
        case .files: lines.append("complete -c wsdiag -n \(seen) -F")
        case .words(let words):
            lines.append("complete -c wsdiag -n \(seen) -a '\(words.joined(separator: " "))'")
        case .nothing, nil: break
        }
    }
    return lines.joined(separator: "\n") + "\n"
}
