import Diagnosis
import Report

/// The program's name, version and the day of that version, as help, reports and the manual page print them.
enum Program {
    static let name = "wsdiag"
    static let version = "0.1.0"
    static let date = "November 21, 2026"
    static let summary = "says why a WebSocket handshake failed"
}

/// Every command there is.
let commandTable: [CommandSpec] = [
    explainCommand, listCommand, showCommand, diffCommand, tokenCommand, rulesCommand, howtoCommand,
    proxyCommand, runCommand, helpCommand, authorityCommand, completionsCommand, manualCommand,
]

/// What every command that reads captures takes.
let captureOperand = CommandSpec.Operand(
    name: "INPUT", isOptional: true, isRepeated: true,
    summary:
        "Captures, key logs, HAR, net-exports, flows, access logs, text, in any order; - is standard input")

private let explainCommand = CommandSpec(
    name: "explain", group: .read, summary: "Why did it fail? Verdicts with their evidence",
    description: [
        """
        Reads captures, decrypts what the key logs open, and says of every WebSocket handshake that failed why it \
        failed, with the frames that prove it. What the bytes cannot tell is said too. Several inputs are one case.
        """,
        """
        Exports, logs and pasted text are read as well. What they tell is reported and not observed, and the report \
        says what their form cannot show.
        """,
        "Nothing is sent: explain only reads.",
    ],
    operands: [captureOperand],
    options: OptionSpec.reading + [
        .host, .at, .skew, .profiles, .jwks, .why, .all, .format(["text", "json", "md"]),
    ]
        + OptionSpec.appearance,
    examples: [
        .init(
            line: "wsdiag explain guest.pcapng node.keys", meaning: "a capture and the key log of the client"),
        .init(line: "tcpdump -w - port 443 | wsdiag explain -k node.keys -", meaning: "from a pipe"),
        .init(line: "pbpaste | wsdiag explain", meaning: "a post, console lines, the output of curl -v"),
        .init(
            line: "wsdiag explain guest.har gateway.jsonl", meaning: "a browser's export beside an access log"
        ),
        .init(line: "wsdiag explain --format md guest.pcapng > ticket.md", meaning: "to paste into a ticket"),
    ],
    run: explain)

private let listCommand = CommandSpec(
    name: "ls", aliases: ["list"], group: .read, summary: "One line for each WebSocket attempt",
    description: ["Lists every handshake of the inputs in time order with its outcome. Judges nothing."],
    operands: [captureOperand],
    options: OptionSpec.reading + [.host, .format(["text", "json"])] + OptionSpec.appearance,
    examples: [
        .init(line: "wsdiag ls guest.pcapng", meaning: "what is in there"),
        .init(
            line: "wsdiag ls --format json big.pcap.zst",
            meaning: "frames by opcode and direction, for programs"),
    ],
    run: list)

private let showCommand = CommandSpec(
    name: "show", aliases: ["frames"], group: .read, summary: "One attempt: handshake, frames, close",
    description: [
        """
        Prints both heads of a handshake as they stood on the wire, credentials masked, and every frame of the \
        session with time, direction, opcode, flags, length and the beginning of its payload.
        """,
        "FILE#N is the attempt that ls numbers N. Without #N the first one is shown.",
    ],
    operands: [
        .init(
            name: "INPUT[#N]", isOptional: true, isRepeated: true,
            summary: "Captures and key logs; one of them may name an attempt")
    ],
    options: OptionSpec.reading + [.attempt, .format(["text", "json"])] + OptionSpec.appearance,
    examples: [.init(line: "wsdiag show guest.pcapng#2 node.keys", meaning: "the second attempt")],
    run: show)

private let diffCommand = CommandSpec(
    name: "diff", group: .read, summary: "Two attempts side by side: what differs that matters",
    description: [
        """
        Compares two handshakes, of one case or of two. What is equal is folded into one line; what decides \
        (status, credentials, target, origin, subprotocols) stands first.
        """
    ],
    operands: [
        .init(
            name: "A#N", isRepeated: true,
            summary: "Two attempts, FILE#N each, and key logs. FILE alone is its first attempt")
    ],
    options: OptionSpec.reading + [.format(["text", "json"])] + OptionSpec.appearance,
    examples: [
        .init(
            line: "wsdiag diff day.pcapng#1 day.pcapng#2",
            meaning: "the one that worked and the one that did not")
    ],
    run: diff)

