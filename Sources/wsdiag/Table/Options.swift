extension OptionSpec {
    /// Options of every command.
    static let everywhere = [help]

    static let help = OptionSpec(name: "help", short: "h", summary: "Show help for this command")

    static let keys = OptionSpec(
        name: "keys", short: "k", value: .file("FILE"), isRepeatable: true,
        summary: "A TLS key log. A key log among the inputs is recognised by its content too",
        environment: ["SSLKEYLOGFILE"])

    static let filter = OptionSpec(
        name: "filter", value: .text("EXPR"),
        summary: "Read only the packets that match, in the language of tcpdump: 'host 192.0.2.4 and port 443'"
    )

    static let host = OptionSpec(
        name: "host", value: .text("GLOB"), isRepeatable: true,
        summary: "Judge only attempts to this host; * stands for any letters")

    static let intercept = OptionSpec(
        name: "host", value: .text("GLOB"), isRepeatable: true,
        summary: "A host to intercept; * stands for any letters. The CA is made for these hosts alone")

    static let force = OptionSpec(
        name: "force", summary: "Make a new CA though there is one; clients must be given the new one")

    static let at = OptionSpec(
        name: "at", value: .text("TIME"),
        summary: "The moment to judge lifetimes by: 2026-11-21T02:42:13Z, or seconds since 1970",
        standard: "the server's Date, else the capture's clock")

    static let skew = OptionSpec(
        name: "skew", value: .number("SECONDS"), summary: "Leeway between clocks", standard: "60")

    static let profiles = OptionSpec(
        name: "profiles", value: .directory("DIR"),
        summary: "More knowledge about servers: a folder of JSON profiles")

    static let jwks = OptionSpec(
        name: "jwks", value: .file("FILE"), isRepeatable: true,
        summary: "Public keys (a JSON Web Key Set) to check signatures with")

    static let key = OptionSpec(
        name: "key", value: .file("FILE"), isRepeatable: true,
        summary: "A key to check the signature with: PEM, a JSON Web Key, or the bytes of a shared secret")

    static let why = OptionSpec(
        name: "why", summary: "Print every cause that was tried, and why it was kept or left")

    static let all = OptionSpec(
        name: "all", summary: "Print every attempt in full, healthy ones and repeats too")

    static let attempt = OptionSpec(
        name: "attempt", short: "n", value: .number("N"),
        summary: "The number of the attempt, as #N after the file")

    static func format(_ choices: [String]) -> OptionSpec {
        OptionSpec(
            name: "format", value: .choice("FORMAT", choices),
            summary: "How to print: " + choices.joined(separator: ", "), standard: choices[0])
    }

    static let output = OptionSpec(
        name: "output", short: "o", value: .file("FILE"),
        summary: "Write to FILE instead of standard output. Without --format, .json and .md say the format")

    static let color = OptionSpec(
        name: "color", value: .choice("WHEN", ["auto", "always", "never"]),
        summary: "Colour the text; auto colours a terminal only", standard: "auto",
        environment: ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"])

    static let width = OptionSpec(
        name: "width", value: .number("COLUMNS"),
        summary: "The width of the text, 40 to 400", standard: "the terminal's, at most 100; else 80",
        environment: ["COLUMNS"])

    static let ascii = OptionSpec(
        name: "ascii", summary: "Draw with ASCII only; so it does where the locale is not UTF-8",
        environment: ["LC_ALL", "LC_CTYPE", "LANG"])

    static let showSecrets = OptionSpec(
        name: "show-secrets", summary: "Print credentials in full. Do not share such a report")

    static let quiet = OptionSpec(
        name: "quiet", short: "q", summary: "No progress and no notes on standard error")

    /// The same of a relay: what it says is events.
    static let onlyVerdicts = OptionSpec(
        name: "quiet", short: "q", summary: "Only verdicts: no other events, no summary at the end")

    /// What every text report knows.
    static let appearance = [output, color, width, ascii, showSecrets, quiet]

    /// What every command knows that reads captures.
    static let reading = [keys, filter]
}
