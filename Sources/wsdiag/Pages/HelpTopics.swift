import Report

/// A page of help that belongs to no single command.
struct HelpTopic: Sendable {
    /// One part of a page: a paragraph, or a table of names and meanings.
    enum Part: Sendable {
        case paragraph(String)
        case table([(name: String, meaning: String)])
    }

    var name: String
    var title: String
    var parts: [Part]

    static let all = [exitCodes, environment, formats, redaction]

    /// The page as text.
    func text(width: Int) -> String {
        var lines = [title, ""]
        for part in parts {
            switch part {
            case .paragraph(let text): lines += [wrapped(text, width: width), ""]
            case .table(let rows):
                let column = (rows.map(\.name.count).max() ?? 0) + 4
                for row in rows {
                    let indent = String(repeating: " ", count: column)
                    let body = wrapped(row.meaning, width: width, indent: indent)
                    lines.append(padded("  " + row.name, column) + body.dropFirst(column))
                }
                lines.append("")
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension HelpTopic {
    static let exitCodes = HelpTopic(
        name: "exit-codes", title: "What wsdiag answers to its caller",
        parts: [
            .table(ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning + ".") }),
            .paragraph(
                """
                explain answers 1 where at least one attempt has a cause that is certain or likely, and 4 where \
                something went wrong or stayed encrypted and no cause reaches likely. The other commands answer 0 \
                when they could do their work, whatever they showed.
                """),
        ])

    static let environment = HelpTopic(
        name: "environment", title: "Variables that wsdiag reads",
        parts: [
            .table([
                ("SSLKEYLOGFILE", "A TLS key log, read beside those given, where the file is there."),
                ("NO_COLOR", "Any value: no colour."),
                ("CLICOLOR", "0: no colour."),
                ("CLICOLOR_FORCE", "Any value but 0: colour, though no terminal reads it."),
                ("TERM", "dumb: no colour."),
                ("COLUMNS", "The width of the text."),
                (
                    "TMPDIR",
                    "Where a file without a name holds what a large capture tells; else /var/tmp, else /tmp."
                ),
                (
                    "LC_ALL, LC_CTYPE, LANG",
                    "Without UTF-8 in the first of them that is set, text is drawn with ASCII."
                ),
            ]),
            .paragraph("An option on the command line is stronger than a variable. Nothing else is read."),
        ])

    static let formats = HelpTopic(
        name: "formats", title: "What goes in, what comes out",
        parts: [
            .paragraph("Inputs are recognised by their content; the name does not matter."),
            .table([
                ("pcap", "Both byte orders, microseconds and nanoseconds."),
                ("pcapng", "Also with several sections and interfaces, and with TLS keys inside."),
                (".gz, .zst", "Either of these packed with gzip or zstd, unpacked while reading."),
                ("key log", "Lines of CLIENT_RANDOM and its kin, as SSLKEYLOGFILE makes them."),
                (
                    "HAR",
                    "Of every browser, of debug proxies and of API clients; sanitized or not, cut short or whole."
                ),
                (
                    "net-export",
                    "Of Chromium and its kin, in its three modes. With raw bytes it is as good as a capture."
                ),
                ("flows", "The flow files of mitmproxy."),
                ("browser events", "Of a browser's debugging protocol, as scripts write them down."),
                (
                    "access log",
                    "JSON lines, the combined format, and load balancers': they tell who refused."
                ),
                (
                    "text",
                    "What people paste: posts, curl -v, --trace, console lines, errors, code. Reported, not observed."
                ),
                (
                    "token, key set",
                    "A JSON Web Token beside the others, and the keys to verify signatures with."
                ),
            ]),
            .paragraph(
                """
                Several inputs are one case: what two of them tell of the same attempt is put together, and each fact \
                keeps the input it comes from.
                """),
            .paragraph("Outputs of explain:"),
            .table([
                ("text", "For a terminal. Fits its width."),
                ("json", "wsdiag.report/1, for programs. Fields are added, never renamed."),
                ("md", "Markdown for a ticket or a forum, always without secrets unless --show-secrets."),
            ]),
            .paragraph(
                """
                Frames are numbered as Wireshark numbers them: 'frame 14' is frame.number == 14 in the display \
                filter, and 'stream 0' is tcp.stream eq 0.
                """),
        ])

    static let redaction = HelpTopic(
        name: "redaction", title: "What happens to secrets",
        parts: [
            .paragraph(
                """
                Every credential that is found gets a number, and every output prints that number instead: \
                <token 1>. The same number is the same bytes, so that reports can say that a reconnect sent the \
                old token without showing it.
                """),
            .paragraph(
                """
                A JSON Web Token's header and claims are shown, because they are what a diagnosis needs; its \
                signature never is. Claims can name a person: read a report before you publish it.
                """),
            .paragraph(
                """
                --show-secrets prints credentials in full. No digest of a secret is printed anywhere: short ones \
                could be guessed from it.
                """),
        ])
}
