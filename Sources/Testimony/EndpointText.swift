import Wire

extension Endpoint {
    /// From `192.0.2.4:443` or `[2001:db8::1]:443`; nil for anything else, names included.
    init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64, let colon = bytes.lastIndex(of: 0x3a),
            let port = UInt16(String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        else { return nil }
        let host = bytes[..<colon]
        if host.first == 0x5b, host.last == 0x5d {
            self.init(address: String(decoding: host.dropFirst().dropLast(), as: UTF8.self), port: port)
        } else if !host.contains(0x3a) {
            self.init(address: String(decoding: host, as: UTF8.self), port: port)
        } else {
            return nil
        }
    }

    /// From an address, dotted or RFC 4291 §2.2, and a port; nil for anything else.
    init?(address: String, port: UInt16) {
        if let dotted = dottedAddress(address) {
            self.init(ipv4: dotted, port: port)
        } else if let groups = addressGroups(address) {
            let halves = [groups[..<4], groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
            self.init(high: halves[0], low: halves[1], port: port)
        } else {
            return nil
        }
    }
}

private func dottedAddress(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
        guard let byte = UInt8(part) else { return nil }
        address = address << 8 | UInt32(byte)
    }
    return address
}

/// The eight groups of an IPv6 address; `::` stands for as many zeros as are missing.
private func addressGroups(_ text: String) -> [UInt16]? {
    guard text.utf8.count <= 45 else { return nil }
    let zone = text.firstIndex(of: "%") ?? text.endIndex
    let parts = text[..<zone].split(separator: ":", omittingEmptySubsequences: false)
    guard 3 <= parts.count, parts.count <= 9 else { return nil }
    var before: [UInt16] = []
    var after: [UInt16]?
    for (index, part) in parts.enumerated() {
        if part.isEmpty {
            // The empty parts at either end belong to a `::` there.
            if index == 0 || index == parts.count - 1 { continue }
            guard after == nil else { return nil }
            after = []
            continue
        }
        var groups: [UInt16]
        if index == parts.count - 1, let dotted = dottedAddress(String(part)) {
            groups = [UInt16(dotted >> 16), UInt16(dotted & 0xffff)]
        } else {
            guard part.utf8.count <= 4, let group = UInt16(part, radix: 16) else { return nil }
            groups = [group]
        }
        if after == nil { before += groups } else { after? += groups }
    }
    guard let after else { return before.count == 8 ? before : nil }
    guard before.count + after.count < 8 else { return nil }
    return before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after
}
