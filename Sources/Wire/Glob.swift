/// Whether a name matches a pattern in which `*` stands for any letters; case does not matter.
///
/// One step back to the last star is enough: the time is at most the product of both lengths, for stars of all kinds.
package func matches(_ name: some StringProtocol, glob: String) -> Bool {
    let text = Array(name.lowercased().utf8)
    let pattern = Array(glob.lowercased().utf8)
    var position = 0
    var at = 0
    var star: (pattern: Int, text: Int)?
    while at < text.count {
        if position < pattern.count, pattern[position] == 0x2a {
            star = (position, at)
            position += 1
        } else if position < pattern.count, pattern[position] == text[at] {
            position += 1
            at += 1
        } else if let last = star {
            position = last.pattern + 1
            at = last.text + 1
            star = (last.pattern, at)
        } else {
            return false
        }
    }
    return pattern[position...].allSatisfy { $0 == 0x2a }
}
