import Wire

/// A URL in a text.
struct TextURL {
    var range: Range<Int>
    /// Its parts, as they were spelled.
    var parts: URLParts
}

/// Every ws, wss, http and https URL of a range, in order.
func urls(in document: TextDocument, _ range: Range<Int>, limits: Limits) -> [TextURL] {
    let bytes = document.bytes
    var found: [TextURL] = []
    var index = range.lowerBound
    while index + 3 < range.upperBound {
        guard bytes[index] == 0x3a, bytes[index + 1] == 0x2f, bytes[index + 2] == 0x2f else {
            index += 1
            continue
        }
        guard let start = schemeStart(document, index, range.lowerBound) else {
            index += 3
            continue
        }
        var end = index + 3
        let bound = min(range.upperBound, index + limits.testimonyHoleBytes)
        while end < bound, isURLByte(bytes[end]) { end += 1 }
        end = urlEnd(bytes, start..<end)
        if let parts = URLParts(document.text(start..<end)) {
            found.append(TextURL(range: start..<end, parts: parts))
        }
        index = max(end, index + 3)
    }
    return found
}

/// Where the scheme begins whose colon stands at `colon`, when it is one that is looked for.
private func schemeStart(_ document: TextDocument, _ colon: Int, _ first: Int) -> Int? {
    let schemes: [(StaticString, Int)] = [("wss", 3), ("ws", 2), ("https", 5), ("http", 4)]
    for (scheme, length) in schemes where first <= colon - length {
        guard document.has(scheme, at: colon - length, before: colon) else { continue }
        let start = colon - length
        if first < start, isLetter(document.bytes[start - 1]) { continue }
        return start
    }
    return nil
}

/// Whether a byte may go on a URL as people paste it: no white space, no quotes, no angle brackets.
func isURLByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00...0x20, 0x22, 0x27, 0x3c, 0x3e, 0x5c, 0x60, 0x7f...: false
    default: true
    }
}

/// The end of a URL without the punctuation of the sentence around it.
func urlEnd(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    var end = range.upperBound
    var closes = 0
    var opens = 0
    for index in range {
        if bytes[index] == 0x28 { opens += 1 }
        if bytes[index] == 0x29 { closes += 1 }
    }
    while range.lowerBound < end {
        switch bytes[end - 1] {
        case 0x2e, 0x2c, 0x3b, 0x3a, 0x21, 0x3f, 0x2a, 0x5d:
            // An ellipsis says that something was cut off.
            if 3 < end - range.lowerBound, bytes[end - 1] == 0x2e, bytes[end - 2] == 0x2e,
                bytes[end - 3] == 0x2e
            {
                return end
            }
            end -= 1
        case 0x29 where opens < closes:
            closes -= 1
            end -= 1
        default: return end
        }
    }
    return end
}

/// Whether a byte is an ASCII letter.
func isLetter(_ byte: UInt8) -> Bool {
    0x41 <= byte && byte <= 0x5a || 0x61 <= byte && byte <= 0x7a
}
