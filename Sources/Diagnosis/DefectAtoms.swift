import Case

extension Facts {
    /// The common part of the causes that are a defect of a credential's spelling.
    ///
    /// Shape: the first credential with one of the defects makes the brief; readable tokens without any rule it out.
    func examineDefect(
        _ defects: [Token.Defect], slug: String, claim: String, ruledOut: String,
        sentence: (Sent, Token.Defect) -> String, weight: Evidence.Weight = .strong
    ) -> Opinion {
        guard isAboutAccess || status == 400, !sentAnywhere.isEmpty else { return .silent }
        guard sees(.credentialValues) else { return .untestable(.credentialValues) }
        for sent in sentAnywhere {
            guard let defect = sent.defects.first(where: defects.contains)
            else { continue }
            if let earlier = earlierAcceptance(of: sent) {
                return .ruledOut(
                    "the same bytes were accepted here by attempt \(earlier.id)", at: places(earlier))
            }
            if sent.verification == .valid {
                return .ruledOut("the signature of \(sent.name) verifies")
            }
            let text = sentence(sent, defect)
            var brief = Brief(fact: text, claim: claim)
            brief.speaksFor(weight, .token, text, at: [sent.credential.place], telling: true)
            if let said = stated.first(where: {
                ["token-format-wrong", "credential-judged", "token-signature-invalid"].contains($0.slug)
            }) {
                brief.speaksFor(
                    .moderate, .words, "the server found the token wanting: \(said.quote)", at: [said.place])
                if said.slug == "token-format-wrong", said.isStatement { brief.proof = .stated }
            } else if status == 401 || status == 400 {
                brief.speaksFor(
                    .weak, .status, "\(status ?? 0) fits a credential that cannot be read", at: effectPlaces)
            }
            if let other = decisive(.token) {
                brief.speaksFor(
                    .weak, .comparison, "attempt \(other.id) was accepted with another token",
                    at: places(other))
            }
            weighStatement(
                otherThan: [
                    slug, "token-format-wrong", "credential-judged", "token-signature-invalid",
                    "credential-missing",
                ],
                against: &brief)
            return .stands(brief)
        }
        guard
            let sound = sentAnywhere.first(where: {
                $0.kind == .jwt && $0.defects.isEmpty
            })
        else { return .silent }
        return .ruledOut("\(sound.name): \(ruledOut)", at: [sound.credential.place])
    }
}
