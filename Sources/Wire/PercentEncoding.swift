/// The value of a hexadecimal digit in either case; nil for any other byte.
@inline(__always) package func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}

/// One layer of percent-encoding undone (RFC 3986 §2.1); a percent sign without two hexadecimal digits stays. `+` stays
/// `+`.
package func percentDecoded(_ text: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
        if text[index] == 0x25, index + 2 < text.count,
            let high = hexDigitValue(text[index + 1]), let low = hexDigitValue(text[index + 2])
        {
            bytes.append(high << 4 | low)
            index += 3
        } else {
            bytes.append(text[index])
            index += 1
        }
    }
    return bytes
}
