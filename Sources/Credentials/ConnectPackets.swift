import Case
import Wire

/// The header lines of a STOMP CONNECT or STOMP frame (STOMP 1.2, "Connecting"): `name:value` up to an empty line.
func findInSTOMP(_ frame: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable) {
    var start = (frame.firstIndex(of: 0x0a) ?? frame.count) + 1
    while start < frame.count {
        var end = frame.firstIndex(of: 0x0a, from: start) ?? frame.count
        let next = end + 1
        if start < end, frame[end - 1] == 0x0d { end -= 1 }
        guard start < end, frame[start] != 0 else { return }
        let line = frame.extracting(start..<end)
        start = next
        guard let colon = line.firstIndex(of: 0x3a) else { continue }
        let name = line.extracting(0..<colon)
        let value = line.extracting(colon + 1..<line.count)
        let text = "CONNECT " + String(decoding: name.bytes(), as: UTF8.self)
        let strength = CredentialNames.strength(name)
        guard Sightings.isCredential(strength, value) else { continue }
        if equalsIgnoringCase(name, "authorization") {
            findInAuthorization(value, name: text, placement: .message, &sightings, &tokens)
        } else if isPassword(text), !isCarriedJWT(value) {
            sightings.add(exactly: value.bytes(), in: .message, name: text, kind: .opaque, tokens: &tokens)
        } else {
            sightings.add(value, in: .message, name: text, tokens: &tokens)
        }
    }
}

/// An MQTT CONNECT packet (MQTT 3.1.1 §3.1, MQTT 5 §3.1). Answers whether the bytes are one.
///
///     0x10 | remaining length 1-4 | 00 04 'M' 'Q' 'T' 'T' | level | flags | keep alive 2
///     | v5: properties | client id | [v5: properties | will topic | will payload] | [user name] | [password]
func findInMQTT(_ packet: Span<UInt8>, _ sightings: inout Sightings, _ tokens: inout TokenTable) -> Bool {
    guard 12 < packet.count, packet[0] == 0x10 else { return false }
    var offset = 1
    guard variableInteger(packet, &offset) != nil, let name = field(packet, &offset) else { return false }
    let protocolName = packet.extracting(name)
    guard protocolName.starts(with: "MQTT") || protocolName.starts(with: "MQIsdp"), offset + 4 <= packet.count
    else { return false }
    let isVersion5 = packet[offset] == 5
    let flags = packet[offset + 1]
    offset += 4
    if isVersion5 { findAuthenticationData(packet, &offset, &sightings, &tokens) }
    guard field(packet, &offset) != nil else { return true }
    if flags & 0x04 != 0 {
        if isVersion5 {
            guard let length = variableInteger(packet, &offset) else { return true }
            offset += length
        }
        guard field(packet, &offset) != nil, field(packet, &offset) != nil else { return true }
    }
    let user = flags & 0x80 != 0 ? field(packet, &offset) : nil
    let password = flags & 0x40 != 0 ? field(packet, &offset) : nil
    if let user {
        let value = packet.extracting(user)
        // Some brokers take the token as the user name and ignore the password.
        if isCarriedJWT(value) || (password == nil && looksOpaque(value)) {
            sightings.add(value, in: .message, name: "CONNECT username", tokens: &tokens)
        }
    }
    if let password {
        let value = packet.extracting(password)
        if isCarriedJWT(value) || placeholderDefect(value) == .literalNonValue {
            sightings.add(value, in: .message, name: "CONNECT password", tokens: &tokens)
        } else {
            sightings.add(
                exactly: value.bytes(), in: .message, name: "CONNECT password", kind: .opaque, tokens: &tokens
            )
        }
    }
    return true
}

/// The properties of an MQTT 5 CONNECT: all of fixed sorts; 0x16 is Authentication Data (MQTT 5 §3.1.2.11.10).
private func findAuthenticationData(
    _ packet: Span<UInt8>, _ offset: inout Int, _ sightings: inout Sightings, _ tokens: inout TokenTable
) {
    guard let length = variableInteger(packet, &offset) else {
        offset = packet.count
        return
    }
    let end = min(offset + length, packet.count)
    var position = offset
    offset = end
    while position < end {
        let identifier = packet[position]
        position += 1
        switch identifier {
        case 0x11, 0x27: position += 4
        case 0x21, 0x22: position += 2
        case 0x17, 0x19: position += 1
        case 0x26:
            guard field(packet, &position) != nil, field(packet, &position) != nil else { return }
        case 0x15, 0x16:
            guard let value = field(packet, &position), value.upperBound <= end else { return }
            guard identifier == 0x16 else { continue }
            sightings.add(
                packet.extracting(value), in: .message, name: "CONNECT authentication data", tokens: &tokens)
        default: return
        }
    }
}

/// The range of a field with a 16-bit length before it, or nil when the packet ends inside it.
private func field(_ packet: Span<UInt8>, _ offset: inout Int) -> Range<Int>? {
    guard let length = packet.integer(at: offset, width: 2), Int(length) <= packet.count - offset - 2 else {
        return nil
    }
    let start = offset + 2
    offset = start + Int(length)
    return start..<offset
}

/// A variable byte integer of four bytes at most (MQTT 5 §1.5.5).
private func variableInteger(_ packet: Span<UInt8>, _ offset: inout Int) -> Int? {
    var value = 0
    for shift in [0, 7, 14, 21] {
        guard 0 <= offset, offset < packet.count else { return nil }
        let byte = packet[offset]
        offset += 1
        value |= Int(byte & 0x7f) << shift
        if byte & 0x80 == 0 { return value }
    }
    return nil
}
