import Diagnosis
import Testing

@Suite("The catalogue of causes")
struct CatalogueTests {
    @Test("slugs and codes are unique")
    func namesAreUnique() {
        let slugs = Catalogue.causes.map(\.slug) + Catalogue.notYetJudged.map(\.slug)
        let codes = Catalogue.causes.map(\.code) + Catalogue.notYetJudged.map(\.code)
        #expect(Set(slugs).count == slugs.count)
        #expect(Set(codes).count == codes.count)
    }

    @Test("codes ascend within each family, and families stand in their order")
    func codesAscend() {
        let families = ["AUTH", "TOKEN", "UPGRADE", "EDGE", "TLS", "NET", "SESSION", "PROTO"]
        let keys = Catalogue.causes.map { cause -> Int in
            let parts = cause.code.split(separator: "-")
            return (families.firstIndex(of: String(parts[0])) ?? 99) * 1000 + (Int(parts[1]) ?? 0)
        }
        #expect(keys == keys.sorted())
    }

    @Test(
        "each cause has a case that fires, one that stays silent and one that cannot be told, a reference and a page",
        arguments: Catalogue.causes.map(\.slug))
    func causeIsWhole(_ slug: String) throws {
        let cause = try #require(Catalogue.cause(named: slug))
        let expectations = cause.examples.map(\.expectation)
        #expect(expectations.contains { if case .fires = $0 { true } else { false } })
        #expect(expectations.contains(.silent))
        #expect(expectations.contains(.unknown))
        #expect(!cause.references.isEmpty)
        #expect(!cause.title.isEmpty && !cause.title.hasSuffix("."))
        #expect(60 < cause.explanation.count)
        #expect(cause.fix.text.hasSuffix("."))
        #expect(cause.fix.text.components(".") <= 3, "a fix has two sentences at most")
        #expect(!cause.mistakenFor.contains(slug))
        let known = Set(Catalogue.causes.map(\.slug) + Catalogue.notYetJudged.map(\.slug))
        for other in cause.mistakenFor {
            #expect(known.contains(other), "\(slug) is mistaken for \(other), which is unknown")
        }
    }

    @Test("every cause of the first stage is judged")
    func firstStageIsJudged() throws {
        guard let table = sharedText("knowledge/causes.tsv") else {
            print("skipped: the shared knowledge is not here")
            return
        }
        for row in table.split(separator: "\n").dropFirst() {
            let cells = row.split(separator: "\t").map(String.init)
            guard cells.count == 4, cells[2] == "1", !cells[0].hasPrefix("CAP") else { continue }
            let cause = Catalogue.cause(named: cells[1])
            #expect(cause?.code == cells[0], "\(cells[1]) is not judged")
        }
    }
}

extension String {
    /// How many pieces there are between the occurrences of a character at the end of a word.
    fileprivate func components(_ mark: Character) -> Int { split(separator: mark).count }
}
