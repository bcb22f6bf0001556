/// What is left of a base64 text after decoding, and how its spelling departs from unpadded base64url.
///
/// Source: RFC 4648 §4, §5; RFC 7515 §2 for the strict form (`deviations` empty).
package struct Base64Decoding: Sendable, Equatable {
    /// Departures from unpadded base64url.
    package struct Deviations: OptionSet, Sendable, Equatable {
        /// The bits.
        package var rawValue: UInt8
        /// From bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// `=` at the end.
        package static let padded = Deviations(rawValue: 1)
        /// `+` or `/`, the letters of standard base64.
        package static let standardAlphabet = Deviations(rawValue: 2)
        /// Another byte; decoding ended before it.
        package static let illegalByte = Deviations(rawValue: 4)
        /// A lone letter at the end: six bits are no byte, so something is missing.
        package static let impossibleLength = Deviations(rawValue: 8)
        /// Bits beyond the last byte that are not zero.
        package static let trailingBits = Deviations(rawValue: 16)
        /// `-` or `_`, the letters of base64url.
        package static let urlAlphabet = Deviations(rawValue: 32)
        /// Padding of the wrong length, or bytes after it.
        package static let badPadding = Deviations(rawValue: 64)
    }

    /// The bytes before the first illegal one.
    package var bytes: [UInt8]
    /// What was unusual.
    package var deviations: Deviations
    /// The offset of the first illegal byte.
    package var illegalOffset: Int?

    /// Whether the text is base64url without padding, as RFC 7515 wants it.
    package var isStrictURL: Bool { deviations.subtracting(.urlAlphabet).isEmpty }

    /// Whether the text is standard base64 with its padding, as RFC 4648 §4 wants it.
    package var isStrictStandard: Bool {
        deviations.subtracting([.padded, .standardAlphabet]).isEmpty
            && (bytes.count % 3 == 0 || deviations.contains(.padded))
    }

    /// Decodes either alphabet, padded or not. Never fails: what stands before the first bad byte is decoded.
    package init(_ text: Span<UInt8>) {
        bytes = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        deviations = []
        var bits: UInt32 = 0
        var held = 0
        var index = 0
        reading: while index < text.count {
            let byte = text[index]
            let value: UInt8
            switch byte {
            case 0x41...0x5a: value = byte &- 0x41
            case 0x61...0x7a: value = byte &- 0x47
            case 0x30...0x39: value = byte &+ 4
            case 0x2d, 0x5f:
                value = byte == 0x2d ? 62 : 63
                deviations.insert(.urlAlphabet)
            case 0x2b, 0x2f:
                value = byte == 0x2b ? 62 : 63
                deviations.insert(.standardAlphabet)
            case 0x3d:
                deviations.insert(.padded)
                if !Base64Decoding.isPadding(text, from: index) { deviations.insert(.badPadding) }
                break reading
            default:
                deviations.insert(.illegalByte)
                illegalOffset = index
                break reading
            }
            bits = bits << 6 | UInt32(value)
            held += 1
            index += 1
            guard held == 4 else { continue }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bits = 0
            held = 0
        }
        finish(bits, held)
    }

    private mutating func finish(_ bits: UInt32, _ held: Int) {
        switch held {
        case 1:
            deviations.insert(.impossibleLength)
        case 2:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
            if bits & 0xf != 0 { deviations.insert(.trailingBits) }
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
            if bits & 3 != 0 { deviations.insert(.trailingBits) }
        default: break
        }
    }

    /// Whether `=` signs fill the last group and nothing follows them.
    private static func isPadding(_ text: Span<UInt8>, from start: Int) -> Bool {
        for index in start..<text.count where text[index] != 0x3d { return false }
        return text.count % 4 == 0 && text.count - start <= 2
    }
}

/// The base64 of `bytes`: base64url without padding, or the standard alphabet with it.
package func base64(_ bytes: Span<UInt8>, url: Bool) -> [UInt8] {
    func letter(_ value: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: value & 63) {
        case let value where value < 26: value + 0x41
        case let value where value < 52: value + 0x47
        case let value where value < 62: value - 4
        case 62: url ? 0x2d : 0x2b
        default: url ? 0x5f : 0x2f
        }
    }
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
        let left = bytes.count - index
        var bits = UInt32(bytes[index]) << 16
        if 1 < left { bits |= UInt32(bytes[index + 1]) << 8 }
        if 2 < left { bits |= UInt32(bytes[index + 2]) }
        text.append(letter(bits >> 18))
        text.append(letter(bits >> 12))
        if 1 < left { text.append(letter(bits >> 6)) } else if !url { text.append(0x3d) }
        if 2 < left { text.append(letter(bits)) } else if !url { text.append(0x3d) }
        index += 3
    }
    return text
}
