import Case
import Dissect
import Wire

/// Reads what `--trace` and `--trace-ascii` print: every piece of a connection, with its length and its bytes.
///
/// ```
/// 02:46:09.424540 => Send header, 312 bytes (0x138)
/// 0000: 47 45 54 20 2f 76 32 2f 67 75 65 73 74 20 48 54 GET /v2/guest HT     --trace
/// 0000: GET /v2/guest HTTP/1.1                                               --trace-ascii
/// 0018: Host: live.example
/// ```
struct CurlTrace {
    private let document: TextDocument
    private let limits: Limits
    private var door: OrderedDoor
    private var connection: Int?
    private var isSecure = false
    private var isHex = true
    /// Lines that belong to it.
    private(set) var taken: Set<Int> = []

    init(_ document: TextDocument, upTo lastLine: Int, limits: Limits) {
        self.document = document
        self.limits = limits
        door = OrderedDoor(limits: limits)
        var index = 0
        while index < lastLine {
            guard let mark = mark(document.lines[index]) else {
                index += 1
                continue
            }
            taken.insert(index)
            index = read(mark, at: index, lastLine)
        }
    }

    /// Whether there was none.
    private(set) var isEmpty = true

    /// The case that the bytes give. Rows that replace what they cannot print are told, not observed.
    mutating func finish() -> CaseFile {
        var file = door.finish(inputs: [], endedAt: nil)
        for index in file.attempts.indices {
            file.attempts[index].unseen.insert(.transport)
            guard !isHex else { continue }
            file.attempts[index].basis = .reported
            file.attempts[index].unseen.formUnion([.frames, .closes])
        }
        if !isHex {
            for index in file.exchanges.indices { file.exchanges[index].basis = .reported }
        }
        return file
    }

    private enum Mark {
        case information(Range<Int>)
        case piece(Side, length: Int, isTLS: Bool)
    }

    /// What the first line of a piece says.
    private func mark(_ line: Range<Int>) -> Mark? {
        let bytes = document.bytes
        var start = line.lowerBound
        if 18 <= line.count, isDigit(bytes[start]), bytes[start + 2] == 0x3a, bytes[start + 15] == 0x20 {
            start += 16
        }
        let end = line.upperBound
        if document.has("== Info: ", at: start, before: end) { return .information(start + 9..<end) }
        let side: Side
        if document.has("=> Send ", at: start, before: end) {
            side = .client
        } else if document.has("<= Recv ", at: start, before: end) {
            side = .server
        } else {
            return nil
        }
        start += 8
        guard let comma = bytes[start..<end].firstIndex(of: 0x2c) else { return nil }
        var length = 0
        for byte in bytes[comma..<end].dropFirst(2) {
            guard isDigit(byte), length < 1 << 24 else { break }
            length = length * 10 + Int(byte - 0x30)
        }
        return .piece(side, length: length, isTLS: document.has("SSL", at: start, before: comma))
    }

    private mutating func read(_ mark: Mark, at index: Int, _ lastLine: Int) -> Int {
        switch mark {
        case .information(let text):
            let words = document.text(text.lowerBound..<min(text.upperBound, text.lowerBound + 80))
            if words.hasPrefix("SSL connection using") { isSecure = true }
            if words.hasPrefix("Connected to") || words.hasPrefix("  Trying") {
                close()
                isSecure = false
            }
            return index + 1
        case .piece(let side, let length, let isTLS):
            var piece: [UInt8] = []
            var next = index + 1
            while next < lastLine, let row = row(document.lines[next]) {
                taken.insert(next)
                append(row, to: &piece, length: length)
                next += 1
            }
            pad(&piece, to: length)
            guard !isTLS, !piece.isEmpty else { return next }
            let place = document.place(document.lines[index].lowerBound)
            let id = connection ?? door.open(Connection(stream: -1), isDecrypted: isSecure)
            connection = id
            isEmpty = false
            door.receive(piece.span, on: id, from: side, at: nil, place: place)
            return next
        }
    }

    private mutating func close() {
        if let connection { door.close(connection, .open, at: nil, place: nil) }
        connection = nil
    }

    private struct Row {
        var offset: Int
        var content: Range<Int>
    }

    /// `0040: …`
    private func row(_ line: Range<Int>) -> Row? {
        let bytes = document.bytes
        guard let colon = bytes[line.prefix(9)].firstIndex(of: 0x3a), 4 <= colon - line.lowerBound,
            colon + 1 <= line.upperBound, colon + 1 == line.upperBound || bytes[colon + 1] == 0x20,
            let offset = Int(document.text(line.lowerBound..<colon), radix: 16)
        else { return nil }
        return Row(offset: offset, content: min(colon + 2, line.upperBound)..<line.upperBound)
    }

    private mutating func append(_ row: Row, to piece: inout [UInt8], length: Int) {
        guard row.offset <= length, piece.count < limits.headBytes * 4 else { return }
        pad(&piece, to: row.offset)
        if let bytes = hexBytes(row.content) {
            piece += bytes
        } else {
            isHex = false
            piece += document.bytes[row.content]
        }
    }

    /// The bytes between two rows of `--trace-ascii` are the line end that was left out.
    private func pad(_ piece: inout [UInt8], to offset: Int) {
        guard piece.count < offset, offset - piece.count <= 4 else { return }
        while piece.count + 1 < offset { piece += [0x0d, 0x0a] }
        if piece.count < offset { piece.append(0x0a) }
    }

    /// Up to sixteen bytes in hexadecimal, and their letters behind them.
    private func hexBytes(_ content: Range<Int>) -> [UInt8]? {
        let bytes = document.bytes
        guard 49 <= content.count else { return nil }
        var found: [UInt8] = []
        for column in 0..<16 {
            let start = content.lowerBound + column * 3
            if bytes[start] == 0x20, bytes[start + 1] == 0x20 { break }
            guard let high = hexDigitValue(bytes[start]), let low = hexDigitValue(bytes[start + 1]),
                bytes[start + 2] == 0x20
            else { return nil }
            found.append(high << 4 | low)
        }
        return found.isEmpty ? nil : found
    }
}
