import Case

// What words about an attempt may add: candidates and next steps, and nothing that is sure.

extension Facts {
    /// Whether somebody or some program tells of this attempt, in place of its bytes.
    var isTold: Bool { basis == .reported }

    /// What the same input tells beside the attempt, of one kind.
    func told(_ kind: ReportedFact.Kind) -> [ReportedFact] {
        guard isTold else { return [] }
        return file.whole.reported.filter { $0.kind == kind && $0.place.input == input }
    }

    /// Where the pasted code puts a credential: `header`, `query` or `subprotocol`.
    func toldCredential(in channel: String) -> ReportedFact? {
        told(.sendsCredential).first { $0.names.first == channel }
    }

    /// A possible cause of a refusal that was told without what the client had sent.
    ///
    /// The status is all there is, so that it speaks for several causes alike, and weakly.
    func toldCandidate(_ claim: String, _ why: String) -> Opinion? {
        guard isTold, isAboutAccess else { return nil }
        var brief = Brief(claim, cap: .possible)
        brief.speaksFor(.weak, .status, why, at: effectPlaces)
        return .stands(brief)
    }

    /// Where to get the evidence that words cannot give.
    var recipe: NextStep? {
        guard isTold else { return nil }
        if file.whole.limits.contains(where: { $0.kind == .browserHidesRefusal }) {
            return NextStep(
                "Record a net-export in the browser: it holds the status, the fields and the body that the HAR hides.",
                command: "wsdiag howto chrome")
        }
        return NextStep(
            "Record the handshake itself in place of a description: there is a recipe for each client.",
            command: "wsdiag howto")
    }
}
