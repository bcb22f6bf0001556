import Case
import JSON
import Wire

/// What the responder said, in the order it was said, with `<token 1>` in the place of each credential that it quotes.
func gatherWords(
    _ attempt: Attempt, _ symptoms: Symptoms, _ inBand: InBandError?, in file: CaseFile
) -> [Facts.Words] {
    let mask = { (text: String) in text.isEmpty ? text : file.named(text) }
    var words: [Facts.Words] = []
    if symptoms.contains(.refused), let response = attempt.response {
        let head = response.head
        let line = head.text(head.startLineRange).trimmedEnd
        words.append(
            Facts.Words(
                carrier: .statusLine, text: mask(head.reasonPhrase ?? ""), quote: mask(line),
                place: response.place))
        for field in head.fieldLines {
            let name = head.name(field)
            let lower = name.lowercased()
            guard Vocabulary.embedded.tellingFields.contains(lower) else { continue }
            let value = mask(head.value(field))
            words.append(
                Facts.Words(
                    carrier: .field(lower), text: value, quote: "\(name): \(value)", place: response.place))
        }
        let body = mask(readable(response.body, head.first("content-type")))
        if !body.isEmpty {
            words.append(
                Facts.Words(carrier: .body, text: body, quote: shortened(body), place: response.place))
        }
    }
    if let inBand {
        let said = mask(String(decoding: inBand.frame.preview.prefix(1024), as: UTF8.self))
        words.append(
            Facts.Words(
                carrier: .message, text: [inBand.kind ?? "", mask(inBand.text)].joined(separator: " "),
                quote: "message: \(shortened(said))", place: inBand.frame.place))
    }
    if let close = attempt.session?.firstClose, symptoms.contains(.closed) {
        let reason = mask(close.reason)
        let quote =
            (close.code.map { "close \($0)" } ?? "close without a code")
            + (reason.isEmpty ? "" : " \"\(reason)\"")
        words.append(Facts.Words(carrier: .closeReason, text: reason, quote: quote, place: close.place))
    }
    return words
}

/// The text of a body: as it stands, or what an HTML page shows. Empty where it is no text.
private func readable(_ body: Body, _ type: String?) -> String {
    guard !body.bytes.isEmpty, body.completeness != .notDecoded else { return "" }
    let beginning = body.bytes.prefix(4096)
    guard !beginning.contains(where: { $0 < 9 }) else { return "" }
    let text = String(decoding: beginning, as: UTF8.self)
    let isHTML = type?.lowercased().contains("html") ?? false || text.hasPrefix("<")
    return (isHTML ? withoutMarkup(text) : text).trimmedEnd
}

/// What a page shows: text between tags, scripts and styles left out, white space folded.
private func withoutMarkup(_ page: String) -> String {
    var shown: [UInt8] = []
    var isInTag = false
    var tag: [UInt8] = []
    var skipped: [UInt8]?
    for byte in page.utf8 {
        if isInTag {
            if byte == 0x3e {
                isInTag = false
                if let open = skipped {
                    if tag.starts(with: [0x2f] + open) { skipped = nil }
                } else if tag.starts(with: Array("script".utf8)) {
                    skipped = Array("script".utf8)
                } else if tag.starts(with: Array("style".utf8)) {
                    skipped = Array("style".utf8)
                }
                if shown.last != 0x20, !shown.isEmpty { shown.append(0x20) }
            } else if tag.count < 8 {
                tag.append(byte | 0x20 == byte || !(0x41...0x5a).contains(byte) ? byte : byte | 0x20)
            }
        } else if byte == 0x3c {
            isInTag = true
            tag = []
        } else if skipped == nil {
            let isSpace = byte == 0x20 || (0x09...0x0d).contains(byte)
            if !isSpace {
                shown.append(byte)
            } else if shown.last != 0x20, !shown.isEmpty {
                shown.append(0x20)
            }
        }
    }
    return String(decoding: shown, as: UTF8.self)
}

/// The first 400 characters on one line.
private func shortened(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 })
    return 400 < line.count ? line.prefix(400) + "…" : line
}

extension String {
    /// Without white space and line ends at the end.
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
