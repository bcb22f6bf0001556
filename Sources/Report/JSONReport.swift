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
    /// all would be the largest thing in memory. Few have more than a handful: those are found by looking through.
    private var first: [(place: Place, number: Int)] = []
    private var others: [Place: Int] = [:]
    private static let lookedThrough = 12

    init() {}

    /// Begins the next attempt.
    mutating func forgetNumbers() {
        first.removeAll(keepingCapacity: true)
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
    }

    /// The number of a place, the same for the same place.
    mutating func number(_ place: Place) -> Int {
        for known in first where known.place == place { return known.number }
        if let number = others[place] { return number }
        places.append(place)
        if first.count < Self.lookedThrough {
            first.append((place, places.count))
        } else {
            others[place] = places.count
        }
        return places.count
    }
}

/// A member that is the id of a place.
func write(_ name: String, _ place: Place, _ evidence: inout EvidenceList, into json: inout JSONWriter) {
    json.name(name)
    json.value("e", evidence.number(place))
}

/// A member that is the ids of places, without repeats.
func write(
    _ name: String, _ places: some Sequence<Place>, _ evidence: inout EvidenceList,
    into json: inout JSONWriter
) {
    json.name(name)
    json.beginArray()
    var written: [Int] = []
    for place in places {
        let number = evidence.number(place)
        guard !written.contains(number) else { continue }
        written.append(number)
        json.value("e", number)
    }
    json.endArray()
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
    if let place = limit.place { write("evidence", [place], &evidence, into: &json) }
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
