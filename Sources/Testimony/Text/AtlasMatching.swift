import Wire

/// One row that stands in the text, with what its holes hold.
struct AtlasMatch {
    /// Index into `Atlas.rows`.
    var row: Int
    /// Where it stands.
    var range: Range<Int>
    var url: Range<Int>?
    var status: Int?
    var code: Int?
    var reason: Range<Int>?
    var phrase: Range<Int>?
    var fields: Range<Int>?
    var body: Range<Int>?
    var subprotocol: Range<Int>?
}

/// Finds the rows of an atlas in lines, from left to right, each byte belonging to one row at most.
///
/// Law: no step is taken twice but within the bound of a hole, and holes together may cost `holeBudget` bytes; a text made
/// to cost more is read on without holes, and the case says so.
struct AtlasMatcher {
    let atlas: Atlas
    let limits: Limits
    /// Bytes that holes may still look at.
    private(set) var holeBudget: Int
    /// Bytes that were looked at, for the test of speed.
    private(set) var steps = 0

    init(_ atlas: Atlas, textBytes: Int, limits: Limits) {
        self.atlas = atlas
        self.limits = limits
        holeBudget = textBytes * 4 + limits.testimonyHoleBytes
    }

    /// Every row in one line.
    mutating func matches(_ bytes: [UInt8], _ line: Range<Int>) -> [AtlasMatch] {
        var found: [AtlasMatch] = []
        var offset = line.lowerBound
        var taken = line.lowerBound
        while offset + 4 <= line.upperBound {
            steps += 1
            let candidates = atlas.candidates(bytes, offset)
            var matched: AtlasMatch?
            for row in candidates where 0 < holeBudget {
                if let match = match(row, bytes, offset, taken..<line.upperBound) {
                    matched = match
                    break
                }
            }
            guard let match = matched else {
                offset += 1
                continue
            }
            found.append(match)
            offset = max(match.range.upperBound, offset + 1)
            taken = offset
        }
        return found
    }

    /// The row at `offset`, the place of its first literal.
    private mutating func match(_ number: Int, _ bytes: [UInt8], _ offset: Int, _ line: Range<Int>)
        -> AtlasMatch?
    {
        let parts = atlas.rows[number].parts
        var match = AtlasMatch(row: number, range: offset..<offset)
        var position = offset
        var next = 0
        if case .hole(.status) = parts[0] {
            // Before its literal, as in `401, message=…`.
            guard line.lowerBound <= offset - 3, let status = number3(bytes, offset - 3) else { return nil }
            match.status = status
            match.range = offset - 3..<offset
            next = 1
        }
        while next < parts.count {
            switch parts[next] {
            case .literal(let literal):
                guard stands(literal, bytes, position, line.upperBound) else { return nil }
                position += literal.count
            case .hole(let hole):
                var end = line.upperBound
                if next + 1 < parts.count, case .literal(let stop) = parts[next + 1] {
                    guard let found = hole.isNumber ? position : find(stop, bytes, position, line.upperBound)
                    else { return nil }
                    end = hole.isNumber ? line.upperBound : found
                }
                guard let after = fill(hole, bytes, position..<end, &match) else { return nil }
                position = after
            }
            next += 1
        }
        match.range = match.range.lowerBound..<position
        return match
    }

    private mutating func stands(_ literal: [UInt8], _ bytes: [UInt8], _ offset: Int, _ end: Int) -> Bool {
        guard literal.count <= end - offset else { return false }
        for index in literal.indices where literal[index] != bytes[offset + index] {
            steps += index
            return false
        }
        steps += literal.count
        return true
    }

    /// The first place of a literal after a hole that begins at `start`.
    private mutating func find(_ literal: [UInt8], _ bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
        let last = min(end - literal.count, start + limits.testimonyHoleBytes)
        var offset = start
        defer {
            holeBudget -= offset - start
            steps += offset - start
        }
        while offset <= last {
            if bytes[offset] == literal[0], stands(literal, bytes, offset, end) { return offset }
            offset += 1
        }
        return nil
    }

    /// Takes what a hole holds and answers where it ends.
    private mutating func fill(
        _ hole: Atlas.Hole, _ bytes: [UInt8], _ range: Range<Int>, _ match: inout AtlasMatch
    ) -> Int? {
        switch hole {
        case .status:
            guard 3 <= range.count, let status = number3(bytes, range.lowerBound) else { return nil }
            match.status = status
            return range.lowerBound + 3
        case .code:
            guard 4 <= range.count, let high = number3(bytes, range.lowerBound),
                case let digit = bytes[range.lowerBound + 3], isDigit(digit),
                range.count == 4 || !isDigit(bytes[range.lowerBound + 4])
            else { return nil }
            match.code = high * 10 + Int(digit - 0x30)
            return range.lowerBound + 4
        case .url:
            var end = range.lowerBound
            let bound = min(range.upperBound, end + limits.testimonyHoleBytes)
            while end < bound, isURLByte(bytes[end]) { end += 1 }
            holeBudget -= end - range.lowerBound
            guard range.lowerBound < end else { return nil }
            match.url = range.lowerBound..<urlEnd(bytes, range.lowerBound..<end)
            return end
        case .reason: match.reason = range
        case .phrase: match.phrase = range
        case .fields: match.fields = range
        case .body: match.body = range
        case .subprotocol: match.subprotocol = range
        case .closebytes:
            guard let payload = escapedBytes(bytes, range, limits), 2 <= payload.count else { return nil }
            match.code = Int(payload[0]) << 8 | Int(payload[1])
            // The reason is the tail that was printed as it is.
            match.reason = range.upperBound - (payload.count - 2)..<range.upperBound
        case .text: break
        }
        holeBudget -= range.count / 8
        return range.upperBound
    }
}

extension Atlas.Hole {
    /// Whether its own digits tell where it ends.
    fileprivate var isNumber: Bool { self == .status || self == .code || self == .url }
}

/// Whether a byte is a digit.
func isDigit(_ byte: UInt8) -> Bool { 0x30 <= byte && byte <= 0x39 }

/// A status of three digits that stand alone on their right side.
private func number3(_ bytes: [UInt8], _ offset: Int) -> Int? {
    guard offset + 3 <= bytes.count, isDigit(bytes[offset]), isDigit(bytes[offset + 1]),
        isDigit(bytes[offset + 2])
    else { return nil }
    return Int(bytes[offset] - 0x30) * 100 + Int(bytes[offset + 1] - 0x30) * 10
        + Int(bytes[offset + 2] - 0x30)
}

/// The bytes of `\x0f\xa3Invalid`, as programs print them.
private func escapedBytes(_ bytes: [UInt8], _ range: Range<Int>, _ limits: Limits) -> [UInt8]? {
    var payload: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound, payload.count <= 125 {
        if bytes[index] == 0x5c, index + 3 < range.upperBound, bytes[index + 1] == 0x78,
            let value = UInt8(String(decoding: bytes[index + 2..<index + 4], as: UTF8.self), radix: 16)
        {
            payload.append(value)
            index += 4
        } else {
            payload.append(bytes[index])
            index += 1
        }
    }
    return index == range.upperBound ? payload : nil
}
