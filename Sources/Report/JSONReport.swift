import Case
import Diagnosis
package import JSON
import Wire

/// The report as JSON, `wsdiag.report/1`: docs/report-json.md is its contract.
///
/// Shape: one object and a line end. `flush` is called whenever some 64 KiB are ready, and at the end; it takes the
/// bytes out of the writer, so that a report on forty thousand attempts is never held whole.
///
/// Answers the counts of what was told.
@discardableResult
package func writeJSONReport<Problem: Error>(
    _ report: Report, flush: (inout JSONWriter) throws(Problem) -> Void
) throws(Problem) -> Tally {
    var json = JSONWriter(.pretty)
    var evidence = EvidenceList()
    json.beginObject()
    json.member("schema", "wsdiag.report/1")
    json.member("tool") { json in
        json.object { json in
            json.member("name", "wsdiag")
            json.member("version", report.version)
        }
    }
    writeInputs(report.file, into: &json)
    json.name("attempts")
    json.beginArray()
    var tally = Tally()
    for item in report.items {
        tally.count(item.attempt, item.judgement)
        writeAttempt(item.attempt, item.judgement, report, &evidence, into: &json)
        if 1 << 16 <= json.bytes.count { try flush(&json) }
    }
    json.endArray()
    writeExchanges(report, &evidence, into: &json)
    try flush(&json)
    try writeTokens(report, into: &json, flush: flush)
    try flush(&json)
    json.member("limits") { json in
        json.array { json in for limit in report.file.limits { writeLimit(limit, &evidence, into: &json) } }
    }
    writeReported(report, &evidence, into: &json)
    json.name("evidence")
    json.beginObject()
    var places = evidence.places.makeIterator()
    var number = 0
    while let place = places.next() {
        number += 1
        json.name("e\(number)")
        writePlace(place, into: &json)
        if 1 << 16 <= json.bytes.count { try flush(&json) }
    }
    json.endObject()
    writeSummary(report, tally, into: &json)
    json.endObject()
    json.lineEnd()
    try flush(&json)
    return tally
}

/// Places in the order in which the report comes upon them: `e1`, `e2` ….
struct EvidenceList: Sendable {
    private(set) var places = PlaceList()
    /// Numbers of the places of the attempt that is being written; other attempts seldom share one, and a table of
    /// all would be the largest thing in memory.
    private var known: [Place: Int] = [:]

    init() {}

    /// Begins the next attempt.
    mutating func forgetNumbers() { known.removeAll(keepingCapacity: true) }

    /// The id of a place, the same for the same place.
    mutating func id(_ place: Place) -> String {
        if let number = known[place] { return "e\(number)" }
        places.append(place)
        known[place] = places.count
        return "e\(places.count)"
    }

    /// The ids of places, without repeats.
    mutating func ids(_ places: [Place]) -> [String] {
        var ids: [String] = []
        for place in places {
            let id = id(place)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The ids of every place of some statements, without repeats.
    mutating func ids(of statements: [Statement]) -> [String] { ids(statements.flatMap(\.places)) }
}

func writePlace(_ place: Place, into json: inout JSONWriter) {
    json.object { json in
        json.member("input", "i\(place.input + 1)")
        switch place.position {
        case .frame(let number, let stream):
            json.member("frame", number)
            json.member("stream", stream)
            json.member("filter", "frame.number == \(number)")
        case .line(let line, let column):
            json.member("line", line)
            json.member("column", column)
        case .pointer(let pointer):
            json.member("pointer", pointer)
        }
    }
}

func writeInputs(_ file: CaseFile, into json: inout JSONWriter) {
    json.member("inputs") { json in
        json.array { json in
            for (index, input) in file.inputs.enumerated() {
                json.object { json in
                    json.member("id", "i\(index + 1)")
                    json.member("name", input.name)
                    json.member("kind", input.kind)
                    json.member("bytes", input.bytes)
                    if let packets = input.packets { json.member("packets", packets) }
                }
            }
        }
    }
}

private func writeLimit(_ limit: Limit, _ evidence: inout EvidenceList, into json: inout JSONWriter) {
    json.beginObject()
    json.member("cause", limit.kind.rawValue)
    json.member("code", limit.code)
    json.member("text", limit.text)
    json.member("connections", limit.connections)
    if let place = limit.place { json.member("evidence", evidence.ids([place])) }
    json.endObject()
}

private func writeSummary(_ report: Report, _ tally: Tally, into json: inout JSONWriter) {
    json.member("summary") { json in
        json.object { json in
            json.member("attempts", tally.attempts)
            json.member("refused", tally.refused)
            json.member("failed", tally.failed)
            json.member("healthy", tally.healthy)
            json.member("explained", tally.explained)
            json.member("undetermined", tally.undetermined)
            json.member("connections", report.file.connectionCount)
            json.member("encryptedConnections", report.file.encryptedConnectionCount)
            json.member("exitCode", Int(report.exitCode(tally).rawValue))
        }
    }
}
