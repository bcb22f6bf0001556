import Wire

/// Checks text for UTF-8 piece by piece (RFC 3629 §4); a character may be split over pieces.
///
/// Law: after `isValid` became false it stays so.
struct UTF8Check {
    /// Whether everything so far can be part of valid text.
    private(set) var isValid = true
    /// Continuation bytes that are still owed.
    private var owed = 0
    /// The range that the next continuation byte must lie in.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xbf

    /// Whether the text so far is whole: valid, and no character is unfinished.
    var isWhole: Bool { isValid && owed == 0 }

    /// Whether no character is begun, so that ASCII text changes nothing.
    var isBetweenCharacters: Bool { owed == 0 }

    /// Takes more text.
    mutating func receive(_ bytes: Span<UInt8>) {
        var index = 0
        while index < bytes.count, isValid {
            if owed == 0 {
                index = endOfASCII(bytes, from: index)
                guard index < bytes.count else { return }
                begin(bytes[index])
            } else {
                let byte = bytes[index]
                guard low <= byte, byte <= high else {
                    isValid = false
                    return
                }
                owed -= 1
                low = 0x80
                high = 0xbf
            }
            index += 1
        }
    }

    /// The lead byte of a character: how many bytes follow, and the range of the first of them (RFC 3629 §4).
    private mutating func begin(_ lead: UInt8) {
        switch lead {
        case 0xc2...0xdf: owed = 1
        case 0xe0: (owed, low) = (2, 0xa0)
        case 0xe1...0xec, 0xee, 0xef: owed = 2
        case 0xed: (owed, high) = (2, 0x9f)
        case 0xf0: (owed, low) = (3, 0x90)
        case 0xf1...0xf3: owed = 3
        case 0xf4: (owed, high) = (3, 0x8f)
        default: isValid = false
        }
    }

    /// The first index at or after `start` whose byte is not ASCII. Sixty-four bytes at a time, then sixteen.
    private func endOfASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        unsafe bytes.withUnsafeBytes { raw in
            while index + 64 <= raw.count {
                let block = unsafe raw.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
                let half = block.lowHalf | block.highHalf
                let quarter = half.lowHalf | half.highHalf
                if (quarter[0] | quarter[1]) & 0x8080_8080_8080_8080 != 0 { break }
                index += 64
            }
            while index + 16 <= raw.count {
                let block = unsafe raw.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
                if (block[0] | block[1]) & 0x8080_8080_8080_8080 != 0 { break }
                index += 16
            }
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }
}
