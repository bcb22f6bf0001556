import Case
import Wire

/// The answer as one library prints it in its error: a dictionary of fields, `-+-+-`, the body.
///
/// ```
/// {'date': 'Sat, 21 Nov 2026 02:54:11 GMT', 'content-length': '63'} -+-+- {"message":"Forbidden"}
/// ```
func printedAnswer(
    _ document: TextDocument, fields: Range<Int>, body: Range<Int>?, limits: Limits
) -> ToldMessage {
    var answer = ToldMessage(place: document.place(fields.lowerBound))
    var texts: [Range<Int>] = []
    var index = fields.lowerBound
    while index < fields.upperBound, texts.count < limits.fieldLines * 2 {
        let quote = document.bytes[index]
        index += 1
        guard quote == 0x27 || quote == 0x22 else { continue }
        let start = index
        while index < fields.upperBound, document.bytes[index] != quote { index += 1 }
        texts.append(start..<index)
        index += 1
    }
    for pair in 0..<texts.count / 2 {
        let name = document.text(texts[2 * pair])
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { continue }
        answer.fields.append(.init(name: name, value: document.text(texts[2 * pair + 1])))
    }
    guard let body else { return answer }
    var range = document.trimmed(body)
    for (before, after) in [("b'", UInt8(0x27)), ("b\"", UInt8(0x22))] {
        guard 3 <= range.count, document.bytes[range].starts(with: Array(before.utf8)),
            document.bytes[range.upperBound - 1] == after
        else { continue }
        range = range.lowerBound + 2..<range.upperBound - 1
    }
    let bytes = Array(document.bytes[range].prefix(limits.bodyBytes))
    let isWhole = answer.first("content-length").flatMap { Int($0) } == bytes.count
    answer.body = Body(
        bytes: bytes, wireLength: bytes.count, length: bytes.count,
        completeness: isWhole ? .complete : .cutShort)
    return answer
}
