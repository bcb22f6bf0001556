import Case
import JSON
import Wire

/// A handshake's bytes for the page: stretches that are shown, and stretches that are only counted until somebody asks
/// for them.
struct RawHandshake {
    private let file: CaseFile
    private let attempt: Attempt

    init(_ file: CaseFile, _ attempt: Attempt) {
        self.file = file
        self.attempt = attempt
    }

    /// `{"request": {"parts": [{"bytes": base64}, {"hidden": 812}], "cut": false}, "response": …}`
    func json(showingSecrets: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, message) in [("request", attempt.request), ("response", attempt.response)] {
                json.name(name)
                guard let message else {
                    json.null()
                    continue
                }
                write(message, isRequest: name == "request", showingSecrets, into: &json)
            }
        }
        return json.take()
    }

    private func write(
        _ message: Message, isRequest: Bool, _ showingSecrets: Bool, into json: inout JSONWriter
    ) {
        let head = message.head.bytes
        let bytes = head + message.body.bytes
        let hidden = showingSecrets ? [] : hiddenRanges(of: message)
        json.object { json in
            json.name("parts")
            json.array { json in
                var start = 0
                for range in hidden + [bytes.count..<bytes.count] {
                    if start < range.lowerBound {
                        let part = bytes.span.extracting(start..<range.lowerBound)
                        json.object {
                            $0.member("bytes", String(decoding: base64(part, url: false), as: UTF8.self))
                        }
                    }
                    if !range.isEmpty { json.object { $0.member("hidden", range.count) } }
                    start = range.upperBound
                }
            }
            // Codings were undone, or only the beginning is kept: then these are not the body's own bytes.
            let body = message.body
            json.member("bodyDiffers", body.wireLength != body.bytes.count && !body.bytes.isEmpty)
        }
    }

    /// The stretches that a report would mask, in order and apart: of each line from the first byte that masking
    /// changes to the last.
    private func hiddenRanges(of message: Message) -> [Range<Int>] {
        let head = message.head
        var ranges = [changed(head.startLineRange, head.bytes, file.masked(firstLineOf: head))]
        var told = head.startLineRange.upperBound
        for line in head.fieldLines {
            // A line that is no field, between those that are, is masked like any text.
            ranges.append(changed(min(told, line.name.lowerBound)..<line.name.lowerBound, head.bytes, nil))
            ranges.append(changed(line.name, head.bytes, nil))
            let value = file.masked(value: head.value(line), ofField: head.name(line))
            ranges.append(changed(line.value, head.bytes, value))
            told = line.value.upperBound
        }
        ranges.append(changed(min(told, head.bytes.count)..<head.bytes.count, head.bytes, nil))
        let bytes = head.bytes + message.body.bytes
        ranges.append(changed(head.bytes.count..<bytes.count, bytes, nil))
        return ranges.filter { !$0.isEmpty }
    }

    /// Where the bytes of a range differ from how they may be shown.
    private func changed(_ range: Range<Int>, _ bytes: [UInt8], _ shown: String?) -> Range<Int> {
        guard range.lowerBound < range.upperBound, range.upperBound <= bytes.count else { return 0..<0 }
        let old = Array(bytes[range])
        let masked = shown ?? file.masked(old)
        guard masked != String(decoding: old, as: UTF8.self) else { return 0..<0 }
        let new = Array(masked.utf8)
        var first = 0
        while first < old.count, first < new.count, old[first] == new[first] { first += 1 }
        var last = 0
        while last < old.count - first, last < new.count - first,
            old[old.count - 1 - last] == new[new.count - 1 - last]
        {
            last += 1
        }
        let start = range.lowerBound + first
        return start..<max(start, range.upperBound - last)
    }
}
