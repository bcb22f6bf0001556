import Case
import Wire

/// Reads what people paste: posts, console lines, logs, output of curl, code.
///
/// One pass of line readers over the whole text, each linear: first who speaks, then HTTP heads, then what programs print,
/// then sentences, then code. What they tell is linked to attempts at the end.
struct TextReader: DocumentReader {
    private let name: String
    private let limits: Limits
    private var bytes: [UInt8] = []
    private var length = 0

    init(named name: String, limits: Limits) {
        self.name = name
        self.limits = limits
    }

    /// Whether a beginning is text: printable but for few bytes, or an HTTP head with something behind it.
    static func recognises(_ beginning: Span<UInt8>) -> Bool {
        guard 0 < beginning.count else { return false }
        if beginning.starts(with: "HTTP/") { return true }
        let looked = min(beginning.count, 4096)
        var odd = 0
        for index in 0..<looked {
            let byte = beginning[index]
            if byte < 0x09 || (0x0e..<0x1b).contains(byte) || (0x1c..<0x20).contains(byte) { odd += 1 }
        }
        return odd * 50 <= looked
    }

    mutating func receive(_ piece: Span<UInt8>) throws(DocumentError) {
        length += piece.count
        let room = limits.textBytes - bytes.count
        guard 0 < room else { return }
        bytes.append(piece.extracting(0..<min(room, piece.count)))
    }

    mutating func finish() throws(DocumentError) -> CaseFile {
        var testimony = Testimony(TextDocument(bytes), limits: limits)
        if bytes.count < length {
            testimony.made.limitsOfAnswer.append(
                Limit(
                    kind: .boundReached,
                    text: "Of \(counted(length, "byte")) of text the first \(grouped(bytes.count)) were read."
                ))
        }
        return testimony.finish(Input(name: name, kind: "text", bytes: length))
    }
}
