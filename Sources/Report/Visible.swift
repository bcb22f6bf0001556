/// Text of the wire made harmless for a terminal and for a reader: control characters and those that change the
/// direction of writing are spelled out, so that nothing in a capture can steer a screen.
package func visible(_ text: String, ascii: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { 0x20 <= $0 && $0 < 0x7f }
    if isPlain { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x0a: shown += "\\n"
        case 0x0d: shown += "\\r"
        case 0x09: shown += "\\t"
        case 0x00..<0x20, 0x7f..<0xa0: shown += "\\x" + hex(scalar.value, 2)
        case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xe0000...0xe007f:
            shown += "\\u{" + hex(scalar.value, 4) + "}"
        case 0x80... where ascii: shown += "\\u{" + hex(scalar.value, 4) + "}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}

private func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// The columns that text takes on a terminal.
func columns(_ text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + columns(of: $1) }
}

/// Source: Unicode's East Asian Width, wide blocks only; emoji are wide.
private func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.value < 0x300 { return first.value < 32 ? 0 : 1 }
    if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch first.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
        0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6,
        0x20000...0x3fffd:
        return 2
    default: return 1
    }
}

/// The first columns of a text, with an ellipsis where some are left out.
func shortened(_ text: String, to width: Int, ellipsis: String = "…") -> String {
    guard width < columns(text) else { return text }
    var kept = ""
    var used = columns(ellipsis)
    for character in text {
        let more = columns(of: character)
        guard used + more <= width else { break }
        kept.append(character)
        used += more
    }
    return kept + ellipsis
}

/// The beginning and the end of a text, with an ellipsis where its middle is left out: of a URL both matter.
func shortenedInside(_ text: String, to width: Int, ellipsis: String = "…") -> String {
    guard width < columns(text), columns(ellipsis) + 8 < width else {
        return shortened(text, to: width, ellipsis: ellipsis)
    }
    let tail = (width - columns(ellipsis)) * 2 / 5
    var end = ""
    for character in text.reversed() {
        guard columns(end) + columns(of: character) <= tail else { break }
        end = String(character) + end
    }
    return shortened(text, to: width - columns(end), ellipsis: ellipsis) + end
}
