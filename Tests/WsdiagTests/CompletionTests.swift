import TestSupport
import Testing

@testable import wsdiag

/// A line up to the cursor, and what shells must and must not offer there.
private struct Line: Sendable, CustomTestStringConvertible {
    var words: [String]
    var offered: [String]
    var notOffered: [String] = []
    var testDescription: String { words.joined(separator: " ") }

    init(_ words: [String], _ offered: [String], not notOffered: [String] = []) {
        self.words = ["wsdiag"] + words
        self.offered = offered
        self.notOffered = notOffered
    }
}

private let lines = [
    Line([""], ["explain", "ls", "show", "completions", "help"], not: ["json"]),
    Line(["ex"], ["explain"], not: ["ls"]),
    Line(["explain", "--f"], ["--format", "--filter"], not: ["--why"]),
    Line(["explain", "a", "--format", ""], ["text", "json", "md"], not: ["explain"]),
    Line(["ls", "--format", "j"], ["json"], not: ["md", "text"]),
    Line(["completions", ""], ["bash", "zsh", "fish"]),
    Line(["rules", "token-exp"], ["token-expired", "token-expired-mid-session"], not: ["rate-limited"]),
    Line(["help", "exit"], ["exit-codes"]),
    Line(["help", "explain", ""], [], not: ["Package.swift", "--format"]),
    Line(["explain", "-k", "Pack"], ["Package.swift"]),
    Line(["explain", "Pack"], ["Package.swift"]),
]

/// Shells run the scripts that `wsdiag completions` prints. A shell that is not installed is not asked.
@Suite("Completions, as shells run them") struct CompletionTests {
    private static let folder = TestFile.packageRoot + "/Tests/WsdiagTests/Shells/"

    /// What a shell offers, without descriptions.
    private func offered(
        by shell: String, _ script: String, _ command: (_ path: String) -> [String]
    ) -> [String] {
        TestFile.temporary { path in
            guard TestFile.write(Array(script.utf8), to: path) else {
                return ["the script could not be written"]
            }
            let ran = Command(
                ["sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", TestFile.packageRoot] + command(path))
            #expect(ran.status == 0, "\(ran.output)")
            return ran.output.split(separator: "\n").map {
                $0.split(separator: "\t").first.map(String.init) ?? ""
            }
        }
    }

    private func check(_ line: Line, _ offered: [String]) {
        for word in line.offered { #expect(offered.contains(word), "\(offered)") }
        for word in line.notOffered { #expect(!offered.contains(word), "\(offered)") }
    }

    @Test(.enabled(if: Command.exists("bash"), "bash is not installed"), arguments: lines)
    private func bash(_ line: Line) {
        check(
            line,
            offered(by: "bash", bashCompletions(table: commandTable)) { path in
                ["bash", "--norc", Self.folder + "complete.bash", path] + line.words
            })
    }

    @Test(.enabled(if: Command.exists("bash"), "bash is not installed"))
    func `bash takes a value behind an equals sign for a word of its own`() {
        for words in [["--format", "=", "j"], ["--format", "=", ""], ["--format", "="]] {
            let offered = offered(by: "bash", bashCompletions(table: commandTable)) { path in
                ["bash", "--norc", Self.folder + "complete.bash", path, "wsdiag", "explain"] + words
            }
            #expect(offered.contains("json"), "\(words): \(offered)")
        }
    }

    @Test(.enabled(if: Command.exists("zsh"), "zsh is not installed"), arguments: lines)
    private func zsh(_ line: Line) {
        check(line, zshOffers(line.words.joined(separator: " ")))
    }

    @Test(.enabled(if: Command.exists("zsh"), "zsh is not installed"))
    func `zsh completes a value behind an equals sign`() {
        #expect(zshOffers("wsdiag explain --format=j").contains("json"))
    }

    /// An autoloaded function has the name of its file, so the script needs a folder.
    private func zshOffers(_ line: String) -> [String] {
        offered(by: "zsh", zshCompletions(table: commandTable)) { path in
            [
                "sh", "-c",
                "d=$(mktemp -d) && cp \"$1\" \"$d/_wsdiag\" && zsh -f \"$2\" \"$d\" \"$3\"; s=$?; rm -r \"$d\"; exit $s",
                "sh", path, Self.folder + "complete.zsh", line,
            ]
        }
    }

    @Test(.enabled(if: Command.exists("fish"), "fish is not installed"), arguments: lines)
    private func fish(_ line: Line) {
        check(line, fishOffers(line.words.joined(separator: " ")))
    }

    @Test(.enabled(if: Command.exists("fish"), "fish is not installed"))
    func `fish completes a value behind an equals sign`() {
        #expect(fishOffers("wsdiag explain --format=j").contains("--format=json"))
    }

    private func fishOffers(_ line: String) -> [String] {
        offered(by: "fish", fishCompletions(table: commandTable)) { path in
            ["fish", "-N", "-c", "source $argv[1]; complete -C $argv[2]", path, line]
        }
    }
}
