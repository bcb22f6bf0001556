import Case

extension Cause {
    /// A cause that is judged by the responder's own words, and by nothing else.
    static func stated(
        _ slug: String, _ code: String, _ title: String, role: Role = .proximate,
        explains: Symptoms = .rejected, needs: Attempt.Unseen = [],
        explanation: String,
        fix: Fix, references: [Reference], mistakenFor: [String], fires: String, silent: String,
        unknown: Example
    ) -> Cause {
        Cause(
            slug, code, title, role: role, explains: explains, needs: needs, explanation: explanation,
            fix: fix,
            references: references,
            mistakenFor: mistakenFor,
            examine: { facts in
                let said = { (quote: String) in "the server says so: \(quote)" }
                return facts.brief(stated: slug, claim: said).map(Opinion.stands) ?? .silent
            },
            examples: [
                .fires(.certain, "the server says so", fires), .silent("the server gives no reason", silent),
                unknown,
            ])
    }
}
