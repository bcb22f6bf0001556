import Case
import Wire

/// What makes a request's head ambiguous to those who pass it on (RFC 9112 §11.2), in words; nil when nothing does.
///
/// Only heads that the proxy itself must understand come here; inside a tunnel every byte is passed on.
func headFault(_ head: MessageHead) -> String? {
    if head.oddities.contains(.bareLineFeed) { return "a line of the head ends in LF without CR" }
    if head.oddities.contains(.spaceBeforeColon) { return "there is a space before a colon" }
    if head.oddities.contains(.foldedLine) { return "a field line is folded" }
    if head.oddities.contains(.lineWithoutColon) { return "a line of the head has no colon" }
    if head.oddities.contains(.controlByte) { return "a field holds a control byte" }
    if head.oddities.contains(.tooManyFields) { return "the head has too many field lines" }
    if head.bytes.contains(0) || hasLoneCarriageReturn(head.bytes) {
        return "the head holds a lone CR or NUL"
    }
    for line in head.fieldLines where !head.bytes[line.name].allSatisfy(isTokenByte) || line.name.isEmpty {
        return "a field name holds a byte that no name may"
    }
    guard let target = head.target, !target.isEmpty,
        target.utf8.allSatisfy({ 0x20 < $0 && $0 != 0x7f })
    else { return "the target holds white space or a control byte" }
    return framingFault(head)
}

/// Two readers of one message must agree on where it ends.
private func framingFault(_ head: MessageHead) -> String? {
    let lengths = head.list("content-length")
    let codings = head.list("transfer-encoding").map { $0.lowercased() }
    if head.has("transfer-encoding") {
        if head.has("content-length") { return "both Content-Length and Transfer-Encoding are given" }
        if codings != ["chunked"] { return "a Transfer-Encoding other than chunked" }
        if head.version != "HTTP/1.1" { return "Transfer-Encoding in \(head.version)" }
    }
    if head.has("content-length") {
        guard lengths.count == 1, let length = lengths.first, length.utf8.count <= 18,
            length.utf8.allSatisfy({ 0x30 <= $0 && $0 <= 0x39 })
        else { return "Content-Length is no single number" }
    }
    if 1 < head.lines("host").count { return "there is more than one Host" }
    return nil
}

private func hasLoneCarriageReturn(_ bytes: [UInt8]) -> Bool {
    for index in bytes.indices where bytes[index] == 0x0d {
        if index + 1 == bytes.count || bytes[index + 1] != 0x0a { return true }
    }
    return false
}
