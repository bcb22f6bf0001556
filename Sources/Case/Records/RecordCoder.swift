import Wire

/// Goes through the parts of a value in a fixed order and either writes each part down or fills it in.
///
/// One description of a value serves both ways (`AttemptRecord.swift`), so that they cannot disagree. Records never
/// leave the process: there is no version, and no other program reads them.
protocol RecordCoder {
    /// Whether parts are filled in. Parts that cost something to set are set only then.
    static var isReading: Bool { get }
    /// A number, small ones in few bytes.
    mutating func code(_ number: inout Int)
    /// Eight bytes as they are.
    mutating func code(word: inout UInt64)
    /// Bytes with their count.
    mutating func code(_ bytes: inout [UInt8])
    /// A text, with its count of UTF-8 bytes.
    mutating func code(_ text: inout String)
}

extension RecordCoder {
    mutating func code(_ flag: inout Bool) {
        var number = flag ? 1 : 0
        code(&number)
        flag = number == 1
    }

    /// A value, or that there is none. `blank` is what a value is before its parts are filled in.
    mutating func code<Part>(
        _ part: inout Part?, _ blank: @autoclosure () -> Part, _ body: (inout Self, inout Part) -> Void
    ) {
        var isThere = part != nil
        code(&isThere)
        guard isThere else {
            part = nil
            return
        }
        var value = part ?? blank()
        body(&self, &value)
        if Self.isReading { part = value }
    }

    /// A list with its count.
    mutating func code<Part>(
        _ list: inout [Part], _ blank: @autoclosure () -> Part, _ body: (inout Self, inout Part) -> Void
    ) {
        var count = list.count
        code(&count)
        guard Self.isReading else {
            for var part in list { body(&self, &part) }
            return
        }
        list = []
        guard 0 < count else { return }
        let blank = blank()
        // A count from a damaged file must not reserve memory.
        list.reserveCapacity(min(count, 1024))
        for _ in 0..<min(count, 1 << 20) {
            var part = blank
            body(&self, &part)
            list.append(part)
        }
    }

    mutating func code(_ list: inout [String]) { code(&list, "") { $0.code(&$1) } }
    mutating func code(_ list: inout [Int]) { code(&list, 0) { $0.code(&$1) } }
    mutating func code(_ number: inout Int?) { code(&number, 0) { $0.code(&$1) } }
    mutating func code(_ text: inout String?) { code(&text, "") { $0.code(&$1) } }
    mutating func code(_ flag: inout Bool?) { code(&flag, false) { $0.code(&$1) } }

    /// One of the cases of an enumeration.
    mutating func code<Choice: CaseIterable & Equatable>(choice: inout Choice)
    where Choice.AllCases == [Choice] {
        let all = Choice.allCases
        var number = Self.isReading ? 0 : all.firstIndex(of: choice) ?? 0
        code(&number)
        if Self.isReading, all.indices.contains(number) { choice = all[number] }
    }

    /// One of the cases of an enumeration that has numbers.
    mutating func code<Choice: RawRepresentable>(raw choice: inout Choice)
    where Choice.RawValue: BinaryInteger {
        var number = Int(truncatingIfNeeded: choice.rawValue)
        code(&number)
        if Self.isReading, let read = Choice(rawValue: Choice.RawValue(truncatingIfNeeded: number)) {
            choice = read
        }
    }

    mutating func code(_ seconds: inout Double) {
        var word = seconds.bitPattern
        code(word: &word)
        seconds = Double(bitPattern: word)
    }

    mutating func code(_ time: inout Timestamp) {
        var word = UInt64(bitPattern: time.nanoseconds)
        code(word: &word)
        time.nanoseconds = Int64(bitPattern: word)
    }

    mutating func code(_ time: inout Timestamp?) { code(&time, Timestamp(nanoseconds: 0)) { $0.code(&$1) } }

    mutating func code(_ range: inout Range<Int>) {
        var start = range.lowerBound
        var count = range.count
        code(&start)
        code(&count)
        if Self.isReading { range = start..<max(start, start &+ count) }
    }
}

/// Writes parts down.
struct RecordWriter: RecordCoder {
    static var isReading: Bool { false }
    var bytes: [UInt8] = []

    mutating func code(_ number: inout Int) {
        // Zigzag, then seven bits to a byte: one for most numbers.
        var rest = UInt(bitPattern: number << 1 ^ number >> 63)
        if rest < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: rest)) }
        while 0x80 <= rest {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func code(word: inout UInt64) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func code(_ bytes: inout [UInt8]) {
        var count = bytes.count
        code(&count)
        self.bytes.append(contentsOf: bytes)
    }

    mutating func code(_ text: inout String) {
        var count = text.utf8.count
        code(&count)
        bytes.append(contentsOf: text.utf8)
    }
}

/// Fills parts in. A record that ends too soon gives zeros: only a damaged disk can cut one.
struct RecordReader: RecordCoder {
    static var isReading: Bool { true }
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        offset = min(range.lowerBound, bytes.count)
        end = min(range.upperBound, bytes.count)
    }

    mutating func code(_ number: inout Int) {
        if offset < end, bytes[offset] < 0x80 {
            let byte = Int(bytes[offset])
            offset += 1
            number = byte >> 1 ^ -(byte & 1)
            return
        }
        var rest: UInt = 0
        var shift: UInt = 0
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            rest |= UInt(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 || 63 < shift { break }
        }
        number = Int(bitPattern: rest >> 1) ^ -Int(bitPattern: rest & 1)
    }

    mutating func code(word: inout UInt64) {
        guard 8 <= end - offset else {
            word = 0
            offset = end
            return
        }
        unsafe bytes.withUnsafeBytes { raw in
            word = unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        }
        offset += 8
    }

    mutating func code(_ bytes: inout [UInt8]) { bytes = Array(self.bytes[take()]) }

    mutating func code(_ text: inout String) { text = String(decoding: bytes[take()], as: UTF8.self) }

    /// The range of the next counted bytes.
    private mutating func take() -> Range<Int> {
        var count = 0
        code(&count)
        let start = offset
        offset += min(max(count, 0), end - offset)
        return start..<offset
    }
}
