/// An address and a port.
///
/// Shape: IPv4 addresses are held as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) and remember that they were IPv4.
package struct Endpoint: Sendable, Equatable, Hashable {
    /// The upper 64 bits of the 128-bit address.
    package var high: UInt64
    /// The lower 64 bits of the 128-bit address.
    package var low: UInt64
    /// The TCP port.
    package var port: UInt16

    /// An IPv6 endpoint from its two halves.
    package init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }

    /// An IPv4 endpoint.
    package init(ipv4 address: UInt32, port: UInt16) {
        self.init(high: 0, low: 0xffff_0000_0000 | UInt64(address), port: port)
    }

    /// Whether this is an IPv4 address.
    package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// Whether the address is a loopback address (127.0.0.0/8 or ::1).
    package var isLoopback: Bool {
        isIPv4 ? (low >> 24) & 0xff == 127 : high == 0 && low == 1
    }

    /// The address alone: dotted for IPv4, RFC 5952 for IPv6.
    package var addressText: String {
        if isIPv4 {
            return (0..<4).map { String((low >> (24 - 8 * UInt64($0))) & 0xff) }.joined(separator: ".")
        }
        let groups = (0..<8).map { index -> UInt64 in
            ((index < 4 ? high : low) >> (48 - 16 * UInt64(index % 4))) & 0xffff
        }
        guard let zeros = Endpoint.longestZeroRun(groups) else {
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let head = groups[..<zeros.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
        let tail = groups[zeros.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        return head + "::" + tail
    }

    /// The first longest run of two or more zero groups, which RFC 5952 §4.2 shortens to "::".
    private static func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if 2 <= end - start, best.map({ $0.count < end - start }) ?? true { best = start..<end }
            start = end
        }
        return best
    }
}

extension Endpoint: CustomStringConvertible {
    /// `192.0.2.4:443` or `[2001:db8::1]:443`.
    package var description: String {
        isIPv4 ? "\(addressText):\(port)" : "[\(addressText)]:\(port)"
    }
}
