import JSON

/// How to collect evidence from one source: the page of `wsdiag howto`, and what reports print a part of.
///
/// Source: `recipes.json`, data with basis and date; the commands were run with the programs named there.
package struct Recipe: Sendable, Equatable {
    /// One step: what to do, and the command or the code for it.
    package struct Step: Sendable, Equatable {
        /// One or two sentences in the imperative.
        package var text: String
        /// To be copied as it stands; nil when the step has none.
        package var command: String?
    }

    /// The name to ask for: `chrome`, `node`.
    package var source: String
    /// Other words that mean the same source.
    package var aliases: [String]
    /// The title of the page.
    package var title: String
    /// The best way in half a sentence.
    package var short: String
    /// What to do, in order.
    package var steps: [Step]
    /// What this evidence shows.
    package var shows: String
    /// What it hides.
    package var hides: String

    /// All there are, in the order of the overview.
    package static let all: [Recipe] = {
        let bytes = PackageResources.recipes_json
        let document = try? JSONValue(reading: bytes.span)
        return (document?.array ?? []).compactMap { Recipe($0) }
    }()

    /// The recipe of a source or of one of its other names, in any case; nil when there is none.
    package static func named(_ word: String) -> Recipe? {
        let word = word.lowercased()
        return all.first { $0.source == word || $0.aliases.contains(word) }
    }

    private init?(_ value: JSONValue) {
        guard let source = value["source"]?.string, let title = value["title"]?.string,
            let short = value["short"]?.string, let steps = value["steps"]?.array,
            let shows = value["shows"]?.string, let hides = value["hides"]?.string
        else { return nil }
        self.source = source
        self.title = title
        self.short = short
        self.shows = shows
        self.hides = hides
        aliases = value["aliases"]?.array?.compactMap(\.string) ?? []
        self.steps = steps.compactMap { step in
            step["text"]?.string.map { Step(text: $0, command: step["command"]?.string) }
        }
    }
}

extension Recipe {
    /// The page as text.
    package func text(width: Int) -> String {
        var lines = ["Evidence from \(title)", ""]
        lines += wrapped("The best: \(short).", width: width)
        lines.append("")
        for (index, step) in steps.enumerated() {
            let number = "  \(index + 1)."
            for (row, text) in wrapped(step.text, width: width - 6).enumerated() {
                lines.append(
                    row == 0 ? number + " " + text : String(repeating: " ", count: number.count + 1) + text)
            }
            if let command = step.command { lines.append("       $ " + command) }
        }
        lines.append("")
        lines += wrapped("It shows: \(shows).", width: width)
        lines += wrapped("It hides: \(hides).", width: width)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The page as Markdown, to paste into an answer.
    package var markdown: String {
        var lines = ["## Evidence from \(title)", "", "The best: \(short).", ""]
        for (index, step) in steps.enumerated() {
            lines.append("\(index + 1). \(step.text)")
            if let command = step.command { lines += ["", "   ```", "   " + command, "   ```", ""] }
        }
        lines += ["", "It shows: \(shows).", "", "It hides: \(hides).", ""]
        return lines.joined(separator: "\n")
    }

    /// Every source with its best way.
    package static func overview(width: Int) -> String {
        let column = (all.map(\.source.count).max() ?? 0) + 4
        var lines = ["How to collect evidence: wsdiag howto SOURCE", ""]
        for recipe in all {
            let name = "  " + recipe.source
            for (row, text) in wrapped(recipe.short, width: width - column).enumerated() {
                let lead = row == 0 ? name : ""
                lines.append(lead + String(repeating: " ", count: column - lead.count) + text)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
