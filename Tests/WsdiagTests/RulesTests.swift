import JSON
import Testing

@testable import wsdiag

@Suite("The list of causes") struct RulesTests {
    @Test("JSON lists what is judged, and what is known and not yet judged, apart")
    func jsonIsWhole() throws {
        let (_, output, _) = running(["rules", "--format", "json"])
        let json = try JSONValue(reading: Array(output.utf8).span)
        let judged = json["causes"]?.array?.compactMap { $0["cause"]?.string } ?? []
        let later = json["notYetJudged"]?.array?.compactMap { $0["slug"]?.string } ?? []
        #expect(judged.contains("token-expired") && later.contains("name-not-resolved"))
        #expect(Set(judged).isDisjoint(with: later))
    }
}
