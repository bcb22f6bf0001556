/// Lines of text that fit a width, coloured by meaning where that is wanted.
struct TextPage: Sendable {
    /// What a piece of text is; the colour follows from it.
    enum Paint: Sendable {
        case plain
        case error
        case good
        case strong
        case dim
        case caret
        case token

        var code: String? {
            switch self {
            case .plain: nil
            case .error: "1;31"
            case .good: "32"
            case .strong: "1"
            case .dim: "2"
            case .caret: "31"
            case .token: "36"
            }
        }
    }

    let width: Int
    let colour: Bool
    let ascii: Bool
    private(set) var lines: [String] = []

    init(_ options: Report.Options) {
        width = max(40, options.width)
        colour = options.colour
        ascii = options.ascii
    }

    /// The left edge of quoted bytes.
    var gutter: String { ascii ? "| " : "│ " }
    var ellipsis: String { ascii ? "..." : "…" }

    var text: String { lines.joined(separator: "\n") + "\n" }

    func painted(_ text: String, _ paint: Paint) -> String {
        guard colour, let code = paint.code, !text.isEmpty else { return text }
        return "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }

    /// One line as it is.
    mutating func line(_ text: String = "") { lines.append(plain(text)) }

    /// An empty line, unless one stands there.
    mutating func gap() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    /// A label at the left and text beside it, wrapped below itself.
    mutating func entry(
        _ label: String, _ paint: Paint = .plain, _ text: String, indent: Int = 2, column: Int
    ) {
        let rows = wrapped(plain(text), width: width - column)
        let left = String(repeating: " ", count: indent) + label
        let space = String(repeating: " ", count: max(0, column - columns(left)))
        let fits = columns(left) < column
        let head = String(repeating: " ", count: indent) + painted(plain(label), paint)
        if !fits { lines.append(head) }
        for (index, row) in rows.enumerated() {
            let isBeside = index == 0 && fits
            lines.append((isBeside ? head + space : String(repeating: " ", count: column)) + row)
        }
        if rows.isEmpty, fits { lines.append(head) }
    }

    /// Text that begins with a painted word and goes on over the whole width.
    mutating func headline(_ word: String, _ paint: Paint, _ text: String) {
        let rows = wrapped(plain(word + " " + text), width: width, later: 2)
        for (index, row) in rows.enumerated() {
            guard index == 0, row.hasPrefix(word) else {
                lines.append(row)
                continue
            }
            lines.append(painted(word, paint) + row.dropFirst(word.count))
        }
    }

    /// A paragraph at an indentation.
    mutating func paragraph(_ text: String, indent: Int = 2) {
        for row in wrapped(plain(text), width: width - indent) {
            lines.append(String(repeating: " ", count: indent) + row)
        }
    }

    /// Text at the left and a note at the right edge of the same line, where both fit; else the note below.
    /// `hidden` columns of the text are escape sequences.
    mutating func line(_ text: String, note: String?, hidden: Int = 0) {
        guard let note else { return line(text) }
        let left = plain(text)
        let space = width - columns(left) - columns(note) + hidden
        if 2 <= space {
            lines.append(left + String(repeating: " ", count: space) + painted(note, .dim))
        } else {
            lines.append(left)
            lines.append(String(repeating: " ", count: max(0, width - columns(note))) + painted(note, .dim))
        }
    }

    /// Only ASCII where that is wanted.
    func plain(_ text: String) -> String {
        guard ascii, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "…": shown += "..."
            case "→": shown += "->"
            case "←": shown += "<-"
            case "│": shown += "|"
            case "█": shown += "#"
            case "░", "·": shown += "."
            case "–", "—": shown += "-"
            case "µ": shown += "u"
            case "“", "”": shown += "\""
            case "‘", "’": shown += "'"
            default:
                if scalar.isASCII {
                    shown.unicodeScalars.append(scalar)
                } else {
                    shown += visible(String(scalar), ascii: true)
                }
            }
        }
        return shown
    }
}

/// Breaks a paragraph at spaces; a word that is wider than a line is cut. Lines after the first begin with `later`
/// spaces.
func wrapped(_ text: String, width: Int, later: Int = 0) -> [String] {
    let width = max(16, width)
    var rows: [String] = []
    var row = ""
    var used = 0
    func indentation() -> String { rows.isEmpty ? "" : String(repeating: " ", count: later) }
    for word in text.split(separator: " ") {
        var rest = String(word)
        while !rest.isEmpty {
            let available = width - (rows.isEmpty ? 0 : later)
            let length = columns(rest)
            if used == 0, available < length {
                let head = String(rest.prefix(available))
                rows.append(indentation() + head)
                rest = String(rest.dropFirst(head.count))
            } else if used == 0 {
                row = rest
                used = length
                rest = ""
            } else if used + 1 + length <= available {
                row += " " + rest
                used += 1 + length
                rest = ""
            } else {
                rows.append(indentation() + row)
                row = ""
                used = 0
            }
        }
    }
    if 0 < used { rows.append(indentation() + row) }
    return rows
}
