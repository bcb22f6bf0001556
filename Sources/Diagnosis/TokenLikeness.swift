import Case
import JSON
import Wire

// What tokens of many clients share: everything but who it is.

/// The claims that name the subject or the token itself, and that the causes do not look at by themselves.
private let ownClaims: [StaticString] = ["sub", "jti"]

/// The claims that tell of a client; beside these the subject tells something too.
private let clientClaims: [StaticString] = ["azp", "client_id"]

extension JWT {
    /// The same without the text of the claims that name its subject, unless it may be a client.
    var withoutSubject: JWT {
        guard let members = claims?.members, !clientClaims.contains(where: { claims?["\($0)"] != nil }) else {
            return self
        }
        var copy = self
        copy.claims = .object(
            members.map { member in
                let isOwn = ownClaims.contains { "\($0)" == member.name } && member.value.string != nil
                return isOwn ? .init(name: member.name, value: .string("")) : member
            })
        return copy
    }
}

extension Token {
    /// What tokens share that no cause can tell apart, unless it asks which one it is: of a sound JWT the header, the
    /// claims without the text of those that name its subject, and the length of the signature. Of others all.
    ///
    /// Law: tokens with equal bytes here have an equal `withoutSubject`.
    var likeness: [UInt8] {
        let bytes = secret.bytes
        guard kind == .jwt, defects.isEmpty, let first = bytes.firstIndex(of: 0x2e),
            let last = bytes.lastIndex(of: 0x2e), first < last
        else { return bytes }
        let payload = Base64Decoding(bytes.span.extracting(first + 1..<last)).bytes
        var likeness = Array(bytes[..<first])
        likeness.append(0x2e)
        likeness.append(contentsOf: withoutSubject(payload) ?? payload)
        likeness.append(0x2e)
        likeness.append(UInt8(truncatingIfNeeded: (bytes.count - last) >> 8))
        likeness.append(UInt8(truncatingIfNeeded: bytes.count - last))
        return likeness
    }
}

/// An object's text without the values of the members that name its subject; nil where that cannot be told by its
/// letters alone, or where a client is named.
private func withoutSubject(_ text: [UInt8]) -> [UInt8]? {
    var kept: [UInt8] = []
    kept.reserveCapacity(text.count)
    var depth = 0
    var index = 0
    // The last string of the first level, where a colon may make it a name.
    var name: Range<Int>?
    var isAfterOwnName = false
    while index < text.count {
        let byte = text[index]
        switch byte {
        case 0x22:
            guard let end = endOfString(text, from: index + 1) else { return nil }
            if !isAfterOwnName { kept.append(contentsOf: text[index...end]) }
            name = depth == 1 ? index + 1..<end : nil
            isAfterOwnName = false
            index = end + 1
            continue
        case 0x3a:
            if depth == 1, let name {
                let span = text.span.extracting(name)
                if clientClaims.contains(where: { span.isSame(as: $0) }) { return nil }
                isAfterOwnName = ownClaims.contains { span.isSame(as: $0) }
            }
            name = nil
        case 0x7b, 0x5b:
            depth += 1
            isAfterOwnName = false
        case 0x7d, 0x5d:
            depth -= 1
            isAfterOwnName = false
        case 0x20, 0x09, 0x0a, 0x0d: break
        default: isAfterOwnName = false
        }
        kept.append(byte)
        index += 1
    }
    return kept
}

/// The quote that ends a string, or nil where it never ends or holds an escape.
private func endOfString(_ text: [UInt8], from start: Int) -> Int? {
    var index = start
    while index < text.count {
        if text[index] == 0x5c { return nil }
        if text[index] == 0x22 { return index }
        index += 1
    }
    return nil
}
