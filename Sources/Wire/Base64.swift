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
        /// What keeps a text from being standard base64 of whole bytes, whatever is left over at its end.
        package static let notStandard = Deviations(rawValue: 32 | 4 | 64 | 8)
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
        deviations = []
        var bits: UInt32 = 0
        var held = 0
        var index = decodeGroups(text)
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

    /// Decodes whole groups of four letters for as long as nothing else comes; answers where it stopped.
    private mutating func decodeGroups(_ text: Span<UInt8>) -> Int {
        let values = letterValues.span
        var index = 0
        var special: UInt8 = 0
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 2) { room, count in
            while index + 4 <= text.count {
                let (first, second) = (values[Int(text[index])], values[Int(text[index + 1])])
                let (third, fourth) = (values[Int(text[index + 2])], values[Int(text[index + 3])])
                let union = first | second | third | fourth
                guard union & 0xc0 != 0xc0 else { break }
                special |= union
                unsafe room[count] = first << 2 | (second & 63) >> 4
                unsafe room[count + 1] = second << 4 | (third & 63) >> 2
                unsafe room[count + 2] = third << 6 | fourth & 63
                count += 3
                index += 4
            }
        }
        if special & 0x40 != 0 { deviations.insert(.urlAlphabet) }
        if special & 0x80 != 0 { deviations.insert(.standardAlphabet) }
        return index
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

/// The letters that both alphabets have, in the order of their values.
private let commonLetters: [UInt8] = Array(0x41...0x5a) + Array(0x61...0x7a) + Array(0x30...0x39)

/// The value of each byte as a letter: with bit 6 for the two of base64url alone, with bit 7 for the two of the
/// standard alphabet alone, with both for what is no letter.
private let letterValues: [UInt8] = {
    var values = [UInt8](repeating: 0xc0, count: 256)
    for (value, letter) in commonLetters.enumerated() { values[Int(letter)] = UInt8(value) }
    (values[0x2d], values[0x5f], values[0x2b], values[0x2f]) = (62 | 0x40, 63 | 0x40, 62 | 0x80, 63 | 0x80)
    return values
}()

private let urlLetters = commonLetters + [0x2d, 0x5f]
private let standardLetters = commonLetters + [0x2b, 0x2f]

/// The base64 of `bytes`: base64url without padding, or the standard alphabet with it.
package func base64(_ bytes: Span<UInt8>, url: Bool) -> [UInt8] {
    let alphabet = url ? urlLetters : standardLetters
    let letters = alphabet.span
    func letter(_ value: UInt32) -> UInt8 { letters[Int(value & 63)] }
    var index = 0
    var text = unsafe [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { room, count in
        while index + 3 <= bytes.count {
            let bits = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            unsafe room[count] = letter(bits >> 18)
            unsafe room[count + 1] = letter(bits >> 12)
            unsafe room[count + 2] = letter(bits >> 6)
            unsafe room[count + 3] = letter(bits)
            count += 4
            index += 3
        }
    }
    guard index < bytes.count else { return text }
    let isPair = index + 2 == bytes.count
    let bits = UInt32(bytes[index]) << 16 | (isPair ? UInt32(bytes[index + 1]) << 8 : 0)
    text.append(letter(bits >> 18))
    text.append(letter(bits >> 12))
    if isPair { text.append(letter(bits >> 6)) } else if !url { text.append(0x3d) }
    if !url { text.append(0x3d) }
    return text
}
