import Wire

/// Finds the records of one direction in pieces of its bytes (RFC 8446 §5.1).
///
///     +------+---------+---------+---------------------+
///     | type | version |  length |  so many bytes ...  |
///     |  8   |   16    |   16    |                     |
///     +------+---------+---------+---------------------+
///
/// Laws: a record that lies whole in a piece is not copied; after a gap nothing is read until a header looks right.
struct RecordReader {
    /// A header and where the body stands: in the piece, or in `held`.
    struct Found {
        var record: RecordProtection.Record
        var body: Range<Int>
        var isHeld: Bool
    }

    /// The bytes of a record that is not whole.
    private(set) var held: [UInt8] = []
    private(set) var isLost = false
    /// Bytes of a damaged record that are still to come.
    private var discard = 0
    /// How many bytes of `held` belong to the record that was found last.
    private var spent = 0

    /// The longest body: 2^14 and what ciphers may add (RFC 5246 §6.2.3).
    private static let longestBody = 16_384 + 2048

    /// The next whole record from `position`, which moves on; nil when the piece is used up.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> Found? {
        if 0 < spent {
            held.removeAll(keepingCapacity: held.capacity <= 4096)
            spent = 0
        }
        while position < bytes.count {
            if 0 < discard {
                let count = min(discard, bytes.count - position)
                position += count
                discard -= count
                continue
            }
            if held.isEmpty {
                let rest = bytes.extracting(position...)
                guard 5 <= rest.count else {
                    if isLost || !Self.canBegin(rest) { return lose(bytes, &position) }
                    held.append(rest)
                    position = bytes.count
                    return nil
                }
                guard let record = Self.header(rest) else { return lose(bytes, &position) }
                isLost = false
                if 5 + record.length <= rest.count {
                    let body = position + 5..<position + 5 + record.length
                    position = body.upperBound
                    return Found(record: record, body: body, isHeld: false)
                }
                held.append(rest)
                position = bytes.count
                return nil
            }
            if let found = fillHeld(bytes, &position) { return found }
            if isLost { return nil }
        }
        return nil
    }

    private mutating func fillHeld(_ bytes: Span<UInt8>, _ position: inout Int) -> Found? {
        while held.count < 5, position < bytes.count {
            held.append(bytes[position])
            position += 1
        }
        guard 5 <= held.count else { return nil }
        guard let record = Self.header(held.span) else {
            held = []
            return lose(bytes, &position)
        }
        let missing = 5 + record.length - held.count
        let count = min(missing, bytes.count - position)
        held.append(bytes.extracting(position..<position + count))
        position += count
        guard count == missing else { return nil }
        spent = held.count
        return Found(record: record, body: 5..<held.count, isHeld: true)
    }

    private mutating func lose(_ bytes: Span<UInt8>, _ position: inout Int) -> Found? {
        isLost = true
        position = bytes.count
        return nil
    }

    /// Takes the fact that bytes are missing. A gap inside a record costs that record and no more, where its end is known.
    mutating func skip(_ count: Int) {
        if 0 < spent { held = [] }
        spent = 0
        var left = discard
        if left == 0, 5 <= held.count, let record = Self.header(held.span) {
            left = 5 + record.length - held.count
        }
        held = []
        isLost = left < count
        discard = isLost ? 0 : left - count
    }

    private static func canBegin(_ bytes: Span<UInt8>) -> Bool {
        0 < bytes.count && 20 <= bytes[0] && bytes[0] <= 24 && (bytes.count < 2 || bytes[1] == 3)
    }

    private static func header(_ bytes: Span<UInt8>) -> RecordProtection.Record? {
        let length = bytes.big16(3)
        guard 20 <= bytes[0], bytes[0] <= 24, bytes[1] == 3, bytes[2] <= 4, length <= longestBody else {
            return nil
        }
        return RecordProtection.Record(type: bytes[0], version: bytes.big16(1), length: length)
    }
}
