/// A member's name as a reference token of a JSON pointer (RFC 6901 §3).
package func pointerToken(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == 0x7e || $0 == 0x2f }) else { return name }
    var text = ""
    for letter in name.unicodeScalars {
        switch letter {
        case "~": text += "~0"
        case "/": text += "~1"
        default: text.unicodeScalars.append(letter)
        }
    }
    return text
}
