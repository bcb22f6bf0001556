import Wire

/// One element of DER (X.690 §8.1): a tag, a length, and the range of its content in the bytes that hold it.
///
///     +-----+--------------------------+-----------+
///     | tag | length: 1 to 5 bytes     | content … |
///     +-----+--------------------------+-----------+
struct DERElement {
    var tag: UInt8
    var content: Range<Int>

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let objectIdentifier: UInt8 = 0x06
    static let octetString: UInt8 = 0x04

    /// The element at `offset` that ends within `limit`; nil when there is none. Tags of several bytes do not occur in
    /// certificates.
    init?(_ bytes: Span<UInt8>, at offset: Int, limit: Int) {
        guard 0 <= offset, limit <= bytes.count, 2 <= limit - offset, bytes[offset] & 0x1f != 0x1f else {
            return nil
        }
        tag = bytes[offset]
        var start = offset + 2
        var length = Int(bytes[offset + 1])
        if 0x80 <= length {
            let width = length & 0x7f
            guard 1 <= width, width <= 4, let long = bytes.integer(at: start, width: width) else {
                return nil
            }
            length = Int(long)
            start += width
        }
        guard start <= limit, length <= limit - start else { return nil }
        content = start..<start + length
    }

    /// The elements inside this one, up to the first that is broken; 512 at most.
    func children(_ bytes: Span<UInt8>) -> [DERElement] {
        var elements: [DERElement] = []
        var place = content.lowerBound
        while elements.count < 512, let element = DERElement(bytes, at: place, limit: content.upperBound) {
            elements.append(element)
            place = element.content.upperBound
        }
        return elements
    }

    /// Whether this is the object identifier with that content.
    func isIdentifier(_ identifier: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard tag == DERElement.objectIdentifier, content.count == identifier.count else { return false }
        for (index, byte) in identifier.enumerated() where bytes[content.lowerBound + index] != byte {
            return false
        }
        return true
    }

    /// The text of a string element, whatever its kind; nil for what is no string.
    func text(_ bytes: Span<UInt8>) -> String? {
        let content = bytes.extracting(self.content).bytes()
        switch tag {
        case 0x0c, 0x12, 0x13, 0x16, 0x1a: return String(decoding: content, as: UTF8.self)
        // T61String is in practice Latin 1.
        case 0x14: return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
        case 0x1e:
            let units = stride(from: 0, to: content.count - 1, by: 2).map {
                UInt16(content[$0]) << 8 | UInt16(content[$0 + 1])
            }
            return String(decoding: units, as: UTF16.self)
        default: return nil
        }
    }

    /// The moment of a UTCTime or GeneralizedTime in the forms of RFC 5280 §4.1.2.5; nil for another.
    func moment(_ bytes: Span<UInt8>) -> Timestamp? {
        guard tag == 0x17 || tag == 0x18 else { return nil }
        var digits = bytes.extracting(content).bytes()
        guard digits.popLast() == UInt8(ascii: "Z"), digits.allSatisfy({ 0x30 <= $0 && $0 <= 0x39 }) else {
            return nil
        }
        let yearDigits = tag == 0x17 ? 2 : 4
        guard digits.count == yearDigits + 10 else { return nil }
        let number = { (start: Int, count: Int) in
            digits[start..<start + count].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        var year = number(0, yearDigits)
        if tag == 0x17 { year += year < 50 ? 2000 : 1900 }
        return Timestamp(
            year: year, month: number(yearDigits, 2), day: number(yearDigits + 2, 2),
            hour: number(yearDigits + 4, 2), minute: number(yearDigits + 6, 2),
            second: number(yearDigits + 8, 2))
    }
}
