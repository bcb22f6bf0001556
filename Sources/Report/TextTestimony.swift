import Case
import Diagnosis
import JSON
import Wire

/// What documents tell beside attempts: what pasted code does, what programs say. Never observed, so never a verdict.
func writeReported(of report: Report, into page: inout TextPage) {
    let facts = report.file.reported
    guard !facts.isEmpty else { return }
    page.gap()
    page.line(page.painted("what the text shows, as reported", .strong))
    let shown = report.options.all ? facts.count : 16
    for fact in facts.prefix(shown) {
        let place = report.file.placesText([fact.place]).map { " (\($0))" } ?? ""
        page.entry(fact.kind.rawValue, .dim, visible(report.file.masked(fact.text)) + place, column: 24)
    }
    if shown < facts.count { page.line("    and \(grouped(facts.count - shown)) more: --all shows them") }
}

/// Where something told stays undetermined: how to get evidence that decides, for the clients that the text shows.
func writeRecipes(of report: Report, _ groups: Groups, into page: inout TextPage) {
    guard groups.leavesTestimonyOpen else { return }
    let named = report.file.clients.compactMap(Recipe.named)
    // A proxy suits all.
    let recipes = named.isEmpty ? ["chrome", "proxy"].compactMap(Recipe.named) : Array(named.prefix(2))
    guard !recipes.isEmpty else { return }
    page.gap()
    page.line(page.painted("evidence that decides", .strong))
    for recipe in recipes {
        page.entry("wsdiag howto \(recipe.source)", .plain, recipe.short + ".", column: 24)
    }
}

/// `reported` of the JSON report: each with its evidence.
func writeReported(_ report: Report, _ evidence: inout EvidenceList, into json: inout JSONWriter) {
    guard !report.file.reported.isEmpty else { return }
    json.name("reported")
    json.beginArray()
    for fact in report.file.reported {
        json.beginObject()
        json.member("kind", fact.kind.rawValue)
        json.member("text", report.file.masked(fact.text))
        json.member("names") { json in
            json.array { json in for name in fact.names { json.value(report.file.masked(name)) } }
        }
        write("evidence", fact.place, &evidence, into: &json)
        json.endObject()
    }
    json.endArray()
}
