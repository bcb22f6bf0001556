import Case
import Credentials
import FuzzSupport
import Wire

/// Messages, targets and header values in which credentials are looked for; none of their bytes may stay in a masked
/// text.
@_cdecl("fuzz_credentials_main")
public func fuzzCredentials(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    fuzz(count, arguments) { start, count in
        let input = bytes(start, count)
        guard let flags = input.first else { return 0 }
        let text = Array(input.dropFirst())
        let place = Place.frame(1, stream: 0, input: 0)
        var tokens = TokenTable()
        switch flags % 4 {
        case 0: _ = credentials(inMessage: text, isText: flags & 4 != 0, place: place, tokens: &tokens)
        case 1: _ = credentials(in: head(text), isUpgrade: flags & 4 != 0, place: place, tokens: &tokens)
        case 2: _ = try? VerificationKeys(reading: text.span)
        default: _ = tokens.intern(text.span)
        }
        var file = CaseFile()
        file.tokens = tokens.tokens
        for token in file.tokens { _ = "\(token)" }
        _ = file.masked(String(decoding: text, as: UTF8.self))
        return 0
    }
}

/// A request out of lines: the first is the target, each other one a field line.
private func head(_ text: [UInt8]) -> MessageHead {
    var bytes = Array("GET ".utf8)
    var lines: [MessageHead.FieldLine] = []
    var target = 4..<4
    for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
        let start = bytes.count
        bytes += line
        if index == 0 {
            target = start..<bytes.count
            bytes += Array(" HTTP/1.1".utf8)
        } else if let colon = bytes[start...].firstIndex(of: 0x3a) {
            lines.append(.init(name: start..<colon, value: colon + 1..<bytes.count))
        }
        bytes += [0x0d, 0x0a]
    }
    return MessageHead(
        bytes: bytes, startLine: .request(method: 0..<3, target: target, version: 4..<4), fieldLines: lines,
        oddities: [])
}
