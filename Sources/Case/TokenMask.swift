import Wire

/// Finds the bytes of known tokens in any text, in the spellings they travel in: as they are, percent-encoded,
/// base64 and base64url. Made once for a case; then a text costs some nanoseconds a byte.
///
/// A token is known by anchors of eight bytes: its end, and steps of five over its secret part (the signature of a
/// JWT, the whole of anything else), so that any 12 bytes of that part hold an anchor. Placeholders are no secrets.
package struct TokenMask: Sendable, Equatable {
    /// A stretch of a text that belongs to a token.
    struct Match: Equatable {
        var range: Range<Int>
        var token: Int
        var isWhole: Bool

        /// What stands in its place: `<token 1>`.
        var label: String { isWhole ? "<token \(token)>" : "<part of token \(token)>" }
    }

    /// The spelling of a token that an anchor was taken from.
    private enum Spelling: UInt8, CaseIterable {
        case plain, percentUpper, percentLower, base64URL, base64
    }

    private struct Anchor: Equatable {
        var window: UInt64
        var token: UInt32
        var offset: UInt16
        var spelling: UInt8
        /// The next anchor of the same slot, or -1.
        var next: Int32
    }

    /// Fewer bytes than this of a token may stand in a text.
    static let shortestPart = 12
    /// Longer tokens are looked for as they are, and by their shape when they are wrapped.
    private static let longestEncoded = 4096
    /// Tokens beyond this number have anchors at both ends only.
    private static let fullyAnchored = 4096

    private var secrets: [Secret]
    private var anchors: [Anchor] = []
    private var slots: [Int32]
    /// Tokens of 4 to 32 bytes, by their bytes.
    private var wholes: [[UInt8]: Int] = [:]
    /// Tokens of 4 to 7 bytes, found as whole words; 64 at most.
    private var short: [Int] = []

    /// An index of these tokens.
    package init(_ tokens: [Token]) {
        secrets = tokens.map(\.secret)
        var size = 256
        let isDense = tokens.count <= TokenMask.fullyAnchored
        while size < tokens.count * (isDense ? 32 : 8), size < 1 << 20 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        if !isDense { anchors.reserveCapacity(tokens.count * 2) }
        for (index, token) in tokens.enumerated() where token.kind != .placeholder {
            let bytes = token.secret.bytes
            if 4 <= bytes.count, bytes.count <= 32, wholes[bytes] == nil { wholes[bytes] = token.id }
            guard !isPlainWord(bytes) else { continue }
            guard 8 <= bytes.count else {
                if 4 <= bytes.count, short.count < 64 { short.append(index) }
                continue
            }
            let isJWT = token.kind == .jwt || token.kind == .jwe || token.kind == .brokenJWT
            for spelling in Spelling.allCases {
                // A wrapped JWT is known by its shape too.
                let isWorthIt = bytes.count <= TokenMask.longestEncoded && (isDense || !isJWT)
                guard spelling == .plain || isWorthIt else { continue }
                let form = TokenMask.form(bytes, spelling)
                add(form, of: index, spelling, isJWT: isJWT, isDense: isDense)
            }
        }
    }

    /// The number of the token of 4 to 32 bytes that these bytes are.
    func token(whole bytes: [UInt8]) -> Int? { wholes[bytes] }

    /// The number of tokens that this is an index of.
    var count: Int { secrets.count }
}

// MARK: - Making

