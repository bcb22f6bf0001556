import Wire

/// What a line of a pasted text is.
enum LineKind: Equatable {
    /// Nothing.
    case blank
    /// A fence of Markdown.
    case fence
    /// Code, or a command line.
    case code
    /// Words: prose, or what a program printed.
    case words
}

extension TextDocument {
    /// What a line is. Its own form tells, fences do not: people put logs into them as well.
    func kind(of line: Range<Int>) -> LineKind {
        let bare = trimmed(line)
        guard let first = bare.first else { return .blank }
        if has("```", at: first, before: bare.upperBound) || has("~~~", at: first, before: bare.upperBound) {
            return .fence
        }
        return isCode(bare) ? .code : .words
    }

    private func isCode(_ line: Range<Int>) -> Bool {
        switch bytes[line.upperBound - 1] {
        case 0x3b, 0x7b, 0x7d, 0x28, 0x5b, 0x5c: return true
        default: break
        }
        switch bytes[line.lowerBound] {
        case 0x7d, 0x29, 0x5d, 0x40: return true
        case 0x2f: if has("//", at: line.lowerBound, before: line.upperBound) { return true }
        case 0x27, 0x22: if isPair(line) { return true }
        case 0x2d: if has("-H ", at: line.lowerBound, before: line.upperBound) { return true }
        default: break
        }
        return startsLikeCode(line) || isAssignment(line) || isCommand(line) || isMember(line) || isCall(line)
    }

    /// `'Authorization': …`: a quoted name and a colon.
    private func isPair(_ line: Range<Int>) -> Bool {
        let quote = bytes[line.lowerBound]
        var index = line.lowerBound + 1
        let bound = min(line.upperBound, index + 80)
        while index < bound, bytes[index] != quote { index += 1 }
        return index + 1 < line.upperBound && bytes[index] == quote
            && (bytes[index + 1] == 0x3a || bytes[index + 1] == 0x2c)
    }

    private func startsLikeCode(_ line: Range<Int>) -> Bool {
        for word in codeStarts where has(word, at: line.lowerBound, before: line.upperBound) { return true }
        for word in declarations where has(word, at: line.lowerBound, before: line.upperBound) {
            return bytes[line].contains(0x3d)
        }
        return false
    }

    /// `name = value`, `name := value`, `a.b = c`, without other words before the sign.
    private func isAssignment(_ line: Range<Int>) -> Bool {
        var index = line.lowerBound
        guard isLetter(bytes[index]) || bytes[index] == 0x5f else { return false }
        let bound = min(line.upperBound, index + 120)
        while index < bound, isNameByte(bytes[index]) || [0x2e, 0x2c, 0x5b, 0x5d].contains(bytes[index]) {
            index += 1
        }
        // Go's `conn, _, err := `.
        while index < bound, bytes[index] == 0x20 || bytes[index] == 0x2c || isNameByte(bytes[index]) {
            if bytes[index] == 0x20, index + 1 < bound, isNameByte(bytes[index + 1]), bytes[index - 1] != 0x2c
            {
                return false
            }
            index += 1
        }
        if has(":= ", at: index, before: line.upperBound) { return true }
        return has("= ", at: index, before: line.upperBound)
    }

    /// A command line of a program that speaks HTTP or WebSocket.
    private func isCommand(_ line: Range<Int>) -> Bool {
        var start = line.lowerBound
        if has("$ ", at: start, before: line.upperBound) || has("% ", at: start, before: line.upperBound) {
            start += 2
        }
        for command in commands where has(command, at: start, before: line.upperBound) {
            let rest = bytes[start..<line.upperBound]
            return rest.contains(0x3a) || rest.contains(0x2d)
        }
        return false
    }

    /// `header.Set("Name", value)`: a name, a bracket at once, and the bracket that closes it at the end.
    private func isCall(_ line: Range<Int>) -> Bool {
        guard bytes[line.upperBound - 1] == 0x29, isLetter(bytes[line.lowerBound]) else { return false }
        var index = line.lowerBound
        while index < line.upperBound, isNameByte(bytes[index]) || bytes[index] == 0x2e { index += 1 }
        return index < line.upperBound && bytes[index] == 0x28
    }

    /// `host: 'value',`: a bare name, a colon, a quoted value.
    private func isMember(_ line: Range<Int>) -> Bool {
        var index = line.lowerBound
        while index < line.upperBound, isNameByte(bytes[index]) { index += 1 }
        guard line.lowerBound < index, index + 2 < line.upperBound, bytes[index] == 0x3a else { return false }
        index += 1
        while index < line.upperBound, bytes[index] == 0x20 { index += 1 }
        guard index < line.upperBound else { return false }
        return [0x27, 0x22, 0x60].contains(bytes[index]) && bytes[line.upperBound - 1] == 0x2c
    }
}

/// Whether a byte may stand in the name of a variable.
func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5f || byte == 0x24 }

private let codeStarts: [StaticString] = [
    "const ", "def ", "async ", "await ", "func ", "package ", "export ", "import ", "if (", "if err",
    "} else", "try {",
    "try:", "except ", "catch (", "for (", "while (", "while True", "console.", "print(", "public ",
    "private ",
    "ws.", "ws = ", "socket.", "#include", "#!", "new WebSocket(", "/*", "function ", "return ", "with ",
    "using ",
]

/// Words of prose too, unless a sign of equality follows.
private let declarations: [StaticString] = ["let ", "var ", "final ", "auto ", "String ", "val "]

private let commands: [StaticString] = [
    "curl ", "wscat ", "websocat ", "npx wscat", "python -m websockets", "wsdump ",
]
