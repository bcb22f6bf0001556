import Wire

/// A token of code, of no language in particular: names, strings and signs are enough to find what is dialled.
struct CodeToken {
    /// What it is.
    enum Kind: Equatable {
        /// A name or a number.
        case name(String)
        /// A string; what it interpolates stands as `${name}`.
        case string(String)
        /// A sign: one byte, but `=>`, `:=` and comparisons, which are `>`, `:` and `~`.
        case sign(UInt8)
    }

    var kind: Kind
    /// Where it stands.
    var offset: Int

    /// The name, or nil.
    var name: String? { if case .name(let text) = kind { text } else { nil } }
    /// The string, or nil.
    var string: String? { if case .string(let text) = kind { text } else { nil } }
    /// Whether it is that sign.
    func isSign(_ byte: UInt8) -> Bool { kind == .sign(byte) }
}

/// Cuts the code of a text into tokens. Words of prose between are left out, unless brackets are open.
struct CodeTokens {
    private let document: TextDocument
    private(set) var tokens: [CodeToken] = []
    private var depth = 0
    /// The most that one string may hold. Bytes.
    private let stringBytes: Int

    init(
        _ document: TextDocument, _ kinds: [LineKind], upTo lastLine: Int, skipping taken: Set<Int>,
        limits: Limits
    ) {
        self.document = document
        stringBytes = limits.testimonyHoleBytes
        var behindCode = 0
        var index = 0
        while index < lastLine {
            defer { index += 1 }
            guard !taken.contains(index) else { continue }
            switch kinds[index] {
            case .blank, .fence: continue
            case .code: behindCode = 0
            case .words:
                behindCode += 1
                guard 0 < depth, behindCode <= 40 else {
                    depth = 0
                    continue
                }
            }
            let end = read(document.lines[index])
            while index + 1 < lastLine, document.lines[index + 1].lowerBound < end { index += 1 }
        }
    }

    /// Reads a line and answers where it really ended: a template string may go on over lines.
    private mutating func read(_ line: Range<Int>) -> Int {
        let bytes = document.bytes
        var index = line.lowerBound
        while index < line.upperBound {
            let byte = bytes[index]
            switch byte {
            case 0x00...0x20: index += 1
            case 0x22, 0x27, 0x60:
                index = readString(index, line.upperBound)
            case 0x2f where document.has("//", at: index, before: line.upperBound): return line.upperBound
            case 0x23 where index == line.lowerBound || bytes[index - 1] == 0x20: return line.upperBound
            default:
                if isNameByte(byte) || 0x80 <= byte {
                    index = readName(index, line.upperBound)
                } else {
                    index = readSign(index, line.upperBound)
                }
            }
        }
        return index
    }

    private mutating func readName(_ start: Int, _ end: Int) -> Int {
        let bytes = document.bytes
        var index = start
        while index < end, isNameByte(bytes[index]) || 0x80 <= bytes[index] { index += 1 }
        // Python's prefixes of strings.
        if index - start == 1, index < end, bytes[index] == 0x22 || bytes[index] == 0x27,
            [0x66, 0x46, 0x62, 0x72].contains(bytes[start])
        {
            return readString(index, end, interpolates: bytes[start] | 0x20 == 0x66)
        }
        if index - start <= 128 {
            tokens.append(CodeToken(kind: .name(document.text(start..<index)), offset: start))
        }
        return index
    }

    private mutating func readSign(_ start: Int, _ end: Int) -> Int {
        let bytes = document.bytes
        switch bytes[start] {
        case 0x28, 0x5b, 0x7b: depth += 1
        case 0x29, 0x5d, 0x7d: depth = max(0, depth - 1)
        case 0x3d:
            if start + 1 < end, bytes[start + 1] == 0x3e {
                tokens.append(CodeToken(kind: .sign(0x3e), offset: start))
                return start + 2
            }
            if start + 1 < end, bytes[start + 1] == 0x3d {
                tokens.append(CodeToken(kind: .sign(0x7e), offset: start))
                return start + (document.has("===", at: start, before: end) ? 3 : 2)
            }
        case 0x21, 0x3c, 0x3e:
            if start + 1 < end, bytes[start + 1] == 0x3d {
                tokens.append(CodeToken(kind: .sign(0x7e), offset: start))
                return start + (start + 2 < end && bytes[start + 2] == 0x3d ? 3 : 2)
            }
        case 0x3a:
            if start + 1 < end, bytes[start + 1] == 0x3d {
                tokens.append(CodeToken(kind: .sign(0x3d), offset: start))
                return start + 2
            }
        default: break
        }
        tokens.append(CodeToken(kind: .sign(bytes[start]), offset: start))
        return start + 1
    }

    /// Reads a string. `"` and `'` end with the line at the latest, a template string within the bound.
    private mutating func readString(_ start: Int, _ lineEnd: Int, interpolates: Bool = false) -> Int {
        let bytes = document.bytes
        let quote = bytes[start]
        let end = quote == 0x60 ? min(bytes.count, start + stringBytes) : min(lineEnd, start + stringBytes)
        var text: [UInt8] = []
        var index = start + 1
        while index < end, bytes[index] != quote {
            if bytes[index] == 0x5c, index + 1 < end {
                text.append(bytes[index + 1])
                index += 2
            } else if interpolates, bytes[index] == 0x7b {
                text += [0x24, 0x7b]
                index += 1
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        guard index < end else {
            // No end: an apostrophe, not a string.
            if quote == 0x60 { return start + 1 }
            tokens.append(CodeToken(kind: .string(String(decoding: text, as: UTF8.self)), offset: start))
            return max(index, start + 1)
        }
        tokens.append(CodeToken(kind: .string(String(decoding: text, as: UTF8.self)), offset: start))
        return index + 1
    }
}