private let tokenCommand = CommandSpec(
    name: "token", group: .read, summary: "Claims, lifetime and spelling of a token",
    description: [
        """
        Decodes a JSON Web Token strictly and says its lifetime in words and what is wrong with its spelling. \
        Decoding proves nothing about who made it: without a key the signature is not verified, and it says so.
        """,
        """
        Give the token on standard input or in a file; an argument stays in the shell's history. Any other input \
        that wsdiag reads is searched for tokens.
        """,
    ],
    operands: [
        .init(
            name: "JWT|INPUT", isOptional: true, isRepeated: true,
            summary: "A token, a file that holds one, a capture, or - for standard input")
    ],
    options: [.at, .skew, .jwks, .key] + OptionSpec.reading + [.format(["text", "json"])]
        + OptionSpec.appearance,
    examples: [
        .init(
            line: "wsdiag token < token.txt", meaning: "judged by its own clock: nothing is called expired"),
        .init(line: "wsdiag token --at 2026-11-21T02:42:13Z token.txt", meaning: "judged at that moment"),
        .init(line: "wsdiag token --jwks keys.json token.txt", meaning: "with its signature checked"),
    ],
    run: token)

private let rulesCommand = CommandSpec(
    name: "rules", group: .learn, summary: "What a finding means, offline",
    description: ["Without an argument lists every cause. With a slug or a code prints its page."],
    operands: [
        .init(
            name: "SLUG|CODE", isOptional: true, summary: "token-expired, or TOKEN-101",
            completion: .words(Catalogue.causes.map(\.slug)))
    ],
    options: [.format(["text", "md", "json"])] + OptionSpec.appearance,
    examples: [.init(line: "wsdiag rules token-expired", meaning: "what it means and how to be sure")],
    run: rules)

private let howtoCommand = CommandSpec(
    name: "howto", group: .learn, summary: "How to collect the evidence that decides, source by source",
    description: ["Without an argument lists every source with its best way. With one prints the steps."],
    operands: [
        .init(
            name: "SOURCE", isOptional: true, summary: "chrome, node, python …",
            completion: .words(Recipe.all.map(\.source)))
    ],
    options: [.format(["text", "md"])] + OptionSpec.appearance,
    examples: [
        .init(line: "wsdiag howto chrome", meaning: "four clicks that show what a HAR hides"),
        .init(line: "wsdiag howto node --format md", meaning: "to paste into an answer"),
    ],
    run: howto)

private let helpCommand = CommandSpec(
    name: "help", group: .learn, summary: "Help on a command or a topic",
    description: ["Topics: " + HelpTopic.all.map(\.name).joined(separator: ", ") + "."],
    operands: [
        .init(
            name: "TOPIC", isOptional: true, summary: "A command or a topic",
            completion: .words(
                [
                    "explain", "ls", "show", "diff", "token", "rules", "howto", "proxy", "run", "ca",
                    "completions",
                ]
                    + HelpTopic.all.map(\.name)))
    ],
    examples: [.init(line: "wsdiag help exit-codes", meaning: "what the exit codes mean")],
    run: helpPage)

private let completionsCommand = CommandSpec(
    name: "completions", group: .setUp, summary: "A completion script for a shell",
    description: ["Prints the script on standard output."],
    operands: [
        .init(
            name: "SHELL", summary: "bash, zsh or fish",
            completion: .words(["bash", "zsh", "fish"]))
    ],
    examples: [
        .init(line: "source <(wsdiag completions bash)", meaning: "for this shell"),
        .init(
            line: "wsdiag completions fish > ~/.config/fish/completions/wsdiag.fish", meaning: "for good"),
    ],
    run: completions)

private let manualCommand = CommandSpec(
    name: "man", group: .setUp, summary: "The manual page, as roff",
    description: ["Prints wsdiag.1 on standard output."],
    examples: [.init(line: "wsdiag man | man -l -", meaning: "read it")],
    run: manual)
