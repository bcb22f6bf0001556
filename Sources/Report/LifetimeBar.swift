import Case
import Wire

/// The life of a token as a bar from `iat` to `exp`, with a mark for each use.
///
///     iat 14:02:01 |██████████████████████████| exp 15:02:01
///                   ^ used by #1, 6 s after iat
func lifetimeLines(_ jwt: JWT, sightings: [Sighting], _ page: TextPage, withDates: Bool) -> [String] {
    let begins = [jwt.notBefore, jwt.issuedAt].compactMap { $0 }.max()
    let uses = sightings.filter { $0.isUse && $0.at != nil }
    guard let begin = begins, let end = jwt.expiresAt, begin < end else {
        return lifetimeWords(jwt, uses: uses)
    }
    let useTimes = uses.compactMap(\.at)
    let first = ([begin] + useTimes).min() ?? begin
    let last = ([end] + useTimes).max() ?? end
    let words = MomentWords(first: first, last: last, withDates: withDates)
    let beginText = (jwt.notBefore == begin && jwt.issuedAt != begin ? "nbf " : "iat ") + words.text(begin)
    let endText = "exp " + words.text(end)
    let room = page.width - 4 - beginText.count - endText.count - 4
    guard 12 <= room else { return lifetimeWords(jwt, uses: uses) }
    let bar = Bar(first: first, last: last, cells: room)
    let cells = (0..<room).map { cell -> Character in
        bar.cell(begin) <= cell && (cell < bar.cell(end) || bar.cell(end) == room - 1) ? "█" : "·"
    }
    var lines = [page.plain("\(beginText) |\(String(cells))| \(endText)")]
    for use in uses.prefix(4) {
        guard let at = use.at else { continue }
        let column = beginText.count + 2 + bar.cell(at)
        let text = "used by \(use.label), \(relation(of: at, begin: begin, end: end))"
        // On the right half the words stand left of the mark.
        if page.width < column + text.count + 6 {
            lines.append(String(repeating: " ", count: max(0, column - text.count - 1)) + text + " ^")
        } else {
            lines.append(String(repeating: " ", count: column) + "^ " + text)
        }
    }
    return lines
}

/// The same without a bar, for tokens that have no beginning or no end.
func lifetimeWords(_ jwt: JWT, uses: [Sighting]) -> [String] {
    var lines: [String] = []
    for (name, moment) in [("iat", jwt.issuedAt), ("nbf", jwt.notBefore), ("exp", jwt.expiresAt)] {
        if let moment { lines.append("\(name)       \(moment.dayText) \(moment.clockText()) UTC") }
    }
    if jwt.claims != nil, jwt.expiresAt == nil { lines.append("exp       none that is a date in seconds") }
    for use in uses.prefix(4) {
        guard let at = use.at, let end = jwt.expiresAt else { continue }
        let begin = jwt.issuedAt.flatMap { $0 < end ? $0 : nil } ?? min(at, end)
        lines.append("          used by \(use.label), " + relation(of: at, begin: begin, end: end))
    }
    return lines
}

private func relation(of use: Timestamp, begin: Timestamp, end: Timestamp) -> String {
    if use < begin { return durationText(begin.seconds(since: use)) + " before it begins" }
    if end <= use { return durationText(use.seconds(since: end)) + " after exp" }
    let age = use.seconds(since: begin)
    return (age < 0.5 ? "just made" : durationText(age) + " old") + ", "
        + durationText(end.seconds(since: use))
        + " left"
}

private struct Bar {
    var first: Timestamp
    var last: Timestamp
    var cells: Int

    func cell(_ moment: Timestamp) -> Int {
        let whole = last.seconds(since: first)
        guard 0 < whole else { return 0 }
        let part = moment.seconds(since: first) / whole * Double(cells)
        return min(max(0, Int(part)), cells - 1)
    }
}

/// Moments in the shortest form that tells them apart: the clock within one day, else with the date.
struct MomentWords: Sendable {
    private let needsDay: Bool

    init(first: Timestamp, last: Timestamp, withDates: Bool) {
        needsDay = withDates || !first.isSameDay(as: last)
    }

    func text(_ moment: Timestamp) -> String {
        (needsDay ? moment.dayText + " " : "") + moment.clockText()
    }
}