extension TokenMask {
    /// The token in one spelling; empty where it is the same as the plain one.
    private static func form(_ bytes: [UInt8], _ spelling: Spelling) -> [UInt8] {
        switch spelling {
        case .plain: return bytes
        case .percentUpper, .percentLower:
            guard bytes.contains(where: { !isUnreserved($0) }) else { return [] }
            let digits = Array((spelling == .percentUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
            var form: [UInt8] = []
            for byte in bytes {
                if isUnreserved(byte) {
                    form.append(byte)
                } else {
                    form += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            return form
        case .base64URL, .base64:
            // The last group depends on what follows; without it the form stands in any longer one.
            let whole = bytes.count / 3 * 3
            let form = Wire.base64(bytes.span.extracting(0..<whole), url: spelling == .base64URL)
            let isSpecial = form.contains { $0 == 0x2b || $0 == 0x2f }
            return spelling == .base64 && !isSpecial ? [] : form
        }
    }

    private mutating func add(
        _ form: [UInt8], of token: Int, _ spelling: Spelling, isJWT: Bool, isDense: Bool
    ) {
        guard 8 <= form.count, form.count < 65_000 else { return }
        var offsets = [form.count - 8]
        // The header and claims of a JWT are shared with its siblings; only its signature is its own.
        let secretStart = isJWT && spelling == .plain ? (form.lastIndex(of: 0x2e) ?? -1) + 1 : 0
        if isJWT, spelling != .plain {
            if isDense { offsets += [max(0, form.count - 16), max(0, form.count - 24)] }
        } else if isDense, form.count - secretStart <= 1024 {
            offsets += stride(from: secretStart, to: form.count - 8, by: 5)
        } else if secretStart <= form.count - 8 {
            offsets.append(secretStart)
        }
        guard isDense else {
            for offset in offsets { add(form, at: offset, of: token, spelling) }
            return
        }
        // Of windows that a token repeats the first one is the anchor, or a match would begin too late.
        var known = Set<UInt64>()
        for offset in offsets.sorted() {
            let window = form.span.extracting(offset..<offset + 8).integer(at: 0, width: 8) ?? 0
            if known.insert(window).inserted { add(form, at: offset, of: token, spelling) }
        }
    }

    private mutating func add(_ form: [UInt8], at offset: Int, of token: Int, _ spelling: Spelling) {
        let window = form.span.extracting(offset..<offset + 8).integer(at: 0, width: 8) ?? 0
        let slot = slot(window)
        anchors.append(
            Anchor(
                window: window, token: UInt32(token), offset: UInt16(offset), spelling: spelling.rawValue,
                next: slots[slot]))
        slots[slot] = Int32(anchors.count - 1)
    }

    private func slot(_ window: UInt64) -> Int {
        Int(truncatingIfNeeded: (window &* 0x9e37_79b9_7f4a_7c15) >> 40) & (slots.count - 1)
    }
}

/// Whether a token is a plain word (`guest`, `websocket`): hiding it wherever the word stands would deface what people
/// wrote and hide nothing. Its own places are still masked, by their names.
private func isPlainWord(_ bytes: [UInt8]) -> Bool {
    bytes.count < TokenMask.shortestPart && bytes.allSatisfy { 0x61 <= $0 && $0 <= 0x7a }
}

/// The bytes that percent-encoding leaves alone (RFC 3986 §2.3).
private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: true
    default: false
    }
}

// MARK: - Finding

extension TokenMask {
    /// The stretches of a text that belong to tokens, in order and apart from one another.
    func matches(in text: Span<UInt8>) -> [Match] {
        guard !anchors.isEmpty || !short.isEmpty else { return [] }
        var found: [Match] = []
        var window: UInt64 = 0
        var index = 0
        // The first byte of the window: it never reaches back into a match.
        var windowStart = 0
        while index < text.count {
            window = window << 8 | UInt64(text[index])
            index += 1
            guard windowStart + 8 <= index else { continue }
            var anchor = slots[slot(window)]
            // A chain is as long as an attacker likes to make it; sixteen are enough for any case.
            var best: Match?
            for _ in 0..<16 where 0 <= anchor {
                let candidate = anchors[Int(anchor)]
                if candidate.window == window, let match = extend(candidate, at: index - 8, text),
                    best.map({ $0.range.count < match.range.count }) ?? true
                {
                    best = match
                }
                anchor = candidate.next
            }
            guard let best else { continue }
            while let last = found.last, best.range.lowerBound < last.range.upperBound { _ = found.popLast() }
            found.append(best)
            index = max(index, best.range.upperBound)
            windowStart = index
        }
        return short.isEmpty ? found : withShort(found, text)
    }

    /// How far the token reaches to both sides of an anchor; nil when it is less than may stand.
    private func extend(_ anchor: Anchor, at position: Int, _ text: Span<UInt8>) -> Match? {
        let spelling = Spelling(rawValue: anchor.spelling) ?? .plain
        let token = Int(anchor.token)
        let form = TokenMask.form(secrets[token].bytes, spelling)
        var start = position
        var formStart = Int(anchor.offset)
        while 0 < start, 0 < formStart, text[start - 1] == form[formStart - 1] {
            start -= 1
            formStart -= 1
        }
        var end = position + 8
        var formEnd = Int(anchor.offset) + 8
        while end < text.count, formEnd < form.count, text[end] == form[formEnd] {
            end += 1
            formEnd += 1
        }
        let isWhole = formStart == 0 && formEnd == form.count
        guard isWhole || TokenMask.shortestPart <= end - start else { return nil }
        // The rest of the last group of a base64 form belongs to it.
        if spelling == .base64 || spelling == .base64URL, formEnd == form.count {
            let left = secrets[token].bytes.count % 3
            for _ in 0..<(left == 0 ? 0 : 4) where end < text.count && isBase64(text[end]) { end += 1 }
        }
        return Match(range: start..<end, token: token + 1, isWhole: isWhole)
    }

    private func isBase64(_ byte: UInt8) -> Bool {
        isUnreserved(byte) && byte != 0x2e && byte != 0x7e || byte == 0x2b || byte == 0x2f || byte == 0x3d
    }

    /// Adds the short tokens that stand as words of their own.
    private func withShort(_ found: [Match], _ text: Span<UInt8>) -> [Match] {
        var all = found
        for token in short {
            let bytes = secrets[token].bytes
            var index = 0
            while index + bytes.count <= text.count {
                let range = index..<index + bytes.count
                if text[index] == bytes[0], isWord(range, text), equal(text.extracting(range), bytes),
                    !all.contains(where: { $0.range.overlaps(range) })
                {
                    all.append(Match(range: range, token: token + 1, isWhole: true))
                    index += bytes.count
                } else {
                    index += 1
                }
            }
        }
        return all.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private func isWord(_ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
        let before = range.lowerBound == 0 || !isLetterOrDigit(text[range.lowerBound - 1])
        return before && (range.upperBound == text.count || !isLetterOrDigit(text[range.upperBound]))
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isUnreserved(byte) && byte != 0x2d && byte != 0x2e && byte != 0x5f && byte != 0x7e
    }

    private func equal(_ part: Span<UInt8>, _ bytes: [UInt8]) -> Bool {
        for index in part.indices where part[index] != bytes[index] { return false }
        return true
    }
}
