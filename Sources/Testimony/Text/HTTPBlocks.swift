import Case
import HTTP
import Wire

/// One HTTP head in a text, as somebody pasted it or as a program prints it behind `> ` and `< `.
struct ToldHead {
    /// What its first line says.
    var first: RebuiltLine
    /// Its field lines and what stands of its body.
    var message: ToldMessage
    /// Whether a note before it says that the connection runs over TLS.
    var isSecure = false
    /// Where its first line stands.
    var offset: Int
    /// Where the bytes behind the head begin.
    var end: Int
}

/// Finds HTTP heads line by line. Lines that belong to one are `taken`.
struct HTTPBlocks {
    private let document: TextDocument
    private let limits: Limits
    private(set) var heads: [ToldHead] = []
    private(set) var taken: Set<Int> = []
    /// Whether heads stand behind marks, as one program prints them.
    private(set) var isCurl = false
    private var isSecure = false

    init(_ document: TextDocument, upTo lastLine: Int, skipping others: Set<Int>, limits: Limits) {
        self.document = document
        self.limits = limits
        var index = 0
        while index < lastLine, heads.count < limits.statements {
            guard !others.contains(index) else {
                index += 1
                continue
            }
            index = readHead(at: index, lastLine) ?? index + 1
        }
    }

    /// Reads the head that begins at a line and answers the line behind it.
    private mutating func readHead(at index: Int, _ lastLine: Int) -> Int? {
        let (content, mark) = unmarked(document.lines[index])
        if mark == .note {
            if document.has("SSL connection using", at: content.lowerBound, before: content.upperBound) {
                isSecure = true
            }
            if document.has("Trying ", at: content.lowerBound, before: content.upperBound) {
                isSecure = false
            }
        }
        guard mark != .note, let first = startLine(content) else { return nil }
        if mark != .none { isCurl = true }
        var message = ToldMessage(place: document.place(content.lowerBound))
        taken.insert(index)
        var next = index + 1
        var isEnded = false
        while next < lastLine, message.fields.count < limits.fieldLines {
            let (line, lineMark) = unmarked(document.lines[next])
            if mark != .none, lineMark != mark {
                // Notes of the program stand between the lines of a head.
                guard lineMark == .note else { break }
                taken.insert(next)
                next += 1
                continue
            }
            if line.isEmpty {
                isEnded = true
                taken.insert(next)
                next += 1
                break
            }
            guard let field = field(line) else { break }
            message.fields.append(field)
            taken.insert(next)
            next += 1
        }
        let end = next < document.lines.count ? document.lines[next].lowerBound : document.bytes.count
        if isEnded { next = readBody(from: next, lastLine, mark, &message) }
        heads.append(
            ToldHead(first: first, message: message, isSecure: isSecure, offset: content.lowerBound, end: end)
        )
        return next
    }

    private enum Mark { case none, sent, received, note }

    /// A line without `> `, `< `, `* ` and the time before it.
    private func unmarked(_ line: Range<Int>) -> (Range<Int>, Mark) {
        let bytes = document.bytes
        var start = line.lowerBound
        if 16 <= line.count, isDigit(bytes[start]), bytes[start + 2] == 0x3a, bytes[start + 5] == 0x3a,
            bytes[start + 8] == 0x2e, bytes[start + 15] == 0x20
        {
            start += 16
        }
        guard start < line.upperBound else { return (document.trimmed(line), .none) }
        let mark: Mark
        switch bytes[start] {
        case 0x3e: mark = .sent
        case 0x3c: mark = .received
        case 0x2a: mark = .note
        case 0x7b, 0x7d:
            guard document.has(" [", at: start + 1, before: line.upperBound) else {
                return (document.trimmed(line), .none)
            }
            mark = .note
        default: return (document.trimmed(line), .none)
        }
        guard start + 1 == line.upperBound || bytes[start + 1] == 0x20 else {
            return (document.trimmed(line), .none)
        }
        return (document.trimmed(start + 1..<line.upperBound), mark)
    }

    /// `GET /path HTTP/1.1`, or `HTTP/1.1 403 Forbidden`.
    private func startLine(_ line: Range<Int>) -> RebuiltLine? {
        let bytes = document.bytes
        guard 8 <= line.count, line.count <= limits.headBytes else { return nil }
        if document.has("HTTP/", at: line.lowerBound, before: line.upperBound) {
            guard let space = bytes[line].firstIndex(of: 0x20), space - line.lowerBound <= 8,
                space + 4 <= line.upperBound, let status = Int(document.text(space + 1..<space + 4)),
                100 <= status, status <= 999
            else { return nil }
            let reason = document.trimmed(space + 4..<line.upperBound)
            // A sentence may begin like that; a reason phrase is short.
            guard reason.count <= 64 else { return nil }
            return .response(status: status, reason: document.text(reason))
        }
        guard let last = bytes[line].lastIndex(of: 0x20), last + 1 < line.upperBound,
            document.has("HTTP/", at: last + 1, before: line.upperBound),
            let first = bytes[line].firstIndex(of: 0x20), first < last, first - line.lowerBound <= 24,
            bytes[line.lowerBound..<first].allSatisfy({ 0x41 <= $0 && $0 <= 0x5a })
        else { return nil }
        let target = document.trimmed(first + 1..<last)
        guard !bytes[target].contains(0x20) else { return nil }
        return .request(method: document.text(line.lowerBound..<first), target: document.text(target))
    }

    private func field(_ line: Range<Int>) -> ToldMessage.Field? {
        let bytes = document.bytes
        guard let colon = bytes[line].firstIndex(of: 0x3a), line.lowerBound < colon,
            colon - line.lowerBound <= 64,
            bytes[line.lowerBound..<colon].allSatisfy(isTokenByte)
        else { return nil }
        return ToldMessage.Field(
            name: document.text(line.lowerBound..<colon),
            value: document.text(document.trimmed(colon + 1..<line.upperBound)))
    }

    /// The body behind a head: as many bytes as Content-Length says, or what looks like one. Words after a head may as
    /// well be the person's, so they are left alone.
    private mutating func readBody(
        from start: Int, _ lastLine: Int, _ mark: Mark, _ message: inout ToldMessage
    ) -> Int {
        let declared = message.first("content-length").flatMap { Int($0) }
        if declared == 0 || message.has("sec-websocket-accept") || message.has("sec-websocket-key") {
            message.body = declared == 0 ? .none : message.body
            return start
        }
        var next = start
        while mark != .none, next < lastLine, unmarked(document.lines[next]).1 == .note, next - start < 200 {
            taken.insert(next)
            next += 1
        }
        guard next < lastLine else { return start }
        let line = document.lines[next]
        guard let first = document.trimmed(line).first, [0x7b, 0x5b, 0x3c].contains(document.bytes[first])
        else {
            return start
        }
        var end = next
        var length = 0
        while end < lastLine, !document.lines[end].isEmpty, unmarked(document.lines[end]).1 == .none,
            length < min(limits.bodyBytes, declared ?? .max)
        {
            taken.insert(end)
            length = document.lines[end].upperBound - line.lowerBound
            end += 1
        }
        let wanted = min(declared ?? length, limits.bodyBytes)
        let bytes = Array(document.bytes[line.lowerBound..<line.lowerBound + min(length, wanted)])
        let isWhole = declared.map { $0 == bytes.count } ?? false
        message.body = Body(
            bytes: bytes, wireLength: bytes.count, length: bytes.count,
            completeness: isWhole ? .complete : .cutShort)
        return end
    }
}
