import Case
import Wire

/// What is changed in the heads of requests, and nothing else is.
struct HeadRewriting: Equatable {
    /// The server as it was asked for.
    var target: Target
    /// Whether targets come in absolute form: this is a forward proxy.
    var isForward: Bool
    var hostField: ProxyOptions.HostField
    var originField: String?

    /// The head as it is passed on, and a sentence for each change.
    func apply(to head: MessageHead) -> (bytes: [UInt8], changes: [String]) {
        var edits: [(range: Range<Int>, text: [UInt8])] = []
        var changes: [String] = []
        func replace(_ range: Range<Int>, _ text: String, _ what: String) {
            guard head.text(range) != text else { return }
            edits.append((range, Array(text.utf8)))
            changes.append(what)
        }
        if isForward, case .request(_, let range, _) = head.startLine, let target = head.target {
            replace(range, originForm(target), "the target's scheme and host were taken off")
        }
        for line in head.fieldLines {
            switch head.name(line).lowercased() {
            case "host" where !isForward:
                guard let host = newHost else { continue }
                replace(
                    line.value, host,
                    "Host was changed from \(head.value(line)) to \(host)")
            case "origin":
                guard let origin = originField else { continue }
                replace(line.value, origin, "Origin was changed from \(head.value(line)) to \(origin)")
            case "proxy-connection", "proxy-authorization":
                guard isForward else { continue }
                let end = lineEnd(head.bytes, from: line.value.upperBound)
                edits.append((line.name.lowerBound..<end, []))
                changes.append("\(head.name(line)), which is for the proxy, was taken out")
            default: break
            }
        }
        guard !edits.isEmpty else { return (head.bytes, []) }
        var bytes: [UInt8] = []
        var position = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            bytes += head.bytes[position..<edit.range.lowerBound]
            bytes += edit.text
            position = edit.range.upperBound
        }
        bytes += head.bytes[position...]
        return (bytes, changes)
    }

    /// Why a head is not passed on to this server; nil where it is.
    func parting(from head: MessageHead) -> HTTPPassing.Parting? {
        func refusal(_ why: String) -> HTTPPassing.Parting {
            .refusal(Refusal(status: .badRequest, because: why))
        }
        if let fault = headFault(head) { return refusal(fault) }
        if isForward { return absoluteTarget(head) == target ? nil : .elsewhere }
        return isForReverse(head) ? nil : refusal(notForReverse)
    }

    private var newHost: String? {
        switch hostField {
        case .target: target.authority
        case .kept: nil
        case .text(let text): text
        }
    }

    /// `http://host/path?query` as `/path?query` (RFC 9112 §3.2.1).
    private func originForm(_ target: String) -> String {
        guard let scheme = target.utf8.firstIndex(of: 0x3a) else { return target }
        let rest = target[target.utf8.index(scheme, offsetBy: 3)...]
        guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        return rest[slash] == "?" ? "/" + rest[slash...] : String(rest[slash...])
    }
}

/// The offset behind the line feed that ends the line.
private func lineEnd(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != 0x0a { index += 1 }
    return min(index + 1, bytes.count)
}
