import Case
package import JSON
import Wire

/// `wsdiag show --format json`, `wsdiag.attempt/1`.
package func showJSON(_ report: Report, attempt id: Int) -> JSONWriter {
    var json = JSONWriter(.pretty)
    guard let attempt = report.file.attempts.first(id: id) else { return json }
    json.beginObject()
    json.member("schema", "wsdiag.attempt/1")
    writeInputs(report.file, into: &json)
    writeIdentity(attempt, report, into: &json)
    writeOutcome(attempt, report, into: &json)
    var evidence = EvidenceList()
    writeCredentials(attempt.allCredentials, &evidence, into: &json, withEvidence: false)
    json.name("request")
    write(attempt.request, report, into: &json)
    json.name("response")
    write(attempt.response, report, into: &json)
    json.name("session")
    if let session = attempt.session {
        json.beginObject()
        json.name("counts")
        writeCounts(session.counts, into: &json)
        json.name("frames")
        json.beginArray()
        for frame in session.firstFrames + session.lastFrames { write(frame, report, into: &json) }
        json.endArray()
        json.name("violations")
        json.beginArray()
        for violation in session.violations {
            json.beginObject()
            json.member("rule", violation.rule.rawValue)
            json.member("by", violation.by.word)
            json.name("place")
            writePlace(violation.place, into: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    } else {
        json.null()
    }
    json.endObject()
    json.lineEnd()
    return json
}

private func write(_ message: Message?, _ report: Report, into json: inout JSONWriter) {
    guard let message else { return json.null() }
    let head = message.head
    json.beginObject()
    json.member("startLine", shownStart(head, report))
    json.name("fields")
    json.beginArray()
    for line in head.fieldLines {
        let name = head.name(line)
        let value = head.value(line)
        json.beginObject()
        json.member("name", name)
        json.member(
            "value", report.options.showSecrets ? value : report.file.masked(value: value, ofField: name))
        json.endObject()
    }
    json.endArray()
    json.member("oddities", oddityWords(head.oddities))
    json.member("at", message.at?.rfc3339)
    json.name("place")
    writePlace(message.place, into: &json)
    json.name("body")
    json.beginObject()
    json.member("length", message.body.length)
    json.member("wireLength", message.body.wireLength)
    json.member("completeness", message.body.completeness.rawValue)
    json.member("text", report.shown(message.body.text))
    json.endObject()
    json.endObject()
}

private func write(_ frame: FrameRecord, _ report: Report, into json: inout JSONWriter) {
    json.beginObject()
    json.member("by", frame.by.word)
    json.member("opcode", Int(frame.opcode))
    json.member("type", opcodeName(frame.opcode))
    json.member("fin", frame.isFinal)
    json.member("rsv", Int(frame.reservedBits))
    json.member("mask", frame.isMasked)
    json.member("length", Double(frame.length))
    json.member("at", frame.at?.rfc3339)
    json.member("preview", payloadText(frame, report))
    json.name("place")
    writePlace(frame.place, into: &json)
    json.endObject()
}
