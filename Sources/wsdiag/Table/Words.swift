/// The word that was probably meant: the one at the smallest edit distance, if that is small for its length.
func nearest(to word: String, among words: [String]) -> String? {
    let wanted = Array(word.lowercased().utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
        let distance = editDistance(wanted, Array(candidate.utf8))
        guard distance <= max(1, min(wanted.count, candidate.utf8.count) / 3) else { continue }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            let cost = left[row] == right[column] ? 0 : 1
            var least = min(previous[column + 1] + 1, current[column] + 1, previous[column] + cost)
            if 0 < row, 0 < column, left[row] == right[column - 1], left[row - 1] == right[column] {
                least = min(least, before[column - 1] + 1)
            }
            current.append(least)
        }
        before = previous
        previous = current
    }
    return previous[right.count]
}

/// `1 operand`, `2 operands`, `no operands`.
func counted(_ number: Int, _ noun: String) -> String {
    switch number {
    case 0: "no \(noun)s"
    case 1: "1 \(noun)"
    default: "\(number) \(noun)s"
    }
}

/// As a shell takes it for one word.
func shellQuoted(_ text: String) -> String {
    let harmless = text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
            || [0x2d, 0x2e, 0x2f, 0x5f, 0x3d, 0x3a, 0x2c, 0x25, 0x2b, 0x40].contains($0)
    }
    if harmless, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

/// Breaks a paragraph at spaces. A word longer than the width stands on a line of its own.
func wrapped(_ text: String, width: Int, indent: String = "") -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, width < indent.count + line.count + 1 + word.count {
            lines.append(indent + line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines.joined(separator: "\n")
}
